"""One survey in every form LimeSurvey writes: the same columns, questions, options and codes come of them all."""

import csv
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.sections.response_scale import Point, ResponseScale
from instruments.spec import Instrument, Item
from pipelines.readers.cells.resolve import resolve_text
from pipelines.readers.plan import Head, PlannedColumn, ReadingError, ReadingPlan, Request
from pipelines.readers.registry import make_plan
from pipelines.sections.sources import Source
from tests.opened import opened_export, plan_of
from tests.writers.limesurvey_export import (
    OWN,
    Group,
    Survey,
    document,
    headings,
    write_csv,
    write_lsa,
    write_lsr,
    write_lss,
    write_vv,
)
from tests.writers.limesurvey_sample import RESPONSES, SURVEY, ask

TOKENS = document(
    "Tokens",
    ["en"],
    {
        "tokens": [
            {"tid": "1", "token": "t1", "firstname": "Ada", "email": "a@example.org", "attribute_1": "Aarhus"},
            {"tid": "2", "token": "t2", "firstname": "Bo", "email": "b@example.org", "attribute_1": "Odense"},
            {"tid": "3", "token": "t9", "firstname": "Ci", "email": "c@example.org", "attribute_1": "Vejle"},
        ]
    },
)
TIMINGS = document(
    "Timings",
    ["en"],
    {"timings": [{"id": "1", "interviewtime": "300.5", "123456X11time": "100.25"}, {"id": "3", "interviewtime": "9"}]},
)


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.fixture
def lss(tmp_path: Path) -> Path:
    return written(tmp_path, "survey.lss", write_lss(SURVEY))


def meaning(column: PlannedColumn) -> tuple[object, ...]:
    """Return what must not depend on how the file was written."""
    question = column.question
    return column.source_id, column.role, column.option, question, column.is_personal_data


def answers_of(plan: ReadingPlan) -> list[tuple[object, ...]]:
    return [meaning(column) for column in plan.columns if column.question is not None]


EXPECTED_CODES = [each.code for each in SURVEY.fields() if each.ask.kind != "X" and each.part != "count"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("style", "separator"),
    [
        ("code", ""),
        ("em", ""),
        ("full", ""),
        ("abbreviated", ""),
        *(("codetext", separator) for separator in (". ", " - ", ": ", " | ", "; ", " ", "/")),
    ],
)
def test_every_heading_style_gives_the_same_columns(
    tmp_path: Path, lss: Path, style: str, separator: str, delimiter: str
) -> None:
    content = write_csv(SURVEY, RESPONSES, headings(SURVEY, style, separator=separator), delimiter=delimiter)
    plan = plan_of(written(tmp_path, "e.csv", content), lss)
    reference = plan_of(written(tmp_path, "r.csv", write_csv(SURVEY, RESPONSES, headings(SURVEY, "code"))), lss)
    assert plan.platform == "limesurvey"
    assert answers_of(plan) == answers_of(reference)
    assert [each[0] for each in answers_of(plan)] == EXPECTED_CODES
    assert set(plan.keys) == {
        "response_id", "ended_at", "is_finished", "language", "started_at", "recorded_at", "last_page"
    }  # fmt: skip
    assert plan.unreached == "after_last_page"
    assert not [text for text in plan.warnings if "structure" in text or "header" in text]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("answers", ["short", "long"])
def test_german_headings_and_labels_give_the_same_columns(
    tmp_path: Path, lss: Path, language: str, answers: str
) -> None:
    head = headings(SURVEY, "full", language)
    content = write_csv(SURVEY, RESPONSES, head, answers=answers, language=language)
    plan = plan_of(written(tmp_path, "e.csv", content), lss)
    assert [each[0] for each in answers_of(plan)] == EXPECTED_CODES
    assert plan.layout == "full_texts"


def test_headings_without_blanks_are_found_too(tmp_path: Path, lss: Path) -> None:
    head = [text.replace(" ", "_") for text in headings(SURVEY, "full")]
    plan = plan_of(written(tmp_path, "e.csv", write_csv(SURVEY, RESPONSES, head)), lss)
    assert [each[0] for each in answers_of(plan)] == EXPECTED_CODES
    assert plan.keys["last_page"] == "Last_page"


@pytest.mark.parametrize("style", ["full", "abbreviated"])
def test_a_heading_that_two_questions_share_is_not_guessed(tmp_path: Path, style: str) -> None:
    twin = ask("T", "first")
    asks = (twin, replace(twin, number=77, code="second"), ask("T", "third"))
    survey = replace(SURVEY, groups=(replace(SURVEY.groups[0], asks=asks),))
    structure = written(tmp_path, "s.lss", write_lss(survey))
    head = headings(survey, style)
    both = plan_of(written(tmp_path, "both.csv", write_csv(survey, RESPONSES, head)), structure)
    assert [each[0] for each in answers_of(both)] == ["first", "second", "third"]
    place = len(OWN) + 1
    alone = _without_column(write_csv(survey, RESPONSES, head), place)
    plan = plan_of(written(tmp_path, "alone.csv", alone), structure)
    assert [each[0] for each in answers_of(plan)] == ["third"]
    assert any("stand for several questions" in text for text in plan.warnings)


