"""A design in a model's words: R's figures, subpopulations kept in the sample, refits from kept rows, refusals."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from models.estimates import result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.sampled import UNITS_SAMPLED
from models.sections.population import Population
from models.sections.sample_design import SampleDesign
from models.sections.variants import Variant
from models.spec import RegressionSpec
from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.generalised import Regression
from models.survey_design.ordered import Ordered
from models.survey_design.stages import Stage
from tests.lavaan_models import oracle
from tests.models.survey_design.api_schools import schools

BY_DISTRICT = SampleDesign(clusters="organisation_id", strata="region", population_sizes="organisations")


def model_of(**changes):
    given = {
        "name": "strain",
        "kind": "regression",
        "title": {"en": "Strain"},
        "estimand": "Difference in strain",
        "outcome": "strain",
        "regressors": ("trust", "workload"),
        "focal": "trust",
        "design": BY_DISTRICT,
        "bootstrap_draws": 0,
    }
    return RegressionSpec(**{**given, **changes})


def analysed(n=240, seed=4):
    """Staff and managers of 24 organisations in three regions; some strain is missing."""
    rng = np.random.default_rng(seed)
    organisation = np.arange(n) % 24
    trust = rng.normal(size=24)[organisation] + rng.normal(size=n)
    strain = 1 - 0.4 * trust + rng.normal(size=24)[organisation] + rng.normal(size=n)
    return pd.DataFrame(
        {
            "response_id": pd.Series([f"wave1/{number:04d}" for number in range(n)], dtype="str"),
            "wave": "wave1",
            "source": "survey",
            "respondent_group": np.where(organisation < 20, "frontline", "manager"),
            "organisation_id": pd.Series([f"org{each:02d}" for each in organisation], dtype="str"),
            "region": pd.Series(np.array(["north", "south", "west"])[organisation % 3], dtype="str"),
            "organisations": pd.Series(np.array([40, 50, 60])[organisation % 3], dtype="Int64"),
            "trust": pd.Series(trust, dtype="Float64"),
            "workload": pd.Series(rng.normal(size=n), dtype="Float64"),
            "strain": pd.Series(np.where(rng.random(n) < 0.05, np.nan, strain), dtype="Float64"),
            "took_part": pd.Series((strain + rng.logistic(size=n) > 1).astype(int), dtype="Int16"),
            "often": pd.Series(np.digitize(strain + rng.logistic(size=n), [0, 1, 2]), dtype="Int16"),
            "analysis_weight": rng.uniform(1, 3, n),
        }
    )


def of_arrays(table, estimator, outcome):
    """The same by arrays: everybody in the design, those who answered and work at the front as a subpopulation."""
    weights = table["analysis_weight"].to_numpy()
    stage = Stage(*(table[name].to_numpy() for name in ("organisation_id", "region", "organisations")))
    is_in = (table["respondent_group"] == "frontline") & table[outcome].notna()
    design = build_survey_design(weights, [stage]).domain(is_in.to_numpy())
    regressors = table[["trust", "workload"]].to_numpy(dtype=float)
    if estimator == "ordered_logit":
        names = tuple(map(str, sorted(table[outcome].unique())))
        return linearised_estimate(
            design, Ordered(("trust", "workload"), regressors, names, table[outcome].to_numpy(dtype=int))
        )
    matrix = np.column_stack([np.ones(len(table)), regressors])
    statistic = Regression(
        estimator, ("intercept", "trust", "workload"), matrix, table[outcome].to_numpy(dtype=float, na_value=np.nan)
    )
    return linearised_estimate(design, statistic)


@pytest.mark.reference
@pytest.mark.parametrize("name", ["strat_fpc", "strat", "clus1_fpc", "clus1", "clus2_fpc"])
def test_a_linear_model_with_a_design_is_rs(name, reference):
    stored, rows = oracle(reference, 12)["glm"][name], schools(reference)[name].rows
    table = rows.assign(response_id=[f"{place:04d}" for place in range(len(rows))])
    sizes = {"strat_fpc": "fpc", "clus1_fpc": "fpc", "clus2_fpc": ("fpc1", "fpc2")}.get(name, ())
    clusters = {"clus1_fpc": "dnum", "clus1": "dnum", "clus2_fpc": ("dnum", "snum")}.get(name, ())
    strata = "stype" if name.startswith("strat") else None
    design = SampleDesign(clusters=clusters, strata=strata, population_sizes=sizes)
    model = model_of(outcome="api00", regressors=("ell", "meals", "mobility"), focal="ell", design=design, weights="pw")
    fit = fit_regression(model, table)
    assert (fit.covariance, fit.estimator) == ("design", "WLS")
    found = fit.estimates[["estimate", "std_error", "statistic", "p_value"]].to_numpy(dtype=float)
    np.testing.assert_allclose(found, [list(row.values()) for row in stored["coef"].values()], rtol=1e-7)
    assert set(fit.estimates["df"]) == {stored["df_resid"]}


@pytest.mark.parametrize(
    ("estimator", "outcome"), [("linear", "strain"), ("logit", "took_part"), ("ordered_logit", "often")]
)
def test_a_population_is_a_part_of_the_sample_that_stays_in_the_design(estimator, outcome):
    table = analysed()
    model = model_of(
        estimator=estimator,
        outcome=outcome,
        weights="analysis_weight",
        population=Population(respondent_groups=("frontline",)),
    )
    fit = fit_regression(model, table)
    expected = of_arrays(table, estimator, outcome)
    found = fit.estimates.set_index("term")
    np.testing.assert_allclose(found["estimate"].astype(float), expected.estimates, rtol=1e-7)
    np.testing.assert_allclose(found["std_error"].astype(float), expected.std_errors, rtol=1e-7)
    assert set(found["df"]) == {expected.df}
    assert fit.n_clusters == expected.n_clusters == 20
    assert set(fit.data[UNITS_SAMPLED]) == {8}
    assert fit.joint_tests["method"].unique().tolist() == ["F"]


@pytest.mark.parametrize("estimator", ["linear", "logit", "ordered_logit"])
def test_kept_rows_in_any_order_give_the_same_bits(estimator):
    outcome = {"linear": "strain", "logit": "took_part", "ordered_logit": "often"}[estimator]
    model = model_of(estimator=estimator, outcome=outcome, population=Population(respondent_groups=("frontline",)))
    fit = fit_regression(model, analysed())
    assert result_digest(fit_regression(model, fit.data)) == result_digest(fit)
    assert result_digest(fit_regression(model, analysed().sample(frac=1, random_state=1))) == result_digest(fit)


def test_responses_may_be_drawn_within_clusters():
    sizes = ("organisations", "staff")
    design = SampleDesign(clusters="organisation_id", strata="region", population_sizes=sizes)
    table = analysed().assign(staff=200)
    two, one = (
        fit_regression(model_of(design=each), table).estimates["std_error"].astype(float)
        for each in (design, BY_DISTRICT)
    )
    assert (two > one).all()


def test_a_variant_may_go_without_the_design():
    model = model_of(variants=(Variant(name="plain", design="none", covariance="HC1"),))
    assert model.covariance_used() == "design"
    assert fit_regression(model, analysed(), variant="plain").covariance == "HC1"
    assert UNITS_SAMPLED not in fit_regression(model, analysed(), variant="plain").data


def test_a_lonely_organisation_is_refused_by_the_name_of_its_region():
    table = analysed()
    table.loc[table["organisation_id"] == "org00", ["region", "organisations"]] = ["island", 9]
    with pytest.raises(ModelDataError, match="stratum island has a single sampled unit"):
        fit_regression(model_of(), table)
    certain = SampleDesign(clusters="organisation_id", strata="region", lonely_strata="certainty")
    assert fit_regression(model_of(design=certain), table).estimates["std_error"].notna().all()


REFUSED = {
    "no design": ({"design": None, "covariance": "design"}, "needs a key design"),
    "estimator": (
        {"estimator": "poisson"},
        "a design is for estimator linear, .*; found poisson",
    ),
    "covariance": ({"covariance": "CR2", "cluster": "organisation_id"}, "with a design the covariance is design"),
    "cluster": ({"cluster": "organisation_id"}, "has its own clusters"),
    "effects": ({"fixed_effects": "organisation_id"}, "has its own clusters and no fixed_effects"),
    "level": ({"level": "organisation"}, "a design is of responses"),
}


@pytest.mark.parametrize(("changes", "message"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_go_with_a_design_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        model_of(**changes)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"clusters": "a", "strata": "a"}, "names the same column twice"),
        ({"clusters": "a", "population_sizes": ("b", "c", "d")}, "3 population_sizes for 1 clusters"),
        ({"lonely_strata": "ignore"}, "fail"),
    ],
)
def test_a_design_that_says_no_sample_is_refused(words, message):
    with pytest.raises(ValidationError, match=message):
        SampleDesign(**words)


@pytest.mark.parametrize(("estimator", "outcome"), [("linear", "strain"), ("logit", "took_part")])
def test_the_design_effect_of_the_mean_is_that_of_the_formula(estimator, outcome):
    design = SampleDesign(clusters="organisation_id")
    fit = fit_regression(model_of(estimator=estimator, outcome=outcome, design=design), analysed())
    values = fit.data[outcome].astype(float)
    sums = (values - values.mean()).groupby(fit.data["organisation_id"]).sum()
    n, drawn = len(values), len(sums)
    variance = drawn / (drawn - 1) * (sums**2).sum() / n**2
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert found["design_effect"] == pytest.approx(variance / (values.var(ddof=1) / n))
    assert found["design_effect"] > 1.5
    assert found["effective_n"] == pytest.approx(n / found["design_effect"])


def test_no_design_effect_is_told_without_a_design_or_of_places_of_categories():
    changes = ({"design": None, "cluster": "organisation_id"}, {"estimator": "ordered_logit", "outcome": "rating"})
    table = analysed()
    ranks = pd.to_numeric(table["trust"]).rank(pct=True)
    table["rating"] = pd.Series(1 + (ranks > 0.3).astype(int) + (ranks > 0.7).astype(int), dtype="Int16")
    for each in changes:
        regressors = ("workload",)
        fit = fit_regression(model_of(regressors=regressors, focal="workload", **each), table)
        assert "design_effect" not in set(fit.diagnostics["diagnostic"])
