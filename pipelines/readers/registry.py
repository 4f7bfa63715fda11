"""Which reader reads a file: the one the study names, when the content agrees, else the one that recognises it."""

from dataclasses import replace

from instruments.counted import counted
from pipelines.readers.files.head import guess_warning
from pipelines.readers.kobo.reader import KoboReader
from pipelines.readers.limesurvey.reader import LimeSurveyReader
from pipelines.readers.plain_tables.efs import EfsReader
from pipelines.readers.plain_tables.enalyzer import EnalyzerReader
from pipelines.readers.plain_tables.generic import GenericReader
from pipelines.readers.plain_tables.google_forms import GoogleFormsReader
from pipelines.readers.plain_tables.microsoft_forms import MicrosoftFormsReader
from pipelines.readers.plain_tables.sosci import SoSciReader
from pipelines.readers.plain_tables.surveymonkey import SurveyMonkeyReader
from pipelines.readers.plan import Head, Reader, ReadingError, ReadingPlan, Request
from pipelines.readers.qualtrics.reader import QualtricsReader
from pipelines.readers.redcap.reader import RedcapReader
from pipelines.readers.statistics.reader import StatisticsReader
from pipelines.readers.surveyxact.reader import SurveyXactReader

READERS: dict[str, Reader] = {
    reader.platform: reader
    for reader in (
        StatisticsReader("spss"),
        StatisticsReader("stata"),
        QualtricsReader(),
        SurveyXactReader(),
        SoSciReader(),
        EfsReader(),
        SurveyMonkeyReader(),
        MicrosoftFormsReader(),
        GoogleFormsReader(),
        LimeSurveyReader(),
        RedcapReader(),
        KoboReader(),
        EnalyzerReader(),
        GenericReader(),
    )
}
TITLES = {
    "qualtrics": "Qualtrics",
    "limesurvey": "LimeSurvey",
    "redcap": "REDCap",
    "kobo": "Kobo or ODK",
    "surveyxact": "SurveyXact",
    "sosci": "SoSci Survey",
    "efs": "EFS Survey",
    "surveymonkey": "SurveyMonkey",
    "microsoft_forms": "Microsoft Forms",
    "google_forms": "Google Forms",
    "enalyzer": "Enalyzer",
    "spss": "SPSS",
    "stata": "Stata",
    "generic": "generic",
}
WITHOUT_A_SIGN = ("enalyzer", "generic")
_NOT_RECOGNISED = "the survey platform was not recognised; the file is read as a plain table, every column as an item"
_EXPECTED = "expected the headers of " + ", ".join(
    TITLES[platform] for platform in READERS if platform not in WITHOUT_A_SIGN
)


def choose_reader(head: Head, platform: str | None) -> Reader:
    """Choose the reader of a file.

    Args:
        head: The beginning of the file.
        platform: What the study says; None to go by content alone.

    Returns:
        The reader; the generic one when no platform is named and none is recognised.

    Raises:
        ReadingError: When the content contradicts the platform that was named.
    """
    recognised = next((reader for reader in READERS.values() if reader.recognises(head)), None)
    if platform is None:
        return recognised or READERS["generic"]
    if platform not in READERS:
        raise ReadingError(head.file_name, f"there is no platform '{platform}'; expected {', '.join(READERS)}")
    if platform in WITHOUT_A_SIGN or READERS[platform].recognises(head):
        return READERS[platform]
    title = TITLES[platform]
    if recognised is not None:
        raise ReadingError(
            head.file_name,
            f"expected a {title} export, found headers of {TITLES[recognised.platform]}; "
            f"set platform: {recognised.platform}, or put the {title} export in its place",
        )
    raise ReadingError(
        head.file_name,
        f"expected a {title} export, found none of its headers; put the export in its place as the platform wrote it, "
        "or set platform: generic when the table was made by hand",
    )


def make_plan(head: Head, request: Request, platform: str | None = None) -> ReadingPlan:
    """Make the reading plan of a file.

    Args:
        head: The beginning of the file.
        request: The source's settings and instruments.
        platform: Goes before the source's platform.

    Returns:
        The plan, with a warning when encoding or platform had to be guessed.

    Raises:
        ReadingError: When the platform is wrong or, in a study, not recognised; and whatever the reader refuses.
    """
    named = platform or (request.source.platform if request.source else None)
    reader = choose_reader(head, named)
    not_recognised = named is None and reader.platform == "generic"
    if not_recognised and request.source is not None:
        raise ReadingError(
            head.file_name,
            f"{_EXPECTED}; found a table of {counted(len(head.rows[0]), 'column')} whose first row is none of these. "
            "Put back header rows that were cut off; if it is a table made by hand, set platform: generic and give the "
            "columns of the items",
        )
    if request.source is not None and request.source.without and reader.platform != "generic":
        message = f"without is only for platform: generic, and this is an export of {TITLES[reader.platform]}; use only"
        raise ReadingError(head.file_name, message)
    plan = reader.plan(head, request)
    is_told = request.source is not None and request.source.encoding is not None
    warnings = (() if is_told else guess_warning(head)) + ((_NOT_RECOGNISED,) if not_recognised else ())
    return replace(plan, warnings=(*head.warnings, *plan.warnings, *warnings))
