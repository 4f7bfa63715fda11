"""Separation is found, named and told from data that only look like it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.regression.categorical.binary import fit_binary
from models.regression.categorical.counts import fit_poisson
from models.regression.categorical.generalised import observed
from models.regression.categorical.multinomial import MultinomialRows, fit_multinomial
from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.categorical.separation import SeparationError, binary_conditions, find_separation
from models.regression.identification import ModelDataError
from tests.models.regression.categorical.answered import ANSWERS, ONES, matrix

X = np.array([1.0, 2, 3, 4, 5, 6, 7, 8])
G = np.array([0.0, 0, 0, 1, 0, 0, 0, 1])
MIXED = np.array([0.0, 1, 0, 1, 0, 1, 1, 1])

CASES = {
    "all outcomes foretold by one regressor": (X, (X > 4).astype(float), True, ("x",), {"intercept", "x", "g"}),
    "one tie at the border": (np.minimum(X, 5), np.r_[0.0, 0, 0, 0, 0, 1, 1, 1], False, None, None),
    "a category without refusals": (X, MIXED, False, ("g",), {"g"}),
    "overlap": (X, np.array([0.0, 1, 0, 1, 0, 1, 1, 0]), None, None, None),
}


@pytest.mark.parametrize("case", CASES)
def test_the_kind_and_the_columns_are_named(case):
    regressor, outcome, is_complete, columns, infinite = CASES[case]
    rows = observed(np.column_stack([np.ones(8), regressor, G]), outcome)
    names = ["intercept", "x", "g"]
    if is_complete is None:
        assert np.isfinite(fit_binary(rows, names).coefficients).all()
        return
    for link in ("logit", "probit"):
        with pytest.raises(SeparationError) as caught:
            fit_binary(rows, names, link)
        found = caught.value.separation
        assert found.is_complete is is_complete
        assert columns is None or found.columns == columns
        assert infinite is None or set(found.without_estimate) == infinite
        assert "write estimator: firth_logit" in str(caught.value)


def test_the_message_says_what_was_found_and_what_to_do():
    rows = observed(np.column_stack([np.ones(8), X, G]), MIXED)
    with pytest.raises(SeparationError) as caught:
        fit_binary(rows, ["intercept", "x", "g"])
    assert str(caught.value) == (
        "the outcome is in part foretold by 'g' (quasi-complete separation), so that no finite estimate exists of 'g'; "
        "take them out, merge their categories, or write estimator: firth_logit (penalised likelihood) with "
        "covariance: classical, whose estimates are always finite"
    )


def test_steep_but_overlapping_outcomes_are_fitted():
    x = np.linspace(-1, 1, 400)
    outcome = (x > 0).astype(float)
    outcome[[199, 200]] = outcome[[200, 199]]
    fit = fit_binary(observed(np.column_stack([np.ones(400), x]), outcome), ["intercept", "x"])
    assert fit.coefficients[1] > 100
    assert np.abs(fit.scores.sum(axis=0)).max() < 1e-8


@given(seed=st.integers(0, 2**31))
def test_a_search_agrees_with_the_definition_in_two_dimensions(seed):
    rng = np.random.default_rng(seed)
    rows = np.column_stack([np.ones(7), rng.integers(-3, 4, 7)]).astype(float)
    outcome = rng.integers(0, 2, 7).astype(float)
    conditions = binary_conditions(rows, outcome)
    normals = np.column_stack([-conditions[:, 1], conditions[:, 0]])
    directions = np.concatenate([normals, -normals, conditions, conditions.sum(axis=0)[None, :]])
    reach = conditions @ directions.T
    rises = (reach.min(axis=0) >= 0) & (reach.max(axis=0) > 0)
    if np.linalg.matrix_rank(rows) == 2:
        assert (find_separation(conditions, ["intercept", "x"]) is not None) == bool(rises.any())


def test_ordered_multinomial_and_count_outcomes_are_searched_too():
    level, lead = ANSWERS["level"].to_numpy(), ANSWERS["lead"].to_numpy()
    above = np.column_stack([ANSWERS["age"], level > 1]).astype(float)
    with pytest.raises(SeparationError, match="foretold by 'high'"):
        fit_ordered(OrderedRows(above, level, ONES), ["0|1", "1|2", "2|3", "age", "high"])
    rows = OrderedRows(matrix()[:, 1:3], level, ONES, released=(1,))
    with pytest.raises(SeparationError, match=r"'lead at 2\|3'"):
        fit_ordered(rows, rows.names(["age", "lead"], list("0123")))
    choice = np.where(lead == 1, ANSWERS["choice"], np.minimum(ANSWERS["choice"], 1)).astype(int)
    rows = MultinomialRows(matrix()[:, :3], choice, ONES)
    with pytest.raises(SeparationError) as caught:
        fit_multinomial(rows, rows.names(["intercept", "age", "lead"], list("012")))
    assert "2: lead" in caught.value.separation.without_estimate
    with pytest.raises(SeparationError, match=r"'lead'.*all counts are nought"):
        fit_poisson(observed(matrix()[:, :3], ANSWERS["visits"] * (1 - lead)), ["intercept", "age", "lead"])


@pytest.mark.parametrize("kind", ["binary", "counts", "multinomial"])
def test_columns_that_follow_from_each_other_are_named(kind):
    twice = np.column_stack([matrix(), 2 * matrix()[:, 2]])
    names = ["intercept", "age", "lead", "role1", "role2", "again"]
    fits = {
        "binary": lambda: fit_binary(observed(twice, ANSWERS["agree"]), names),
        "counts": lambda: fit_poisson(observed(twice, ANSWERS["visits"]), names),
        "multinomial": lambda: fit_multinomial(
            MultinomialRows(twice, ANSWERS["choice"].to_numpy(), ONES), [f"{c}: {n}" for c in "12" for n in names]
        ),
    }
    with pytest.raises(ModelDataError, match=r"cannot be told apart: .*lead.*again"):
        fits[kind]()
