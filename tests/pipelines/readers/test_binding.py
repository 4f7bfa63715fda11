"""Binding a file's columns to what a study asks for."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.spec import Instrument
from pipelines.readers.files.head import read_head
from pipelines.readers.headers import unique_names
from pipelines.readers.meanings import meanings_of_texts
from pipelines.readers.plan import ReadingError, ReadingPlan, Request, fold
from pipelines.readers.registry import make_plan
from pipelines.sections.sources import Source

AGREEMENT = {
    "points": {
        1: {"label": {"en": "Strongly disagree", "da": "Helt uenig"}},
        2: {"label": {"en": "Neither", "da": "Hverken eller"}, "also": ["Neither agree or disagree"]},
        3: {"label": {"en": "Strongly agree", "da": "Helt enig"}},
    },
    "opt_outs": {-1: {"reason": "dont_know", "label": {"en": "Don't know", "da": "Ved ikke"}}},
}


def instrument(**items: dict[str, Any]) -> Instrument:
    every = {"IW_1": {"response_scale": "agreement"}, "IW_2": {"response_scale": "agreement"}, **items}
    raw = {"name": "iw", "version": "1", "title": {"en": "t"}, "items": every}
    return Instrument.model_validate({**raw, "response_scales": {"agreement": AGREEMENT}}, strict=False)


def source(**settings: Any) -> Source:
    return Source.model_validate({"wave": "w1", "files": "e.csv", "platform": "generic", **settings}, strict=False)


def plan_of(tmp_path: Path, text: str, each: Instrument, settings: Source) -> ReadingPlan:
    path = tmp_path / "e.csv"
    path.write_text(text, encoding="utf-8")
    return make_plan(read_head(path), Request(settings, (each,)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Strongly disagree", 1), ("  STRONGLY\u00a0 disagree ", 1), ("helt uenig", 1), ("1", 1), ("Neither", 2),
        ("neither agree or disagree", 2), ("Helt enig", 3), ("3", 3),
    ],
)  # fmt: skip
def test_labels_of_every_language_and_codes_mean_the_code(text: str, code: int) -> None:
    codes, _ = meanings_of_texts(instrument(), "IW_1", {})
    assert codes[fold(text)] == code


def test_opt_outs_and_the_sources_missing_texts_are_no_codes() -> None:
    codes, opt_outs = meanings_of_texts(instrument(), "IW_1", {"-99": "seen_unanswered", "Neither": "not_applicable"})
    assert opt_outs["ved ikke"] == opt_outs["-1"] == "dont_know"
    assert opt_outs["-99"] == "seen_unanswered"
    assert opt_outs["neither"] == "not_applicable"
    assert "neither" not in codes


@given(st.lists(st.text(min_size=1, max_size=15).filter(fold), min_size=2, max_size=7, unique_by=fold))
def test_every_label_leads_back_to_its_own_code(labels: list[str]) -> None:
    points = {1000 + code: {"label": {"en": label}} for code, label in enumerate(labels)}
    raw = {"name": "x", "version": "1", "title": {"en": "t"}, "items": {"a": {"response_scale": "s"}}}
    each = Instrument.model_validate({**raw, "response_scales": {"s": {"points": points}}}, strict=False)
    codes, _ = meanings_of_texts(each, "a", {})
    for code, label in enumerate(labels):
        if fold(label) not in map(str, points):
            assert codes[fold(f" {label}\n")] == 1000 + code


def test_items_are_found_by_name_or_by_the_columns_of_the_source(tmp_path: Path) -> None:
    plan = plan_of(tmp_path, "IW_1,Q7,extra\n1,2,3\n", instrument(), source(columns={"IW_2": "Q7"}))
    assert [(column.name, column.item, column.role) for column in plan.columns] == [
        ("IW_1", "IW_1", "item"),
        ("Q7", "IW_2", "item"),
        ("extra", None, "unknown"),
    ]
    assert any("no instrument asks for" in warning and "extra" in warning for warning in plan.warnings)


def test_every_missing_required_column_is_named_at_once_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match="missing required column for 2 of 2 items") as caught:
        plan_of(tmp_path, "IW1,other\n1,2\n", instrument(), source())
    assert "'IW_1', did you mean 'IW1'?" in caught.value.message
    assert "'IW_2'" in caught.value.message


def test_items_that_were_not_asked_or_are_constant_or_optional_need_no_column(tmp_path: Path) -> None:
    each = instrument(tenure={"kind": "number", "is_required": False}, sector={"kind": "code"})
    settings = source(not_administered=["IW_2"], constants={"sector": "health"})
    plan = plan_of(tmp_path, "IW_1\n1\n", each, settings)
    assert [column.item for column in plan.columns] == ["IW_1"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"columns": {"IW_2": "municipal"}}, "no such column; did you mean 'municipality'"),
        ({"columns": {"IW_2": "IW_1"}}, "claimed by several items: IW_1, IW_2"),
        ({"columns": {"IW_1": "Q7"}, "not_administered": ["IW_2"]}, "two columns hold IW_1"),
        ({"identifiers": {"organisation_id": "munic"}, "columns": {"IW_2": "Q7"}}, "identifiers.organisation_id names"),
    ],
)
def test_settings_that_contradict_the_file_are_refused(tmp_path: Path, settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ReadingError, match=words):
        plan_of(tmp_path, "IW_1,Q7,municipality\n1,2,3\n", instrument(), source(**settings))


def test_two_items_may_swap_their_column_names(tmp_path: Path) -> None:
    settings = source(columns={"IW_1": "IW_2", "IW_2": "IW_1"})
    plan = plan_of(tmp_path, "IW_1,IW_2\n1,2\n", instrument(), settings)
    assert [column.item for column in plan.columns] == ["IW_2", "IW_1"]


def test_key_columns_get_roles_and_a_persons_key_is_personal(tmp_path: Path) -> None:
    settings = source(identifiers={"organisation_id": "kommune", "respondent_key": "mail", "started_at": "start"})
    plan = plan_of(tmp_path, "kommune,mail,start,IW_1,IW_2\na,b,,1,2\n", instrument(), settings)
    roles = {column.name: (column.role, column.is_personal_data) for column in plan.columns}
    assert roles["kommune"] == ("identifier", False)
    assert roles["mail"] == ("identifier", True)
    assert roles["start"] == ("metadata", False)
    assert any("times are taken as UTC" in warning for warning in plan.warnings)


@given(st.lists(st.sampled_from(["", "a", "a_2", "b", "column_1", "column_3"]), max_size=8))
def test_names_are_unique_and_literal_names_keep_their_place(headers: list[str]) -> None:
    names = unique_names(headers)
    assert len(set(names)) == len(headers)
    for header in set(headers) - {""}:
        assert names[headers.index(header)] == header
