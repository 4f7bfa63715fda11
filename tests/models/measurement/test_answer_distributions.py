"""Distributions of answers: categories nobody chose, groups without answers, codes that are no category."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from instruments.faults import DataError
from models.measurement.distributions import answer_distributions, category_counts


def test_empty_categories_and_groups_without_answers_are_shown():
    answers = pd.DataFrame({"a": [1, 1, 3, None, 2], "b": [2, None, None, None, 2]}, dtype="Int16")
    groups = pd.Series(["y", "y", "y", "x", None])
    found = answer_distributions(answers, {"a": [1, 2, 3], "b": [1, 2]}, groups)
    rows = list(found[["item", "group", "code", "n_answers", "n_obs"]].itertuples(index=False, name=None))
    assert rows == [
        *[("a", "x", code, 0, 0) for code in (1, 2, 3)],
        ("a", "y", 1, 2, 3), ("a", "y", 2, 0, 3), ("a", "y", 3, 1, 3),
        *[("b", "x", code, 0, 0) for code in (1, 2)],
        ("b", "y", 1, 0, 1), ("b", "y", 2, 1, 1),
    ]  # fmt: skip
    assert found["share"].tolist()[3:6] == pytest.approx([2 / 3, 0, 1 / 3])
    assert np.isnan(found["share"].tolist()[0])


@given(st.lists(st.one_of(st.none(), st.integers(1, 5)), max_size=40))
def test_counts_add_up_to_the_answers(codes):
    found = category_counts(pd.Series(codes, dtype="Int16"), [1, 2, 3, 4, 5])
    n = sum(code is not None for code in codes)
    assert (found["n_answers"].sum(), set(found["n_obs"])) == (n, {n})
    assert n == 0 or found["share"].sum() == pytest.approx(1)


def test_a_code_that_is_no_category_is_refused():
    with pytest.raises(DataError, match=r"a has 1 codes that are no category of it; expected 1, 2"):
        category_counts(pd.Series([1, 9], name="a"), [1, 2])


def test_without_items_there_are_no_rows():
    assert answer_distributions(pd.DataFrame({"a": [1]}), {}, pd.Series(["x"])).empty