def _without_column(content: bytes, place: int) -> bytes:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    out = io.StringIO()
    csv.writer(out).writerows([*row[:place], *row[place + 1 :]] for row in rows)
    return out.getvalue().encode()


def test_a_code_that_stands_twice_is_not_taken_for_one_question(tmp_path: Path, lss: Path) -> None:
    head = headings(SURVEY, "code")
    place = head.index("tools[SQ002]")
    content = write_csv(SURVEY, RESPONSES, [*head[:place], "tools[SQ001]", *head[place + 1 :]])
    plan = plan_of(written(tmp_path, "e.csv", content), lss)
    assert [plan.column(name).question for name in ("tools[SQ001]", "tools[SQ001]_2")] == [None, None]
    assert any("several stand for one" in text for text in plan.warnings)


def instrument() -> Instrument:
    points = {
        1: Point(label={"en": "Disagree", "de": "Stimme nicht zu"}, also=("A1",)),
        2: Point(label={"en": "Neither, nor", "de": "Weder, noch"}, also=("A2",)),
        3: Point(label={"en": "Agree", "de": "Stimme zu"}, also=("A3",)),
    }
    items = {f"trust_{k}": Item(text={"en": f"Trust {k}"}, response_scale="agreement") for k in (1, 2)}
    return Instrument(
        name="trust",
        version="1",
        title={"en": "Trust"},
        response_scales={"agreement": ResponseScale(points=points)},
        items=items,
    )


@pytest.mark.parametrize("style", ["code", "em", "codetext", "full", "abbreviated"])
@pytest.mark.parametrize(("answers", "language"), [("short", "en"), ("long", "en"), ("long", "de")])
def test_codes_and_labels_are_read_as_the_same_answers(
    tmp_path: Path, lss: Path, style: str, answers: str, language: str
) -> None:
    head = headings(SURVEY, style, language)
    path = written(tmp_path, "e.csv", write_csv(SURVEY, RESPONSES, head, answers=answers, language=language))
    loose = plan_of(path, lss)
    columns = {f"trust_{k}": named(loose, f"trust[SQ00{k}]").name for k in (1, 2)}
    source = Source(wave="w1", files="e.csv", columns=columns)
    plan = plan_of(path, lss, source=source, instruments=(instrument(),))
    rows = opened_export(path).head.rows[1:]
    for k in (1, 2):
        column = named(plan, f"trust[SQ00{k}]")
        assert column.item == f"trust_{k}"
        found = [resolve_text(column, row[column.position - 1], plan) for row in rows]
        assert [each.value for each in found] == [3, None, 3]
        assert found[1].reason == "unknown_blank"


def named(plan: ReadingPlan, source_id: str) -> PlannedColumn:
    return next(column for column in plan.columns if column.source_id == source_id)


@dataclass(frozen=True)
class Ticks:
    """How an export writes ticks: the converted Y and N, the answers' form and language, and the two cells expected."""

    convert: tuple[str, str] | None
    answers: str
    language: str
    cells: tuple[str, str]


@pytest.mark.parametrize(
    "ticks",
    [
        Ticks(None, "short", "en", ("Y", "")),
        Ticks(("1", "2"), "short", "en", ("1", "2")),
        Ticks(("1", "0"), "short", "en", ("1", "0")),
        Ticks(None, "long", "en", ("Yes", "No")),
        Ticks(None, "long", "de", ("Ja", "Nein")),
    ],
)
def test_two_is_not_ticked_when_y_became_1_and_n_became_2(tmp_path: Path, lss: Path, ticks: Ticks) -> None:
    head, language = headings(SURVEY, "code"), ticks.language
    content = write_csv(SURVEY, RESPONSES, head, convert=ticks.convert, answers=ticks.answers, language=language)
    path = written(tmp_path, "e.csv", content)
    plan = plan_of(path, lss)
    column = named(plan, "partners[SQ001]")
    ticked, unticked = (row[column.position - 1] for row in opened_export(path).head.rows[1:3])
    assert (ticked, unticked) == ticks.cells
    assert ticked.lower() in column.ticked
    assert not unticked or unticked.lower() in column.unticked
    assert not column.ticked & column.unticked
    assert column.blank_is_unticked == (not unticked)
    assert any("1 is read as ticked" in text for text in plan.warnings) == (ticks.convert is not None)


