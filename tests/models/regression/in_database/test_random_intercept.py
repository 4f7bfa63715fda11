"""The random intercept: against lme4, against the likelihood written out, on the edge, and what it refuses."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from cut_rows import Drawn, draw
from hypothesis import given, settings
from hypothesis import strategies as st

from models.multilevel.mixed_model import MixedEstimates
from models.multilevel.summed_rows import factor_in_groups, sum_rows
from models.multilevel.variance_ratio import best_ratio

METHODS = ("REML", "ML")
SIZES = (1, 2, 3, 5, 8, 13, 21, 1, 2, 4)


def fitted(rows, method="REML", size=100):
    terms = tuple(f"b{place}" for place in range(rows.columns.shape[1]))
    blocks = rows.blocks(size)
    summed = sum_rows(blocks, *factor_in_groups(blocks))
    problem = summed.problem(terms, "g", range(rows.n_groups), method)
    ratio = best_ratio(summed.moments, method)
    return MixedEstimates(problem, problem.solve(np.array([ratio**0.5])))


def variances(found):
    return float(found.group_covariances["g"][0, 0]), found.sigma2


def written_out(rows, tau2, sigma2, method):
    """-2 log-likelihood with the covariance of all rows written out, its coefficients and their covariance."""
    of_groups = (rows.groups[:, None] == rows.groups).astype(float)
    spread = sigma2 * np.eye(len(rows.outcome)) + tau2 * of_groups
    weighted = np.linalg.solve(spread, rows.columns)
    product = rows.columns.T @ weighted
    coefficients = np.linalg.solve(product, weighted.T @ rows.outcome)
    left = rows.outcome - rows.columns @ coefficients
    free = len(left) - (len(coefficients) if method == "REML" else 0)
    found = free * np.log(2 * np.pi) + np.linalg.slogdet(spread)[1] + left @ np.linalg.solve(spread, left)
    found += np.linalg.slogdet(product)[1] if method == "REML" else 0.0
    return found, coefficients, np.linalg.inv(product)


def formula_rows(outcome):
    groups = np.repeat(np.arange(10), SIZES)
    places, numbers = np.arange(1, 61.0), groups + 1.0
    x, z = np.sin(places), np.cos(numbers)
    outcomes = {
        "apart": 2 + 0.5 * x + 1.5 * np.cos(7 * numbers) + np.sin(13 * places**2),
        "close": 2 + 0.5 * x + np.sin(13 * places**2),
        "alike": 2 + 0.5 * x + (-1) ** places + 0.2 * np.sin(7 * places),
    }
    return Drawn(np.column_stack([np.ones(60), x, z]), outcomes[outcome], None, groups)


# R 4.2.2, lme4 1.1-31, 2026-11-26: lmer(y ~ x + z + (1 | g), REML = , control = lmerControl(optimizer = "bobyqa",
# optCtrl = list(rhoend = 1e-10))); fixef, sqrt(diag(vcov())), VarCorr, REMLcrit or deviance, isSingular
OF_LME4 = {
    ("apart", "REML"): (
        (2.208558900813419, 0.571706293488046, -0.220521760162244),
        (0.456387948581347, 0.127026864583662, 0.640284862881662),
        (1.851445537873082, 0.409267133367824), 143.877106082854,
    ),
    ("apart", "ML"): (
        (2.194812135404574, 0.573347767372912, -0.227193438315230),
        (0.405068415093759, 0.125644187297167, 0.567276099456172),
        (1.432040229914233, 0.401987437279995), 142.504986633004,
    ),
    ("close", "REML"): (
        (2.057748085663056, 0.615401111516226, -0.181900646592541),
        (0.121064958310443, 0.119326173253728, 0.162829126289511),
        (0.0492215997032001, 0.4067040720393998), 124.629320312047,
    ),
    ("close", "ML"): (
        (2.046751739578927, 0.623872752279354, -0.189090819128426),
        (0.104420802551339, 0.117078051502327, 0.139320290963029),
        (0.0212945771925948, 0.3989646725277144), 117.659529758879,
    ),
    ("alike", "REML"): (
        (2.0093380881949789, 0.4678826186571668, -0.0252903309014056),
        (0.146393625258307, 0.189816737160107, 0.192999032505091),
        (0.0, 1.06969705710244), 176.449405885146,
    ),
    ("alike", "ML"): (
        (2.0093380881949789, 0.4678826186571668, -0.0252903309014056),
        (0.142686855878375, 0.185010470030222, 0.188112187857422),
        (0.0, 1.01621220424732), 171.237555372304,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("outcome", "method"), OF_LME4)
def test_groups_of_unlike_size_give_what_lme4_gives(outcome, method):
    coefficients, errors, components, criterion = OF_LME4[outcome, method]
    found = fitted(formula_rows(outcome), method, size=17)
    assert found.coefficients == pytest.approx(coefficients, rel=1e-7)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(errors, rel=1e-7)
    assert variances(found) == pytest.approx(components, rel=1e-4)
    assert found.criterion == pytest.approx(criterion, rel=1e-11)
    assert found.criterion <= criterion + 1e-11 * criterion
    assert (variances(found)[0] == 0) == (components[0] == 0)


def oracle_rows(reference, name):
    data = reference / "oracles/data"
    if name == "sleep_ri":
        table = pd.read_csv(data / "sleepstudy.csv")
        columns, outcome, groups = table[["Days"]], table["Reaction"], table["Subject"]
    else:
        table = pd.read_csv(data / "univbct.csv").dropna(subset=["JSAT", "TIME"])
        columns, outcome, groups = table[["TIME"]], table["JSAT"], table["SUBNUM"]
    columns = np.column_stack([np.ones(len(table)), columns.to_numpy(dtype=float)])
    return Drawn(columns, outcome.to_numpy(dtype=float), None, pd.factorize(groups)[0])


@pytest.mark.reference
@pytest.mark.parametrize("name", ["sleep_ri", "univ_growth_ri"])
def test_random_intercepts_of_the_oracle_are_lme4s_and_never_worse(reference, name):
    # oracles/09_mixed.json: R 4.2.2, lme4 1.1-31, made 2026-11-22
    oracle = json.loads((reference / "oracles/09_mixed.json").read_text())
    expected, tolerance, rows = oracle[name], oracle["tolerance"], oracle_rows(reference, name)
    restricted, full = fitted(rows), fitted(rows, "ML")
    assert restricted.n_obs == expected["n"]
    assert restricted.criterion <= expected["REMLcrit"] * (1 + 1e-13)
    assert full.criterion <= expected["ML"]["deviance"] * (1 + 1e-13)
    assert restricted.log_likelihood == pytest.approx(expected["logLik"], rel=tolerance["logLik"])
    of_terms = expected["coef"].values()
    assert restricted.coefficients == pytest.approx([each["Estimate"] for each in of_terms], rel=tolerance["fixed"])
    errors = np.sqrt(np.diag(restricted.covariance))
    assert errors == pytest.approx([each["Std. Error"] for each in of_terms], rel=tolerance["fixed"])
    assert restricted.covariance == pytest.approx(np.array(expected["vcov"]["values"]), rel=2 * tolerance["fixed"])
    assert np.sqrt(np.diag(full.covariance)) == pytest.approx(list(expected["ML"]["se"].values()), rel=1e-6)
    for found, part in ((restricted, expected), (full, expected["ML"])):
        components = [each["vcov"] for each in part["varcorr"]]
        assert variances(found) == pytest.approx(components, rel=tolerance["varcomp"])


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(30, 90), n_groups=st.integers(3, 25), method=st.sampled_from(METHODS))
def test_the_optimum_is_that_of_the_likelihood_written_out(seed, n, n_groups, method):
    rows = draw(seed, n, n_groups, k=3)
    found = fitted(rows, method, size=31)
    between, within = variances(found)
    value, coefficients, covariance = written_out(rows, between, within, method)
    assert found.criterion == pytest.approx(value, rel=1e-9)
    assert found.coefficients == pytest.approx(coefficients, rel=1e-8)
    assert found.covariance == pytest.approx(covariance, rel=1e-8)
    for tau2 in (0.0, between * 0.98, between * 1.02, 0.01, 0.3, 3.0):
        for sigma2 in (within, within * 0.98, within * 1.02):
            assert written_out(rows, tau2, sigma2, method)[0] >= value - 1e-9 * abs(value)


@pytest.mark.parametrize("method", METHODS)
def test_hardly_independent_columns_are_read_again(method):
    rows = draw(2, n=200)
    rows = replace(rows, columns=np.column_stack([rows.columns, rows.columns[:, 1] ** 2, rows.columns[:, 1] ** 3]))
    assert factor_in_groups(rows.blocks(64))[1].triangle is None
    found = fitted(rows, method, size=64)
    centred = rows.columns.copy()
    moved = centred[:, 1] - 50
    centred[:, 1], centred[:, 4], centred[:, 5] = moved, moved**2, moved**3
    expected = fitted(replace(rows, columns=centred), method)
    assert variances(found) == pytest.approx(variances(expected), rel=1e-8)
    assert found.coefficients[2:4] == pytest.approx(expected.coefficients[2:4], rel=1e-7)
    assert found.coefficients[5] == pytest.approx(expected.coefficients[5], rel=1e-6)
    assert found.criterion == pytest.approx(expected.criterion, rel=1e-9)


def test_blocks_of_any_size_give_the_same():
    rows = draw(8, n=3_000)
    whole = fitted(rows, size=3_000)
    for size in (50, 777):
        found = fitted(rows, size=size)
        assert found.criterion == pytest.approx(whole.criterion, rel=1e-13)
        assert found.coefficients == pytest.approx(whole.coefficients, rel=1e-11)
