"""Tables on paper: long intervals stay within their column, and words of a label are not broken without need."""

import pytest

from pipelines.board_report.pdf import document_of
from pipelines.board_report.value import Report, Section, Table
from pipelines.board_report.words import wording_of
from pipelines.report_tables.numerals import NO_BREAK
from tests.board_reports import invented_release

SHORT, LONG = f"[0.05,{NO_BREAK}0.45]", f"[-0.0000012,{NO_BREAK}0.0000036]"


def table_on_paper(table):
    wording = wording_of("en", invented_release().tables["meta.texts"])
    report = Report("Title", "Subtitle", "en", "2026-11-28", "", (Section("sheet", "Section", tables=(table,)),))
    return document_of(report, wording)["sections"][0]["tables"][0]


@pytest.mark.parametrize(("interval", "is_kept"), [(SHORT, True), (LONG, False)])
def test_an_interval_is_broken_where_a_narrow_column_has_no_room_for_it(interval, is_kept):
    drawn = table_on_paper(Table("", ("Term", "Model"), (("Trust", f"0.001\n{interval}\np{NO_BREAK}= .03"),)))
    (_, cell) = drawn["rows"][0]
    estimate, shown, p = cell.split("\n")
    assert (shown == interval) == is_kept
    assert shown.replace(" ", NO_BREAK) == interval
    assert (estimate, p) == ("0.001", f"p{NO_BREAK}= .03")


def test_a_column_of_short_words_has_room_beside_them():
    waves = tuple(("Top managers", f"{name} wave", "105") for name in ("First", "Second"))
    group, wave, _ = table_on_paper(Table("", ("Group", "Wave", "n"), waves, n_labels=2))["widths"]
    assert wave > len("Second wave")
    assert group > len("Top managers")
