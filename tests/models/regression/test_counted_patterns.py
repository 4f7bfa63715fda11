"""Regressions from counted patterns are those of rows, with the same refusals, and the same bits every time."""

import numpy as np
import pandas as pd
import pytest
from drawn_tables import REGRESSORS, Drawn, drawn, stored, table_of
from hypothesis import given, settings
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.in_database.counted import fit_counted
from models.regression.in_database.counted_binary import fit_counted_binary
from models.regression.in_database.patterns import count_patterns
from models.regression.in_database.responses import look_at_responses
from models.regression.in_database.rows import fit_rows
from models.sections.regressors import Variable

LINEAR = ("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1S", "CR2", "CR3")
BINARY = ("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1S")


def responses_of(model, table):
    return look_at_responses(model, stored(table), ("analysis",))


def counted(model, table, covariances, labels=None):
    fit = fit_counted if model.estimator == "linear" else fit_counted_binary
    return fit(count_patterns(responses_of(model, table)), labels or {}, covariances, 1, "")


def outcome_of(work):
    """Return what a fit gives, or the words with which it is refused."""
    try:
        return work(), None
    except ModelDataError as refusal:
        reason, *_ = str(refusal).partition("told apart:")  # which of columns that follow from each other is rounding
        return None, reason


def assert_alike(found, rows):
    assert found.terms == rows.terms
    assert (found.n_obs, found.df_resid, found.n_clusters) == (rows.n_obs, rows.df_resid, rows.n_clusters)
    np.testing.assert_allclose(found.r_squared, rows.r_squared, rtol=1e-9, atol=1e-12)
    classical = rows.uncertainties["classical"].errors  # robust ones vanish where rows fit exactly
    off, least = np.abs(found.coefficients - rows.coefficients), classical.min()
    assert (off <= 1e-9 * np.abs(rows.coefficients) + 1e-11 * classical).all()
    for covariance, sure in rows.uncertainties.items():
        same = found.uncertainties[covariance]
        np.testing.assert_allclose(same.errors, sure.errors, rtol=1e-10, atol=1e-10 * least, err_msg=covariance)
        is_sure = sure.errors > 1e-9 * least
        np.testing.assert_allclose(same.df[is_sure], sure.df[is_sure], rtol=exactness(rows), err_msg=covariance)
        assert (same.n_clusters, same.n_decided) == (sure.n_clusters, sure.n_decided), covariance


def exactness(fit):
    """Return how exact figures from cross products of k columns can be: k² times the condition of rounding is lost."""
    covariance = fit.uncertainties["classical"].covariance
    errors = np.sqrt(np.diag(covariance))
    if not errors.all():
        return 1e-9
    condition = np.linalg.cond(covariance / np.outer(errors, errors))
    return max(1e-9, len(errors) ** 2 * np.finfo(float).eps * condition)


def compare(case, estimator, covariances):
    """Compare a drawn case; without HC2 and HC3 too where these are refused."""
    model = case.model(estimator)
    responses, refused = outcome_of(lambda: responses_of(model, case.table))
    if responses is None:
        with pytest.raises(ModelDataError) as in_memory:
            fit_regression(model.model_copy(update={"covariance": "CR1S"}), case.table)
        assert str(in_memory.value).partition("told apart:")[0] == refused
        return
    fit = fit_counted if estimator == "linear" else fit_counted_binary
    rows, refused = outcome_of(lambda: fit_rows(responses, ("analysis",), {}, covariances, 1, ""))
    found, refused_too = outcome_of(lambda: fit(count_patterns(responses), {}, covariances, 1, ""))
    assert refused_too == refused
    if rows is not None:
        assert_alike(found, rows)
    elif "HC3" in covariances:
        compare(case, estimator, tuple(each for each in covariances if each not in ("HC2", "HC3")))


@settings(max_examples=30, deadline=None)
@given(drawn())
def test_linear_models_are_those_of_rows_or_refused_in_the_same_words(case):
    compare(case, "linear", LINEAR)


