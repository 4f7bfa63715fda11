"""Validation: every broken rule is found with its row, nothing tells a cell's value, and a failure stops the run."""

from contextlib import contextmanager

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from instruments.sections.response_scale import OptOut, Point, ResponseScale
from instruments.spec import Item
from pipelines.steps.validation import (
    MOST_EXAMPLES,
    BlockingFailure,
    blocking_rejects,
    find_failures,
    raise_if_blocking,
)
from pipelines.tables.base import DUCKDB_TYPES, NUMBER, SMALL, TEXT, TRUTH, WHOLE, ColumnOf, Table
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


RULES_OF_PANDERA = {
    "isin": "outside_response_scale",
    "greater_than_or_equal_to": "outside_range",
    "less_than_or_equal_to": "outside_range",
    "not_nullable": "must_not_be_missing",
    "multiple_fields_uniqueness": "duplicated_key",
}


def with_places(rows):
    return rows.assign(file_sha256="f0", row_number=range(2, len(rows) + 2))


def failures_in(table, rows):
    """Validate rows in DuckDB."""
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE content ({columns_with_types(table)}, file_sha256 VARCHAR, row_number BIGINT)"
        )
        connection.register("rows", with_places(rows))
        connection.execute("INSERT INTO content BY NAME FROM rows")
        return find_failures(table, "SELECT * FROM content", lambda query: connection.sql(query).df(), "spring")


def columns_with_types(table):
    return ", ".join(f'"{name}" {DUCKDB_TYPES[column.kind]}' for name, column in table.columns.items())


def failures_of_pandera(table, rows):
    """Column, rule and row of every failure, and the verdict, as the pandera schema says."""
    try:
        table.schema().validate(table.typed(rows), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return set()
    rules = [RULES_OF_PANDERA[str(check).split("(")[0]] for check in cases["check"]]
    columns = [
        table.key[0] if rule == "duplicated_key" else column
        for column, rule in zip(cases["column"], rules, strict=True)
    ]
    return {(column, rule, int(index) + 2) for column, rule, index in zip(columns, rules, cases["index"], strict=True)}


def failures_of(**columns):
    n = max(len(values) for values in columns.values())
    sound = {"response_id": [f"r{k}" for k in range(n)], "wave": ["spring"] * n, "v1": [1] * n, "age": [40] * n}
    return failures_in(ANSWERS, ANSWERS.typed(pd.DataFrame({**sound, **columns})))


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
    rejects = REJECTS.typed(pd.DataFrame([reject]))  # noqa: F841 - DuckDB finds it by its name
    query = blocking_rejects("FROM rejects", invalid_answers=invalid_answers)
    assert len(FAILURES.typed(duckdb.sql(query).df())) == n


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


def test_a_failure_says_which_answers_an_item_may_have():
    scale = ResponseScale(points={code: Point() for code in range(1, 21)}, opt_outs={99: OptOut(reason="refused")})
    items = {"v1": (Item(response_scale="often"), scale), "age": (Item(kind="number", least=16, most=99), None)}
    with pytest.raises(BlockingFailure) as caught:
        raise_if_blocking("spring", [failures_of(v1=[9], age=[1])], items=items)
    listed = "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, …, 99"
    assert f"  v1: outside response scale: 1; expected {listed}, or a label" in str(caught.value)
    assert "  age: outside range: 1; expected a number from 16 to 99" in str(caught.value)


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


EVERY_KIND_OF_RULE = Table(
    "core.answers",
    "One row a response",
    ("response_id", "wave"),
    {
        "response_id": ColumnOf(TEXT, "Response"),
        "wave": ColumnOf(TEXT, "Wave", is_among=("autumn", "it's spring")),
        "gap": ColumnOf(SMALL, "A scale with a gap", may_be_missing=True, is_among=(1, 2, 5)),
        "zero": ColumnOf(SMALL, "A scale from zero", is_among=(0, 1, 2)),
        "share": ColumnOf(NUMBER, "Share", may_be_missing=True, least=0, most=0.5),
        "count": ColumnOf(WHOLE, "Count", may_be_missing=True, least=1),
        "is_it": ColumnOf(TRUTH, "Truth"),
    },
)
ROW = st.fixed_dictionaries(
    {
        "response_id": st.sampled_from(["a", "b", "c", "d", "e", "f", None]),
        "wave": st.sampled_from(["autumn", "it's spring", "summer", None]),
        "gap": st.sampled_from([1, 2, 5, 3, -1, None]),
        "zero": st.sampled_from([0, 1, 2, 3, -1, None]),
        "share": st.sampled_from([0.0, 0.25, 0.5, 0.5000001, -1e-9, None]),
        "count": st.sampled_from([1, 2**60, 0, None]),
        "is_it": st.sampled_from([True, False, None]),
    }
)


@given(st.lists(ROW, max_size=12))
def test_verdict_and_reported_rows_are_those_of_the_pandera_schema(rows):
    frame = EVERY_KIND_OF_RULE.typed(pd.DataFrame(rows, columns=list(EVERY_KIND_OF_RULE.columns)))
    found = failures_in(EVERY_KIND_OF_RULE, frame)
    ours = set(zip(found["column_name"], found["rule"], found["row_number"].astype(int), strict=True))
    assert ours == failures_of_pandera(EVERY_KIND_OF_RULE, frame)
    assert len(ours) == len(found)
