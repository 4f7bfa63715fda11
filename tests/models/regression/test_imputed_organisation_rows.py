"""Answers imputed before they are averaged: pooled by hand, no gap no change, facts once each, what is refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.stats import t as t_distribution

from models.estimates import result_digest
from models.regression.fit import fit_imputed, fit_regression
from models.regression.fit_task import FitTask
from models.regression.identification import ModelDataError
from models.regression.imputed_rows import impute_rows
from models.sections.imputation import IMPUTATIONS, NOT_SETTLED, Imputation
from models.sections.paths import Paths
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Interaction, Variable
from tests.models.regression.analysis_tables import model_of
from tests.models.regression.answers_in_organisations import answers_in_organisations

FEW = Imputation(imputations=3, iterations=3, auxiliary=("tenure",))
SEED = 3
CELL = ["organisation_id", "wave"]
WAVES = {"level": "organisation_and_wave"}
OF_ORGANISATIONS = {"unit": "organisation"}
INTERCEPTS = (RandomEffects(groups="organisation_id"),)
SECTOR = Variable(variable="sector", use="category")


def model(*regressors, **changes):
    given = {"level": "organisation", "missing": FEW, "covariance": "classical"}
    return model_of(*(regressors or ("trust",)), **{**given, **changes})


@pytest.fixture(scope="module")
def answers():
    return answers_in_organisations()


def completed_by_hand(answers, values, number):
    """Return the answers with what was stored of one imputation."""
    own = values[values["imputation"] == number].set_index("response_id")
    rows = answers.set_index("response_id")
    for name in own.columns.drop("imputation"):
        rows[name] = pd.to_numeric(rows[name].fillna(own[name]))
    return rows


def least_squares(means, outcome, regressors, weights=None):
    """Return coefficients and their classical covariance."""
    matrix = np.column_stack([np.ones(len(means)), *(means[name] for name in regressors)])
    roots = np.sqrt(np.ones(len(means)) if weights is None else weights.to_numpy(dtype=float))
    scaled, values = matrix * roots[:, None], means[outcome].to_numpy(dtype=float) * roots
    inverse = np.linalg.inv(scaled.T @ scaled)
    found = inverse @ scaled.T @ values
    residuals = values - scaled @ found
    return found, inverse * (residuals @ residuals) / (len(means) - matrix.shape[1])


def pooled_by_hand(found, df_complete):
    """Return estimates, standard errors and Barnard and Rubin's degrees of freedom."""
    values = np.array([each for each, _ in found])
    within = np.mean([np.diag(covariance) for _, covariance in found], axis=0)
    total = within + (1 + 1 / len(found)) * values.var(axis=0, ddof=1)
    lost = 1 - within / total
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - lost)
    of_sets = (len(found) - 1) / lost**2
    return values.mean(axis=0), np.sqrt(total), of_sets * observed / (of_sets + observed)


@pytest.mark.parametrize("weights", [None, "number_of_answers"])
def test_means_of_three_completed_sets_are_pooled_by_rubins_rules(answers, weights):
    asked = model("trust", weights=weights)
    pooled = fit_regression(asked, answers, seed=SEED).estimates
    values = impute_rows(asked, answers, FEW, SEED).values()
    found = []
    for number in range(3):
        rows = completed_by_hand(answers, values, number)
        cells = rows.groupby("organisation_id")
        members = None if weights is None else cells.size()
        found.append(least_squares(cells[["strain", "trust"]].mean(), "strain", ["trust"], members))
    estimates, errors, df = pooled_by_hand(found, 25 - 2)
    assert pooled["estimate"].to_numpy(dtype=float) == pytest.approx(estimates, rel=1e-10)
    assert pooled["std_error"].to_numpy(dtype=float) == pytest.approx(errors, rel=1e-10)
    assert pooled["df"].to_numpy(dtype=float) == pytest.approx(df, rel=1e-9)
    reach = t_distribution.ppf(0.975, df) * errors
    assert pooled["conf_high"].to_numpy(dtype=float) == pytest.approx(estimates + reach, rel=1e-9)


