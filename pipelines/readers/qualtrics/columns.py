"""What Qualtrics calls its columns: ImportIds and names → role. No files, no study."""

import re
from collections.abc import Collection, Sequence
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
    "recordeddate": "recorded_at",
    "lastmodifieddate": "recorded_at",
}
_PERSONAL_IDS = frozenset(
    {
        "ipaddress", "recipientlastname", "recipientfirstname", "recipientemail", "externaldatareference",
        "externalreference", "locationlatitude", "locationlongitude", "name", "emailaddress",
    }
)  # fmt: skip
_OTHER_IDS = frozenset(
    {
        "progress", "responseset", "responsesetid", "locationaccuracy", "distributionchannel", "browser", "version",
        "operating system", "resolution", "q_language",
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
FINISHED_TEXTS = frozenset(
    {"1", "true", "wahr", "vrai", "verdadero", "vero", "waar", "sand", "sant", "sann", "verdadeiro", "tosi", "prawda"}
)
UNFINISHED_TEXTS = frozenset(
    {"0", "false", "falsch", "faux", "falso", "onwaar", "falsk", "falskt", "usann", "epätosi", "fałsz"}
)
_PAGE_TIME = re.compile(r"(.+)_PAGE[_ ]SUBMIT", re.IGNORECASE)
_LOOP = re.compile(r"\d+_(?=\D)")
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
_QUESTION = re.compile(r"((?:[a-z]?\d+_)*)(QID\d+)(.*)")
_SCORE = re.compile(r"SC_\w+|SC\d+|Score-(sum|weightedAvg|weightedStdDev|avg)", re.IGNORECASE)
_ORDER_OF_BLOCKS = re.compile(r"(BL|FL)_\w+_DO(_.*)?")
_TEXT_ANALYSIS = re.compile(
    r".* - (Topics|Parent Topics|Sentiment.*|Actionability.*|Emotion.*|Effort.*|Topic (Hierarchy|Sentiment).*)"
)
_ENDINGS: tuple[tuple[re.Pattern[str], Role], ...] = (
    (re.compile(r".*_(FIRST[_ ]CLICK|LAST[_ ]CLICK|PAGE[_ ]SUBMIT|CLICK[_ ]COUNT)"), "timing"),
    (re.compile(r".*_DO(_.+)?"), "display_order"),
    (re.compile(r".*_NPS_GROUP"), "score"),
    (re.compile(r".*_TEXT_.+"), "score"),
    (re.compile(r".*_(BROWSER|VERSION|OS|OPERATING SYSTEM|RESOLUTION|FLASH_VERSION|JAVA_SUPPORT)"), "metadata"),
    (re.compile(r".*_USER_AGENT"), "metadata"),
    (re.compile(r".*_FILE_(ID|NAME|SIZE|TYPE)"), "metadata"),
)  # fmt: skip
_PERSONAL_ENDING = re.compile(r".*_(USER_AGENT|BROWSER|FILE_ID|FILE_NAME)")


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
    return identifies or _PERSONAL_ENDING.fullmatch(header.import_id.upper()) is not None


def role_of(header: QualtricsHeader, all_ids: Collection[str]) -> Role:
    """Say what kind of column a header belongs to.

    Args:
        header: What the header rows say.
        all_ids: ``question_id`` of every column of the file.
    """
    if is_metadata(header):
        return "metadata"
    identity = question_id(header)
    if _TEXT_ANALYSIS.fullmatch(header.name) or _SCORE.fullmatch(header.import_id or header.name):
        return "score"
    if not identity or header.is_label_twin:
        is_order = _ORDER_OF_BLOCKS.fullmatch(header.import_id) is not None
        return "display_order" if is_order else "embedded"
    return _role_of_question(header, identity, all_ids)


def _role_of_question(header: QualtricsHeader, identity: str, all_ids: Collection[str]) -> Role:
    endings: list[Role] = [role for pattern, role in _ENDINGS if pattern.fullmatch(identity.upper())]
    if endings[:1] == ["display_order"] and not header.import_id and not _orders_a_question(identity, all_ids):
        return "item"
    if endings:
        return endings[0]
    if identity.upper().endswith("_TEXT"):
        return "other_text" if _has_choice(identity, all_ids) else "open_text"
    return "multiple_choice_option" if header.choice_id else "item"


def _orders_a_question(name: str, names: Collection[str]) -> bool:
    """Say whether a name with ``_DO`` in it goes with a question or a block, which ``to_do`` does not."""
    question = name[: name.upper().rindex("_DO")]
    others = [each for each in names if each != name and "_DO" not in each.upper()]
    is_of_question = any(each == question or each.startswith(f"{question}_") for each in others)
    return is_of_question or _ORDER_OF_BLOCKS.fullmatch(name) is not None


def page_of(header: QualtricsHeader) -> str:
    """Return the page whose seconds until it was left a column holds, or the question whose place in the order shown.

    ``QID5_PAGE_SUBMIT`` is about ``QID5``; ``QID5_DO_3`` about ``QID5_3``.
    """
    identity = loop_of(header) + question_id(header)
    timed = _PAGE_TIME.fullmatch(identity)
    if timed is not None:
        return timed.group(1)
    question, is_order, place = identity.partition("_DO_")
    return f"{question}_{place}" if is_order else ""


def question_id(header: QualtricsHeader) -> str:
    """Return the question's ImportId with ``_`` between its parts and without a loop's number.

    Without ImportIds the name stands for it; embedded data have none.
    """
    if not header.import_id:
        return header.name
    question = _QUESTION.fullmatch(header.import_id)
    return question.group(2) + question.group(3).replace("-", "_") if question else ""


def loop_of(header: QualtricsHeader) -> str:
    """Return what a loop puts before the ids and names of its questions, such as ``1_``; empty outside of loops."""
    question = _QUESTION.fullmatch(header.import_id)
    if question is not None:
        return question.group(1)
    prefix = _LOOP.match(header.name) if not header.import_id else None
    return prefix.group() if prefix else ""


def source_ids(headers: Sequence[QualtricsHeader]) -> list[str]:
    """Return the platform's id of every column: ImportId and choiceId as one text; empty where there is neither.

    Some exports repeat the choice in the ImportId of a split question (``QID3_2`` with choice 2) and others do not
    (``QID3`` with choice 2; ``QID5_2`` with choice 2 is then row 2 of a matrix): they repeat it in all columns or none.
    """
    of_question: dict[str, list[bool]] = {}
    for header in headers:
        if header.choice_id:
            repeats = question_id(header).endswith(f"_{header.choice_id}")
            of_question.setdefault(question_id(header).split("_")[0], []).append(repeats)
    ids: list[str] = []
    for header in headers:
        identity = loop_of(header) + question_id(header) if question_id(header) else header.import_id
        is_repeated = all(of_question.get(question_id(header).split("_")[0], []))
        ending = "" if not header.choice_id or is_repeated else f"_{header.choice_id}"
        ids.append(identity + ending if header.import_id else "")
    return ids


def _has_choice(text_id: str, all_ids: Collection[str]) -> bool:
    """Say whether a text column accompanies a choice: the same option, or the question as a whole, has a column."""
    choice = text_id[: -len("_TEXT")]
    return choice in all_ids or choice.rsplit("_", maxsplit=1)[0] in all_ids