def test_a_box_of_a_grid_is_ticked_by_1(tmp_path: Path, lss: Path) -> None:
    for name, content in (("vv", write_vv(SURVEY, RESPONSES)), ("r", write_lsr(SURVEY, RESPONSES))):
        column = named(plan_of(written(tmp_path, name, content), lss), "boxes[SQ001_C2]")
        assert (column.role, column.option, column.ticked) == ("multiple_choice_option", "C2", {"1"})
        assert column.question is not None
        assert column.question.id == "boxes[SQ001]"


def test_not_applicable_in_translated_answers_is_not_shown(tmp_path: Path, lss: Path) -> None:
    content = write_csv(SURVEY, RESPONSES, headings(SURVEY, "code"), answers="long")
    plan = plan_of(written(tmp_path, "e.csv", content), lss)
    for code in ("tools[SQ001]", "manager", "gender"):
        assert named(plan, code).opt_outs["n/a"] == "not_administered"
    assert "n/a" not in named(plan, "trust[SQ001]").opt_outs


def test_a_masked_equation_is_unmasked_in_csv_only(tmp_path: Path, lss: Path) -> None:
    path = written(tmp_path, "e.csv", write_csv(SURVEY, RESPONSES, headings(SURVEY, "code")))
    plan = plan_of(path, lss)
    cell = opened_export(path).head.rows[1][named(plan, "short").position - 1]
    assert cell == "'=1+1"
    assert plan.leading_escapes == {"'=": "="}
    assert plan_of(written(tmp_path, "vv.csv", write_vv(SURVEY, RESPONSES)), lss).leading_escapes == {}


@pytest.mark.parametrize("version", [1, 2])
def test_vv_tells_not_shown_from_left_blank(tmp_path: Path, lss: Path, version: int) -> None:
    plan = plan_of(written(tmp_path, "vv.csv", write_vv(SURVEY, RESPONSES, version)), lss)
    assert (plan.platform, plan.layout, plan.header_rows, plan.delimiter) == ("limesurvey", "vv", 2, "\t")
    assert [each[0] for each in answers_of(plan)] == EXPECTED_CODES
    for column in plan.columns:
        if column.question is not None:
            assert column.opt_outs == {"{question_not_shown}": "not_administered"}
            assert column.blank_means == "seen_unanswered"
    submitted = plan.column(plan.keys["is_finished"])
    assert submitted.blanks == {"{question_not_shown}"}
    assert submitted.opt_outs["1980-01-01 00:00:00"] == "redacted"
    assert plan.unreached == "after_last_page"


def test_vv_without_a_structure_is_read_too(tmp_path: Path) -> None:
    plan = plan_of(written(tmp_path, "vv.csv", write_vv(SURVEY, RESPONSES)))
    assert plan.layout == "vv"
    assert named(plan, "trust_SQ001").opt_outs == {"{question_not_shown}": "not_administered"}
    assert named(plan, "trust_SQ001").question_text.startswith("What of trust, please?")


@given(st.text(max_size=40))
def test_what_vv_escapes_is_read_as_it_was(text: str) -> None:
    text = re.sub(r"[\x00\ud800-\udfff]", "", text).strip()
    survey = Survey(1, ("en",), {"en": ""}, SURVEY.groups[2:])
    place = next(index for index, each in enumerate(survey.fields()) if each.ask.code == "long")
    row = {"id": "1", "submitdate": "2026-01-01", survey.fields()[place].old: text}
    lines = io.StringIO(write_vv(survey, [row]).decode(), newline="")
    rows = tuple(map(tuple, csv.reader(lines, delimiter="\t", strict=True)))
    plan = make_plan(Head("vv.csv", "utf-8", "\t", rows, is_whole=True), Request())
    pattern = "|".join(map(re.escape, plan.escapes))
    assert re.sub(pattern, lambda found: plan.escapes[found.group()], rows[2][len(OWN) + place]) == text


@pytest.mark.parametrize("is_new", [False, True])
def test_responses_in_xml_are_read_with_a_structure(tmp_path: Path, lss: Path, is_new: bool) -> None:
    path = written(tmp_path, "r.lsr", write_lsr(SURVEY, RESPONSES, is_new=is_new))
    plan = plan_of(path, lss)
    assert (plan.platform, plan.layout, plan.header_rows) == ("limesurvey", "xml", 1)
    assert [each[0] for each in answers_of(plan)] == EXPECTED_CODES
    assert answers_of(plan) == answers_of(plan_of(written(tmp_path, "vv.csv", write_vv(SURVEY, RESPONSES)), lss))


