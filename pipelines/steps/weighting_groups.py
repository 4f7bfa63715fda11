"""Responses, units, margins → the waves and respondent groups that are weighted, each with what belongs to it."""

import pandas as pd

from pipelines.steps.margins import variables_of
from pipelines.steps.sampled_units import best_responses
from pipelines.steps.weighting import ToWeigh

CELL = ["wave", "respondent_group"]


def groups_to_weigh(
    responses: pd.DataFrame, units: pd.DataFrame, rates: pd.DataFrame, margins: pd.DataFrame
) -> list[ToWeigh]:
    """Put together what belongs to every wave and group with analysed responses.

    A response of a unit of the frame belongs to the group in which the unit was invited. A unit of unknown eligibility
    counts by e of its wave and group.

    Args:
        responses: Keys and dispositions of ``core.responses``, and the items that margins name.
        units: ``core.sampled_units`` with the frame's variables as further columns.
        rates: ``out.response_rates``.
        margins: wave (empty: every one), respondent_group, variable, category, total.

    Returns:
        Waves and groups in ascending order.
    """
    linked = _linked(responses, units)
    eligible = _eligibility(units, rates)
    groups: list[ToWeigh] = []
    for (wave, group), own in linked.groupby(CELL, sort=True):
        is_own = (units["wave"] == wave) & (units["respondent_group"] == group)
        of_group = _of_wave(margins[margins["respondent_group"] == group], str(wave))
        groups.append(
            ToWeigh(
                str(wave),
                str(group),
                _with_texts(own, units, variables_of(list(of_group["variable"].drop_duplicates()))),
                units[is_own].assign(eligibility=eligible[is_own]).reset_index(drop=True),
                of_group,
            )
        )
    return groups


def _of_wave(margins: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Keep the margins of a wave, and of the variables without one those of every wave."""
    own = margins[margins["wave"] == wave]
    general = margins[(margins["wave"] == "") & ~margins["variable"].isin(own["variable"])]
    return pd.concat([own, general])


def _linked(responses: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Add to the analysed responses the unit whose weight they carry, and its group."""
    analysed = responses[responses["is_analysed"].astype(bool)]
    best = best_responses(responses).reindex(analysed.index)
    group_of_unit = units.set_index(["unit_id", "wave"])["respondent_group"]
    found = group_of_unit.reindex(pd.MultiIndex.from_frame(analysed[["respondent_key", "wave"]])).to_numpy()
    in_frame = pd.Series(found, index=analysed.index, dtype="str")
    return analysed.assign(
        unit_id=analysed["respondent_key"].where(in_frame.notna() & best),
        respondent_group=in_frame.fillna(analysed["respondent_group"]),
    )


def _eligibility(units: pd.DataFrame, rates: pd.DataFrame) -> pd.Series:
    share = rates.set_index(CELL)["eligible_share"].reindex(pd.MultiIndex.from_frame(units[CELL])).to_numpy()
    known = pd.Series(1.0, index=units.index).mask(units["disposition"] == "not_eligible", 0.0)
    estimated = pd.Series(share, index=units.index).astype(float).fillna(1.0)
    return known.mask(units["disposition"] == "unknown_eligibility", estimated)


def _with_texts(responses: pd.DataFrame, units: pd.DataFrame, variables: list[str]) -> pd.DataFrame:
    """Keep the variables of the margins, of the answers or else of the frame, as text."""
    texts = responses[["response_id", "unit_id"]].copy()
    keys = pd.MultiIndex.from_frame(responses[["respondent_key", "wave"]])
    for name in variables:
        if name in responses:
            texts[name] = responses[name].astype("str")
        else:
            values = units.set_index(["unit_id", "wave"])[name].reindex(keys).to_numpy()
            texts[name] = pd.Series(values, index=responses.index, dtype="str")
    return texts.reset_index(drop=True)