def test_an_organisation_whose_members_all_kept_silent_has_a_row(answers):
    silent = answers.groupby("organisation_id")["strain"].count().eq(0).sum()
    assert silent == 2
    imputed, listwise = (fit_regression(model(missing=each), answers, seed=SEED) for each in (FEW, "listwise"))
    assert (imputed.n_obs, listwise.n_obs) == (25, 23)
    told = imputed.diagnostics.set_index("diagnostic")["value"]
    assert told[IMPUTATIONS] == 3
    assert told["share_of_responses_used"] == 1
    assert told["n_responses"] == len(imputed.data) == len(answers)
    assert told[NOT_SETTLED] == 2
    assert 0 < told["largest_fmi"] < 1
    assert set(imputed.joint_tests["method"]) == {"D1", "D2"}
    assert imputed.data[["strain", "trust"]].isna().any().all()


MODELS = {
    "organisations": {},
    "waves": {"level": "organisation_and_wave", "cluster": "organisation_id", "covariance": "CR2"},
    "weighted": {"weights": "number_of_answers", "covariance": "HC3"},
    "counts": {**WAVES, "outcome": "complaints", "estimator": "poisson", "covariance": "HC0"},
    "logit of a fact": {"outcome": "sector", "estimator": "logit", "covariance": "HC0"},
    "mediation": {
        "estimator": "mediation",
        "regressors": ("trust", "complaints"),
        "paths": Paths(mediators=("complaints",), interval="delta"),
        "covariance": "HC3",
    },
    "effects": {**WAVES, "fixed_effects": "organisation_id"},
    "effects of both": {**WAVES, "fixed_effects": ("organisation_id", "wave")},
    "differences": {**WAVES, "estimator": "first_differences", "panel": OF_ORGANISATIONS},
    "within and between": {**WAVES, "estimator": "within_between", "panel": OF_ORGANISATIONS},
    "mixed": {**WAVES, "estimator": "mixed", "random_effects": INTERCEPTS, "covariance": None},
    "equations": {**WAVES, "estimator": "gee_linear", "cluster": "organisation_id", "covariance": "CR3"},
}


QUICK = ("organisations", "waves", "effects")
ESTIMATORS = [
    pytest.param(changes, id=name, marks=() if name in QUICK else pytest.mark.slow) for name, changes in MODELS.items()
]


@pytest.mark.parametrize("changes", ESTIMATORS)
def test_without_gaps_the_pooled_fit_is_that_of_the_rows(changes):
    complete = answers_in_organisations(waves=("w1", "w2"), share=0)
    asked = (model("trust", **{**changes, "missing": each}) for each in (FEW, "listwise"))
    imputed, plain = (fit_regression(each, complete, seed=SEED) for each in asked)
    columns = ["estimate", "std_error", "p_value", "conf_low", "conf_high"]
    found, expected = (each.estimates[columns].to_numpy(dtype=float) for each in (imputed, plain))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
    assert imputed.n_obs == plain.n_obs
    assert imputed.diagnostics.set_index("diagnostic").loc["largest_fmi", "value"] == 0


@pytest.mark.parametrize("changes", ESTIMATORS)
def test_gaps_of_answers_and_facts_are_filled_for_every_estimator_and_the_same_bits_come_again(changes):
    rows = answers_in_organisations(waves=("w1", "w2"))
    rows.loc[rows["organisation_id"].isin(["o03", "o08"]) & (rows["wave"] == "w1"), "sector"] = pd.NA
    asked = model("trust", **changes)
    fit = fit_regression(asked, rows, seed=SEED)
    assert fit.estimates["std_error"].gt(0).all()
    assert fit.n_obs == (50 if asked.level == "organisation_and_wave" else 25)
    again = fit_regression(asked, fit.data.sample(frac=1, random_state=1), seed=SEED)
    assert result_digest(again) == result_digest(fit)
    values = impute_rows(asked, rows, FEW, SEED).values()
    given = fit_imputed(FitTask(asked, {}, seed=SEED), fit.data, values)
    pd.testing.assert_frame_equal(given.estimates, fit.estimates)


