"""Selection on the outcome of a model: readings by correlation held or estimated, against the likelihood by hand."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from pydantic import ValidationError
from scipy.optimize import approx_fprime, minimize
from scipy.stats import multivariate_normal, norm, t

from models.estimates import result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.regressors import Variable

HELD = {"method": "selection", "explained_by": ("workload",), "correlations": (-0.5, 0.5)}
FREE = {"method": "selection", "explained_by": ("workload",), "is_estimated": True}


def selected(n=300, rho=-0.7, seed=4):
    """Return strain by trust of people of 30 organisations; of a negative rho those with much strain keep silent."""
    random = np.random.default_rng(seed)
    data = invented_analysis(n, seed).assign(organisation_id=[f"org{number % 30:02d}" for number in range(n)])
    e, v = random.multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).T
    trust, workload = (data[name].to_numpy(dtype=float) for name in ("trust", "workload"))
    strain = pd.Series(1 - 0.4 * trust + e, dtype="Float64")
    return data.assign(strain=strain.where(0.6 * (trust - 3) + 1.2 * (workload - 2.5) + 0.4 + v > 0))


def likelihood(data, point, rho):
    """Return each row's log-likelihood: of silence, or of the value and of answering given it."""
    trust, workload = (data[name].to_numpy(dtype=float) for name in ("trust", "workload"))
    y = data["strain"].to_numpy(dtype=float, na_value=np.nan)
    index = point[2] + point[3] * trust + point[4] * workload
    e = (y - point[0] - point[1] * trust) / np.exp(point[5])
    told = norm.logpdf(e) - point[5] + norm.logcdf((index + rho * e) / np.sqrt(1 - rho**2))
    return np.where(np.isnan(y), norm.logcdf(-index), np.nan_to_num(told))


def by_hand(data, rho, clusters=None):
    """Search the largest likelihood by differences; return slope of trust and its error by second differences."""

    def loss(point):
        return -likelihood(data, point, rho).sum()

    point = np.array([1.0, -0.4, 0.4, 0.3, 1.0, 0.0])
    for _ in range(3):
        point = minimize(loss, point, method="BFGS", jac="3-point", options={"gtol": 1e-7}).x
    information = np.array(
        [approx_fprime(point, lambda at, j=j: approx_fprime(at, loss, 1e-5)[j], 1e-5) for j in range(6)]
    )
    covariance = np.linalg.inv(information)
    if clusters is not None:
        scores = approx_fprime(point, lambda at: likelihood(data, at, rho), 1e-7)
        sums = np.array([scores[clusters == each].sum(axis=0) for each in np.unique(clusters)])
        covariance = covariance @ sums.T @ sums @ covariance * len(sums) / (len(sums) - 1)
    return point[1], np.sqrt(covariance[1, 1])


def readings_of(fit):
    return fit.readings.set_index(["term", "reading"])


def test_the_likelihood_by_hand_is_that_of_the_bivariate_normal():
    data, point, rho = selected(40), np.array([0.8, -0.3, 0.2, 0.1, 0.5, 0.1]), -0.4
    known = data[data["strain"].notna()]
    one = known.head(1)
    e = (float(one["strain"].iloc[0]) - 0.8 + 0.3 * float(one["trust"].iloc[0])) / np.exp(0.1)
    index = 0.2 + 0.1 * float(one["trust"].iloc[0]) + 0.5 * float(one["workload"].iloc[0])
    step, both = 1e-4, multivariate_normal([0, 0], [[1, -rho], [-rho, 1]])
    density = (both.cdf([e + step, index]) - both.cdf([e - step, index])) / (2 * step) / np.exp(0.1)
    assert likelihood(one, point, rho)[0] == pytest.approx(np.log(density), abs=1e-3)


@pytest.mark.parametrize("cluster", [None, "organisation_id"])
def test_each_correlation_is_the_likelihood_by_hand(cluster):
    data = selected()
    fit = fit_regression(model_of("trust", missing=HELD, **({} if cluster is None else {"cluster": cluster})), data)
    for rho in HELD["correlations"]:
        told = readings_of(fit).loc[("trust", f"selection {rho:g} on strain")]
        slope, error = by_hand(data, rho, None if cluster is None else data[cluster].to_numpy())
        reach = norm.ppf(0.975) if cluster is None else t.ppf(0.975, 29)
        assert told["value"] == pytest.approx(slope, abs=1e-6)
        assert (told["conf_high"] - told["conf_low"]) / 2 == pytest.approx(reach * error, rel=1e-3)


