"""Responses → their outcome of contact in AAPOR's words and codes, and whether they are analysed."""

from collections.abc import Mapping

import pandas as pd

from instruments.faults import DataError
from instruments.spec_file import closest
from pipelines.sections.aapor import SHARE_ANSWERED, standard
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


class DispositionError(DataError):
    """A platform's status of a contact cannot be understood; the message says which and what to do."""


def classify_dispositions(responses: pd.DataFrame, rules: Dispositions) -> pd.DataFrame:
    """Add ``disposition``, ``disposition_code`` and ``is_analysed`` to responses.

    The share of items answered decides between complete, partial and break-off; a response that holds no answer is a
    break-off of the kind that logged on and completed no item. A platform's status adds to this: a refusal, or that
    somebody is not eligible, stands whatever was answered; that nothing came back holds only where nothing was
    answered; ``partial`` allows no complete one; ``complete`` makes nothing complete that answered too little.
    Previews and test responses are not eligible and have no code.

    Args:
        responses: One row a response, with ``share_answered`` (0 to 1), ``is_preview`` and, where platforms say,
            ``platform`` and ``platform_disposition``.
        rules: The shares, the edition of the codes, and what platforms' texts mean.

    Returns:
        The responses with three more columns.

    Raises:
        DispositionError: When a platform's text has no meaning.

    References:
        AAPOR Standard Definitions, Internet surveys of specifically named persons.
    """
    by_share = _by_share(responses["share_answered"].fillna(0.0).astype(float), rules)
    stated = _stated(responses, rules)
    words = {name: each.word for name, each in standard().dispositions.items()}
    of_stated = stated.map(words)
    answered = responses["share_answered"].fillna(0.0).gt(0).astype(bool)
    stands = of_stated.isin(["refusal", "not_eligible", "other"])
    stands |= of_stated.isin(["unknown_eligibility", "noncontact"]) & ~answered
    name = by_share.mask(of_stated.eq("partial") & by_share.eq("complete"), "partial").mask(stands, stated)
    is_preview = responses["is_preview"].astype(bool)
    disposition = name.map(words).mask(is_preview, "not_eligible").astype("str")
    codes = {name: each.codes[rules.edition] for name, each in standard().dispositions.items()}
    return responses.assign(
        disposition=disposition,
        disposition_code=name.map(codes).astype("str").mask(is_preview),
        is_analysed=disposition.isin(ANALYSED).astype("boolean"),
    )


def _by_share(share: pd.Series, rules: Dispositions) -> pd.Series:
    name = pd.Series("break_off", index=share.index, dtype="str")
    name[share >= rules.partial_if_share_answered_at_least] = "partial"
    name[share >= rules.complete_if_share_answered_at_least] = "complete"
    name[share == 0] = "logged_on_no_answer"
    return name


def _stated(responses: pd.DataFrame, rules: Dispositions) -> pd.Series:
    """Find the disposition that the platform's status states; NA where the share answered decides."""
    stated = pd.Series(pd.NA, index=responses.index, dtype="str")
    if "platform_disposition" not in responses:
        return stated
    given = responses["platform_disposition"].notna() & ~responses["is_preview"].astype(bool)
    for platform, texts in responses.loc[given, "platform_disposition"].groupby(responses["platform"]):
        meanings = status_meanings(str(platform), rules)
        strange = sorted(set(texts.str.strip().str.casefold()) - set(meanings))
        if strange:
            raise DispositionError(
                f"nothing is known of the {platform} status '{strange[0]}'{closest(strange[0], list(meanings))}; add "
                f"it to dispositions.platform_status.{platform}, with a disposition or {SHARE_ANSWERED}"
            )
        found = texts.str.strip().str.casefold().map(meanings)
        stated.loc[texts.index] = found.where(found != SHARE_ANSWERED)
    return stated


def status_meanings(platform: str, rules: Dispositions) -> Mapping[str, str]:
    """Return what the status texts of a platform mean: those of the standard, then those of the study."""
    own = {name: texts for name, texts in rules.platform_status.items() if name == platform}
    meanings = {**standard().platform_status.get(platform, {}), **own.get(platform, {})}
    return {text.casefold(): name for text, name in meanings.items()}
