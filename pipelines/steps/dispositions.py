"""Responses → their outcome of contact in AAPOR's words, and whether they are analysed."""

import pandas as pd

from pipelines.sections.fieldwork import Dispositions

NOT_ADMINISTERED = ("not_administered", "not_reached")
DEALT_WITH = ("dont_know", "refused", "not_applicable")
ANALYSED = ("complete", "partial")


def share_answered(response_ids: pd.Series, missing: pd.DataFrame, closed_items: list[str]) -> pd.Series:
    """Compute which share of the closed items a respondent was asked was dealt with.

    An opt-out counts as dealt with; an item that was not administered does not count at all.

    Args:
        response_ids: Length n, unique.
        missing: One row a missing answer: response_id, item, reason.
        closed_items: Names of the items that count.

    Returns:
        Length n, 0 to 1, aligned with ``response_ids``; NA where nothing was administered.
    """
    counted = missing[missing["item"].isin(closed_items)]
    by_response = counted.groupby(["response_id", "reason"]).size().unstack(fill_value=0)
    by_response = by_response.reindex(response_ids, fill_value=0)
    absent = by_response.reindex(columns=list(NOT_ADMINISTERED), fill_value=0).sum(axis=1)
    dealt_with = by_response.reindex(columns=list(DEALT_WITH), fill_value=0).sum(axis=1)
    administered = len(closed_items) - absent
    answered = len(closed_items) - by_response.sum(axis=1) + dealt_with
    share = (answered / administered.where(administered > 0)).astype("Float64")
    return share.set_axis(response_ids.index)


def classify_dispositions(responses: pd.DataFrame, rules: Dispositions) -> pd.DataFrame:
    """Add ``disposition`` and ``is_analysed`` to responses.

    A preview or test response is not eligible. A response below the share for a partial one is a break-off, also when
    it holds no answer at all (AAPOR 2.1121, implicit refusal).

    Args:
        responses: One row a response, with ``share_answered`` (0 to 1) and ``is_preview``.
        rules: The shares from which a response is complete or partial.

    Returns:
        The responses with two more columns.

    References:
        AAPOR Standard Definitions, Internet surveys of specifically named persons.
    """
    share = responses["share_answered"].fillna(0.0).astype(float)
    disposition = pd.Series("break_off", index=responses.index, dtype="str")
    disposition[share >= rules.partial_if_share_answered_at_least] = "partial"
    disposition[share >= rules.complete_if_share_answered_at_least] = "complete"
    disposition[share == 0] = "break_off"
    disposition[responses["is_preview"].astype(bool)] = "not_eligible"
    return responses.assign(disposition=disposition, is_analysed=disposition.isin(ANALYSED).astype("boolean"))
