"""Tables of a package: the same bits after writing and reading, and differences told as they are."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.replication.agreement import compare_tables
from models.replication.tables import read_table, write_table

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=12)
COLUMNS = {
    "str": TEXT,
    "Int16": st.none() | st.integers(-(2**15), 2**15 - 1),
    "Int64": st.none() | st.integers(-(2**63), 2**63 - 1),
    "Float64": st.none() | st.floats(allow_nan=False),
    "float64": st.floats(allow_nan=False),
    "boolean": st.none() | st.booleans(),
    "bool": st.booleans(),
}


@given(st.data(), st.integers(0, 6))
def test_a_table_is_read_back_to_the_same_bits(tmp_path_factory, data, n):
    columns = {kind: data.draw(st.lists(values, min_size=n, max_size=n)) for kind, values in COLUMNS.items()}
    table = pd.DataFrame({kind: pd.Series(values, dtype=kind) for kind, values in columns.items()})
    path = tmp_path_factory.mktemp("table") / "table.csv"
    types = write_table(table, path)
    pd.testing.assert_frame_equal(read_table(path, dict(sorted(types.items()))), table, check_exact=True)


def test_a_moment_has_no_place_in_a_table(tmp_path):
    table = pd.DataFrame({"at": pd.to_datetime(["2026-01-01"], utc=True)})
    with pytest.raises(ValueError, match="columns at are of a type"):
        write_table(table, tmp_path / "table.csv")


def test_other_columns_than_those_told_are_refused(tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="expected a, c"):
        read_table(tmp_path / "table.csv", {"a": "Int64", "c": "Int64"})


def estimates(**changes):
    row = {"fit_id": "f", "term": "x", "estimate": 0.5, "df": np.nan, "verdict": "ok"}
    return pd.DataFrame([{**row, "term": "intercept", "estimate": 2000.0}, {**row, **changes}])


@pytest.mark.parametrize(
    ("changes", "verdict", "where"),
    [
        ({}, "identical", ""),
        ({"estimate": 0.5 + 1e-12}, "within 1e-9", "f/x: estimate"),
        ({"estimate": 0.5 + 1e-8}, "different", "f/x: estimate"),
        ({"estimate": np.nan}, "different", "f/x: estimate"),
        ({"estimate": -np.inf}, "different", "f/x: estimate"),
        ({"df": 3.0}, "different", "f/x: df"),
        ({"verdict": "look"}, "different", "f/x: verdict"),
        ({"term": "y"}, "different", "other rows"),
    ],
)
def test_a_difference_is_told_with_its_place(changes, verdict, where):
    (found,) = compare_tables("estimates", estimates(), estimates(**changes))
    assert (found.verdict, found.where) == (verdict, where)


def test_a_fit_that_is_only_in_one_table_is_different():
    found = compare_tables("estimates", estimates(), estimates().assign(fit_id="g"))
    assert [(each.of, each.verdict) for each in found] == [("f", "different"), ("g", "different")]


def test_what_is_left_out_is_not_compared():
    readings = pd.DataFrame({"fit_id": "f", "term": "x", "reading": ["drawn", "exact"], "value": [1.0, 2.0]})
    other = readings.assign(value=[1.5, 2.0])
    (found,) = compare_tables("readings", readings, other, frozenset({("readings", "f", "drawn")}))
    assert (found.verdict, found.n_figures) == ("identical", 1)


def test_rows_of_one_table_only_are_told_by_their_last_key():
    readings = pd.DataFrame({"fit_id": "f", "term": "x", "reading": ["drawn", "exact"], "value": [1.0, 2.0]})
    (found,) = compare_tables("readings", readings, readings.iloc[1:])
    assert (found.where, found.off) == ("other rows", (("drawn", ""),))
    (rest,) = compare_tables("readings", readings, readings.iloc[1:], frozenset({("readings", "f", "drawn")}))
    assert rest.verdict == "identical"
