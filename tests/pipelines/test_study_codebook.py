"""The codebook of a study: exactly the warehouse's columns, who was asked what, and counts that tell of nobody."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import UsageError
from pipelines.load import load_study
from pipelines.steps.missing_counts import tellable_counts
from pipelines.steps.study_codebook import study_codebook
from pipelines.tables import core
from tests.pipelines.test_load_forms import SHORT, STUDY
from tests.small_study import build_small_study


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return load_study(build_small_study(tmp_path_factory.mktemp("codebook") / "small"))


@pytest.fixture
def formed(tmp_path: Path):
    (tmp_path / "forms").mkdir()
    (tmp_path / "study.yaml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "forms" / "short.yaml").write_text(SHORT, encoding="utf-8")
    return load_study(tmp_path)


def test_tables_have_the_columns_of_the_warehouse_in_their_order(study):
    book = study_codebook(study)
    described = {table.name: [each.name for each in table.variables] for table in book.tables}
    tables = {
        "responses": core.RESPONSES,
        "answers": core.answers(study),
        "open_answers": core.OPEN_ANSWERS,
        "scores": core.scores(study),
        "missing": core.MISSING,
        "analysis": core.analysis(study),
    }
    assert described == {name: list(table.columns) for name, table in tables.items()}
    assert {table.name: table.key for table in book.tables} == {name: table.key for name, table in tables.items()}


def test_closed_lists_and_limits_are_those_of_the_tables(study):
    book, table = study_codebook(study), core.answers(study)
    for each in book.variables_of("answers"):
        column = table.columns[each.name]
        if each.item and each.kind == "code":
            assert {one.value for one in each.categories} == set(column.is_among)
        if each.item:
            assert (each.least, each.most) == (column.least, column.most)


def test_waves_groups_and_sources_are_named(study):
    book = study_codebook(study)
    listed = {each.name: [one.value for one in each.categories] for each in book.variables_of("responses")}
    assert listed["wave"] == ["autumn", "spring"]
    assert listed["respondent_group"] == ["FRL"]
    assert listed["source"] == ["autumn_staff", "spring_staff"]
    assert listed["disposition"] == list(core.DISPOSITIONS)
    assert book.is_synthetic
    assert [each.name for each in book.periods] == ["autumn", "spring"]


def test_items_of_forms_are_told_with_the_groups_that_have_them(formed):
    book = study_codebook(formed)
    assert book.asked_of["IW_fa_1"] == ("TOP", "FRL")
    assert book.asked_of["FWI_fo_1_o"] == ("FRL",)
    assert "FWI_in_3_o" not in book.asked_of
    assert "OEQ_1" in book.unprompted
    assert "IW_fa_1" not in book.unprompted
    assert book.languages == ("en", "da")


def missing_of(rows):
    columns = ["item", "respondent_group", "wave", "reason", "n"]
    return pd.DataFrame([[item, group, "w1", reason, n] for item, group, reason, n in rows], columns=columns)


def responses_of(n, n_organisations=10, n_tests=0):
    organisations = [f"o{number % n_organisations}" if n_organisations else None for number in range(n)]
    outcomes = ["not_eligible"] * n_tests + ["complete"] * (n - n_tests)
    return pd.DataFrame({"organisation_id": organisations, "disposition": outcomes})


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("A", "TOP", "refused", 9)], {}),
        ([("A", "TOP", "refused", 10)], {"refused": 10}),
        ([("A", "TOP", "refused", 6), ("A", "FRL", "refused", 7)], {"refused": 15}),
        ([("A", "TOP", "refused", 91)], {}),
        ([("A", "TOP", "refused", 50), ("A", "FRL", "dont_know", 41)], {}),
        ([("A", "TOP", "refused", 50), ("A", "FRL", "dont_know", 3)], {"refused": 50}),
    ],
)
def test_a_count_is_told_when_it_and_the_answers_are_enough(rows, told):
    counts = tellable_counts(missing_of(rows), responses_of(100), 10)
    assert (dict(counts.by_item["A"]), counts.n_responses) == (told, 100)


def test_previews_and_tests_are_no_responses():
    counts = tellable_counts(missing_of([("A", "TOP", "refused", 80)]), responses_of(100, n_tests=12), 10)
    assert (counts.by_item["A"], counts.n_responses) == ({}, 90)


@pytest.mark.parametrize("n_organisations", [1, 2])
def test_groups_and_waves_of_a_single_organisation_are_not_added_up(n_organisations):
    with pytest.raises(UsageError, match=f"need responses from 3 organisations, found {n_organisations}"):
        tellable_counts(missing_of([("A", "TOP", "refused", 50)]), responses_of(100, n_organisations), 10)


def test_without_organisations_counts_are_told():
    counts = tellable_counts(missing_of([("A", "TOP", "refused", 50)]), responses_of(100, 0), 10)
    assert counts.by_item["A"] == {"refused": 50}


@given(st.lists(st.integers(min_value=0, max_value=30), min_size=3, max_size=3), st.integers(min_value=5, max_value=12))
def test_no_told_count_is_small_or_exact_and_none_leaves_few_answers(numbers, least):
    reasons = ("refused", "dont_know", "not_reached")
    rows = [("A", "TOP", reason, n) for reason, n in zip(reasons, numbers, strict=True)]
    told = tellable_counts(missing_of(rows), responses_of(60), least).by_item["A"]
    true = dict(zip(reasons, numbers, strict=True))
    assert all(true[reason] >= least and n % 5 == 0 and abs(n - true[reason]) < 3 for reason, n in told.items())
    assert not told or 60 - sum(numbers) >= least
