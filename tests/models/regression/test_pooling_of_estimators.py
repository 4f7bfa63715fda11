"""Rubin's rules and Barnard and Rubin's degrees of freedom, by hand from a fit of every completed set, by estimator."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import model_of
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import t as t_distribution

from models.estimates import result_digest
from models.paths.two_outcomes import Correlation, pooled_correlation
from models.regression.fit import apply_variant, fit_imputed, fit_regression
from models.regression.fit_task import FitTask
from models.regression.identification import ModelDataError
from models.regression.imputed_rows import impute_rows
from models.sections.imputation import IMPUTATIONS, Imputation
from models.sections.paths import Paths
from models.sections.population import Population
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Interaction, Variable
from models.sections.sample_design import SampleDesign

FEW = Imputation(imputations=3, iterations=2)
SEED = 3
OF_PERSONS = {"unit": "respondent"}
DESIGN = SampleDesign(clusters="organisation_id", strata="region")
INTERCEPTS = (RandomEffects(groups="organisation_id"),)
EDUCATION = Variable(variable="education", use="category")
WAVES = Population(waves=("w0", "w1"))


def of_waves(n_persons=90, n_waves=2, share=0.12, seed=5):
    """Return invented answers of persons in organisations over waves, with an answer in eight missing."""
    random = np.random.default_rng(seed)
    n = n_persons * n_waves
    person = np.repeat(np.arange(n_persons), n_waves)
    level = random.normal(0, 1, n_persons)[person] + random.normal(0, 0.5, 15)[person % 15]
    trust = 3 + 0.6 * level + random.normal(0, 0.7, n)
    workload = 2.5 + random.normal(0, 0.8, n)
    strain = 1 - 0.4 * trust + 0.5 * workload + level + random.normal(0, 0.8, n)
    cuts = np.quantile(strain, [0.3, 0.65])
    data = pd.DataFrame(
        {
            "response_id": pd.Series([f"r{number:04d}" for number in range(n)], dtype="str"),
            "wave": [f"w{number}" for number in np.tile(np.arange(n_waves), n_persons)],
            "wave_number": np.tile(np.arange(n_waves), n_persons),
            "source": "survey",
            "respondent_group": "frontline",
            "respondent_key": [f"p{number}" for number in person],
            "organisation_id": [f"o{number}" for number in person % 15],
            "region": [f"s{number}" for number in person % 3],
            "trust": pd.Series(trust, dtype="Float64"),
            "workload": pd.Series(workload, dtype="Float64"),
            "strain": pd.Series(strain, dtype="Float64"),
            "agrees": pd.Series((strain > np.median(strain)).astype(int), dtype="Int16"),
            "education": pd.Series(1 + (strain[:, None] > cuts).sum(axis=1), dtype="Int16"),
        }
    )
    for column in ("trust", "workload", "strain"):
        data.loc[random.random(n) < share, column] = pd.NA
    data["ease"] = pd.Series(4 + 0.3 * trust - 0.4 * strain + random.normal(0, 0.6, n), dtype="Float64")
    data.loc[random.random(n) < share, "ease"] = pd.NA
    return data


def by_hand(fits, terms):
    """Return what Rubin's rules make of fits of completed sets: estimate, standard error and degrees of freedom."""
    tables = [fit.estimates.set_index("term").loc[terms] for fit in fits]
    values = np.array([table["estimate"].to_numpy(dtype=float) for table in tables])
    within = np.mean([table["std_error"].to_numpy(dtype=float) ** 2 for table in tables], axis=0)
    added = (1 + 1 / len(fits)) * values.var(axis=0, ddof=1)
    total = within + added
    lost = added / total
    of_sets = (len(fits) - 1) / lost**2
    complete = np.min([table["df"].to_numpy(dtype=float) for table in tables], axis=0)
    finite = np.where(np.isfinite(complete), complete, 1.0)
    observed = (finite + 1) / (finite + 3) * finite * (1 - lost)
    df = np.where(np.isfinite(complete), of_sets * observed / (of_sets + observed), of_sets)
    return values.mean(axis=0), np.sqrt(total), df


