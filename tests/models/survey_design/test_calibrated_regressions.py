"""Regressions of a sample whose weights were calibrated: errors by hand, by figures and by replicates; refusals."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy.special import expit

from models.estimates import result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.generalised import Regression
from models.survey_design.replicates import jackknife, replicated_estimate
from models.survey_design.stages import Stage
from models.weighting.calibration import margin_columns
from models.weighting.raking import Margin, rake
from pipelines.assets.beside_fits import with_organisations
from tests.lavaan_models import oracle
from tests.models.survey_design.calibrated_schools import MARGINS, analysed, model_of

KIND = {"variable": "kind", "use": "category"}
OUTCOMES = {"linear": "api00", "logit": "aims_at_all", "ordered_logit": "band"}
GAPS = {"api00": 7, "meals": 11}


def regression(estimator="linear", **changes):
    given = {"regressors": ("meals", "mobility"), "focal": "meals", "outcome": OUTCOMES[estimator]}
    return model_of(estimator, **{**given, **changes})


def with_gaps(table):
    """Schools that miss the outcome or a regressor, which stay among those whom weights were calibrated."""
    found = table.copy()
    for name, every in GAPS.items():
        found.loc[found.index[::every], name] = pd.NA
    return found


def estimating(estimator, table):
    """Coefficients by Newton's method, and what each row adds to them: w x its score times the inverse information."""
    x = np.column_stack([np.ones(len(table)), table[["meals", "mobility"]].to_numpy(float)])
    y, w = table[OUTCOMES[estimator]].to_numpy(float), table["calibrated_weight"].to_numpy()
    b = np.zeros(3)
    for _ in range(30):
        mean = x @ b if estimator == "linear" else expit(x @ b)
        slope = np.ones(len(y)) if estimator == "linear" else mean * (1 - mean)
        bread = np.linalg.inv(x.T @ (x * (w * slope)[:, None]))
        scores = x * (w * (y - mean))[:, None]
        b = b + bread @ scores.sum(axis=0)
    return b, scores @ bread


def ordered_score(parameters, x, y):
    """Derivative of each row's log-likelihood log(F(high) - F(low)) in thresholds and coefficients."""
    ends, line = np.r_[-np.inf, parameters[:3], np.inf], x @ parameters[3:]
    high, low = expit(ends[y + 1] - line), expit(ends[y] - line)
    of_high, of_low = (high * (1 - high) / (high - low), low * (1 - low) / (high - low))
    places = np.arange(3)
    cuts = (y[:, None] == places) * of_high[:, None] - (y[:, None] == places + 1) * of_low[:, None]
    return np.column_stack([cuts, x * (of_low - of_high)[:, None]])


def error_by_hand(table, is_used, influence):
    """Residuals of influence over weight in its regression on the margins, weights before as weights; units, sizes."""
    d, w = table["nonresponse_weight"].to_numpy(), table["calibrated_weight"].to_numpy()
    z = np.zeros((len(table), influence.shape[1]))
    z[is_used] = influence / w[is_used][:, None]
    known = pd.get_dummies(table[list(MARGINS)]).to_numpy(float)
    fitted = known @ np.linalg.pinv(known.T @ (known * d[:, None])) @ (known.T @ (z * d[:, None]))
    sums = pd.DataFrame((z - fitted) * w[:, None]).groupby(table["organisation_id"].to_numpy()).sum().to_numpy()
    drawn, all_of_them = len(sums), float(table["districts"].iloc[0])
    centred = sums - sums.mean(axis=0)
    return (1 - drawn / all_of_them) * drawn / (drawn - 1) * centred.T @ centred


@pytest.mark.reference
@pytest.mark.parametrize("weights", ["calibrated_weight", "analysis_weight"])
@pytest.mark.parametrize("estimator", ["linear", "logit"])
def test_errors_are_of_what_margins_leave_unexplained(reference, estimator, weights):
    table = with_gaps(analysed(reference))
    used = table[[OUTCOMES[estimator], "meals", "mobility"]].notna().all(axis=1).to_numpy()
    coefficients, influence = estimating(estimator, table[used])
    fit = fit_regression(regression(estimator, weights=weights), table)
    np.testing.assert_allclose(fit.estimates["estimate"], coefficients, rtol=1e-9)
    expected = np.sqrt(np.diag(error_by_hand(table, used, influence)))
    np.testing.assert_allclose(fit.estimates["std_error"], expected, rtol=1e-9)
    districts = table.loc[used, "organisation_id"].nunique()
    assert (fit.estimates["df"] == districts - 1 - 2).all()
    assert (fit.n_obs, len(fit.data), fit.covariance) == (used.sum(), len(table), "design")


