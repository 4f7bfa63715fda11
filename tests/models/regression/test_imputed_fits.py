"""Models whose missing values are imputed: same tables as others, pooled, with what missing values cost."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from pydantic import ValidationError

from models.estimates import result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.planned_imputation import level_of
from models.sections.imputation import IMPUTATIONS, Imputation, imputation_of
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Interaction, Variable
from models.sections.variants import Variant

FEW = Imputation(imputations=4, iterations=2)
EDUCATION = Variable(variable="education", use="category")
PRODUCT = Interaction(interaction=("trust", "workload"))


def with_gaps(columns=("trust", "workload", "strain", "education"), n=200, share=0.12):
    """Return invented responses in 20 organisations, some of their answers missing."""
    random = np.random.default_rng(5)
    data = invented_analysis(n).assign(organisation_id=[f"org{number % 20}" for number in range(n)])
    data["agrees"] = pd.Series((data["strain"] > data["strain"].median()).astype(int), dtype="Int16")
    for column in columns:
        data.loc[random.random(n) < share, column] = pd.NA
    return data


def diagnostics_of(fit):
    return fit.diagnostics.set_index("diagnostic")["value"]


def test_without_gaps_estimates_are_those_of_the_data():
    complete = with_gaps(())
    plain = fit_regression(model_of("trust", "workload"), complete)
    imputed = fit_regression(model_of("trust", "workload", missing=FEW), complete)
    pd.testing.assert_frame_equal(imputed.estimates, plain.estimates, check_exact=False, rtol=1e-12)
    for method in ("D1", "D2"):
        own = imputed.joint_tests[imputed.joint_tests["method"] == method]
        assert own["statistic"].to_numpy() == pytest.approx(plain.joint_tests["statistic"].to_numpy())
    found = diagnostics_of(imputed)
    assert found["largest_fmi"] == 0
    assert imputed.r_squared == pytest.approx(plain.r_squared)


LINEAR = [
    (("trust", "workload", EDUCATION), {}),
    (("trust", "workload", EDUCATION), {"cluster": "organisation_id"}),
    (("trust", "workload", PRODUCT), {"cluster": "organisation_id"}),
    (("trust", Variable(variable="workload", polynomial=2), EDUCATION), {}),
]
CATEGORICAL = [
    (("trust", "workload"), {"outcome": "agrees", "estimator": "logit"}),
    (("trust", "workload", PRODUCT), {"outcome": "agrees", "estimator": "logit"}),
    (("trust", "workload"), {"outcome": "education", "estimator": "ordered_logit"}),
    (("trust", "workload"), {"outcome": "education", "estimator": "multinomial"}),
    (("trust", "workload"), {"outcome": "education", "estimator": "poisson"}),
]


def fitted(regressors, changes):
    data = with_gaps(("trust", "workload", changes.get("outcome", "strain")), n=120)
    model = model_of(*regressors, missing=Imputation(imputations=2, iterations=2), **changes)
    fit = fit_regression(model, data, seed=3)
    assert fit.n_obs == len(data)
    assert fit.data[["trust", "workload"]].isna().any().all()
    found = diagnostics_of(fit)
    assert found[IMPUTATIONS] == 2
    assert 0 < found["largest_fmi"] <= 1
    assert set(fit.joint_tests["method"]) == {"D1", "D2"}
    assert fit.estimates["std_error"].gt(0).all()
    return model, fit


@pytest.mark.parametrize(("regressors", "changes"), LINEAR, ids=["linear", "clusters", "product", "curve"])
def test_linear_models_are_fitted_to_every_completed_set_and_pooled(regressors, changes):
    model, fit = fitted(regressors, changes)
    again = fit_regression(model, fit.data.sample(frac=1, random_state=1), seed=3)
    assert result_digest(again) == result_digest(fit)
    assert result_digest(fit_regression(model, fit.data, seed=4)) != result_digest(fit)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("regressors", "changes"), CATEGORICAL, ids=["logit", "logit product", "ordered", "multinomial", "counts"]
)
def test_categorical_models_are_fitted_to_every_completed_set_and_pooled(regressors, changes):
    model, fit = fitted(regressors, changes)
    terms = fit_regression(model.model_copy(update={"missing": "listwise"}), fit.data).estimates["term"]
    assert list(fit.estimates["term"]) == list(terms)


def test_chains_that_are_too_short_to_tell_are_named():
    fit = fit_regression(model_of("trust", "workload", missing=FEW), with_gaps())
    row = fit.diagnostics.set_index("diagnostic").loc["columns_not_settled"]
    assert (row["value"], row["verdict"]) == (3, "look")


def test_an_auxiliary_column_is_used_and_kept():
    data = with_gaps()
    data["agrees"] = pd.Series(np.where(data["strain"].isna(), 0, data["agrees"]), dtype="Int16")
    asked = Imputation(imputations=4, iterations=2, auxiliary=("agrees", "language"))
    fit = fit_regression(model_of("trust", "workload", missing=asked), data)
    assert {"agrees", "language"} <= set(fit.data)
    assert result_digest(fit) != result_digest(fit_regression(model_of("trust", "workload", missing=FEW), data))


def test_missing_at_random_is_mended():
    """Strain misses where trust is low; its mean by language is that of the complete responses again."""
    random = np.random.default_rng(1)
    n = 1500
    data = invented_analysis(n).assign(language=np.where(random.random(n) < 0.5, "da", "en"))
    language = Variable(variable="language", use="category")
    truth = fit_regression(model_of(language), data).estimates["estimate"]
    low = pd.to_numeric(data["trust"]) < 3
    gaps = data.assign(strain=data["strain"].where(~low | (random.random(n) < 0.3)))
    asked = Imputation(imputations=10, iterations=2, auxiliary=("trust", "workload"))
    imputed = fit_regression(model_of(language, missing=asked), gaps).estimates
    listwise = fit_regression(model_of(language), gaps).estimates
    assert abs(imputed["estimate"][0] - truth[0]) < 2 * imputed["std_error"][0]
    assert abs(listwise["estimate"][0] - truth[0]) > 2.5 * listwise["std_error"][0]


def test_a_variant_may_impute_what_the_model_leaves_out():
    model = model_of("trust", "workload", variants=(Variant(name="imputed", missing=FEW),))
    data = with_gaps()
    assert fit_regression(model, data).n_obs < fit_regression(model, data, variant="imputed").n_obs == len(data)


def test_a_word_stands_for_the_section():
    assert imputation_of("multiple_imputation") == Imputation()
    assert imputation_of("listwise") is None
    assert model_of(missing={"method": "multiple_imputation", "imputations": 7}).missing == Imputation(imputations=7)


@pytest.mark.parametrize(
    ("regressors", "changes", "message"),
    [
        (("trust", PRODUCT, "workload"), {"outcome": "education", "estimator": "poisson"}, "agree with poisson"),
        (("trust_organisation_mean",), {}, "follows from answers of a group"),
    ],
)
def test_what_cannot_be_imputed_is_refused(regressors, changes, message):
    data = with_gaps(("trust", "workload", "education", "trust_organisation_mean"))
    if "organisation" in str(regressors[0]):
        regressors = (Variable(variable="trust", use="organisation_mean"),)
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model_of(*regressors, missing=FEW, **changes), data)


def test_an_auxiliary_column_that_is_not_there_is_refused():
    asked = Imputation(auxiliary=("nobody",))
    with pytest.raises(ModelDataError, match="no column nobody"):
        fit_regression(model_of("trust", "workload", missing=asked), with_gaps())


def test_an_absent_wave_is_not_imputed():
    data = with_gaps(("workload",)).assign(trust_earlier_wave=np.nan)
    data.loc[:119, "trust_earlier_wave"] = data["trust"].shift(-1)[:120].astype(float)
    before = Variable(variable="trust", earlier_wave=True)
    model = model_of(before, "workload", missing=FEW, focal=before)
    fit = fit_regression(model, data)
    assert fit.n_obs == 120
    assert diagnostics_of(fit)["n_without_earlier_wave"] == 80
    assert diagnostics_of(fit)["share_of_responses_used"] == pytest.approx(0.6)
    complete = data.dropna(subset=["trust_earlier_wave"])
    again = fit_regression(model, complete)
    pd.testing.assert_frame_equal(again.estimates, fit.estimates)
    with pytest.raises(ModelDataError, match="none of 80 rows of the population has a wave before"):
        fit_regression(model, data[120:])


def test_slopes_that_differ_between_groups_are_not_imputed():
    random = (RandomEffects(groups="organisation_id", slopes=("trust",)),)
    with pytest.raises(ValidationError, match=r"found slopes that differ between groups, .* take slopes out"):
        model_of("trust", estimator="mixed", random_effects=random, missing=FEW)


@pytest.mark.parametrize("clusters", [("organisation_id", "site"), ("site", "organisation_id")])
def test_of_two_kinds_of_clusters_the_one_with_more_is_heeded(clusters):
    data = with_gaps().assign(site=["a", "b", "c", "d"] * 50)
    assert level_of(model_of("trust", cluster=clusters, missing=FEW), data) == "organisation_id"