def pooled_and_by_hand(model, data):
    """Return a pooled fit's coefficients and those that Rubin's rules give by hand."""
    pooled = fit_regression(model, data, seed=SEED)
    sets = impute_rows(apply_variant(model, "main"), data, model.missing, SEED).completed
    complete = model.model_copy(update={"missing": "listwise"})
    fits = [fit_regression(complete, rows, seed=SEED) for rows in sets]
    table = pooled.estimates
    terms = (
        list(table["term"])
        if model.paths is None
        else list(table.loc[table["term"].str.contains("<-|difference"), "term"])
    )
    own = table.set_index("term").loc[terms]
    return pooled, own, by_hand(fits, terms)


LINEAR = {
    "fixed effects": {"fixed_effects": "organisation_id"},
    "fixed effects, clusters": {"fixed_effects": "respondent_key", "cluster": "organisation_id"},
    "two fixed effects": {"fixed_effects": ("organisation_id", "wave")},
    "within": {"estimator": "within", "panel": OF_PERSONS},
    "between": {"estimator": "between", "panel": OF_PERSONS},
    "within and between": {"estimator": "within_between", "panel": OF_PERSONS},
    "random effects": {"estimator": "random_effects", "panel": OF_PERSONS},
    "differences": {"estimator": "first_differences", "panel": OF_PERSONS},
    "design": {"design": DESIGN},
    "mixed": {"estimator": "mixed", "random_effects": INTERCEPTS, "degrees_of_freedom": "satterthwaite"},
    "equations": {"estimator": "gee_linear", "cluster": "organisation_id"},
    "mediation": {
        "estimator": "mediation",
        "paths": Paths(mediators=("workload",), interval="delta"),
        "cluster": "organisation_id",
    },
    "two outcomes": {
        "estimator": "two_outcomes",
        "paths": Paths(other_outcome="ease"),
        "cluster": "organisation_id",
    },
}
CATEGORICAL = {
    "mixed logit": {"estimator": "mixed_logit", "outcome": "agrees", "random_effects": INTERCEPTS},
    "mixed ordered": {"estimator": "mixed_ordered_logit", "outcome": "education", "random_effects": INTERCEPTS},
    "logit of equations": {"estimator": "gee_logit", "outcome": "agrees", "cluster": "organisation_id"},
    "logit of a design": {"estimator": "logit", "outcome": "agrees", "design": DESIGN},
    "ordered logit of a design": {"estimator": "ordered_logit", "outcome": "education", "design": DESIGN},
}


def agrees_by_hand(changes, data):
    changes = changes if "gee" in str(changes) or "mixed_" in str(changes) else {"bootstrap_draws": 0, **changes}
    model = model_of("trust", "workload", missing=FEW, **{"bootstrap_draws": None, **changes})
    pooled, own, (values, errors, df) = pooled_and_by_hand(model, data)
    assert own["estimate"].to_numpy(dtype=float) == pytest.approx(values, rel=1e-9, abs=1e-12)
    assert own["std_error"].to_numpy(dtype=float) == pytest.approx(errors, rel=1e-9)
    assert own["df"].to_numpy(dtype=float) == pytest.approx(df, rel=1e-9)
    found = pooled.diagnostics.set_index("diagnostic")["value"]
    assert found[IMPUTATIONS] == FEW.imputations
    assert 0 < found["largest_fmi"] <= 1
    assert pooled.data[["trust", "workload"]].isna().any().all()
    return pooled


@pytest.mark.parametrize("changes", LINEAR.values(), ids=LINEAR)
def test_linear_estimators_are_pooled_by_rubins_rules(changes):
    pooled = agrees_by_hand(changes, of_waves())
    assert pooled.n_obs == 180


