"""Survey designs against R's survey package: oracle 12, every entry at its tolerance."""

import numpy as np
import pytest
from scipy.special import expit, logit

from models.regression.categorical.ordered import OrderedFit, OrderedRows
from models.survey_design.linearisation import linearised_covariance
from tests.agreement.comparison import far
from tests.agreement.survey import SURVEY, ordered_model
from tests.lavaan_models import oracle
from tests.models.survey_design.api_schools import schools

pytestmark = pytest.mark.reference
ENTRIES = (
    *("means", "prop_stype", "totals", "ratio", "quantile", "by_stype_strat", "subpop_domain", "glm"),
    *("logit_schwide", "ttest", "chisq", "regTermTest", "calibration", "replicate", "svyolr", "svycralpha"),
)
STEP = 1e-3
CHANGE = 1e-8


def test_every_entry_of_the_oracle_is_here(reference):
    held = set(oracle(reference, 12)) - {"meta", "tolerance", "data", "svyalpha_note"}
    assert held == set(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_figure_equals_r(entry, reference):
    assert far(reference, SURVEY, entry) == []


def test_errors_of_the_ordered_logit_are_rs_with_differences_for_derivatives(reference):
    """R (optim, hessian = TRUE) takes second derivatives by central differences of step .001 in the first threshold,
    the logarithms of the distances between thresholds and the coefficients."""
    stored, sample = oracle(reference, 12)["svyolr"], schools(reference)["clus1_fpc"]
    model = ordered_model(sample)
    at = np.array([stored["coef"][term] for term in model.terms])
    rows = OrderedRows(model.matrix, model.codes, sample.design.weights)
    place = np.r_[at[0], np.log(np.diff(at[:3])), at[3:]]
    steps = np.eye(len(at)) * STEP
    slopes = [
        (_scores(rows, place + step)[0].sum(axis=0) - _scores(rows, place - step)[0].sum(axis=0)) / (2 * STEP)
        for step in steps
    ]
    information = -(np.array(slopes) + np.array(slopes).T) / 2
    scores, turn = _scores(rows, place)
    covariance = turn @ linearised_covariance(sample.design, scores @ np.linalg.inv(information)) @ turn.T
    errors = [stored["se"][term] for term in model.terms]
    np.testing.assert_allclose(np.sqrt(np.diag(covariance)), errors, rtol=1e-11)


@pytest.mark.parametrize("name", ["strat_fpc", "clus1_fpc"])
def test_errors_of_the_logit_are_rs_when_steps_end_and_weights_are_kept_as_there(name, reference):
    """R (glm) ends when the deviance changes by less than 1e-8 of itself, and keeps the weights of the step before."""
    stored, sample = oracle(reference, 12)["logit_schwide"][name], schools(reference)[name]
    matrix, outcome = sample.regression("logit", sample.is_school_wide).matrix, sample.is_school_wide.astype(float)
    weights = sample.design.weights / sample.design.weights.mean()
    predictor, before = logit((weights * outcome + 0.5) / (weights + 1)), np.inf
    while True:
        mean = expit(predictor)
        spread = weights * mean * (1 - mean)
        working = predictor + (outcome - mean) / (mean * (1 - mean))
        bread = np.linalg.inv((matrix * spread[:, None]).T @ matrix)
        predictor = matrix @ (bread @ (matrix.T @ (spread * working)))
        deviance = 2 * weights @ np.logaddexp(0, np.where(outcome > 0, -predictor, predictor))
        if abs(deviance - before) < CHANGE * (deviance + 0.1):
            break
        before = deviance
    residuals = (outcome - expit(predictor)) / (expit(predictor) * expit(-predictor))
    covariance = linearised_covariance(sample.design, matrix * (spread * residuals)[:, None] @ bread)
    np.testing.assert_allclose(covariance, stored["vcov"]["values"], rtol=1e-9)


def _scores(rows, place):
    """Scores in R's parameters, and the derivatives of ours in them."""
    gaps = np.exp(place[1:3])
    turn = np.eye(len(place))
    turn[1:3, 0], turn[1, 1], turn[2, 1:3] = 1, gaps[0], gaps
    point = np.r_[place[0] + np.r_[0, np.cumsum(gaps)], place[3:]]
    return OrderedFit(rows, point, 0.0, np.eye(len(place)), 0).scores @ turn, turn
