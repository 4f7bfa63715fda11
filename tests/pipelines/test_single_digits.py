"""Columns of single digits, which the scan casts without comparing texts: the same cells as any other column."""

from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.cells.scan import count_filled, read_cells
from pipelines.readers.plan import PlannedColumn, ReadingPlan

COLUMN: dict[str, Any] = {"position": 1, "name": "a", "source_id": "a", "role": "item", "item": "a", "kind": "choice"}
CODES = {"1": 1, "2": 2, "yes": 5}


def plan_of(**settings: Any) -> ReadingPlan:
    column = PlannedColumn(**{**COLUMN, "codes": CODES, **settings})
    guard = PlannedColumn(position=2, name="g", source_id="g", role="metadata")
    return ReadingPlan("generic", "csv", "utf-8", ",", ".", "", 1, (column, guard), {}, unreached="after_last_answer")


def scanned(plan: ReadingPlan, rows: list[tuple[str | None, str | None]], digits: set[int]) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE texts (c1 VARCHAR, c2 VARCHAR)")
        connection.executemany("INSERT INTO texts VALUES (?, ?)", rows)
        return connection.execute(read_cells(plan, "texts", [], {}, digits=digits)).fetchall()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"opt_outs": {"9": "dont_know", "0": "refused"}},
        {"codes": {"1": 5, "2": 4, "9": 12}},
        {"codes": {"1": 5, "2": 4}, "opt_outs": {"1": "dont_know"}},
        {"blanks": frozenset({"0", "-99"})},
        {"shown_if": "g"},
        {"shown_if": "g", "opt_outs": {"9": "dont_know"}},
        {"kind": "multiple_choice", "option": "1", "ticked": frozenset({"1"}), "unticked": frozenset({"0"})},
        {"kind": "number"},
        {"kind": "code"},
    ],
    ids=(
        "plain",
        "opt_outs",
        "recoded",
        "recoded_opt_out",
        "blanks",
        "guarded",
        "guarded_opt_out",
        "option",
        "number",
        "code",
    ),
)
def test_digits_are_cast_to_what_comparing_their_texts_gives(settings: dict[str, Any]) -> None:
    rows = [(digit, guard) for digit in (*"0123456789", None) for guard in ("x", None)]
    plan = plan_of(**settings)
    assert scanned(plan, rows, {1}) == scanned(plan, rows, set())


@given(st.lists(st.sampled_from([*"0123456789", None, "", " ", "+", "-", "a", "10", "4.6", "٣", "½", "²"]), max_size=6))
def test_a_column_counts_as_digits_only_when_every_filled_cell_is_one(texts: list[str | None]) -> None:
    plan = plan_of()
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE texts (c1 VARCHAR, c2 VARCHAR)")
        for text in texts:
            connection.execute("INSERT INTO texts VALUES (?, NULL)", [text])
        n_rows, n_filled, _, is_digits, _ = connection.execute(count_filled(plan, "texts")).fetchall()[0]
    filled = [text for text in texts if text is not None]
    assert (n_rows, n_filled) == (len(texts), len(filled))
    assert bool(is_digits) == bool(filled and all(text in tuple("0123456789") for text in filled))


def test_the_scan_of_digits_compares_no_text() -> None:
    assert "strlen" not in read_cells(plan_of(), "texts", [], {}, digits={1})
