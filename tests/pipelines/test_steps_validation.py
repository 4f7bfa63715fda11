"""Validation: every broken rule is found with its row, nothing tells a cell's value, and a failure stops the run."""

from contextlib import contextmanager

import pandas as pd
import pytest

from pipelines.steps.validation import (
    MOST_EXAMPLES,
    BlockingFailure,
    failures_of_rejects,
    find_failures,
    raise_if_blocking,
    rule_name,
)
from pipelines.tables.base import NUMBER, SMALL, TEXT, ColumnOf, Table
from pipelines.tables.core import REJECTS
from pipelines.tables.raw import FAILURES

ANSWERS = Table(
    "core.answers",
    "One row a response",
    ("response_id",),
    {
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave"),
        "v1": ColumnOf(SMALL, "I speak up.", may_be_missing=True, is_among=(1, 2, 3)),
        "age": ColumnOf(NUMBER, "Age", may_be_missing=True, least=16, most=99),
    },
)


def failures_of(**columns):
    n = max(len(values) for values in columns.values())
    sound = {"response_id": [f"r{k}" for k in range(n)], "wave": ["spring"] * n, "v1": [1] * n, "age": [40] * n}
    rows = pd.DataFrame({**sound, **columns})
    places = pd.DataFrame({"response_id": rows["response_id"], "file_sha256": "f0", "row_number": range(2, n + 2)})
    return find_failures(ANSWERS, rows, places, "spring")


def summary(failures):
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in failures[["column_name", "rule", "row_number", "response_id"]].itertuples(index=False, name=None)
    ]


@pytest.mark.parametrize(
    ("columns", "failures"),
    [
        ({"v1": [1, 3, None]}, []),
        ({"v1": [1, 7, 3]}, [("v1", "outside_response_scale", 3, "r1")]),
        ({"age": [15, 16, 100]}, [("age", "outside_range", 2, "r0"), ("age", "outside_range", 4, "r2")]),
        ({"wave": ["spring", None]}, [("wave", "must_not_be_missing", 3, "r1")]),
        (
            {"response_id": ["r0", "r1", "r1"]},
            [("response_id", "duplicated_key", 3, "r1"), ("response_id", "duplicated_key", 4, "r1")],
        ),
    ],
    ids=["sound", "outside the response scale", "outside the range", "missing key", "duplicated key"],
)
def test_a_broken_rule_is_found_with_its_row(columns, failures):
    assert sorted(summary(failures_of(**columns))) == failures


def test_every_broken_rule_is_found_at_once():
    found = failures_of(v1=[9, 1, 9], age=[1, 40, 40], wave=["spring", None, "spring"])
    assert sorted(found["rule"]) == ["must_not_be_missing", *["outside_range"], *["outside_response_scale"] * 2]


def test_failures_never_hold_the_value_of_a_cell():
    found = failures_of(age=[1234567.0, 40])
    assert "1234567" not in found.to_csv()
    assert "1234567" not in str(BlockingFailure("spring", found))


@pytest.mark.parametrize(
    ("rule", "invalid_answers", "n"),
    [
        ("outside_range", "block", 1),
        ("not_an_answer_option", "block", 1),
        ("blank_row", "block", 0),
        ("superseded_by_later_export", "block", 0),
        ("preview_without_group", "block", 0),
        ("outside_range", "set_missing", 0),
        ("not_an_answer_option", "set_missing", 0),
        ("too_many_cells", "set_missing", 1),
        ("too_few_cells", "set_missing", 1),
        ("unknown_respondent_group", "set_missing", 1),
    ],
)
def test_rejects_block_unless_they_are_harmless_and_lost_rows_always_block(rule, invalid_answers, n):
    reject = {
        "file_sha256": "f0",
        "wave": "spring",
        "row_number": 4,
        "column_name": None,
        "rule": rule,
        "reason": "why",
    }
    rejects = REJECTS.typed(pd.DataFrame([reject]))
    assert len(failures_of_rejects(rejects, "spring", invalid_answers=invalid_answers)) == n


def test_without_failures_the_run_goes_on():
    raise_if_blocking("spring", [FAILURES.empty(), FAILURES.empty()])


def test_a_failure_stops_the_run_and_counts_by_column_and_rule():
    with pytest.raises(BlockingFailure) as caught:
        raise_if_blocking("spring", [FAILURES.empty(), failures_of(v1=[9, 9, 1], age=[1, 40, 40])])
    assert caught.value.counts() == [("v1", "outside_response_scale", 2), ("age", "outside_range", 1)]
    assert str(caught.value).splitlines() == [
        "wave spring failed validation; nothing was changed:",
        "  v1: outside response scale: 2",
        "  age: outside range: 1",
    ]


def test_a_failure_passes_through_a_with_statement_unchanged():
    @contextmanager
    def locked():
        yield

    with pytest.raises(BlockingFailure), locked():
        raise_if_blocking("spring", [failures_of(v1=[9])])


def test_examples_come_in_the_order_of_the_files_and_are_limited():
    found = failures_of(v1=[9] * (MOST_EXAMPLES + 20)).iloc[::-1]
    examples = BlockingFailure("spring", found).examples()
    assert examples["row_number"].tolist() == list(range(2, MOST_EXAMPLES + 2))


@pytest.mark.parametrize(
    ("check", "rule"), [("isin([1, 2])", "outside_response_scale"), ("not_nullable", "must_not_be_missing"), ("x", "x")]
)
def test_checks_have_names_of_the_field(check, rule):
    assert rule_name(check) == rule