@pytest.mark.reference
def test_errors_of_an_ordered_outcome_are_too(reference):
    table = with_gaps(analysed(reference))
    used = table[["band", "meals", "mobility"]].notna().all(axis=1).to_numpy()
    x, y = table.loc[used, ["meals", "mobility"]].to_numpy(float), table.loc[used, "band"].to_numpy(int)
    w = table.loc[used, "calibrated_weight"].to_numpy()
    fit = fit_regression(regression("ordered_logit"), table)
    found = fit.estimates["estimate"].to_numpy(float)
    scores = ordered_score(found, x, y) * w[:, None]
    assert np.abs(scores.sum(axis=0)).max() < 1e-8 * w.sum()
    moves = np.diag(1e-5 * np.maximum(np.abs(found), 1e-2))
    apart = [ordered_score(found + each, x, y) - ordered_score(found - each, x, y) for each in moves]
    slopes = [each.T @ w / (2 * move.sum()) for each, move in zip(apart, moves, strict=True)]
    information = -np.column_stack(slopes)
    expected = np.sqrt(np.diag(error_by_hand(table, used, scores @ np.linalg.inv(information))))
    np.testing.assert_allclose(fit.estimates["std_error"], expected, rtol=1e-7)


@pytest.mark.reference
@pytest.mark.parametrize("estimator", ["linear", "logit"])
@pytest.mark.parametrize("of", ["E", "M", "H"])
def test_a_regression_on_categories_has_the_errors_of_their_figures(reference, of, estimator):
    table = with_gaps(analysed(reference))
    outcome = {"linear": "api00", "logit": "aims_at_all"}[estimator]
    category = {**KIND, "reference": of}
    fit = fit_regression(regression(estimator, outcome=outcome, regressors=(category,), focal=category), table)
    figure = fit_regression(model_of(outcome=outcome, figures={"by": "kind"}), table)
    own, mean = fit.estimates.iloc[0], figure.estimates.set_index("term").loc[f"kind[{of}]"]
    share, slope = mean["estimate"], 1.0
    if estimator == "logit":
        share, slope = np.log(mean["estimate"] / (1 - mean["estimate"])), mean["estimate"] * (1 - mean["estimate"])
    assert own["estimate"] == pytest.approx(share, rel=1e-10)
    assert own["std_error"] * slope == pytest.approx(mean["std_error"], rel=1e-10)


@pytest.mark.reference
def test_what_the_margins_know_has_no_error(reference):
    """Shares of a category within another, both crossed in the margin, are numbers of the population."""
    table = analysed(reference)
    cells = table.groupby(list(MARGINS)).ngroup().to_numpy()
    sizes = np.bincount(cells, weights=table["nonresponse_weight"]) * np.linspace(0.8, 1.2, cells.max() + 1)
    raked = rake(table["nonresponse_weight"].to_numpy(), [Margin("cell", tuple("abcdef"), sizes, cells)]).weights
    table = table.assign(calibrated_weight=raked)
    asked = {"outcome": "aims_at_all", "regressors": (KIND,), "focal": KIND}
    known = fit_regression(regression(calibrated=("kind x school_wide",), **asked), table).estimates
    free = fit_regression(regression(calibrated=(), **asked), table).estimates
    assert known["std_error"].max() < 1e-12
    assert free["std_error"].min() > 1e-3


def drawn(n_clusters):
    """Clusters of four with two margins that go with the outcome, and raked weights; nobody is missing."""
    rng = np.random.default_rng(n_clusters)
    n = 4 * n_clusters
    clusters = np.arange(n) // 4
    first, second = rng.integers(0, 2, n), rng.integers(0, 3, n)
    margins = [
        Margin("a", ("0", "1"), np.array([450.0, 550]), first),
        Margin("b", ("0", "1", "2"), np.array([300.0, 400, 300]), second),
    ]
    x = rng.normal(size=n) + first
    index = 0.5 * x + 1.5 * first - 1.0 * second + 0.5 * rng.normal(size=n_clusters)[clusters]
    outcomes = {"linear": index + rng.normal(size=n), "logit": (rng.uniform(size=n) < expit(index)).astype(float)}
    design = build_survey_design(rng.uniform(1, 2, n), [Stage(clusters)])
    return design, margins, np.column_stack([np.ones(n), x]), outcomes


