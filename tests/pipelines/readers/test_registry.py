"""Which reader reads a file."""

from pathlib import Path

import pytest

from pipelines.readers.files.head import read_head
from pipelines.readers.plan import ReadingError, Request
from pipelines.readers.registry import choose_reader, make_plan
from pipelines.sections.sources import Source

LIMESURVEY = "id,submitdate,lastpage,startlanguage,Q1[SQ001]\n1,2024-01-01 10:00:00,3,en,4\n"
PLAIN = "a,b\n1,2\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_wrong_platform_is_refused_with_what_was_seen(tmp_path: Path) -> None:
    head = read_head(written(tmp_path, LIMESURVEY))
    with pytest.raises(ReadingError, match="expected a Qualtrics export, found headers of LimeSurvey; set platform"):
        choose_reader(head, "qualtrics")


def test_a_named_platform_without_any_of_its_headers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="none of its headers"):
        choose_reader(read_head(written(tmp_path, PLAIN)), "limesurvey")


def test_generic_reads_anything_when_it_is_asked_for(tmp_path: Path) -> None:
    plan = make_plan(read_head(written(tmp_path, LIMESURVEY)), Request(), platform="generic")
    assert (plan.platform, plan.warnings) == ("generic", ())


def test_an_unknown_table_is_a_warning_for_inspect_and_a_fault_for_a_study(tmp_path: Path) -> None:
    head = read_head(written(tmp_path, PLAIN))
    assert any("not recognised" in warning for warning in make_plan(head, Request()).warnings)
    with pytest.raises(ReadingError, match="set platform: generic"):
        make_plan(head, Request(Source(wave="w1", files="export.csv")))


def test_several_header_rows_of_a_generic_table_are_joined(tmp_path: Path) -> None:
    head = read_head(written(tmp_path, "Leadership,,Pay\nQ1,Q2,\n1,2,3\n"))
    source = Source(wave="w1", files="export.csv", platform="generic", header_rows=2)
    plan = make_plan(head, Request(source))
    assert [column.name for column in plan.columns] == ["Leadership | Q1", "Leadership | Q2", "Pay"]


def test_a_guessed_encoding_is_warned_of_unless_the_source_states_it(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes("a,b\n1,ø\n".encode("cp1252"))
    head = read_head(path)
    stated = Source(wave="w1", files="export.csv", platform="generic", encoding="cp1252")
    assert any("Windows-1252" in warning for warning in make_plan(head, Request()).warnings)
    assert not any("Windows-1252" in warning for warning in make_plan(head, Request(stated)).warnings)