@pytest.mark.slow
@pytest.mark.parametrize("changes", CATEGORICAL.values(), ids=CATEGORICAL)
def test_categorical_estimators_are_pooled_by_rubins_rules(changes):
    agrees_by_hand(changes, of_waves())


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.floats(0.03, 0.4), n_persons=st.integers(60, 120))
def test_a_pooled_within_estimate_is_rubins_whatever_is_missing(seed, share, n_persons):
    data = of_waves(n_persons, share=share, seed=seed)
    model = model_of("trust", "workload", missing=FEW, fixed_effects="organisation_id")
    _, own, (values, errors, df) = pooled_and_by_hand(model, data)
    assert own["estimate"].to_numpy(dtype=float) == pytest.approx(values, rel=1e-8, abs=1e-10)
    assert own["std_error"].to_numpy(dtype=float) == pytest.approx(errors, rel=1e-8)
    assert own["df"].to_numpy(dtype=float) == pytest.approx(df, rel=1e-8)


def test_effects_of_a_mediation_are_products_of_pooled_paths():
    changes = LINEAR["mediation"] | {"paths": Paths(mediators=("workload",), interval="monte_carlo", draws=2_000)}
    pooled = fit_regression(model_of("trust", "workload", missing=FEW, **changes), of_waves(), seed=SEED)
    found = pooled.estimates.set_index("term")
    first, second = found.loc["workload <- trust", "estimate"], found.loc["strain <- workload", "estimate"]
    indirect = found.loc["indirect: trust -> workload -> strain"]
    assert indirect["estimate"] == pytest.approx(first * second)
    assert indirect["conf_low"] < indirect["estimate"] < indirect["conf_high"]
    assert "fmi of workload <- trust" in set(pooled.diagnostics["diagnostic"])


def test_correlations_of_two_outcomes_are_pooled_on_fishers_scale():
    data, model = of_waves(), model_of("trust", "workload", missing=FEW, **LINEAR["two outcomes"])
    pooled = fit_regression(model, data, seed=SEED).estimates.set_index("term").loc["correlation: strain ~ ease"]
    sets = impute_rows(model, data, FEW, SEED).completed
    complete = model.model_copy(update={"missing": "listwise"})
    rows = pd.concat([fit_regression(complete, each).estimates for each in sets])
    own = rows[rows["term"] == "correlation: strain ~ ease"]
    values, errors = own["estimate"].to_numpy(dtype=float), own["std_error"].to_numpy(dtype=float)
    z, within = np.arctanh(values), np.mean((errors / (1 - values**2)) ** 2)
    between = (1 + 1 / len(z)) * z.var(ddof=1)
    df = (len(z) - 1) * ((within + between) / between) ** 2
    reach = t_distribution.ppf(0.975, df) * np.sqrt(within + between)
    expected = np.tanh(z.mean() + np.array([0, -reach, reach]))
    assert pooled[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float) == pytest.approx(expected, rel=1e-9)
    assert pooled["df"] == pytest.approx(df, rel=1e-9)


def test_outcomes_that_are_one_are_refused():
    apart, same = Correlation(0.5, 0.1, 0.3, 0.7), Correlation(1.0, 0.0, 1.0, 1.0)
    assert pooled_correlation([same], 0.95) is same
    with pytest.raises(ModelDataError, match="the two outcomes are one in a completed set"):
        pooled_correlation([apart, same], 0.95)


@pytest.mark.parametrize("name", ["within", "two fixed effects", "design", "mediation", "two outcomes"])
def test_rows_in_another_order_and_values_given_before_give_the_same_fit(name):
    data = of_waves()
    model = model_of("trust", "workload", missing=FEW, **LINEAR[name])
    fit = fit_regression(model, data, seed=SEED)
    shuffled = data.sample(frac=1, random_state=1)
    assert result_digest(fit_regression(model, shuffled, seed=SEED)) == result_digest(fit)
    assert result_digest(fit_regression(model, fit.data, seed=SEED)) == result_digest(fit)
    values = impute_rows(apply_variant(model, "main"), fit.data, FEW, SEED).values()
    again = fit_imputed(FitTask(model, {}, seed=SEED), fit.data, values)
    pd.testing.assert_frame_equal(again.estimates, fit.estimates, check_exact=False, rtol=1e-9)


