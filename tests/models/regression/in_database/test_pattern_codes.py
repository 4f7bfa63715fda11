"""Combinations of values of any kind get one code each, whatever the batches."""

import numpy as np
import pyarrow as pa
import pytest

from models.regression.in_database import pattern_codes
from models.regression.in_database.pattern_codes import PatternCodes

N = 3_000


def batch_of(n_texts, span):
    random = np.random.default_rng(7)
    columns = {f"text_{place}": [f"{each:x}" for each in random.integers(0, 4, N)] for place in range(n_texts)}
    columns["number"] = random.integers(-span, span, N, endpoint=True)
    columns["real"] = random.integers(0, 5, N) / 3
    return pa.RecordBatch.from_pydict(columns)


@pytest.mark.parametrize("n_texts", [0, 1, 5])
@pytest.mark.parametrize("span", [2, 2**38, 2**60])
@pytest.mark.parametrize("most_places", [1, 1 << 22])
def test_rows_have_the_same_code_when_they_have_the_same_values(monkeypatch, n_texts, span, most_places):
    monkeypatch.setattr(pattern_codes, "MOST_PLACES", most_places)
    batch = batch_of(n_texts, span)
    names, codes = batch.schema.names, PatternCodes(batch.schema.names, {"number": (-span, span)})
    found = np.concatenate([codes.of(batch.slice(start, 700)) for start in range(0, N, 700)])
    rows = list(zip(*(batch.column(name).to_pylist() for name in names), strict=True))
    combinations = codes.combinations()
    of_code = list(zip(*(combinations.column(name).to_pylist() for name in names), strict=True))
    assert [of_code[code] for code in found] == rows
    assert len(of_code) == len(set(rows))


def test_codes_go_on_where_keys_outgrow_the_table(monkeypatch):
    monkeypatch.setattr(pattern_codes, "MOST_PLACES", 8)
    codes = PatternCodes(["number"], {"number": (0, 100)})
    batches = [pa.RecordBatch.from_pydict({"number": values}) for values in ([3, 5, 3], [5, 90, 3], [4, 90, 5])]
    found = [codes.of(batch).tolist() for batch in batches]
    assert codes.combinations().column("number").to_pylist() == [3, 5, 90, 4]
    assert found == [[0, 1, 0], [1, 2, 0], [3, 2, 1]]


def test_more_values_than_a_code_holds_are_refused():
    batch = pa.RecordBatch.from_pydict({"real": np.arange((1 << 20) + 1) / 7})
    with pytest.raises(OverflowError, match="1,048,576 different values"):
        PatternCodes(["real"], {}).of(batch)