def test_a_fact_is_imputed_once_for_an_organisation_and_wave_and_answers_for_each_person(answers):
    found = impute_rows(model("trust", "complaints", SECTOR), answers, FEW, SEED)
    for rows in found.completed:
        assert rows.groupby(CELL)[["complaints", "sector"]].nunique().eq(1).all(axis=None)
        silent = answers.loc[answers["strain"].isna(), "response_id"]
        drawn = rows.set_index("response_id").loc[silent, "strain"]
        assert drawn.nunique() == len(drawn)
        known = answers["strain"].notna().to_numpy()
        assert (rows["strain"][known] == answers["strain"][known]).all()


@given(st.integers(0, 500), st.floats(0.02, 0.4), st.sampled_from([("w1",), ("w1", "w2")]))
@settings(max_examples=10, deadline=None)
def test_what_is_known_stays_and_nothing_else_is_left_open(seed, share, waves):
    rows = answers_in_organisations(15, 5, waves, seed, share)
    rows.loc[rows["organisation_id"].isin(["o03", "o08"]), "sector"] = pd.NA
    asked = model("trust", "complaints", SECTOR, missing=Imputation(imputations=2, iterations=1))
    found = impute_rows(asked, rows, asked.missing, seed)
    names = ["strain", "trust", "complaints", "sector"]
    for each in found.completed:
        assert each[names].notna().all(axis=None)
        for name in names:
            known = rows[name].notna().to_numpy()
            assert (each[name][known] == rows[name][known]).all()
        assert each.groupby(CELL)["complaints"].nunique().eq(1).all()
        assert each.groupby("organisation_id")["sector"].nunique().eq(1).all()
    filled = found.values()
    assert set(filled["response_id"]) == set(rows.loc[rows[names].isna().any(axis=1), "response_id"])


def test_a_category_of_organisations_that_misses_values_is_drawn_for_each(answers):
    rows = answers.assign(sector=answers["sector"].mask(answers["organisation_id"].isin(["o01", "o04", "o09"])))
    for each in impute_rows(model("trust", SECTOR), rows, FEW, SEED).completed:
        assert each.groupby("organisation_id")["sector"].nunique().eq(1).all()
        assert set(each["sector"]) == {0, 1}


def test_deltas_move_answers_before_they_are_averaged(answers):
    asked = Imputation(imputations=3, iterations=2, auxiliary=("tenure",), deltas={"strain": (-1.0, 1.0)})
    readings = fit_regression(model(missing=asked), answers, seed=SEED).readings.set_index("reading")
    assert {"delta -1 on strain", "delta 1 on strain", "tipping_point on strain"} <= set(readings.index)
    lower, upper = (readings.loc[f"delta {delta} on strain", "value"] for delta in (-1, 1))
    assert lower != upper


def test_responses_without_an_organisation_are_in_no_row_and_none_of_theirs_is_imputed(answers):
    homeless = answers.assign(organisation_id=answers["organisation_id"].mask(answers.index < 4))
    found = impute_rows(model(), homeless, FEW, SEED)
    assert len(found.data) == len(answers) - 4
    assert set(found.values()["response_id"]) <= set(found.data["response_id"])


def test_a_cluster_that_no_response_of_an_organisation_has_leaves_it_out(answers):
    region = ("north " + answers["organisation_id"].str[-1]).mask(answers["organisation_id"].isin(["o02", "o07"]))
    region = region.mask(answers.index % 5 == 0)
    fit = fit_regression(model(cluster="region", covariance="CR2"), answers.assign(region=region), seed=SEED)
    assert fit.n_obs == 23
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert told["share_of_responses_used"] == pytest.approx(23 / 25)


def test_regions_are_heeded_where_they_are_named(answers):
    rows = answers.assign(region="north " + answers["organisation_id"].str[-1].map({"0": "a", "1": "b"}).fillna("c"))
    asked = Imputation(imputations=3, iterations=3, auxiliary=("tenure", "region"))
    named, unnamed = (
        fit_regression(model(missing=each, cluster="region", covariance="CR2"), rows, seed=SEED)
        for each in (asked, FEW)
    )
    assert named.n_clusters == unnamed.n_clusters == 3
    assert result_digest(named) != result_digest(unnamed)


BENT = {
    "product": ("trust", "tenure", Interaction(interaction=("trust", "tenure"))),
    "product with a category": ("trust", SECTOR, Interaction(interaction=("trust", SECTOR))),
    "curve": (Variable(variable="trust", polynomial=2), "tenure"),
}