@pytest.mark.parametrize("kind", ["linear", "logit"])
def test_replicates_that_are_calibrated_each_come_to_the_same_errors(kind):
    apart = []
    for n_clusters in (25, 200):
        design, margins, matrix, outcomes = drawn(n_clusters)
        statistic = Regression(kind, ("1", "x"), matrix, outcomes[kind])
        known = design.calibrated(rake(design.weights, margins).weights, margin_columns(margins))
        linear = linearised_estimate(known, statistic)
        replicates = jackknife(design).recalibrated(lambda each, margins=margins: rake(each, margins).weights)
        again = replicated_estimate(replicates, statistic)
        np.testing.assert_allclose(again.estimates, linear.estimates, rtol=1e-6)
        apart.append(np.abs(again.std_errors / linear.std_errors - 1).max())
        uncalibrated = linearised_estimate(design.reweighted(known.weights), statistic).std_errors
    assert apart[1] < min(0.02, apart[0] / 3)
    assert (linear.std_errors < 0.97 * uncalibrated).any()


@pytest.mark.reference
@pytest.mark.parametrize("estimator", OUTCOMES)
def test_kept_rows_give_the_same_bits(reference, estimator):
    spec = regression(estimator, population={"waves": ("w",)})
    table = with_gaps(analysed(reference))
    other = table.head(9).assign(wave="v", response_id=[f"v/{place}" for place in range(9)])
    fit = fit_regression(spec, pd.concat([other, table]))
    again = fit_regression(spec, fit.data.sample(frac=1, random_state=2))
    assert result_digest(again) == result_digest(fit)
    assert len(fit.data) == len(table) > fit.n_obs
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["share_of_responses_used"] == pytest.approx(fit.n_obs / len(table))
    assert "n_responses" not in told


@pytest.mark.reference
def test_organisations_behind_a_fit_are_those_of_rows_used(reference):
    table = analysed(reference)
    districts = table["organisation_id"].unique()
    table["api00"] = table["api00"].mask(table["organisation_id"].isin(districts[:2]))
    fit = fit_regression(regression(), table)
    told = with_organisations(regression(), fit, table).set_index("diagnostic")["value"]
    assert told["n_organisations"] == told["n_clusters"] == len(districts) - 2


@pytest.mark.reference
def test_effects_on_probabilities_have_no_bootstrap_that_forgets_the_margins(reference):
    fit = fit_regression(regression("logit"), analysed(reference))
    assert set(fit.readings["reading"]) >= {"average_effect"}
    assert not fit.readings["reading"].str.contains("bootstrap").any()
    assert fit.diagnostics.set_index("diagnostic")["value"]["bootstrap_draws"] == 0


@pytest.mark.reference
def test_other_margins_than_the_weights_have_are_refused(reference):
    with pytest.raises(ModelDataError, match=r"follows from kind; .* name under design\.calibrated the"):
        fit_regression(regression(calibrated=("kind",)), analysed(reference))


@pytest.mark.reference
def test_r_s_figures_are_behind_the_schools(reference):
    """The weights and the mean that the regressions start from are those of R's rake (oracle 12)."""
    told = oracle(reference, 12)["calibration"]["rake"]
    table = analysed(reference)
    np.testing.assert_allclose(table["calibrated_weight"].head(20), told["first20"], rtol=1e-6)


REFUSED = {
    "an estimator without designs": ({"estimator": "poisson"}, "a design is for estimator linear, logit, ordered"),
    "imputation": ({"missing": "multiple_imputation"}, "missing other than listwise: completed sets lack those"),
    "draws": ({"estimator": "logit", "outcome": "aims_at_all", "bootstrap_draws": 50}, "draws are not calibrated"),
    "another covariance": ({"covariance": "HC3"}, "with a design the covariance is design; found HC3"),
    "weights of nonresponse": ({"weights": "nonresponse_weight"}, "analysis_weight; found nonresponse_weight"),
    "no weights": ({"weights": None}, "found none"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_go_together_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        model_of(**{"estimator": "linear", "regressors": ("meals",), "focal": "meals", **changes})
