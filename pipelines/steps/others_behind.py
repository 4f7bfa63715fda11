"""Rows of fits with dyads → whose answers stand in the rows of others, and fits or rows that would tell of one of them.

Put here what follows from the other members of dyads; the rules of the rows' own people are in ``fits_to_withhold``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import pandas as pd

from models.regression.columns import OTHER_MEMBER
from models.sections.dyads import DYAD
from pipelines.steps.dyads import NAMED
from pipelines.steps.withheld_reasons import reason


@dataclass(frozen=True)
class OthersBehind:
    """The other members behind the rows of a fit.

    Attributes:
        shared: Whom its dyads share.
        answers: (response, column) → the answer of the other member, or the mean of several.
    """

    shared: frozenset[str]
    answers: Mapping[tuple[str, str], float]


def others_behind(rows: pd.DataFrame) -> OthersBehind:
    """Return the other members behind the rows of a fit; none without dyads.

    Args:
        rows: The responses it used, as they were kept.
    """
    if DYAD not in rows:
        return OthersBehind(frozenset(), {})
    answers = {
        (str(response), column): float(value)
        for column in _columns(rows)
        for response, value in zip(rows["response_id"], rows[column], strict=True)
    }
    return OthersBehind(frozenset(rows[DYAD].astype(str)), answers)


def alike_in_others(others: Mapping[str, OthersBehind], least_cell_size: int, language: str = "en") -> dict[str, str]:
    """Find fits that differ from another by so few other members that their answers could be worked out.

    Args:
        others: Fit → the other members behind it, of fits that may otherwise be released; the earlier of two is kept.
        least_cell_size: Fewest people whom dyads share in one of two fits but not in both, and fewest responses of both
            whose other member has another answer, unless there are none.
        language: Of the reasons.

    Returns:
        Fit → reason to withhold it.
    """
    withheld: dict[str, str] = {}
    kept: list[OthersBehind] = []
    for fit_id, own in others.items():
        if any(0 < n < least_cell_size for each in kept for n in _apart(own, each)):
            withheld[fit_id] = reason("too_alike_dyads", language, least_cell_size)
        else:
            kept.append(own)
    return withheld


def _apart(one: OthersBehind, other: OthersBehind) -> tuple[int, int]:
    """Count whom dyads of one share and of the other not, and responses whose other member has another answer."""
    both = one.answers.keys() & other.answers.keys()
    changed = {
        response for response, column in both if one.answers[response, column] != other.answers[response, column]
    }
    return len(one.shared ^ other.shared), len(changed)


def holds_answers_of(
    rows: pd.DataFrame, dyads: pd.DataFrame, responses: Collection[str], people: Collection[str]
) -> pd.Series:
    """Tell which rows of a fit hold answers of somebody as the other member of a dyad.

    Args:
        rows: The responses that a fit used, as they were kept.
        dyads: ``core.dyads``.
        responses: Responses of those who are looked for.
        people: Their respondent_key.

    Returns:
        Length n; nowhere without a column of other members.
    """
    if DYAD not in rows or not _columns(rows):
        return pd.Series(data=False, index=rows.index)
    naming = set(dyads.loc[dyads[NAMED].isin(list(responses)), "response_id"])
    named = set(dyads.loc[dyads["response_id"].isin(list(responses)), NAMED].dropna())
    return rows["response_id"].isin(naming | named) | rows[DYAD].isin(list(people))


def _columns(rows: pd.DataFrame) -> list[str]:
    return [str(name) for name in rows if str(name).endswith(OTHER_MEMBER)]
