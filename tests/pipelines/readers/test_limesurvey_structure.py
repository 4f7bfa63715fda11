"""LimeSurvey's own definitions of a survey, in each of their forms, and files that are not what they seem."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.limesurvey.structure import LimeSurveyStructureReader
from pipelines.readers.plan import ReadingError
from pipelines.readers.structure import Structure
from pipelines.readers.structure_file import StructureFile
from pipelines.readers.structures import read_structure
from tests.writers.limesurvey_export import Survey, write_lsa, write_lsr, write_lss, write_tabs
from tests.writers.limesurvey_sample import RESPONSES, SURVEY, ask


def written(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.fixture
def lss(tmp_path: Path) -> Path:
    return written(tmp_path, "survey.lss", write_lss(SURVEY))


def shape(structure: Structure) -> list[tuple[object, ...]]:
    return [
        (
            each.id, each.text, each.kind, each.stem, each.battery, each.page, each.shown_if, each.is_required,
            tuple((option.code, option.label, option.value, option.also) for option in each.options), each.texts,
        )
        for each in structure.questions.values()
    ]  # fmt: skip


def test_every_form_of_structure_says_the_same(tmp_path: Path, lss: Path) -> None:
    whole = read_structure([lss])
    others = {
        "old.lss": write_lss(SURVEY, is_old=True),
        "survey.lsa": write_lsa([("a", write_lss(SURVEY)), ("b", write_lsr(SURVEY, RESPONSES))]),
        "survey.txt": write_tabs(SURVEY),
    }
    for name, content in others.items():
        structure = read_structure([written(tmp_path, name, content)])
        assert (structure.title, structure.language) == ("Managers", "en")
        assert [each.name for each in structure.columns] == [each.name for each in whole.columns]
        assert shape(structure) == shape(whole)
    without_limits = read_structure([written(tmp_path, "group.lsg", write_lss(SURVEY, kind="Group"))])
    assert list(without_limits.questions) == list(whole.questions)
    assert {each.page for each in without_limits.questions.values()} == {None}


def test_what_a_structure_says_of_questions(lss: Path) -> None:
    questions = read_structure([lss]).questions
    trust, sector, tools = questions["trust[SQ001]"], questions["sector"], questions["tools"]
    assert (trust.kind, trust.text, trust.stem, trust.battery) == (
        "choice", "Part sq001 <of>", "What of trust, please?", "trust"
    )  # fmt: skip
    assert [(option.code, option.label, option.value) for option in trust.options] == [
        ("A1", "Disagree", 1.0), ("A2", "Neither, nor", 2.0), ("A3", "Agree", 3.0)
    ]  # fmt: skip
    assert trust.options[0].also == ("Stimme nicht zu",)
    assert (trust.is_required, trust.page, trust.section, trust.shown_if) == (True, 1, "You", "")
    assert trust.texts == {"en": "Part sq001 <of>", "de": "Teil sq001 <von>"}
    assert [option.code for option in sector.options] == ["A1", "A2", "-oth-"]
    assert "Sonstiges" in sector.options[-1].also
    assert (tools.kind, tools.shown_if) == ("multiple_choice", 'manager.NAOK == "Y"')
    assert [option.code for option in tools.options] == ["SQ001", "SQ002"]
    assert (questions["staff"].most, questions["counts[SQ001]"].most) == (5000, 50)
    assert questions["boxes[SQ001]"].kind == "multiple_choice"
    assert questions["grid[SQ001_C2]"].kind == "number"
    assert questions["ranks[1]"].kind == "ranking"
    assert [option.code for option in questions["dual[SQ001][2]"].options] == ["A1", "B2"]
    assert "thanks" not in questions
    assert {key: questions[key].kind for key in ("sum", "upload", "born", "tongue", "huge", "sector[other]")} == {
        "sum": "score", "upload": "metadata", "born": "date", "tongue": "code", "huge": "open_text",
        "sector[other]": "other_text",
    }  # fmt: skip


def test_pages_follow_the_way_the_survey_is_shown(tmp_path: Path) -> None:
    def pages(**more: object) -> list[int | None]:
        survey = Survey(1, ("en",), {"en": ""}, SURVEY.groups[:2], **more)
        structure = read_structure([written(tmp_path, "p.lss", write_lss(survey))])
        return [structure.questions[code].page for code in ("trust[SQ001]", "region", "staff")]

    assert pages() == [1, 1, 2]
    assert pages(paging="S") == [1, 6, 13]
    assert pages(paging="A") == [1, 1, 1]


def test_shuffled_groups_have_no_page(tmp_path: Path) -> None:
    groups = (replace(SURVEY.groups[0], shuffled="r"), replace(SURVEY.groups[1], shuffled="r"), SURVEY.groups[2])
    survey = Survey(1, ("en",), {"en": ""}, groups)
    structure = read_structure([written(tmp_path, "p.lss", write_lss(survey))])
    assert [structure.questions[code].page for code in ("region", "staff", "short")] == [None, None, 3]


BOMB = b"""<?xml version="1.0"?><!DOCTYPE document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><title>&b;</title></document>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE document [<!ENTITY a SYSTEM "file:///etc/hostname">]>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><title>&a;</title></document>"""
DEEP = b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType>" + b"<a>" * 40 + b"</a>" * 40 + b"</document>"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (BOMB, "a document type declaration"),
        (OUTSIDE, "a document type declaration"),
        (DEEP, "nested more than"),
        (write_lss(SURVEY)[:3000], "damaged or cut off at line"),
        (b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "expected the questions of a survey"),
        (write_tabs(SURVEY).split(b"\n")[0] + b'\n"never closed', "row 2 cannot be cut into cells"),
    ],
)
def test_dangerous_damaged_and_empty_definitions_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(ReadingError, match=message):
        read_structure([written(tmp_path, "s.lss", content)])


def test_what_a_question_says_is_never_in_a_message(tmp_path: Path) -> None:
    with pytest.raises(ReadingError) as caught:
        read_structure([written(tmp_path, "s.lss", write_lss(SURVEY)[:-200])])
    assert "trust" not in str(caught.value)


def test_the_groups_of_one_survey_may_come_in_several_files(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, f"{place}.lsg", write_lss(replace(SURVEY, groups=(group,)), kind="Group"))
        for place, group in enumerate(SURVEY.groups)
    ]
    assert list(read_structure(paths).questions) == list(read_structure([_whole(tmp_path)]).questions)


def _whole(folder: Path) -> Path:
    return written(folder, "whole.lss", write_lss(SURVEY))


def test_relevance_of_group_and_question_stand_together(tmp_path: Path) -> None:
    group = replace(SURVEY.groups[1], relevance="region == 1")
    structure = read_structure([written(tmp_path, "s.lss", write_lss(replace(SURVEY, groups=(group,))))])
    assert structure.questions["staff"].shown_if == "region == 1"
    assert structure.questions["tools"].shown_if == '(region == 1) and (manager.NAOK == "Y")'


def test_questions_that_share_a_code_are_told(tmp_path: Path) -> None:
    asks = (ask("T", "twin"), ask("N", "twin"), ask("T", "one"))
    survey = replace(SURVEY, groups=(replace(SURVEY.groups[0], asks=asks),))
    structure = read_structure([written(tmp_path, "s.lss", write_lss(survey))])
    assert list(structure.questions) == ["one"]
    assert any("share these codes" in text and text.endswith("twin") for text in structure.warnings)


def read_or_refuse(content: bytes) -> None:
    """Read bytes as a definition; a clear refusal is as good as a result."""
    files = [StructureFile("any", content)]
    reader = LimeSurveyStructureReader()
    reader.recognises(files)
    with suppress(ReadingError):
        reader.read(files)


@given(st.binary(max_size=300))
def test_random_bytes_never_crash_the_structure_reader(content: bytes) -> None:
    for start in (b"", b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType>", b"PK\x03\x04", b"\xff\xfe"):
        read_or_refuse(start + content)


NAMES = st.sampled_from(
    ["groups", "questions", "subquestions", "answers", "question_l10ns", "answer_l10ns", "group_l10ns", "surveys",
     "question_attributes", "surveys_languagesettings", "rows", "row", "fields", "fieldname", "languages", "language",
     "qid", "gid", "aid", "sid", "parent_qid", "type", "title", "code", "other", "scale_id", "question", "attribute",
     "value", "sortorder", "assessment_value"]
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(["1", "2", "3", "F", "1.5e9", "M", "R", "P", ":", "Y", "other_replace_text", "max_subquestions"]),
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<>&\x00", exclude_categories=["Cc"]), max_size=8),
)
XML = st.recursive(
    TEXTS,
    lambda inner: st.lists(st.tuples(NAMES, inner), max_size=4).map(
        lambda parts: "".join(f"<{name}>{text}</{name}>" for name, text in parts)
    ),
    max_leaves=30,
)
TABLES = st.dictionaries(NAMES, st.lists(st.dictionaries(NAMES, TEXTS, max_size=9), max_size=5), max_size=9)


def _row(cells: dict[str, str]) -> str:
    return "<row>" + "".join(f"<{name}>{text}</{name}>" for name, text in cells.items()) + "</row>"


@given(XML, TABLES)
def test_any_xml_of_the_form_is_read_or_refused(inner: str, tables: dict[str, list[dict[str, str]]]) -> None:
    rows = "".join(f"<{table}><rows>{''.join(map(_row, found))}</rows></{table}>" for table, found in tables.items())
    start = "<document><LimeSurveyDocType>Survey</LimeSurveyDocType>"
    for body in (inner, rows):
        read_or_refuse(f"{start}{body}</document>".encode())


@given(st.lists(st.lists(TEXTS, max_size=8), max_size=12), st.sampled_from(["G", "Q", "SQ", "A", "S", "SL"]))
def test_any_tab_separated_rows_are_read_or_refused(rows: list[list[str]], kind: str) -> None:
    head = "class\ttype/scale\tname\trelevance\ttext\tlanguage\tid"
    lines = [head, *("\t".join([kind, *row]) for row in rows)]
    read_or_refuse("\n".join(lines).encode())
