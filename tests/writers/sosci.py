"""Cases → a SoSci Survey data set: tab, UTF-16, its own variables around the questions, with or without texts."""

from collections.abc import Mapping, Sequence

from tests.writers.delimited import delimited

BEFORE = ("CASE", "SERIAL", "REF", "QUESTNNR", "MODE", "STARTED")
AFTER = (
    "TIME001", "TIME002", "TIME_SUM", "MAILSENT", "LASTDATA", "STATUS", "FINISHED", "Q_VIEWER", "LASTPAGE", "MAXPAGE",
    "MISSING", "MISSREL", "TIME_RSI",
)  # fmt: skip
TEXTS = {
    "CASE": "Interview-Nummer (fortlaufend)",
    "STARTED": "Zeitpunkt zu dem das Interview begonnen hat (Europe/Berlin)",
}


def data_set(
    questions: Mapping[str, str], cases: Sequence[Mapping[str, str]], *, texts: bool = False, tab: bool = True
) -> bytes:
    """Write variables and cases.

    Args:
        questions: Variable → text.
        cases: Variable → cell, of questions and of SoSci's own variables; the rest has usual values.
        texts: Whether a second row holds the variables' texts.
        tab: Tab and UTF-16, as the download for spreadsheets; otherwise semicolon and Windows-1252.
    """
    names = [*BEFORE, *questions, *AFTER]
    usual = {
        "QUESTNNR": "base", "MODE": "interview", "STARTED": "2026-03-02 09:00:00", "LASTDATA": "2026-03-02 09:10:00",
        "FINISHED": "1", "LASTPAGE": "4", "MAXPAGE": "4", "Q_VIEWER": "0", "TIME001": "12", "TIME002": "40",
    }  # fmt: skip
    rows = [names]
    if texts:
        rows.append([questions.get(name) or TEXTS.get(name, f"Text von {name}") for name in names])
    for number, case in enumerate(cases, start=41):
        cells = {**usual, "CASE": str(number), **case}
        rows.append([cells.get(name, "") for name in names])
    return delimited(rows, "\t", "utf-16") if tab else delimited(rows, ";", "cp1252")
