"""Regressors that go together: importance by brute force and by its sum, ridge by augmented rows, in a fit, refused."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.regression.comparing.cross_products import Columns, draw_clusters, folds_of_clusters
from models.regression.comparing.relative_importance import relative_importance
from models.regression.comparing.ridge import PENALTIES, ridge_regression
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.comparisons import Together
from models.sections.population import Population
from models.sections.regressors import Interaction
from models.spec import RegressionSpec

few_examples = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed, n=90, p=3, n_clusters=15, weighted=True):
    rng = np.random.default_rng(seed)
    clusters = np.arange(n) % n_clusters
    shared = rng.normal(size=(n, 1)) + rng.normal(size=(n_clusters, 1))[clusters]
    compared = shared + rng.normal(size=(n, p)) * rng.uniform(0.5, 2, p) + 3
    held = np.column_stack([np.ones(n), rng.normal(size=n), np.arange(n) % 2])
    outcome = compared @ rng.normal(size=p) + held @ rng.normal(size=3) + rng.normal(size=n)
    weights = rng.uniform(0.5, 2, n) if weighted else np.ones(n)
    return Columns(held, compared, outcome, weights, clusters)


def r2_of(columns, matrix):
    roots = np.sqrt(columns.weights)
    left = columns.outcome - matrix @ np.linalg.lstsq(matrix * roots[:, None], columns.outcome * roots, rcond=None)[0]
    mean = columns.weights @ columns.outcome / columns.weights.sum()
    return 1 - columns.weights @ left**2 / (columns.weights @ (columns.outcome - mean) ** 2)


def singly(columns):
    return [[place] for place in range(columns.compared.shape[1])]


def shares_of(columns, regressors=None):
    asked = singly(columns) if regressors is None else regressors
    return relative_importance(columns, asked, 99, np.random.default_rng(1)).shares


@few_examples
@given(seeds)
def test_importance_is_the_mean_gain_over_all_orders_of_entry(seed):
    columns = drawn(seed)
    regressors, gains = [[0, 2], [1]], np.zeros(2)
    orders = list(permutations(range(2)))
    for order in orders:
        entered, before = columns.held, r2_of(columns, columns.held)
        for each in order:
            entered = np.column_stack([entered, columns.compared[:, regressors[each]]])
            gains[each] += r2_of(columns, entered) - before
            before = r2_of(columns, entered)
    assert shares_of(columns, regressors) == pytest.approx(gains / len(orders), abs=1e-10)


def test_orders_of_four_regressors_are_all_counted():
    columns, gains = drawn(5, p=4), np.zeros(4)
    orders = list(permutations(range(4)))
    for order in orders:
        steps = [
            r2_of(columns, np.column_stack([columns.held, columns.compared[:, list(order[:n])]])) for n in range(5)
        ]
        gains[list(order)] += np.diff(steps)
    assert shares_of(columns) == pytest.approx(gains / len(orders), abs=1e-10)


@few_examples
@given(seeds)
def test_importance_adds_up_to_what_those_together_explain(seed):
    columns = drawn(seed, p=5)
    both = np.column_stack([columns.held, columns.compared])
    assert shares_of(columns).sum() == pytest.approx(r2_of(columns, both) - r2_of(columns, columns.held), abs=1e-10)


@few_examples
@given(seeds)
def test_importance_knows_neither_units_nor_order(seed):
    columns = drawn(seed)
    turned = Columns(
        columns.held, columns.compared[:, ::-1] * [7.0, 0.1, -2.0] + 5, 3 * columns.outcome - 1, columns.weights,
        columns.clusters,
    )  # fmt: skip
    assert shares_of(turned)[::-1] == pytest.approx(shares_of(columns), abs=1e-9)


def test_one_regressor_has_its_squared_semipartial_correlation():
    columns = drawn(3, p=1)
    both = np.column_stack([columns.held, columns.compared])
    assert shares_of(columns) == pytest.approx([r2_of(columns, both) - r2_of(columns, columns.held)], abs=1e-12)


def test_intervals_are_percentiles_of_resampled_clusters():
    columns = drawn(4)
    found = relative_importance(columns, singly(columns), 99, np.random.default_rng(8), 0.9)
    times = draw_clusters(columns.n_clusters, 99, np.random.default_rng(8))
    rows = [np.repeat(np.arange(90), counts[columns.clusters].astype(int)) for counts in times]
    again = [
        shares_of(Columns(*(each[own] for each in (columns.held, columns.compared, columns.outcome, columns.weights)),
                          pd.factorize(columns.clusters[own])[0]))
        for own in rows
    ]  # fmt: skip
    assert found.conf_low == pytest.approx(np.quantile(again, 0.05, axis=0), abs=1e-9)
    assert found.conf_high == pytest.approx(np.quantile(again, 0.95, axis=0), abs=1e-9)
    assert found.n_draws == 99


@few_examples
@given(seeds)
def test_ridge_is_least_squares_with_a_row_for_the_penalty_of_every_column(seed):
    columns = drawn(seed)
    found = ridge_regression(columns, 5, np.random.default_rng(2))
    roots = np.sqrt(columns.weights)
    both = np.column_stack([columns.held, columns.compared])
    penalties = np.sqrt(columns.weights.sum() * found.penalty) * np.diag([0, 0, 0, *columns.scales])
    rows = np.vstack([both * roots[:, None], penalties])
    outcome = np.concatenate([columns.outcome * roots, np.zeros(len(penalties))])
    expected = np.linalg.lstsq(rows, outcome, rcond=None)[0][3:]
    assert found.coefficients == pytest.approx(expected, rel=1e-7, abs=1e-9)


def test_the_penalty_predicts_left_out_clusters_best():
    columns = drawn(11, n=60, p=4, n_clusters=12)
    found = ridge_regression(columns, 4, np.random.default_rng(6))
    fold = folds_of_clusters(12, 4, np.random.default_rng(6))[columns.clusters]
    roots, both = np.sqrt(columns.weights), np.column_stack([columns.held, columns.compared])
    errors = []
    for penalty in PENALTIES:
        error = 0.0
        for each in range(4):
            known = fold != each
            drag = np.sqrt(columns.weights[known].sum() * penalty) * np.diag([0, 0, 0, *columns.scales])
            rows = np.vstack([(both * roots[:, None])[known], drag])
            b = np.linalg.lstsq(rows, np.concatenate([(columns.outcome * roots)[known], np.zeros(7)]), rcond=None)[0]
            error += columns.weights[~known] @ (columns.outcome - both @ b)[~known] ** 2
        errors.append(error)
    mean = columns.weights @ columns.outcome / columns.weights.sum()
    variation = columns.weights @ (columns.outcome - mean) ** 2
    assert found.penalty == PENALTIES[int(np.argmin(errors))]
    assert found.explained == pytest.approx(1 - min(errors) / variation, abs=1e-8)
    assert found.explained_without == pytest.approx(1 - errors[0] / variation, abs=1e-8)


def test_every_cluster_is_left_out_once_and_folds_are_alike_in_size():
    fold = folds_of_clusters(23, 10, np.random.default_rng(0))
    assert sorted(np.bincount(fold)) == [2] * 7 + [3] * 3
    assert sorted(folds_of_clusters(4, 10, np.random.default_rng(0))) == [0, 1, 2, 3]


def analysis(seed=1, n_clusters=20):
    rng = np.random.default_rng(seed)
    n = 8 * n_clusters
    shared = rng.normal(size=n)
    a, b, kind = shared + rng.normal(size=n), shared + rng.normal(size=n), rng.integers(1, 4, n)
    values = {"y": a + (kind == 2) + rng.normal(size=n), "a": a, "b": b, "c": rng.normal(size=n), "kind": kind}
    keys = {"response_id": [f"r{place:04d}" for place in range(n)], "wave": "w1", "respondent_group": "FRL"}
    table = pd.DataFrame({**keys, "source": "s", **values})
    return table.assign(organisation_id=[f"o{place % n_clusters:02d}" for place in range(n)])


def model(**changes):
    given_keys = {
        "name": "barriers", "kind": "regression", "title": {"en": "Barriers"}, "estimand": "Difference in y",
        "outcome": "y", "focal": "a", "population": Population(), "cluster": "organisation_id",
        "regressors": ("a", "b", {"variable": "kind", "use": "category"}, "c"),
        "together": {"of": ("a", "b", "kind"), "draws": 99},
    }  # fmt: skip
    return RegressionSpec.model_validate({**given_keys, **changes})


def test_a_fit_reads_importance_and_ridge_and_its_estimates_stay_as_they_are():
    fit, plain = fit_regression(model(), analysis(), seed=3), fit_regression(model(together=None), analysis(), seed=3)
    pd.testing.assert_frame_equal(fit.estimates, plain.estimates)
    readings = fit.readings.set_index(["term", "reading"])
    share = readings.xs("importance", level="reading")
    assert list(share.index) == ["a", "b", "kind"]
    assert (share["conf_low"] <= share["value"]).all()
    assert (share["value"] <= share["conf_high"]).all()
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert share["value"].sum() == pytest.approx(found["r2_together"], abs=1e-12)
    assert found["cross_validated_r2_ridge"] >= found["cross_validated_r2"] > found["cross_validated_r2_held"]
    ridge = readings.xs("ridge", level="reading")
    assert list(ridge.index) == ["a", "b", "kind[2]", "kind[3]"]
    assert ridge[["conf_low", "conf_high"]].isna().all(axis=None)


def test_the_order_of_responses_changes_no_bit():
    rows = analysis()
    shuffled = rows.sample(frac=1, random_state=4)
    one, other = (fit_regression(model(), each, seed=3) for each in (rows, shuffled))
    pd.testing.assert_frame_equal(one.readings, other.readings, check_exact=True)
    pd.testing.assert_frame_equal(one.diagnostics, other.diagnostics, check_exact=True)


def test_a_variant_compares_what_it_has_and_may_not_fit_at_all():
    variants = (
        {"name": "narrow", "regressors": ("a", "b")},
        {"name": "one", "regressors": ("a", "c")},
        {"name": "mixed", "estimator": "mixed", "random_effects": ({"groups": "organisation_id"},)},
        {"name": "within", "fixed_effects": "organisation_id"},
    )
    said = model(variants=variants)
    assert [said.with_variant(each["name"]).together for each in variants] == [
        Together(of=("a", "b"), draws=99), None, None, None,
    ]  # fmt: skip
    for each in variants:
        kept = said.with_variant(each["name"])
        assert RegressionSpec.model_validate_json(kept.model_dump_json()) == kept


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"together": {"of": ("a", "bb")}}, "names 'bb', which is no regressor; did you mean 'b'"),
        ({"together": {"of": ("a", "a")}}, "names 'a' twice"),
        ({"together": {"of": ("a",)}}, "at least 2"),
        ({"fixed_effects": "organisation_id"}, "together is for estimator linear"),
        ({"estimator": "logit"}, "together is for estimator linear"),
        ({"regressors": ("a", "b", Interaction(interaction=("a", "b"))), "together": {"of": ("a", "b")}}, "product"),
    ],
)
def test_what_cannot_be_compared_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        model(**changes)


def test_few_clusters_are_refused():
    with pytest.raises(ModelDataError, match="9 clusters are too few to compare models"):
        fit_regression(model(), analysis(n_clusters=9))