@pytest.mark.parametrize("regressors", BENT.values(), ids=BENT)
@pytest.mark.parametrize("level", ["organisation", "organisation_and_wave"])
def test_an_outcome_is_imputed_from_products_and_curves_of_complete_means(regressors, level):
    rows = answers_in_organisations(waves=("w1", "w2"))
    complete = answers_in_organisations(waves=("w1", "w2"), share=0)
    fit = fit_regression(model(*regressors, level=level), rows.assign(trust=complete["trust"]), seed=SEED)
    assert fit.n_obs == (25 if level == "organisation" else 50)
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert all(0 < told[f"fmi of {term}"] < 1 for term in fit.estimates["term"])


PRODUCT = Interaction(interaction=("trust", "tenure"))
REFUSED = {
    "products": (("trust", "tenure", PRODUCT), {}, "organisations' means, and trust misses values"),
    "curves": ((Variable(variable="trust", polynomial=2),), {}, "organisations' means, and trust misses values"),
    "a category of persons": (
        ("trust",),
        {"missing": Imputation(auxiliary=("gender",))},
        "'gender' is a category of persons that misses 30 values",
    ),
    "more to explain by than organisations": (
        ("trust",),
        {"missing": Imputation(auxiliary=tuple(f"extra{number}" for number in range(25)))},
        r"'strain' is known in 23 organisations \(23 with waves\) and has 27 \(27\) coefficients",
    ),
    "several categories in a row": (
        ("trust", Variable(variable="gender", use="category")),
        {},
        "'gender' has several categories within",
    ),
}


@pytest.mark.parametrize(("regressors", "changes", "message"), REFUSED.values(), ids=REFUSED)
def test_answers_that_cannot_be_drawn_for_a_model_of_means_are_refused(answers, regressors, changes, message):
    random = np.random.default_rng(1)
    extras = {f"extra{number}": random.normal(size=len(answers)) for number in range(25)}
    gender = np.where(random.random(len(answers)) < 0.5, "f", "m").astype(object)
    gender[::5] = None
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model(*regressors, **changes), answers.assign(gender=gender, **extras), seed=SEED)


BADLY_ASKED = {
    "no levels": ({"missing": Imputation(has_levels=False)}, "would know nothing of the organisations"),
    "corrected": ({"corrected": ("trust",), "cluster": "organisation_id", "covariance": None}, "and imputation"),
    "effects": ({"fixed_effects": "region", **WAVES}, "found effects of region, of which"),
    "mixed": (
        {"estimator": "mixed", "random_effects": (RandomEffects(groups="region"),), "covariance": None, **WAVES},
        "found effects of region",
    ),
    "equations": ({"estimator": "gee_linear", "cluster": "region", "covariance": None, **WAVES}, "effects of region"),
    "slopes": (
        {
            "estimator": "mixed",
            "random_effects": (RandomEffects(groups="organisation_id", slopes=("trust",)),),
            "covariance": None,
            **WAVES,
        },
        "found slopes that differ between organisations",
    ),
}


@pytest.mark.parametrize(("changes", "message"), BADLY_ASKED.values(), ids=BADLY_ASKED)
def test_models_of_means_that_would_be_pooled_wrongly_are_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        model("trust", **changes)


def test_what_nobody_was_asked_in_a_wave_is_refused():
    rows = answers_in_organisations(waves=("w1", "w2"))
    unasked = rows.assign(trust=rows["trust"].mask(rows["wave"] == "w2"))
    with pytest.raises(ModelDataError, match="'trust' is known of nobody in w2, so that no answer tells"):
        fit_regression(model(**WAVES), unasked, seed=SEED)


def test_answers_of_no_two_people_of_an_organisation_are_refused(answers):
    is_first = ~answers.duplicated("organisation_id")
    alone = answers.assign(trust=answers["trust"].fillna(3).where(is_first))
    with pytest.raises(ModelDataError, match="'trust' is known of no two people of an organisation and wave"):
        fit_regression(model(), alone, seed=SEED)


def test_the_wave_before_is_refused():
    earlier = Variable(variable="trust", earlier_wave=True)
    with pytest.raises(ValidationError, match="found trust of the wave before"):
        model(earlier, focal=earlier, level="organisation_and_wave")
