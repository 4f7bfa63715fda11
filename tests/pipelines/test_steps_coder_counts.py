"""How many coders judged a response and how many saw a code, over one question and over all."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pipelines.load_coding import CodedVariable
from pipelines.steps.coder_counts import coder_counts
from pipelines.steps.judgements import Judgements

NOT_JUDGED = np.nan
ROWS = [
    ("r1", "OEQ_1", False, (1, 1, 0)),
    ("r1", "OEQ_2", False, (0, 1, 0)),
    ("r2", "OEQ_1", False, (0, NOT_JUDGED, 1)),
    ("r3", "OEQ_1", False, (0, 1, NOT_JUDGED)),
    ("r3", "OEQ_2", False, (0, NOT_JUDGED, NOT_JUDGED)),
    ("r4", "OEQ_1", False, (0, 0, NOT_JUDGED)),
    ("r4", "OEQ_2", False, (0, NOT_JUDGED, NOT_JUDGED)),
    ("r5", "OEQ_1", True, (1, 1, NOT_JUDGED)),
    ("r6", "OEQ_1", False, (NOT_JUDGED, NOT_JUDGED, 1)),
]
JUDGED = Judgements(
    pd.DataFrame([row[:3] for row in ROWS], columns=["response_id", "item", "is_training"]),
    ("anna", "bo", "third"),
    ("E1",),
    np.array([row[3] for row in ROWS], dtype=float)[:, :, None],
)
CODING = SimpleNamespace(
    spec=SimpleNamespace(items=("OEQ_1", "OEQ_2"), coders=("anna", "bo")), may_have=lambda code, item: True
)


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        # r3: bo saw it in one answer; r4: bo judged one of two and saw it in none. Training (r5) and the third person
        # (r6) do not count.
        ("", {"r1": (2, 2), "r2": (0, 1), "r3": (1, 2), "r4": (0, 1)}),
        ("OEQ_1", {"r1": (2, 2), "r2": (0, 1), "r3": (1, 2), "r4": (0, 2)}),
        ("OEQ_2", {"r1": (1, 2), "r3": (0, 1), "r4": (0, 1)}),
    ],
)
def test_judgements_are_counted_by_response(item, expected):
    found = coder_counts("code_E1", CodedVariable("code", item, "E1"), JUDGED, CODING).set_index("response_id")
    assert list(found) == ["code_E1_given", "code_E1_coders"]
    assert {name: tuple(row) for name, row in found.astype(int).iterrows()} == expected