@pytest.mark.parametrize("names", [("s.lss", "r.lsr", "t.lst", "i.lsi"), ("a", "b", "c", "d")])
def test_an_archive_holds_everything_whatever_its_members_are_called(tmp_path: Path, names: tuple[str, ...]) -> None:
    contents = (write_lss(SURVEY), write_lsr(SURVEY, RESPONSES), TOKENS, TIMINGS)
    opened = opened_export(written(tmp_path, "survey.lsa", write_lsa(zip(names, contents, strict=True))))
    assert opened.head.structure is not None
    assert opened.cells is not None
    plan = make_plan(opened.head, Request(structure=opened.head.structure))
    assert [each[0] for each in answers_of(plan)] == EXPECTED_CODES
    cells = {row[0]: row[1:] for row in zip(*opened.head.rows, strict=True)}
    assert cells["id"] == ("1", "2", "3")
    assert cells["submitdate"] == ("2026-03-01 09:12:00", "1980-01-01 00:00:00", "")
    assert cells["trust[SQ001]"] == ("A3", "", "A3")
    assert cells["tools[SQ001]"] == ("Y", "{question_not_shown}", "{question_not_shown}")
    assert cells["dual[SQ002][2]"] == ("A1", "", "{question_not_shown}")
    assert cells["long"][0] == 'He said "no"\n{really}\tyes'
    assert cells["attribute_1"] == ("Aarhus", "Odense", "")
    assert cells["interviewtime"] == ("300.5", "", "9")
    assert cells["groupTime11"] == ("100.25", "", "")
    assert plan.keys["response_seconds"] == "interviewtime"
    assert [column.name for column in plan.columns if column.is_personal_data] == [
        "token", "ipaddr", "refurl", "upload", "firstname", "email", "attribute_1"
    ]  # fmt: skip
    assert {plan.column(name).role for name in ("interviewtime", "groupTime11")} == {"timing"}
    assert opened.cells["c1"].to_pylist() == ["id", "1", "2", "3"]


def test_an_archive_may_hold_several_members_of_a_kind(tmp_path: Path) -> None:
    first, second = write_lsr(SURVEY, RESPONSES[:1]), write_lsr(SURVEY, RESPONSES[1:])
    members = [("s", write_lss(SURVEY)), ("r1", first), ("r2", second), ("upload/photo.png", b"\x89PNG")]
    opened = opened_export(written(tmp_path, "survey.lsa", write_lsa(members)))
    assert [row[0] for row in opened.head.rows] == ["id", "1", "2", "3"]


def test_an_archive_of_two_surveys_is_refused(tmp_path: Path) -> None:
    other = Survey(999, ("en",), {"en": "Other"}, SURVEY.groups[:1])
    members = [("a", write_lss(SURVEY)), ("b", write_lss(other)), ("c", write_lsr(SURVEY, RESPONSES))]
    with pytest.raises(ReadingError, match="expected one survey, found 2"):
        opened_export(written(tmp_path, "survey.lsa", write_lsa(members)))


def test_a_structure_in_place_of_responses_is_refused(tmp_path: Path, lss: Path) -> None:
    with pytest.raises(ReadingError, match="expected responses, found the XML of a LimeSurvey survey"):
        opened_export(lss)
    with pytest.raises(ReadingError, match="expected responses of a LimeSurvey survey, found none"):
        opened_export(written(tmp_path, "empty.lsa", write_lsa([("s", write_lss(SURVEY))])))


def test_last_pages_that_do_not_fit_the_structure_say_nothing(tmp_path: Path, lss: Path) -> None:
    rows = [{**RESPONSES[0], "lastpage": "20"}, RESPONSES[2]]
    plan = plan_of(written(tmp_path, "e.csv", write_csv(SURVEY, rows, headings(SURVEY, "code"))), lss)
    assert plan.unreached == ""


def test_a_structure_of_another_survey_is_told(tmp_path: Path) -> None:
    other = Survey(9, ("en",), {"en": ""}, (Group(1, {"en": "G"}, (ask("T", "elsewhere"),)),), "G")
    structure = written(tmp_path, "o.lss", write_lss(other))
    plan = plan_of(written(tmp_path, "e.csv", write_csv(SURVEY, RESPONSES, headings(SURVEY, "code"))), structure)
    assert any("knows only 0 of" in text for text in plan.warnings)
    assert named(plan, "trust[SQ001]").role == "item"


@pytest.mark.parametrize(("layout", "written_as"), [("vv", "codes"), ("xml", "codes"), ("csv", "")])
def test_a_vv_file_and_an_xml_file_hold_codes_also_where_a_label_is_the_code_of_another_option(
    tmp_path: Path, lss: Path, layout: str, written_as: str
) -> None:
    head = headings(SURVEY, "code")
    contents = {"vv": write_vv, "xml": write_lsr, "csv": lambda survey, rows: write_csv(survey, rows, head)}
    plan = plan_of(written(tmp_path, "e", contents[layout](SURVEY, RESPONSES)), lss)
    assert {column.written for column in plan.columns if column.question is not None} == {written_as}