def test_the_model_itself_is_of_those_who_answered_and_a_correlation_of_nought_is_least_squares():
    data = selected()
    fit = fit_regression(model_of("trust", missing={**HELD, "correlations": (-1e-12, 0.5)}), data)
    plain = fit_regression(model_of("trust"), data)
    pd.testing.assert_frame_equal(fit.estimates, plain.estimates)
    (name,) = [each for each in fit.readings["reading"] if each.startswith("selection -1e-12")]
    assert readings_of(fit).loc[("trust", name), "value"] == pytest.approx(plain.estimates["estimate"][1], rel=1e-9)
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["n_silent"] == data["strain"].isna().sum()


def test_a_conclusion_tips_between_the_correlations_where_the_interval_meets_nought():
    data = selected().assign(strain=lambda own: own["strain"] + 0.28 * own["trust"])
    tried = tuple(np.linspace(-0.9, 0.9, 7).round(2).tolist())
    fit = fit_regression(model_of("trust", missing={**HELD, "correlations": tried}), data)
    found = readings_of(fit)
    tip = found.loc[("trust", "selection_tips on strain")]
    ends = [found.loc[("trust", f"selection {each:g} on strain")] for each in tried if each]
    holds = [each["conf_low"] < 0 < each["conf_high"] for each in ends]
    assert len(set(holds)) > 1
    assert tip["verdict"] == "look"
    assert min(tried) < tip["value"] < max(tried)


def test_an_estimated_correlation_mends_what_silence_does():
    data = selected(6000)
    fit = fit_regression(model_of("trust", missing=FREE), data)
    told = readings_of(fit).loc[("trust", "selection_estimated on strain")]
    assert told["conf_low"] < -0.4 < told["conf_high"]
    plain = fit.estimates.set_index("term").loc["trust"]
    assert not plain["conf_low"] < -0.4 < plain["conf_high"]
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert found["selection_correlation"] == pytest.approx(-0.7, abs=3 * found["selection_correlation_error"])


def test_the_rows_kept_give_the_same_bits():
    data = selected()
    data.loc[:5, "workload"] = pd.NA
    model = model_of("trust", missing=HELD, cluster="organisation_id")
    fit = fit_regression(model, data)
    again = fit_regression(model, fit.data.sample(frac=1, random_state=2))
    assert result_digest(again) == result_digest(fit)
    pd.testing.assert_frame_equal(again.readings, fit.readings)
    assert len(fit.data) == len(data) - 6


def test_every_category_of_interest_is_told_and_one_of_silent_people_alone_is_refused():
    data = selected()
    education = Variable(variable="education", use="category")
    model = model_of(education, "trust", focal=education, missing=HELD)
    terms = {term for term, reading in readings_of(fit_regression(model, data)).index if "selection 0.5" in reading}
    assert terms == {"education[2]", "education[3]"}
    silent = data.assign(strain=data["strain"].where(data["education"] != 3))
    with pytest.raises(ModelDataError, match="nobody of 'education' 3 answered the outcome"):
        fit_regression(model, silent)


def test_a_variable_of_answering_that_does_not_vary_is_looked_for_under_missing():
    data = selected().assign(workload=3.0)
    with pytest.raises(ModelDataError, match=r"who answered the outcome: .*'workload' .*explained_by under missing"):
        fit_regression(model_of("trust", missing={**HELD, "explained_by": ("workload",)}), data)


def test_where_nobody_kept_silent_there_is_no_selection():
    with pytest.raises(ModelDataError, match="no outcome is missing, so there is no selection"):
        fit_regression(model_of("trust", missing=HELD), invented_analysis())


REFUSED = [
    ({"missing": {**FREE, "explained_by": ("trust",)}}, "not identified but by the form of the normal"),
    ({"missing": {"method": "selection", "is_estimated": True}}, "not identified but by the form of the normal"),
    ({"missing": {"method": "selection", "correlations": (0.0,)}}, "correlations other than 0"),
    ({"missing": {"method": "selection", "correlations": (0.5, 0.5)}}, "different numbers"),
    ({"missing": {"method": "selection", "correlations": (1.0,)}}, "less than or equal to 0.99"),
    ({"weights": "analysis_weight"}, "does not go together with weights"),
    ({"estimator": "poisson"}, "for estimator linear with rows of responses; found poisson"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED)
def test_a_model_whose_selection_cannot_be_looked_at_is_refused_as_it_is_read(changes, message):
    with pytest.raises(ValidationError, match=message):
        model_of("trust", **{"missing": HELD, **changes})
