"""Files to damage of the platforms that write one plain table: SurveyXact, SoSci, EFS, SurveyMonkey, Forms, Enalyzer.

Every free answer holds ``MARK``; see ``samples``.
"""

from tests.fuzz.sample import Sample
from tests.fuzz.survival import MARK
from tests.writers import efs, forms, sosci, surveymonkey, surveyxact
from tests.writers.delimited import delimited
from tests.writers.surveyxact import DIALECTS, Multiple, Open, Respondent, Single

YES_NO = {"1": "No", "2": "Yes"}
XACT_QUESTIONS = (
    Single("single", "One?", YES_NO),
    Multiple("several", "Any?", {"1": "No", "7": "Yes"}),
    Open("hours", "How long?", "Number"),
    Open("text", "In your words?"),
)
XACT_RESPONDENTS = (
    Respondent("1", "completed", {"single": "1", "several": ("7",), "hours": "7", "text": MARK}, "01-03-2026 09:00:00"),
    Respondent("2", "partial", {"text": f'{MARK};"\n'}, "", "02-03-2026 10:00:00", "removed@example.org"),
    Respondent("3", "new"),
)


def plain_samples() -> dict[str, list[Sample]]:
    """Return platform → exports."""
    return {
        "SurveyXact": _surveyxact(),
        "SoSci Survey": _sosci(),
        "EFS": _efs(),
        "SurveyMonkey": _surveymonkey(),
        "Microsoft Forms": _microsoft(),
        "Google Forms": _google(),
        "Enalyzer": _enalyzer(),
    }


def surveyxact_definitions() -> list[Sample]:
    """Return structures that lie beside labels, and labels that lie beside a structure."""
    found: list[Sample] = []
    for delimiter, encoding in DIALECTS.values():
        export, structure, labels = _bundle(delimiter, encoding)
        form = _form(delimiter, encoding)
        found += [Sample(structure, form, (labels,), export), Sample(labels, form, (structure,), export)]
    return found


def _form(delimiter: str, encoding: str) -> str:
    return "bytes" if encoding == "utf-16" else f"delimited {delimiter}"


def _bundle(delimiter: str, encoding: str, *, labels: bool = False) -> tuple[bytes, bytes, bytes]:
    tables = (
        surveyxact.dataset_rows(XACT_QUESTIONS, XACT_RESPONDENTS, labels=labels),
        surveyxact.structure_rows(XACT_QUESTIONS),
        surveyxact.label_rows(XACT_QUESTIONS),
    )
    export, structure, names = (delimited(rows, delimiter, encoding) for rows in tables)
    return export, structure, names


def _surveyxact() -> list[Sample]:
    found: list[Sample] = []
    for delimiter, encoding in DIALECTS.values():
        for labels in (False, True):
            export, *definitions = _bundle(delimiter, encoding, labels=labels)
            form = _form(delimiter, encoding)
            found += [Sample(export, form), Sample(export, form, tuple(definitions))]
    return found


def _sosci() -> list[Sample]:
    questions = {"single": "One?", "several_01": "Any?: No", "hours": "How long?", "text": "In your words?"}
    cases = [
        {"single": "1", "several_01": "2", "hours": "7", "text": MARK},
        {"single": "-9", "several_01": "1", "text": f"{MARK}\t", "FINISHED": "0", "MODE": "test", "LASTPAGE": "2"},
    ]
    return [
        Sample(sosci.data_set(questions, cases, texts=texts, tab=tab), "bytes" if tab else "delimited ;")
        for texts in (False, True)
        for tab in (False, True)
    ]


def _efs() -> list[Sample]:
    people = [
        {"single": "1", "several_1": "1", "hours": "7", "text": MARK},
        {"single": "-77", "several_1": "0", "hours": "-66", "text": f"{MARK};", "dispcode": "22", "tester": "1"},
    ]
    return [Sample(efs.result_export(("single", "several_1", "hours", "text"), people), "delimited ;")]


def _surveymonkey() -> list[Sample]:
    questions = [
        surveymonkey.Asked("single", "single", has_other=True),
        surveymonkey.Asked("several", "multiple", ("No", "Yes, always")),
        surveymonkey.Asked("grid", "grid", ("First", "Second")),
        surveymonkey.Asked("text", "open"),
    ]
    answers = [
        {"single": "Yes", "several": ["No", "Yes, always"], "grid": {"First": "No"}, "text": MARK},
        {"other: single": MARK, "text": f'{MARK}\n"'},
    ]
    files = [surveymonkey.responses(questions, answers, expanded=is_expanded) for is_expanded in (True, False)]
    return [Sample(each, "delimited ,") for each in files]


def _microsoft() -> list[Sample]:
    answers = [{"single": "Yes", "several": ["No", "Yes"], "hours": "7", "text": MARK}, {"text": f"{MARK};"}]
    questions = ("single", "several", "hours", "text")
    tables = [forms.microsoft_rows(language, questions, answers) for language in ("en", "da")]
    return [Sample(delimited(rows), "delimited ,") for rows in tables]


def _google() -> list[Sample]:
    answers = [{"single": "Yes", "several": ["No", "Yes"], "hours": "7", "text": MARK}, {"text": f"{MARK}, so"}]
    moments = (
        ("2026/03/14 9:00:00 AM GMT+1", "2026/03/15 9:00:00 PM GMT+1"),
        ("14/03/2026 9:00:00", "03/04/2026 8:00"),
    )
    questions = ("single", "several", "hours", "text")
    tables = [forms.google_rows("Timestamp", questions, answers, each) for each in moments]
    return [Sample(delimited(rows), "delimited ,") for rows in tables]


def _enalyzer() -> list[Sample]:
    rows = [
        ["Respondent ID", "CPR-nummer", "Navn", "single", "hours", "text"],
        ["1", "010203-1234", MARK, "Yes", "7", MARK],
        ["2", "", MARK, "", "1,5", f'{MARK} "'],
    ]
    return [Sample(delimited(rows, delimiter), f"delimited {delimiter}") for delimiter in ",;"]
