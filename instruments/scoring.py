"""Coded answers → scale scores.

Put here how items are turned round and combined; not what a scale consists of (``spec``) nor how well it measures
(``models.measurement``).
"""

from typing import cast, overload

import numpy as np
import pandas as pd

from instruments.spec import Instrument


class MissingItemError(Exception):
    """A table of answers has no column for an item of a scale."""


@overload
def reverse_score(codes: pd.Series, lowest: int, highest: int) -> pd.Series: ...
@overload
def reverse_score(codes: pd.DataFrame, lowest: int, highest: int) -> pd.DataFrame: ...
def reverse_score(codes: pd.Series | pd.DataFrame, lowest: int, highest: int) -> pd.Series | pd.DataFrame:
    """Turn codes round, so that the lowest point becomes the highest.

    Args:
        codes: Codes of one or more items, missing as NA.
        lowest: Smallest code of the response scale.
        highest: Largest code of the response scale.

    Returns:
        ``lowest + highest - codes``; missing stays missing.
    """
    return cast("pd.Series | pd.DataFrame", lowest + highest - codes)


def keyed_items(answers: pd.DataFrame, instrument: Instrument, scale: str) -> pd.DataFrame:
    """Return the items of a scale, the reverse-scored ones turned round: a high code means much of the construct.

    Args:
        answers: One row a response (n), at least one column an item of the scale (k), missing as NA.
        instrument: The instrument that has the scale.
        scale: Name of the scale.

    Returns:
        n rows, k columns in the scale's order, index of ``answers``; missing stays missing.

    Raises:
        MissingItemError: If ``answers`` has no column for an item of the scale.
    """
    rule = instrument.scales[scale]
    absent = [item for item in rule.items if item not in answers.columns]
    if absent:
        listed = ", ".join(absent)
        raise MissingItemError(
            f"the answers have no column for {listed}; scale '{scale}' needs every item as a column, "
            "empty where it was not asked"
        )
    items = answers[list(rule.items)].copy()
    if not rule.reverse_scored:
        return items
    points = instrument.points_of(scale)
    turned = list(rule.reverse_scored)
    items[turned] = reverse_score(items[turned], points.lowest, points.highest)
    return items


def score_range(instrument: Instrument, scale: str) -> tuple[float, float]:
    """Return the lowest and the highest score that a scale can have."""
    points = sorted(instrument.points_of(scale).points)
    n_items = len(instrument.scales[scale].items) if instrument.scales[scale].score == "sum" else 1
    return float(points[0] * n_items), float(points[-1] * n_items)


def score_scale(answers: pd.DataFrame, instrument: Instrument, scale: str) -> pd.Series:
    """Score one scale for each response.

    A ``mean`` is the mean of the answered items. A ``sum`` is that mean times the number of items: with every item
    answered the plain sum, otherwise the sum that the answered items suggest.

    Args:
        answers: One row a response (n), at least one column an item of the scale; codes of the response scale,
            missing as NA.
        instrument: The instrument that has the scale.
        scale: Name of the scale; also the name of the result.

    Returns:
        Length n, type Float64, index of ``answers``, in points of the response scale (``mean``) or points times items
        (``sum``). NA where fewer than ``least_answered`` items were answered.

    Raises:
        MissingItemError: If ``answers`` has no column for an item of the scale.

    References:
        Scoring key of the instrument's ``citation``; proration as person-mean substitution in Downey and King (1998),
        Journal of General Psychology 125(2), 175-191.
    """
    rule = instrument.scales[scale]
    codes = keyed_items(answers, instrument, scale).to_numpy(dtype=float, na_value=np.nan)
    n_answered = np.isfinite(codes).sum(axis=1)
    has_score = n_answered >= rule.least_answered
    mean = np.nansum(codes, axis=1) / np.maximum(n_answered, 1)
    score = mean if rule.score == "mean" else np.nansum(codes, axis=1) * (len(rule.items) / np.maximum(n_answered, 1))
    return pd.Series(np.where(has_score, score, np.nan), index=answers.index, name=scale).astype("Float64")
