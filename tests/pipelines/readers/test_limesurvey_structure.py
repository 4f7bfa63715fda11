"""LimeSurvey's own definitions of a survey, in each of their forms, and files that are not what they seem."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.readers.structure import Structure
from pipelines.readers.structures import read_structure
from tests.writers.limesurvey_export import Survey, write_lsa, write_lsr, write_lss, write_tabs
from tests.writers.limesurvey_sample import RESPONSES, SURVEY


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
