"""Linear regression: against R and statsmodels, what must hold for any data, the same bits again."""

import json

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.regression.linear_model import OLS, WLS

from instruments.scoring import score_scale
from instruments.sections.response_scale import Point, ResponseScale
from instruments.spec import Instrument, Item, Scale
from models.estimates import RESULT_COLUMNS, result_digest
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares
from models.regression.two_way import two_way_covariance
from models.sections.inference import CLUSTERED
from models.sections.regressors import Variable
from models.sections.variants import Variant

COVARIANCES = ("classical", "HC0", "HC1", "HC2", "HC3", "CR0", "CR1S", "CR2", "CR3")
OF_STATSMODELS = ("classical", "HC0", "HC1", "HC2", "HC3", "CR1S")
few_examples = settings(max_examples=25, deadline=None)


def with_covariance(covariance, **changes):
    cluster = "organisation_id" if covariance in CLUSTERED else None
    return model_of(covariance=covariance, cluster=cluster, **changes)


def by_term(fit, column):
    return fit.estimates.set_index("term")[column]


def univbct(reference):
    table = pd.read_csv(reference / "oracles/data/univbct_w1.csv")
    table["response_id"] = [f"{number:05d}" for number in range(len(table))]
    return table.rename(columns={"COMPANY": "organisation_id"})


@pytest.mark.reference
@pytest.mark.parametrize("covariance", COVARIANCES)
def test_estimates_and_standard_errors_equal_r(reference, covariance):
    # R 4.2.2: lm, sandwich 3.0-2 vcovHC, clubSandwich 0.5.8 vcovCR(type = "CR1S");
    # values in oracles/08_ols_robust.json, made 2026-11-22
    expected = json.loads((reference / "oracles/08_ols_robust.json").read_text())
    about, tolerance = expected["univbct_company"], expected["tolerance"]["closed_form"]
    errors = {
        "classical": about["se_classical"],
        **{kind: about["CR"][kind]["se"] for kind in CLUSTERED},
        **{kind: about["hc"][kind] for kind in ("HC0", "HC1", "HC2", "HC3")},
    }[covariance]
    model = with_covariance(covariance, outcome="READY1", regressors=("JOBSAT1", "COMMIT1", "AGE"), focal="JOBSAT1")
    fit = fit_regression(model, univbct(reference))
    renamed = {"(Intercept)": "intercept"}
    for column, values in (("estimate", about["coef"]), ("std_error", errors)):
        wanted = {renamed.get(term, term): value for term, value in values.items()}
        assert by_term(fit, column).to_dict() == pytest.approx(wanted, abs=tolerance)
    assert (fit.n_obs, fit.df_resid) == (about["n"], about["n"] - about["k"])
    assert fit.r_squared == pytest.approx(about["r2"], abs=tolerance)


@pytest.mark.reference
def test_clustered_t_equals_r_and_p_follows_clusters_minus_one(reference):
    # t from clubSandwich 0.5.8 CR1S; its p uses Satterthwaite df, ours t with G - 1 = 7 as Stata and statsmodels
    about = json.loads((reference / "oracles/08_ols_robust.json").read_text())["univbct_company"]
    model = with_covariance("CR1S", outcome="READY1", regressors=("JOBSAT1", "COMMIT1", "AGE"), focal="JOBSAT1")
    fit = fit_regression(model, univbct(reference))
    t = about["CR"]["CR1S"]["t"]
    assert by_term(fit, "statistic")["AGE"] == pytest.approx(t["AGE"], abs=1e-8)
    assert by_term(fit, "p_value")["AGE"] == pytest.approx(2 * stats.t.sf(abs(t["AGE"]), about["G"] - 1), abs=1e-8)
    assert set(by_term(fit, "df")) == {7.0}
    assert fit.n_clusters == 8


def army_instrument():
    scales = {"LEAD": (11, 1), "TSIG": (3, 1), "HOSTIL": (5, 0)}
    names = {scale: [f"{scale}{number:02d}" for number in range(1, n + 1)] for scale, (n, _) in scales.items()}
    return Instrument(
        name="army",
        version="1",
        title={"en": "Army companies"},
        response_scales={
            scale: ResponseScale(points={code: Point() for code in range(lowest, lowest + 5)})
            for scale, (_, lowest) in scales.items()
        },
        items={item: Item(response_scale=scale) for scale, items in names.items() for item in items},
        scales={scale: Scale(items=tuple(items), least_answered=len(items)) for scale, items in names.items()},
    )