def test_persons_of_one_wave_are_left_out_before_values_are_imputed():
    data = of_waves().drop(index=[0, 4]).reset_index(drop=True)
    model = model_of("trust", "workload", missing=FEW, estimator="within", panel=OF_PERSONS)
    fit = fit_regression(model, data, seed=SEED)
    assert fit.n_obs == len(fit.data) == 176
    assert fit.diagnostics.set_index("diagnostic").loc["n_alone", "value"] == 2


def test_rows_without_the_outcome_of_a_categorical_mixed_model_are_left_out():
    data = of_waves()
    data.loc[::10, "agrees"] = pd.NA
    changes = {**CATEGORICAL["mixed logit"], "bootstrap_draws": None}
    fit = fit_regression(model_of("trust", "workload", missing=FEW, **changes), data, seed=SEED)
    assert fit.n_obs == len(data) - 18


@pytest.mark.slow
def test_slopes_within_persons_are_not_drawn_towards_those_between_them():
    """Persons differ in trust, which goes with strain within them alone; a third is missing, most where strain is.

    Imputed without effects of persons, the slope is about -.3 rather than -1.
    """
    random = np.random.default_rng(2)
    slopes = []
    for _ in range(10):
        data = of_waves(400, 3, share=0)
        level = np.repeat(random.normal(0, 1, 400), 3)
        own = random.normal(0, 1, 1200)
        data["trust"] = pd.Series(2 * level + own, dtype="Float64")
        data["strain"] = pd.Series(random.normal(0, 0.5, 1200) - own, dtype="Float64")
        is_lost = random.random(1200) < np.where(data["strain"] > 0, 0.5, 0.15)
        data.loc[is_lost, "trust"] = pd.NA
        asked = Imputation(imputations=3, iterations=5)
        model = model_of("trust", missing=asked, estimator="within", panel=OF_PERSONS)
        slopes.append(fit_regression(model, data, seed=SEED).estimates["estimate"][0])
    assert np.mean(slopes) == pytest.approx(-1, abs=0.03)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimator": "latent_growth", "panel": OF_PERSONS}, "kept by full information"),
        ({"estimator": "misclassified_logit"}, "was not judged by a coder"),
        (LINEAR["mediation"] | {"paths": Paths(mediators=("workload",), interval="bca")}, "imputed anew"),
        (
            LINEAR["mediation"]
            | {"paths": Paths(mediators=("workload",), moderator="extra", moderated=("first",), interval="delta")},
            "not for moderated mediations",
        ),
        (
            {"fixed_effects": "organisation_id", "missing": Imputation(has_levels=False)},
            "would know nothing of the groups",
        ),
    ],
)
def test_what_would_be_pooled_wrongly_is_refused_with_what_to_do(changes, message):
    regressors = ("trust", "workload", "extra") if "moderator='extra'" in str(changes) else ("trust", "workload")
    with pytest.raises(ValidationError, match=message):
        model_of(*regressors, **{"missing": FEW, **changes})


@pytest.mark.parametrize(
    ("regressors", "changes", "message"),
    [
        (("trust", EDUCATION), {"fixed_effects": "organisation_id"}, "'education' is a category that misses 18 values"),
        (("trust", EDUCATION), LINEAR["within"], "drawn without effects of groups"),
        (("trust", "workload", Interaction(interaction=("trust", "workload"))), LINEAR["within"], "products or curves"),
        (
            ("trust", Variable(variable="workload", polynomial=2)),
            {"design": DESIGN},
            "without fixed_effects and design",
        ),
    ],
)
def test_values_that_cannot_be_drawn_for_a_model_are_refused(regressors, changes, message):
    data = of_waves()
    data.loc[::10, "education"] = pd.NA
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model_of(*regressors, missing=FEW, **changes), data)
