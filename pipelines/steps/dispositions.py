"""Responses → their outcome of contact in AAPOR's words, and whether they are analysed."""

import pandas as pd

from pipelines.sections.fieldwork import Dispositions

NOT_ADMINISTERED = ("not_administered", "not_reached")
DEALT_WITH = ("dont_know", "refused", "not_applicable")
ANALYSED = ("complete", "partial")


def count_gaps(gaps: str, key: str) -> str:
    """Write the query that counts, for every response with a gap, its closed items without an answer.

    Args:
        gaps: Query of the key and ``reason`` of every closed item without an answer.
        key: Column that names the response.

    Returns:
        SQL that yields the key, ``n_open`` gaps, of these ``n_absent`` not asked and ``n_dealt_with`` by an opt-out.
    """
    absent, dealt_with = (", ".join(f"'{reason}'" for reason in reasons) for reasons in (NOT_ADMINISTERED, DEALT_WITH))
    return (
        f"SELECT {key}, count(*) AS n_open, count(CASE WHEN reason IN ({absent}) THEN 1 END) AS n_absent, "  # noqa: S608
        f"count(CASE WHEN reason IN ({dealt_with}) THEN 1 END) AS n_dealt_with FROM ({gaps}) GROUP BY {key}"
    )


def share_answered(gaps: pd.DataFrame, n_closed: int) -> pd.Series:
    """Compute which share of the closed items a respondent was asked was dealt with.

    An opt-out counts as dealt with; an item that was not administered does not count at all.

    Args:
        gaps: One row a response: what ``count_gaps`` yields, 0 where nothing is missing.
        n_closed: Number of closed items.

    Returns:
        0 to 1, index of ``gaps``; NA where nothing was administered.
    """
    administered = n_closed - gaps["n_absent"]
    answered = n_closed - gaps["n_open"] + gaps["n_dealt_with"]
    return (answered / administered.where(administered > 0)).astype("Float64")


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