@pytest.mark.reference
def test_hostility_on_leadership_equals_the_published_coefficients_from_items_as_from_ready_scores(reference):
    # R 4.2.2, multilevel 2.7 data lq2002: lm(HOSTILE ~ LEAD + TSIG), five digits as in data/INDEX.md section 6
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    companies["response_id"] = [f"{number:05d}" for number in range(len(companies))]
    army = army_instrument()
    scored = companies[["response_id"]].assign(
        LEAD=score_scale(companies, army, "LEAD"),
        TSIG=score_scale(companies, army, "TSIG"),
        HOSTILE=score_scale(companies, army, "HOSTIL"),
    )
    model = model_of(outcome="HOSTILE", regressors=("LEAD", "TSIG"), focal="LEAD")
    for table in (companies, scored):
        fit = fit_regression(model, table)
        assert fit.estimates["estimate"].round(5).tolist() == [2.63845, -0.35149, -0.20322]
        assert fit.n_obs == 2042


@pytest.mark.parametrize("covariance", OF_STATSMODELS)
def test_results_equal_statsmodels_called_directly(covariance):
    analysis = invented_analysis()
    fit = fit_regression(with_covariance(covariance, confidence_level=0.9), analysis)
    matrix = np.column_stack([np.ones(60), analysis["trust"].to_numpy(float), analysis["workload"].to_numpy(float)])
    options = {"cov_type": {"classical": "nonrobust", "CR1S": "cluster"}.get(covariance, covariance)}
    if covariance == "CR1S":
        options["cov_kwds"] = {"groups": pd.factorize(analysis["organisation_id"])[0]}
    direct = OLS(analysis["strain"].to_numpy(float), matrix).fit(use_t=True, **options)
    expected = np.column_stack([direct.params, direct.bse, direct.tvalues, direct.pvalues, direct.conf_int(alpha=0.1)])
    found = fit.estimates[["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]].to_numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    assert set(fit.estimates["df"]) == {5.0 if covariance == "CR1S" else 57.0}


def test_intervals_and_p_values_follow_from_the_t_distribution_with_the_stated_df():
    for covariance in COVARIANCES:
        found = fit_regression(with_covariance(covariance), invented_analysis()).estimates
        reach = found["std_error"] * stats.t.ppf(0.975, found["df"])
        np.testing.assert_allclose(found["conf_high"] - found["estimate"], reach, rtol=1e-10)
        np.testing.assert_allclose(found["p_value"], 2 * stats.t.sf(abs(found["statistic"]), found["df"]), rtol=1e-9)


@few_examples
@given(st.sampled_from(COVARIANCES), st.integers(0, 2**32 - 1), st.floats(0.01, 100))
def test_multiplying_the_outcome_multiplies_estimates_and_standard_errors(covariance, seed, factor):
    analysis = invented_analysis(seed=seed)
    first = fit_regression(with_covariance(covariance), analysis).estimates
    second = fit_regression(with_covariance(covariance), analysis.assign(strain=analysis["strain"] * factor)).estimates
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(second[column], first[column] * factor, rtol=1e-8, atol=1e-10 * factor)
    np.testing.assert_allclose(second["statistic"], first["statistic"], rtol=1e-7, atol=1e-8)


@few_examples
@given(st.sampled_from(COVARIANCES), st.integers(0, 2**32 - 1), st.floats(-100, 100))
def test_adding_to_the_outcome_moves_only_the_intercept(covariance, seed, shift):
    analysis = invented_analysis(seed=seed)
    first = fit_regression(with_covariance(covariance), analysis).estimates
    second = fit_regression(with_covariance(covariance), analysis.assign(strain=analysis["strain"] + shift)).estimates
    np.testing.assert_allclose(second["estimate"] - first["estimate"], [shift, 0, 0], atol=1e-10 * max(1, abs(shift)))
    np.testing.assert_allclose(second["std_error"], first["std_error"], rtol=1e-8)


@few_examples
@given(st.integers(0, 2**32 - 1))
def test_every_response_its_own_cluster_equals_hc1(seed):
    # CR1S factor G/(G-1) x (n-1)/(n-k) with G = n is n/(n-k), the factor of HC1; only the df differ, n - 1 for n - k
    analysis = invented_analysis(seed=seed)
    clustered = fit_regression(model_of(covariance="CR1S", cluster="response_id"), analysis).estimates
    robust = fit_regression(model_of(covariance="HC1"), analysis).estimates
    np.testing.assert_allclose(clustered["std_error"], robust["std_error"], rtol=1e-10)
    assert (clustered["df"][0], robust["df"][0]) == (59.0, 57.0)


@few_examples
@given(st.sampled_from(COVARIANCES), st.integers(0, 2**32 - 1))
def test_the_order_of_rows_changes_no_bit(covariance, seed):
    analysis = invented_analysis()
    shuffled = analysis.sample(frac=1, random_state=seed)
    model = with_covariance(covariance)
    assert result_digest(fit_regression(model, shuffled)) == result_digest(fit_regression(model, analysis))


def test_the_same_fit_again_has_the_same_bits_and_another_one_has_not():
    digests = {result_digest(fit_regression(model_of(), invented_analysis())) for _ in range(3)}
    assert len(digests) == 1
    assert result_digest(fit_regression(model_of(covariance="HC1"), invented_analysis())) not in digests


def test_the_rows_of_a_fit_give_the_same_fit_again():
    analysis = invented_analysis()
    analysis.loc[[1, 5], "trust"] = pd.NA
    model = model_of("trust", Variable(variable="education", use="category"), covariance="HC3")
    fit = fit_regression(model, analysis)
    assert fit.n_obs == 58
    assert result_digest(fit_regression(model, fit.data)) == result_digest(fit)


def test_a_variant_changes_what_it_names_and_nothing_else():
    model = model_of(
        variants=(Variant(name="clustered", covariance="CR1S", cluster="organisation_id"),),
    )
    main, clustered = (fit_regression(model, invented_analysis(), variant=name) for name in ("main", "clustered"))
    assert (main.variant, main.covariance, main.n_clusters) == ("main", "HC3", None)
    assert (clustered.variant, clustered.covariance, clustered.n_clusters) == ("clustered", "CR1S", 6)
    assert main.estimates["estimate"].tolist() == clustered.estimates["estimate"].tolist()


def test_an_unknown_variant_is_refused_with_a_suggestion():
    model = model_of(variants=(Variant(name="clustered", covariance="HC1"),))
    with pytest.raises(ModelDataError, match=r"no variant 'clusterd'; .* main, clustered; did you mean 'clustered'"):
        fit_regression(model, invented_analysis(), variant="clusterd")


@pytest.mark.parametrize("covariance", ["HC2", "HC3"])
def test_a_category_of_one_response_is_refused_where_its_variance_is_undefined(covariance):
    analysis = invented_analysis()
    analysis.loc[0, "education"] = 9
    model = model_of(Variable(variable="education", use="category"), covariance=covariance)
    with pytest.raises(ModelDataError, match=rf"{covariance} is undefined: .*\(education\[9\]\); .* or use HC1"):
        fit_regression(model, analysis)


@pytest.mark.parametrize("covariance", ["classical", "HC1"])
def test_a_category_of_one_response_is_fitted_and_marked_where_its_variance_is_defined(covariance):
    analysis = invented_analysis()
    analysis.loc[0, "education"] = 9
    fit = fit_regression(model_of(Variable(variable="education", use="category"), covariance=covariance), analysis)
    verdicts = fit.diagnostics.set_index("diagnostic")["verdict"]
    assert np.isfinite(fit.estimates[list(RESULT_COLUMNS)].to_numpy()).all()
    assert (verdicts["max_leverage"], verdicts["least_category_n"]) == ("look", "look")


def test_an_outcome_that_follows_exactly_from_a_regressor_is_fitted_without_a_test_of_its_variance():
    analysis = invented_analysis()
    fit = fit_regression(model_of(covariance="classical"), analysis.assign(strain=analysis["trust"] * 2))
    assert fit.r_squared == pytest.approx(1)
    assert fit.diagnostics.set_index("diagnostic").loc["breusch_pagan_p", "verdict"] == "none"


def weighted_analysis(seed=7):
    weights = np.random.default_rng(seed).uniform(0.5, 3, 60)
    return invented_analysis(seed=seed).assign(analysis_weight=pd.Series(weights, dtype="Float64"))


@pytest.mark.parametrize("covariance", OF_STATSMODELS)
def test_a_weighted_fit_equals_statsmodels(covariance):
    analysis = weighted_analysis()
    fit = fit_regression(with_covariance(covariance, weights="analysis_weight"), analysis)
    matrix = np.column_stack([np.ones(60), analysis[["trust", "workload"]].to_numpy(float)])
    options = {"cov_type": {"classical": "nonrobust", "CR1S": "cluster"}.get(covariance, covariance)}
    if covariance == "CR1S":
        options["cov_kwds"] = {"groups": pd.factorize(analysis["organisation_id"])[0]}
    weights = analysis["analysis_weight"].to_numpy(float)
    direct = WLS(analysis["strain"].to_numpy(float), matrix, weights=weights).fit(use_t=True, **options)
    np.testing.assert_allclose(fit.estimates["estimate"], direct.params, rtol=1e-10)
    np.testing.assert_allclose(fit.estimates["std_error"], direct.bse, rtol=1e-10)
    assert fit.r_squared == pytest.approx(direct.rsquared, rel=1e-10)
    assert fit.estimator == "WLS"


def test_a_weight_of_nought_is_refused():
    analysis = weighted_analysis()
    analysis.loc[3, "analysis_weight"] = 0.0
    with pytest.raises(ModelDataError, match="'analysis_weight' is nought or negative in 1 response"):
        fit_regression(model_of(weights="analysis_weight"), analysis)


def test_a_response_without_a_weight_is_left_out():
    analysis = weighted_analysis()
    analysis.loc[[3, 4], "analysis_weight"] = pd.NA
    assert fit_regression(model_of(weights="analysis_weight"), analysis).n_obs == 58


@pytest.mark.reference
def test_few_clusters_get_the_degrees_of_freedom_and_intervals_of_r(reference):
    # clubSandwich 0.5.8 coef_test and conf_int, vcov CR2, test Satterthwaite; oracles/08_ols_robust.json
    about = json.loads((reference / "oracles/08_ols_robust.json").read_text())["univbct_company"]["CR"]["CR2"]
    model = model_of(
        outcome="READY1", regressors=("JOBSAT1", "COMMIT1", "AGE"), focal="JOBSAT1", cluster="organisation_id"
    )
    fit = fit_regression(model, univbct(reference))
    for ours, theirs in (("df", "df"), ("p_value", "p"), ("conf_low", "ci_L"), ("conf_high", "ci_U")):
        expected = {term: about[theirs][term] for term in ("JOBSAT1", "COMMIT1", "AGE")}
        assert by_term(fit, ours).drop("intercept").to_dict() == pytest.approx(expected, rel=1e-6)
    assert fit.covariance == "CR2"
    assert fit.diagnostics.set_index("diagnostic").loc["least_df", "verdict"] == "look"


def test_a_fit_may_be_clustered_in_two_ways():
    model = model_of(cluster=("organisation_id", "language"))
    fit = fit_regression(model, invented_analysis())
    assert (fit.covariance, fit.n_clusters, set(fit.estimates["df"])) == ("CR1S_two_way", 2, {1.0})


def test_a_two_way_covariance_that_had_to_be_mended_asks_for_a_look():
    found = set()
    for seed in range(12):
        analysis = invented_analysis(seed=seed)
        analysis["second"] = [f"pair{number % 5}" for number in range(60)]
        fit = fit_regression(model_of(cluster=("organisation_id", "second")), analysis)
        row = fit.diagnostics.set_index("diagnostic").loc["covariance_mended"]
        codes = [pd.factorize(fit.data[name])[0] for name in ("organisation_id", "second")]
        rows = np.column_stack([np.ones(60), fit.data[["trust", "workload"]].to_numpy(float)])
        solved = solve_least_squares(rows, fit.data["strain"].to_numpy(float))
        assert row["value"] == float(two_way_covariance(solved, *codes)[2])
        found.add((row["value"], row["verdict"]))
    assert found == {(0.0, "ok"), (1.0, "look")}


@pytest.mark.parametrize("covariance", CLUSTERED)
def test_a_category_that_one_cluster_holds_alone_asks_for_a_look(covariance):
    analysis = invented_analysis()
    education = Variable(variable="education", use="category")
    model = with_covariance(covariance, regressors=("trust", education), focal="trust")
    shared, lonely = (
        fit_regression(model, analysis.assign(education=held.astype("Int16"))).diagnostics.set_index("diagnostic")
        for held in (analysis["organisation_id"].isin(["org2", "org3"]), analysis["organisation_id"] == "org2")
    )
    assert shared.loc["decided_by_one_cluster", ["value", "verdict"]].tolist() == [0.0, "ok"]
    assert lonely.loc["decided_by_one_cluster", "verdict"] == "look"
    assert lonely.loc["decided_by_one_cluster", "value"] >= 1
