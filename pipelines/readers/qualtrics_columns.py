"""What Qualtrics calls its columns: ImportIds and names → role. No files, no study."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from pipelines.readers.plan import KeyName, Role

KEY_OF_ID: dict[str, KeyName] = {
    "startdate": "started_at",
    "enddate": "ended_at",
    "status": "status",
    "duration": "response_seconds",
    "duration (in seconds)": "response_seconds",
    "finished": "is_finished",
    "_recordid": "response_id",
    "responseid": "response_id",
    "userlanguage": "language",
}
_PERSONAL_IDS = frozenset(
    {
        "ipaddress", "recipientlastname", "recipientfirstname", "recipientemail", "externaldatareference",
        "externalreference", "locationlatitude", "locationlongitude", "name", "emailaddress",
    }
)  # fmt: skip
_OTHER_IDS = frozenset(
    {
        "progress", "recordeddate", "responseset", "responsesetid", "locationaccuracy", "distributionchannel",
        "lastmodifieddate", "browser", "version", "operating system", "resolution", "q_language",
    }
)  # fmt: skip
METADATA_IDS = frozenset(KEY_OF_ID) | _PERSONAL_IDS | _OTHER_IDS
STATED_NAMES = frozenset(
    {
        "StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished", "RecordedDate",
        "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference",
        "LocationLatitude", "LocationLongitude", "DistributionChannel", "UserLanguage", "Q_RecaptchaScore",
    }
)  # fmt: skip
FINISHED_TEXTS = frozenset({"1", "true"})
_PREVIEW, _TEST = 1, 2
_STATUS_LABELS = {
    0: "ip address", 1: "survey preview", 2: "survey test", 4: "imported", 8: "spam", 9: "survey preview spam",
    12: "imported spam", 16: "offline", 17: "offline survey preview", 32: "ex", 40: "ex spam", 48: "ex offline",
}  # fmt: skip
_EVERY_STATUS = range(64)
_BUILT_IN = re.compile(
    r"Q_(Recaptcha|RelevantID|BallotBox|Duplicate|TotalDuration|DataPolicy|Straightlining|Speeder|Unanswered|"
    r"AmbiguousText|URL|CHL|Language|Gibberish|ContentQuality)\w*"
)
_QUESTION = re.compile(r"(?:\d+_)?(QID\d+)(.*)")
_TEXT_ANALYSIS = re.compile(r".* - (Topics|Parent Topics|Sentiment.*|Actionability.*|Emotion.*)")
_ENDINGS: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(r".*_(FIRST[_ ]CLICK|LAST[_ ]CLICK|PAGE[_ ]SUBMIT|CLICK[_ ]COUNT)"), "timing"),
    (re.compile(r".*_DO(_.+)?"), "display_order"),
    (re.compile(r".*_NPS_GROUP"), "score"),
    (re.compile(r".*_TEXT_.+"), "score"),
    (re.compile(r".*_(BROWSER|VERSION|OS|RESOLUTION|FLASH_VERSION|JAVA_SUPPORT|USER_AGENT)"), "metadata"),
)  # fmt: skip


@dataclass(frozen=True)
class QualtricsHeader:
    """What the header rows say of one column.

    Attributes:
        name: Row 1.
        text: Row 2.
        import_id: ImportId of row 3; empty when the file has no such row.
        choice_id: choiceId of row 3, for one option of a multiple choice.
        is_label_twin: Whether it repeats another column in labels.
        time_zone: timeZone of row 3.
    """

    name: str
    text: str = ""
    import_id: str = ""
    choice_id: str = ""
    is_label_twin: bool = False
    time_zone: str = ""

    @property
    def metadata_id(self) -> str:
        """Return the id of platform metadata without the prefixes of older exports, in lower case."""
        plain = self.import_id or self.name
        return plain.removeprefix("panel-").removeprefix("Location-").lower()


def status_texts(bit_of: str) -> frozenset[str]:
    """Return the folded texts, codes and labels, of every response status that has a bit.

    Args:
        bit_of: ``preview`` (bit 1) or ``test`` (bit 2, without bit 1).
    """
    if bit_of == "preview":
        codes = [code for code in _EVERY_STATUS if code & _PREVIEW]
    else:
        codes = [code for code in _EVERY_STATUS if code & _TEST and not code & _PREVIEW]
    return frozenset(map(str, codes)) | {_STATUS_LABELS[code] for code in codes if code in _STATUS_LABELS}


def known_status_texts() -> frozenset[str]:
    """Return the folded texts of every response status."""
    return frozenset(map(str, _EVERY_STATUS)) | frozenset(_STATUS_LABELS.values())


def is_metadata(header: QualtricsHeader) -> bool:
    """Say whether Qualtrics itself writes the column."""
    is_built_in = _BUILT_IN.fullmatch(header.import_id or header.name) is not None
    return header.metadata_id in METADATA_IDS or is_built_in


def is_personal(header: QualtricsHeader) -> bool:
    """Say whether the column may identify a person, as far as Qualtrics' own columns are concerned."""
    identifies = header.metadata_id in _PERSONAL_IDS or header.metadata_id == "q_url"
    return identifies or header.import_id.upper().endswith(("_USER_AGENT", "_BROWSER"))


def role_of(header: QualtricsHeader, all_ids: Collection[str]) -> Role:
    """Say what kind of column a header belongs to.

    Args:
        header: What the header rows say.
        all_ids: ``question_id`` of every column of the file.
    """
    if is_metadata(header):
        return "metadata"
    if _TEXT_ANALYSIS.fullmatch(header.name):
        return "score"
    identity = question_id(header)
    if not identity or header.is_label_twin:
        return "embedded"
    endings: list[Role] = [role for pattern, role in _ENDINGS if pattern.fullmatch(identity.upper())]
    if endings:
        return endings[0]
    if identity.upper().endswith("_TEXT"):
        return "other_text" if _has_choice(identity, all_ids) else "open_text"
    return "multiple_choice_option" if header.choice_id else "item"


def question_id(header: QualtricsHeader) -> str:
    """Return the question's ImportId with ``_`` between its parts and without a loop's number.

    Without ImportIds the name stands for it; embedded data have none.
    """
    if not header.import_id:
        return header.name
    question = _QUESTION.fullmatch(header.import_id)
    return question.group(1) + question.group(2).replace("-", "_") if question else ""


def _has_choice(text_id: str, all_ids: Collection[str]) -> bool:
    """Say whether a text column accompanies a choice: the same option, or the question as a whole, has a column."""
    choice = text_id[: -len("_TEXT")]
    return choice in all_ids or choice.rsplit("_", maxsplit=1)[0] in all_ids
