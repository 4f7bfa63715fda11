"""Models of categorical outcomes written in words: the estimator, its covariance, average effects, refusals."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from pydantic import ValidationError

from models.estimates import result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.regressors import Interaction, Variable
from models.sections.variants import Variant

EDUCATION = Variable(variable="education", use="category")


def analysed(seed=7, n=400):
    table = invented_analysis(n=n, seed=seed)
    random = np.random.default_rng(seed)
    latent = 0.8 * table["trust"].to_numpy(float) - 2.4 + random.logistic(size=n)
    table["took_part"] = pd.Series((latent > 0).astype(int), dtype="Int16")
    table["often"] = pd.Series(np.digitize(latent, [-1, 0.5, 2]) + 1, dtype="Int16")
    table["times"] = pd.Series(random.poisson(np.exp(0.2 * table["trust"].to_numpy(float))), dtype="Int16")
    table["organisation_id"] = [f"org{number % 40}" for number in range(n)]
    return table


OUTCOMES = {
    "logit": "took_part",
    "probit": "took_part",
    "ordered_logit": "often",
    "ordered_probit": "often",
    "poisson": "times",
}


def direct(estimator, table):
    from statsmodels.discrete.discrete_model import Logit, Poisson, Probit  # noqa: PLC0415
    from statsmodels.miscmodels.ordinal_model import OrderedModel  # noqa: PLC0415

    matrix = table[["trust", "workload"]].to_numpy(float)
    outcome = table[OUTCOMES[estimator]].to_numpy(int)
    with_constant = np.column_stack([np.ones(len(table)), matrix])
    plain = {"logit": Logit, "probit": Probit, "poisson": Poisson}
    if estimator in plain:
        fitted = plain[estimator](outcome, with_constant).fit(disp=0, method="newton", tol=1e-12, maxiter=200)
        return fitted.params[1:], fitted.bse[1:], fitted
    ordered = OrderedModel(outcome, matrix, distr=estimator.removeprefix("ordered_"))
    fitted = ordered.fit(method="bfgs", disp=0, gtol=1e-8, maxiter=500)
    return fitted.params[:2], fitted.bse[:2], fitted


@pytest.mark.parametrize("estimator", OUTCOMES)
def test_a_model_in_words_is_that_of_statsmodels(estimator):
    table = analysed()
    model = model_of(estimator=estimator, outcome=OUTCOMES[estimator], covariance="classical")
    fit = fit_regression(model, table)
    estimates, errors, _ = direct(estimator, table)
    found = fit.estimates.set_index("term").loc[["trust", "workload"]]
    np.testing.assert_allclose(found["estimate"], estimates, rtol=1e-5)
    if estimator != "probit":  # ours are from the expected information, as R's; statsmodels' from the observed
        np.testing.assert_allclose(found["std_error"], errors, rtol=1e-4)
    assert (fit.estimator, fit.n_obs) == (estimator, 400)
    assert np.isnan(fit.r_squared)


@pytest.mark.parametrize("estimator", ["logit", "probit", "poisson"])
def test_average_effects_of_numbers_are_those_of_statsmodels(estimator):
    table = analysed()
    model = model_of(estimator=estimator, outcome=OUTCOMES[estimator], covariance="classical")
    readings = fit_regression(model, table).readings.set_index(["term", "reading"])
    margins = direct(estimator, table)[2].get_margeff(at="overall")
    found = readings.xs("average_effect", level="reading").loc[["trust", "workload"], "value"]
    np.testing.assert_allclose(found, margins.margeff, rtol=1e-6)


def test_the_effects_on_all_values_of_an_ordered_outcome_add_up_to_nought():
    model = model_of("trust", EDUCATION, estimator="ordered_logit", outcome="often")
    readings = fit_regression(model, analysed()).readings
    assert set(readings["reading"]) == {f"average_effect on {value}" for value in (1, 2, 3, 4)}
    assert set(readings["term"]) == {"trust", "education[2]", "education[3]"}
    assert readings.groupby("term")["value"].sum().abs().max() < 1e-10


def test_the_effect_of_a_category_is_the_difference_of_mean_probabilities():
    table = analysed()
    model = model_of("trust", EDUCATION, estimator="logit", outcome="took_part")
    fit = fit_regression(model, table)
    b = fit.estimates.set_index("term")["estimate"]
    base = b["intercept"] + b["trust"] * table["trust"].to_numpy(float)

    def share(of):
        return (1 / (1 + np.exp(-(base + of)))).mean()

    found = fit.readings.set_index("term").loc["education[3]", "value"]
    assert found == pytest.approx(share(b["education[3]"]) - share(0.0), rel=1e-10)


def test_a_variable_moves_in_every_column_that_it_enters():
    table = analysed()
    curve = Variable(variable="trust", polynomial=2)
    model = model_of(
        *(curve, "workload", Interaction(interaction=(curve, "workload"))), estimator="logit", outcome="took_part"
    )
    fit = fit_regression(model, table)
    b = fit.estimates.set_index("term")["estimate"]
    trust, workload = (table[name].to_numpy(float) for name in ("trust", "workload"))
    predictor = (
        b["intercept"]
        + (b["trust"] + b["trust x workload"] * workload) * trust
        + (b["trust^2"] + b["trust^2 x workload"] * workload) * trust**2
        + b["workload"] * workload
    )
    share = 1 / (1 + np.exp(-predictor))
    slope = b["trust"] + b["trust x workload"] * workload
    slope = slope + 2 * (b["trust^2"] + b["trust^2 x workload"] * workload) * trust
    found = fit.readings.set_index(["term", "reading"]).loc[("trust", "average_effect"), "value"]
    assert found == pytest.approx((share * (1 - share) * slope).mean(), rel=1e-8)


@pytest.mark.parametrize(
    ("said", "covariance", "df"),
    [
        ({"estimator": "logit"}, "HC3", "none"),
        ({"estimator": "logit", "cluster": "organisation_id"}, "CR2", "satterthwaite"),
        ({"estimator": "ordered_logit"}, "HC0", "none"),
        ({"estimator": "ordered_logit", "cluster": "organisation_id"}, "CR1S", "none"),
    ],
    ids=["logit", "logit with clusters", "ordered", "ordered with clusters"],
)
def test_the_cautious_covariance_is_that_of_the_estimator(said, covariance, df):
    fit = fit_regression(model_of(outcome=OUTCOMES[said["estimator"]], **said), analysed())
    assert fit.covariance == covariance
    assert fit.estimates["df"].isna().all() == (df == "none")
    assert fit.n_clusters == (40 if "cluster" in said else None)


def test_an_ordered_outcome_tests_proportional_odds_and_counts_their_dispersion():
    ordered = fit_regression(model_of(estimator="ordered_logit", outcome="often"), analysed()).diagnostics
    counts = fit_regression(model_of(estimator="poisson", outcome="times"), analysed()).diagnostics
    assert 0 <= ordered.set_index("diagnostic").loc["proportional_odds_p", "value"] <= 1
    assert 0 <= counts.set_index("diagnostic").loc["overdispersion_p", "value"] <= 1


def test_the_same_responses_in_any_order_give_the_same_bits():
    table = analysed()
    model = model_of("trust", EDUCATION, estimator="logit", outcome="took_part", cluster="organisation_id")
    first, second = (fit_regression(model, each) for each in (table, table.sample(frac=1, random_state=1)))
    assert result_digest(first) == result_digest(second)


def separated(table):
    return table.assign(took_part=(table["trust"] > 3).astype("Int16"))


def two_values(table):
    return table.assign(often=table["took_part"])


@pytest.mark.parametrize(
    ("estimator", "change", "message"),
    [
        ("logit", separated, "trust"),
        ("logit", lambda table: table.assign(took_part=table["often"]), "expected 0 and 1 only"),
        ("ordered_logit", two_values, "takes 2 values among the 400 responses used; expected at least 3"),
        ("poisson", lambda table: table.assign(times=table["strain"]), "whole"),
    ],
    ids=["separated", "not 0 and 1", "two values", "no counts"],
)
def test_data_that_cannot_carry_the_model_are_refused(estimator, change, message):
    model = model_of(estimator=estimator, outcome=OUTCOMES[estimator])
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model, change(analysed()))


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"estimator": "ordered_logit", "covariance": "HC3"}, "ordered_logit has no covariance HC3; expected one of"),
        ({"estimator": "logit", "cluster": ("organisation_id", "language")}, "two clusters are for estimator linear"),
        ({"estimator": "logit", "covariance": "CR3", "cluster": "organisation_id"}, "logit has no covariance CR3"),
    ],
    ids=["ordered HC3", "two clusters", "CR3"],
)
def test_what_an_estimator_does_not_have_is_refused(said, message):
    with pytest.raises(ValidationError, match=message):
        model_of(**said)


def test_a_variant_may_have_another_estimator():
    model = model_of(outcome="took_part", variants=(Variant(name="as_logit", estimator="logit"),))
    linear, logit = (fit_regression(model, analysed(), variant=name) for name in ("main", "as_logit"))
    assert (linear.estimator, logit.estimator) == ("OLS", "logit")
