"""Invited units and responses → AAPOR dispositions and response rates by wave and respondent group."""

import pandas as pd

from instruments.faults import DataError
from pipelines.tables.core import DISPOSITIONS, SAMPLED_UNITS
from pipelines.tables.out import RESPONSE_RATES

FRAME_COLUMNS = ("unit_id", "wave", "organisation_id", "respondent_group")
BEST_FIRST = (
    "complete",
    "partial",
    "break_off",
    "refusal",
    "other",
    "noncontact",
    "unknown_eligibility",
    "not_eligible",
)


class FrameError(DataError):
    """The list of invited units cannot be used; the message says where and why."""


def sample_units(frame: pd.DataFrame, responses: pd.DataFrame) -> pd.DataFrame:
    """Give every invited unit its disposition: that of its best response, else the frame's, else unknown eligibility.

    Args:
        frame: unit_id, wave, organisation_id, respondent_group and, where known, disposition; all text.
        responses: ``core.responses``; ``respondent_key`` equals ``unit_id``.

    Returns:
        ``core.sampled_units``.

    Raises:
        FrameError: When a column is missing, a unit has no id or stands twice in a wave, or a disposition is unknown.
    """
    _check_frame(frame)
    answered = responses[responses["disposition"] != "not_eligible"]
    order = answered["disposition"].map({name: place for place, name in enumerate(BEST_FIRST)})
    best = answered.assign(order=order).sort_values("order", kind="stable")
    best = best.drop_duplicates(["respondent_key", "wave"])[["respondent_key", "wave", "disposition"]]
    best = best.rename(columns={"respondent_key": "unit_id", "disposition": "answered"})
    given = frame["disposition"] if "disposition" in frame else pd.Series(pd.NA, index=frame.index, dtype="str")
    units = frame[list(FRAME_COLUMNS)].assign(given=given.replace("", pd.NA)).merge(best, how="left")
    units["disposition"] = units["answered"].fillna(units["given"]).fillna("unknown_eligibility")
    return SAMPLED_UNITS.typed(units)


def _check_frame(frame: pd.DataFrame) -> None:
    absent = [name for name in FRAME_COLUMNS if name not in frame]
    if absent:
        raise FrameError(f"the column {absent[0]} is missing; found {', '.join(frame.columns)}")
    unnamed = frame["unit_id"].fillna("").eq("")
    if unnamed.any():
        raise FrameError(f"row {int(unnamed.to_numpy().argmax()) + 2}: the unit has no unit_id; give it one")
    repeated = frame.duplicated(["unit_id", "wave"])
    if repeated.any():
        row = int(repeated.to_numpy().argmax()) + 2
        raise FrameError(f"row {row}: this unit stands twice in its wave; keep one row a unit and wave")
    if "disposition" in frame:
        strange = ~frame["disposition"].isin(["", *DISPOSITIONS]) & frame["disposition"].notna()
        if strange.any():
            row = int(strange.to_numpy().argmax()) + 2
            raise FrameError(f"row {row}: unknown disposition; expected one of {', '.join(DISPOSITIONS)}")


def check_frame_against_study(frame: pd.DataFrame, waves: list[str], groups: list[str]) -> None:
    """Refuse a frame that names waves or respondent groups the study does not have.

    Raises:
        FrameError: With the first row that does.
    """
    for column, known in (("wave", waves), ("respondent_group", groups)):
        if column in frame:
            strange = ~frame[column].isin(known)
            if strange.any():
                row = int(strange.to_numpy().argmax())
                found = frame[column].iloc[row]
                raise FrameError(f"row {row + 2}: there is no {column} '{found}'; expected {', '.join(known)}")


def outside_frame(responses: pd.DataFrame, units: pd.DataFrame) -> pd.Series:
    """Count the responses of nobody in the frame, by wave and respondent group, for the waves that the frame covers.

    Raises:
        FrameError: When not one response of a wave is of somebody in the frame, as when keys and unit ids differ.
    """
    counted = responses[responses["wave"].isin(units["wave"]) & (responses["disposition"] != "not_eligible")]
    known = pd.MultiIndex.from_frame(units[["unit_id", "wave"]])
    keys = pd.MultiIndex.from_frame(counted[["respondent_key", "wave"]])
    is_outside = pd.Series(~keys.isin(known), index=counted.index)
    for wave, of_wave in is_outside.groupby(counted["wave"]):
        if of_wave.all():
            raise FrameError(
                f"wave {wave}: none of the {len(of_wave)} responses has a respondent_key among the unit ids; "
                "name the column with the unit ids in identifiers.respondent_key, or correct the ids"
            )
    return is_outside.groupby([counted["wave"], counted["respondent_group"]]).sum()


def response_rates(responses: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Compute AAPOR response rates 1 to 6 by wave and respondent group.

    With I complete, P partial, R refusals and break-offs, NC non-contacts, O other, U unknown eligibility and e the
    eligible share of the units of known eligibility::

        RR1 = I / (I + P + R + NC + O + U)      RR2 = (I + P) / same
        RR3 = I / (I + P + R + NC + O + e U)    RR4 = (I + P) / same
        RR5 = I / (I + P + R + NC + O)          RR6 = (I + P) / same

    RR5 and RR6 are given only when U = 0.

    Args:
        responses: ``core.responses``.
        units: ``core.sampled_units``; without rows when the study has no frame, and then there are counts and no rates.

    Returns:
        ``out.response_rates``.

    References:
        AAPOR Standard Definitions, response rates.
    """
    by = ["wave", "respondent_group"]
    without_frame = responses[~responses["wave"].isin(units["wave"])]
    source = pd.concat([units[[*by, "disposition"]], without_frame[[*by, "disposition"]]])
    counts = source.groupby([*by, "disposition"]).size().unstack(fill_value=0)
    counts = counts.reindex(columns=list(DISPOSITIONS), fill_value=0).astype("float64")
    rates = pd.DataFrame(index=counts.index)
    is_known = pd.Series(counts.index.get_level_values("wave").isin(units["wave"]), index=counts.index)
    rates["n_invited"] = counts.sum(axis=1).where(is_known)
    rates["n_outside_frame"] = outside_frame(responses, units).reindex(counts.index).fillna(0).where(is_known)
    rates["n_complete"], rates["n_partial"] = counts["complete"], counts["partial"]
    rates["n_refusal"] = counts["refusal"] + counts["break_off"]
    rates["n_noncontact"], rates["n_other"] = counts["noncontact"], counts["other"]
    rates["n_unknown"], rates["n_not_eligible"] = counts["unknown_eligibility"], counts["not_eligible"]
    return RESPONSE_RATES.typed(_with_rates(rates, is_known).reset_index())


def _with_rates(rates: pd.DataFrame, is_known: pd.Series) -> pd.DataFrame:
    complete, partial, unknown = rates["n_complete"], rates["n_partial"], rates["n_unknown"]
    eligible = complete + partial + rates["n_refusal"] + rates["n_noncontact"] + rates["n_other"]
    known = eligible + rates["n_not_eligible"]
    share = eligible / known.where((known > 0) & is_known)
    rates["eligible_share"] = share
    bases = (eligible + unknown, eligible + share * unknown, eligible.where(unknown == 0))
    for place, base in enumerate(bases):
        usable = base.where((base > 0) & is_known)
        rates[f"response_rate_{2 * place + 1}"] = complete / usable
        rates[f"response_rate_{2 * place + 2}"] = (complete + partial) / usable
    return rates
