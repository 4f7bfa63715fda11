"""Average effects and predictions in both their intervals: the bootstrap beside the delta method."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy.special import expit
from scipy.stats import chi2

from models.regression.categorical.ordered import OrderedRows, fit_ordered
from models.regression.fit import fit_regression
from tests.models.regression.categorical.answered import ANSWERS, matrix
from tests.models.regression.categorical.words import LABELS, ROLE, answers_analysed, asked

OUTCOMES = {
    "logit": "agree",
    "firth_logit": "agree",
    "ordered_logit": "level",
    "multinomial": "choice",
    "poisson": "visits",
    "negative_binomial": "visits",
}


def fitted(estimator, seed=1, **changes):
    model = asked(estimator, OUTCOMES[estimator], **{"bootstrap_draws": 60, **changes})
    return fit_regression(model, answers_analysed(), LABELS, seed=seed)


@pytest.mark.parametrize("estimator", OUTCOMES)
def test_every_estimator_draws_intervals_that_hold_its_predictions(estimator):
    fit = fitted(estimator, regressors=["age", "lead"])
    diagnostics = fit.diagnostics.set_index("diagnostic")["value"]
    assert diagnostics["bootstrap_draws"] >= 57
    shown = fit.predictions
    assert set(shown["held"]) == {"as_observed", "at_means"}
    assert shown["boot_low"].notna().all()
    middle = shown[shown["position"] == 10]
    assert ((middle["boot_low"] < middle["estimate"]) & (middle["estimate"] < middle["boot_high"])).all()
    effects = fit.readings.set_index(["term", "reading"])["value"]
    delta = fit.readings[fit.readings["reading"].str.startswith("average_effect_bootstrap")]
    assert len(delta) == 2 * shown["category"].nunique()
    assert (delta["value"] > 0).all()
    assert len(effects) == len(set(effects.index))


def test_probabilities_of_all_categories_add_up_to_one():
    totals = fitted("multinomial", bootstrap_draws=0).predictions.groupby(["held", "position"])["estimate"].sum()
    np.testing.assert_allclose(totals, 1.0, rtol=1e-12)


def test_bootstrap_and_delta_method_agree_where_both_hold():
    fit = fitted("poisson", covariance="HC0", bootstrap_draws=600, regressors=["age", "lead"])
    readings = fit.readings.set_index(["term", "reading"])
    delta = readings.loc[("lead", "average_effect")]
    half = (delta["conf_high"] - delta["conf_low"]) / 2 / 1.959963984540054
    # 600 draws of 72 rows: the standard error of a standard deviation is 3 %, the delta method is of first order
    assert readings.loc[("lead", "average_effect_bootstrap"), "value"] == pytest.approx(half, rel=0.15)


def test_the_same_seed_draws_the_same_and_whole_clusters_are_drawn():
    first, again, other = (fitted("logit", seed=seed).readings for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)
    alone = fitted("logit", covariance="CR1S", cluster="organisation_id").readings
    kind = "average_effect_bootstrap"
    assert not np.allclose(alone.loc[alone["reading"] == kind, "value"], first.loc[first["reading"] == kind, "value"])


@pytest.mark.parametrize("estimator", ["logit", "firth_logit", "negative_binomial", "ordered_logit"])
@pytest.mark.parametrize("kind", ["rare", "nearly_lead"])
def test_draws_that_cannot_carry_the_model_leave_no_interval_and_say_so(estimator, kind):
    table = answers_analysed()
    place = np.arange(len(table))
    table = table.assign(
        rare=(place < 2).astype(int), nearly_lead=np.where(place < 2, 1 - table["lead"], table["lead"])
    )
    model = asked(estimator, OUTCOMES[estimator], regressors=["age", "lead", kind], bootstrap_draws=100)
    fit = fit_regression(model, table)
    found = fit.diagnostics.set_index("diagnostic")
    assert found.loc["bootstrap_draws", "value"] == 0
    assert found.loc["bootstrap_failed", "verdict"] == "look"
    assert fit.predictions["boot_low"].isna().all()
    assert not fit.readings["reading"].str.contains("bootstrap").any()


def test_a_category_is_predicted_at_each_of_its_values_and_a_number_at_few_or_many():
    role = fitted("logit", focal=ROLE, bootstrap_draws=0).predictions
    assert role.loc[role["held"] == "at_means", "focal_category"].tolist() == ["0", "1", "2"]
    assert role["focal_value"].isna().all()
    age = fitted("logit", bootstrap_draws=0).predictions
    ages = answers_analysed()["age"]
    shown = age.loc[age["held"] == "as_observed", "focal_value"]
    assert len(shown) == 21
    np.testing.assert_allclose([shown.min(), shown.max()], np.quantile(ages, [0.05, 0.95]))


def test_draws_whose_thresholds_cross_count_as_they_are():
    """Left out, the draws of this model would be too few for an interval: 8 % of them cross at some response."""
    twice = pd.concat([answers_analysed(), answers_analysed().assign(response_id=lambda rows: "a" + rows.response_id)])
    said = {"regressors": ["age", "lead"], "by_threshold": ["age"], "bootstrap_draws": 100}
    fit = fit_regression(asked("ordered_logit", "level", **said), twice, LABELS, seed=1)
    readings = fit.readings.set_index(["term", "reading"])
    for term in ("age", "lead"):
        drawn = readings.loc[[(term, f"average_effect_bootstrap on {level}") for level in range(4)]]
        delta = readings.loc[[(term, f"average_effect on {level}") for level in range(4)], "value"].to_numpy()
        assert ((drawn["conf_low"] < delta) & (delta < drawn["conf_high"])).all()
        assert delta.sum() == pytest.approx(0, abs=1e-12)
    assert fit.diagnostics.set_index("diagnostic").loc["bootstrap_failed", "value"] <= 0.05


@pytest.mark.parametrize("link", ["logit", "probit"])
def test_probabilities_add_up_to_one_where_thresholds_cross(link):
    ages = ANSWERS[["age"]].to_numpy(float)
    rows = OrderedRows(ages, ANSWERS["level"].to_numpy(), np.ones(len(ages)), (0,), link)
    shares = fit_ordered(rows, rows.names(["age"], list("0123"))).expected(np.array([[45.0], [300.0]]))
    assert (shares[0] > 0).all()
    assert (shares[1] < 0).any()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-12)


def test_clusters_test_proportional_odds_by_their_covariance():
    """The released model's scores by differences of its log-likelihood, row by row: a second derivation."""
    fit = fitted("ordered_logit", covariance="CR1S", cluster="organisation_id", bootstrap_draws=0)
    released = fitted("ordered_logit", by_threshold=[ROLE], bootstrap_draws=0).estimates.set_index("term")
    rows = answers_analysed().sort_values("response_id")
    kept, roles = rows[["age", "lead"]].to_numpy(float), [(rows["role"] == role).to_numpy(float) for role in (1, 2)]
    cuts = ("0|1", "1|2", "2|3")
    names = [*cuts, "age", "lead", *(f"role[{role}] at {cut}" for role in (1, 2) for cut in cuts)]
    level, n = rows["level"].to_numpy(), len(rows)

    def terms(point):
        inner = [
            expit(point[cut] - kept @ point[3:5] - roles[0] * point[5 + cut] - roles[1] * point[8 + cut])
            for cut in range(3)
        ]
        shares = np.diff(np.column_stack([np.zeros(n), *inner, np.ones(n)]), axis=1)
        return np.log(shares[np.arange(n), level])

    point, unit = released.loc[names, "estimate"].to_numpy(), np.eye(11)
    scores = np.column_stack([(terms(point + 1e-5 * each) - terms(point - 1e-5 * each)) / 2e-5 for each in unit])
    pairs = [[(a, b) for b in 1e-4 * unit] for a in 1e-4 * unit]
    bend = [
        [
            (terms(point + a + b) - terms(point + a - b) - terms(point - a + b) + terms(point - a - b)).sum()
            for a, b in row
        ]
        for row in pairs
    ]
    sums = np.array([scores[(rows["team"] == team).to_numpy()].sum(axis=0) for team in range(9)])
    influence = sums @ np.linalg.inv(-np.array(bend) / 4e-8)
    covariance = 9 / 8 * (n - 1) / (n - 11) * influence.T @ influence
    contrasts = np.zeros((4, 11))
    for row, (first, other) in enumerate([(5, 6), (5, 7), (8, 9), (8, 10)]):
        contrasts[row, [first, other]] = -1, 1
    values = contrasts @ point
    expected = chi2.sf(values @ np.linalg.solve(contrasts @ covariance @ contrasts.T, values), 4)
    found = fit.diagnostics.set_index("diagnostic").loc["proportional_odds_p of role", "value"]
    assert found == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("estimator", "model"), [("logit", sm.Logit), ("poisson", sm.Poisson)])
def test_mcfadden_s_r2_is_that_of_statsmodels(estimator, model):
    found = fitted(estimator, bootstrap_draws=0).diagnostics.set_index("diagnostic")["value"]
    by_statsmodels = model(ANSWERS[OUTCOMES[estimator]].to_numpy(float), matrix()).fit(disp=0)
    assert found["mcfadden_r2"] == pytest.approx(by_statsmodels.prsquared, rel=1e-8)
