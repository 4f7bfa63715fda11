"""Responses → how the field goes on: day by day, and where people break off."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pipelines.tables.fieldwork import BREAK_OFF_ITEMS, FIELDWORK_BY_DAY

CELL = ["wave", "respondent_group"]
ENDINGS = {"complete": "n_complete", "partial": "n_partial", "break_off": "n_break_off"}


def fieldwork_by_day(responses: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    """Count what began and what ended on every day from the first to the last of a wave and group.

    A response that ended without a time of its own is counted on the day it began, and the other way round.

    Args:
        responses: ``core.responses``.
        units: ``core.sampled_units``; without rows when the study has no frame.

    Returns:
        ``out.fieldwork_by_day``; days are those of UTC.
    """
    own = responses[responses["disposition_code"].notna()]
    began, ended = own["started_at"].fillna(own["ended_at"]), own["ended_at"].fillna(own["started_at"])
    events = pd.concat(
        [
            own[CELL].assign(what="n_started", day=began),
            own[CELL].assign(what=own["disposition"].map(ENDINGS), day=ended),
        ]
    ).dropna(subset=["what", "day"])
    events["day"] = events["day"].dt.floor("D")
    invited = units.groupby(CELL).size()
    parts = [
        _days(rows).assign(wave=cell[0], respondent_group=cell[1], n_invited=invited.get(cell))
        for cell, rows in events.groupby(CELL)
    ]
    if not parts:
        return FIELDWORK_BY_DAY.empty()
    days = pd.concat(parts, ignore_index=True)
    days["share_of_invited_so_far"] = days["n_answered_so_far"] / days["n_invited"].astype("Float64")
    return FIELDWORK_BY_DAY.typed(days)


def _days(events: pd.DataFrame) -> pd.DataFrame:
    counts = events.groupby(["day", "what"]).size().unstack(fill_value=0)
    every_day = pd.date_range(counts.index.min(), counts.index.max(), freq="D", name="day")
    counts = counts.reindex(index=every_day, columns=["n_started", *ENDINGS.values()], fill_value=0)
    so_far = counts.cumsum()
    counts["n_started_so_far"] = so_far["n_started"]
    counts["n_complete_so_far"] = so_far["n_complete"]
    counts["n_answered_so_far"] = so_far["n_complete"] + so_far["n_partial"]
    return counts.reset_index().assign(day=every_day.date)


def break_off_items(responses: pd.DataFrame, missing: pd.DataFrame, items: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """Count at which item responses broke off.

    Args:
        responses: ``core.responses``.
        missing: ``core.missing``.
        items: Source → its items in the order asked.

    Returns:
        ``out.break_off_items``: the last item that was answered, opt-outs included; empty where none was.
    """
    broken = responses[responses["disposition"].eq("break_off") & responses["source"].isin(list(items))]
    absent = missing[missing["response_id"].isin(broken["response_id"])]
    unanswered = absent[~absent["reason"].isin(["dont_know", "refused", "not_applicable"])]
    without = unanswered.groupby("response_id")["item"].agg(set).to_dict()
    last = [
        next((item for item in reversed(items[source]) if item not in without.get(response, set())), "")
        for source, response in zip(broken["source"], broken["response_id"], strict=True)
    ]
    by = ["wave", "source", "respondent_group", "item"]
    counts = broken.assign(item=pd.Series(last, index=broken.index, dtype="str")).groupby(by).size()
    return BREAK_OFF_ITEMS.typed(counts.rename("n_break_off").reset_index())
