"""Invalid answers: exactly the cells the instrument does not allow are emptied, each with a reason and a reject."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilot_study import INSTRUMENTS

from instruments.load import load_instrument
from pipelines.steps.invalid_answers import as_missing, as_rejects, invalid_cells, recount, without_invalid
from pipelines.tables.core import MISSING, REJECTS

CODES = st.one_of(st.none(), st.integers(-10, 10))


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    path = tmp_path_factory.mktemp("instruments") / "voice.yaml"
    path.write_text(INSTRUMENTS["voice"], encoding="utf-8")
    return load_instrument(path)


def answered(rows, index=None):
    frame = pd.DataFrame(rows, columns=["v1", "age"], index=index)
    frame = frame.astype({"v1": "Int16", "age": "Float64"}).assign(v2=1, v3=1, workplace=1)
    ids = [f"managers/{k}" for k in range(len(frame))]
    return frame.assign(response_id=ids, wave="spring").astype({"v2": "Int16", "v3": "Int16", "workplace": "Int16"})


@pytest.mark.parametrize(
    ("v1", "age", "items"),
    [
        (1, 16, []),
        (3, 99, []),
        (None, None, []),
        (0, 40, ["v1"]),
        (4, 40, ["v1"]),
        (-8, 40, ["v1"]),
        (2, 15.5, ["age"]),
        (2, 99.5, ["age"]),
        (9, 3, ["v1", "age"]),
    ],
)
def test_only_answers_that_are_not_allowed_are_found(voice, v1, age, items):
    assert invalid_cells(answered([(v1, age)]), [voice])["item"].tolist() == items


def test_an_emptied_cell_has_a_missing_reason_and_a_reject(voice):
    answers = answered([(1, 40), (7, 40), (2, 3)])
    cells = invalid_cells(answers, [voice])
    places = pd.DataFrame({"file_sha256": "f0", "wave": "spring", "row_number": [4, 5, 6]})
    missing = MISSING.typed(as_missing(answers, cells))
    columns = pd.DataFrame({"file_sha256": "f0", "item": ["v1", "age"], "name": ["Q1", "age"], "position": [2, 3]})
    found = as_rejects(places, cells, columns)
    rejects = REJECTS.typed(found)
    counted = pd.DataFrame({"file_sha256": "f0", "position": [1, 2, 3], "n_answered": 3, "n_rejected": 0})
    assert recount(counted, found)[["n_answered", "n_rejected"]].to_numpy().tolist() == [[3, 0], [2, 1], [2, 1]]
    assert missing[["response_id", "item", "reason"]].to_numpy().tolist() == [
        ["managers/1", "v1", "invalid"],
        ["managers/2", "age", "invalid"],
    ]
    assert rejects[["row_number", "column_name", "rule"]].to_numpy().tolist() == [
        [5, "Q1", "outside_response_scale"],
        [6, "age", "outside_response_scale"],
    ]


@given(st.lists(st.tuples(CODES, CODES), max_size=8))
def test_emptying_touches_the_invalid_cells_and_no_other(voice, rows):
    answers = answered(rows, index=[0] * len(rows))
    cells = invalid_cells(answers, [voice])
    before = answers.copy()
    cleaned = without_invalid(answers, cells)
    assert answers.equals(before)
    assert cleaned.dtypes.equals(answers.dtypes)
    assert invalid_cells(cleaned, [voice]).empty
    changed = cleaned["v1"].isna().to_numpy() & answers["v1"].notna().to_numpy()
    assert changed.tolist() == [v1 is not None and v1 not in (1, 2, 3) for v1, _ in rows]
    assert (
        cleaned["v1"].isna().sum() + cleaned["age"].isna().sum()
        == len(cells) + answers[["v1", "age"]].isna().sum().sum()
    )