@settings(max_examples=20, deadline=None)
@given(drawn(), st.sampled_from(["logit", "probit"]))
def test_binary_models_are_those_of_rows_or_refused_in_the_same_words(case, estimator):
    compare(case, estimator, BINARY)


@pytest.mark.parametrize("weights", [None, "weight"])
@pytest.mark.parametrize(
    ("estimator", "covariance"),
    [*(("linear", each) for each in LINEAR), *((link, each) for link in ("logit", "probit") for each in BINARY)],
)
def test_estimates_are_those_of_a_fit_in_memory(estimator, covariance, weights):
    case = Drawn(table_of(400), REGRESSORS["categories that interact"], weights)
    table = case.table.dropna(subset=["organisation_id"])
    model = case.model(estimator, covariance=covariance)
    in_memory = fit_regression(model, table).estimates
    estimates = counted(model, table, (covariance,)).estimates(covariance)
    pd.testing.assert_frame_equal(estimates, in_memory, rtol=1e-9, atol=1e-13, check_exact=False)


@pytest.mark.parametrize("covariance", LINEAR)
def test_a_model_with_as_many_patterns_as_coefficients_is_that_of_rows(covariance):
    table = table_of(400).dropna(subset=["organisation_id"])
    model = Drawn(table, (Variable(variable="role", use="category"),), None).model("linear", covariance=covariance)
    in_memory = fit_regression(model, table).estimates
    estimates = counted(model, table, (covariance,)).estimates(covariance)
    pd.testing.assert_frame_equal(estimates, in_memory, rtol=1e-9, atol=1e-13, check_exact=False)


def bits_of(found):
    return found.coefficients.tobytes() + b"".join(
        each.covariance.tobytes() + each.df.tobytes() for each in found.uncertainties.values()
    )


@pytest.mark.parametrize(("estimator", "covariances"), [("linear", LINEAR), ("logit", BINARY)])
def test_the_same_responses_in_any_order_give_the_same_bits(estimator, covariances):
    table = table_of(30_000, n_clusters=200)
    model = Drawn(table, REGRESSORS["standardised"], "weight").model(estimator)
    shuffled = table.sample(frac=1, random_state=1)
    found = [counted(model, each, covariances) for each in (table, table, shuffled)]
    assert len({bits_of(each) for each in found}) == 1


@pytest.mark.parametrize("numbers", [(0.0, 1e9), (1e9, 1.0), (-3e-7, 1e-9), (0.0, 1e120)])
def test_outcomes_of_any_size_keep_their_digits(numbers):
    centre, spread = numbers
    table = table_of(500)
    table["score_of_trust"] = centre + spread * table["score_of_trust"].astype(float)
    model = Drawn(table, REGRESSORS["interaction"], None).model()
    responses = responses_of(model, table)
    found, rows = (
        fit_counted(count_patterns(responses), {}, ("classical", "CR2"), 1, ""),
        fit_rows(responses, ("analysis",), {}, ("classical", "CR2"), 1, ""),
    )
    for covariance, sure in rows.uncertainties.items():
        np.testing.assert_allclose(found.uncertainties[covariance].errors, sure.errors, rtol=1e-7)
    np.testing.assert_allclose(found.coefficients[1:], rows.coefficients[1:], rtol=1e-6)


def test_a_mean_far_from_its_spread_is_counted_without_loss():
    """Sums of squares of outcomes themselves would lose all digits here: 1e8 squared is 1e16."""
    table = table_of(500)
    table["score_of_trust"] = 1e8 + table["score_of_trust"].astype(float).round(1).mul(8).round() / 8
    plain = table.assign(score_of_trust=table["score_of_trust"] - 1e8)
    case = Drawn(table, REGRESSORS["categories"], None)
    far, near = (counted(case.model(), each, ("HC1",)) for each in (table, plain))
    np.testing.assert_array_equal(far.uncertainties["HC1"].covariance, near.uncertainties["HC1"].covariance)
    np.testing.assert_array_equal(far.coefficients[1:], near.coefficients[1:])
