"""Panels in words: every entry of R's results through the model language, refusals."""

import json

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec

PERSON = {"unit": "respondent"}
OF_R = {
    "within": {"estimator": "within"},
    "twoways": {"estimator": "within", "regressors": ("JSAT", "COMMIT", {"variable": "wave", "use": "category"})},
    "between": {"estimator": "between"},
    "random": {"estimator": "random_effects"},
    "fd": {"estimator": "first_differences"},
    "pooling": {"estimator": "linear", "panel": None, "cluster": "respondent_key"},
}
INTERCEPT = {"(Intercept)": "intercept"}


def model_of(**said):
    given = {
        "name": "readiness",
        "kind": "regression",
        "title": {"en": "Readiness"},
        "estimand": "Difference in readiness",
        "outcome": "READY",
        "focal": "JSAT",
        "regressors": ("JSAT", "COMMIT"),
        "panel": PERSON,
    }
    return RegressionSpec.model_validate(given | said)


@pytest.fixture(scope="module")
def oracle(reference):
    # R 4.2.2, plm 2.6-2, clubSandwich 0.5.8, lme4 1.1-31; oracles/10_ordinal_gee_panel.json, made 2026-11-22
    return json.loads((reference / "oracles" / "10_ordinal_gee_panel.json").read_text())


@pytest.fixture(scope="module")
def univbct(reference):
    rows = pd.read_csv(reference / "oracles/data/univbct_long_complete.csv")
    return as_analysis(rows, "SUBNUM", "TIME")


@pytest.fixture(scope="module")
def grunfeld(reference):
    rows = pd.read_csv(reference / "oracles/data/Grunfeld.csv")
    return as_analysis(rows.rename(columns={"inv": "READY", "value": "JSAT", "capital": "COMMIT"}), "firm", "year")


def as_analysis(rows, unit, wave):
    return rows.assign(
        response_id=[f"r{number:05d}" for number in range(len(rows))],
        respondent_key=rows[unit].astype(str),
        wave="w" + rows[wave].astype(str),
        wave_number=rows[wave],
    )


@pytest.mark.reference
@pytest.mark.parametrize("name", OF_R)
@pytest.mark.parametrize("data", ["univbct", "grunfeld"])
def test_every_entry_of_a_panel_in_words_equals_plm(oracle, request, data, name):
    entry = oracle[{"univbct": "panel_univ", "grunfeld": "panel_grunfeld"}[data]].get(name)
    if entry is None:
        return
    analysis = request.getfixturevalue(data)
    fit = fit_regression(model_of(**OF_R[name], covariance="classical"), analysis)
    found = fit.estimates.set_index("term")
    terms = [INTERCEPT.get(each, {"value": "JSAT", "capital": "COMMIT"}.get(each, each)) for each in entry["coef"]]
    assert list(found.loc[terms, "estimate"]) == pytest.approx(list(entry["coef"].values()), rel=1e-8)
    assert list(found.loc[terms, "std_error"]) == pytest.approx(list(entry["se"].values()), rel=1e-8)
    assert fit.df_resid == entry["df"]
    if name != "twoways":
        assert fit.r_squared == pytest.approx(entry["r2"]["rsq"], abs=1e-8)
    if entry["se_arellano_HC0"] is not None:
        robust = fit_regression(model_of(**OF_R[name], covariance="CR0"), analysis).estimates.set_index("term")
        expected = list(entry["se_arellano_HC0"].values())
        assert list(robust.loc[terms, "std_error"]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.reference
def test_hausman_and_the_variances_are_diagnostics_that_equal_plm(oracle, univbct, grunfeld):
    for analysis, entry in ((univbct, oracle["panel_univ"]), (grunfeld, oracle["panel_grunfeld"])):
        fit = fit_regression(model_of(estimator="random_effects"), analysis)
        told = fit.diagnostics.set_index("diagnostic")["value"]
        chi2, *rest = entry["hausman"].values() if isinstance(entry["hausman"], dict) else [entry["hausman"]]
        assert told["hausman_chi2"] == pytest.approx(chi2, rel=1e-7)
        assert not rest or [told["hausman_df"], told["hausman_p"]] == pytest.approx(rest, rel=1e-7)
        components = entry["random"].get("sigma2")
        if components:
            found = [told["variance_within"], told["variance_of_units"]]
            assert found == pytest.approx(list(components.values()), rel=1e-8)


# R 4.2.2, plm 2.6-2, clubSandwich 0.5.8, 2026-11-26: coef_test(m, vcovCR(m, cluster = SUBNUM, type = "CR2")):
# of lm() of the units' means, of the changes, and of the rows less theta times their means (theta of ercomp()), with
# the units' means as regressors; Wald_test(constrain_zero(4:5), test = "HTZ") of these
CR2 = {
    "within": ([0.045525082085339, 0.0449447622905214], [125.496027142898, 151.117312974637]),
    "between": (
        [0.13601330894410976, 0.04540400628397220, 0.04979633612754788],
        [138.01396580300, 117.93926581884, 115.14504242168],
    ),
    "first_differences": (
        [0.01952312529016000, 0.04276981352742720, 0.04533136314252083],
        [445.08184551698, 127.60296406851, 118.64804156130],
    ),
    "within_between": (
        [0.13616913129340483, 0.04552508208533881, 0.04494476229052115, 0.05917008875075345, 0.06521414653703096],
        [140.90618300386, 125.49602714290, 151.11731297464, 173.15749239272, 178.11829563140],
    ),
}
MUNDLAK = {
    "intercept": 0.96959797865645925,
    "JSAT": 0.35110440441276547,
    "COMMIT": 0.16595852894154259,
    "JSAT_unit_mean": -0.03968905553440361,
    "COMMIT_unit_mean": 0.14913666981662971,
}


@pytest.mark.reference
@pytest.mark.parametrize("estimator", CR2)
def test_units_are_the_clusters_where_none_is_named(univbct, estimator):
    fit = fit_regression(model_of(estimator=estimator), univbct)
    errors, df = CR2[estimator]
    assert fit.covariance == "CR2"
    assert list(fit.estimates["std_error"]) == pytest.approx(errors, rel=1e-8)
    assert list(fit.estimates["df"]) == pytest.approx(df, rel=1e-6)


@pytest.mark.reference
def test_means_of_units_are_regressors_and_tested_together(oracle, univbct):
    fit = fit_regression(model_of(estimator="within_between"), univbct)
    assert dict(zip(fit.estimates["term"], fit.estimates["estimate"], strict=True)) == pytest.approx(MUNDLAK, rel=1e-8)
    # REML's variances in lmer, Swamy and Arora's here: the effects within are the same with any
    lmer = oracle["panel_univ"]["mundlak_lmer"]
    within = fit.estimates.set_index("term")["estimate"]
    assert [within["JSAT"], within["COMMIT"]] == pytest.approx([lmer[each]["Estimate"] for each in ("JSAT", "COMMIT")])
    for estimator in ("within_between", "random_effects"):
        told = fit_regression(model_of(estimator=estimator), univbct).diagnostics.set_index("diagnostic")["value"]
        found = [told[f"context_{each}"] for each in ("f", "df", "df_resid", "p")]
        assert found == pytest.approx([2.811165686021251, 2, 206.5029329123568, 0.06243823434673811], rel=1e-8)


@pytest.mark.reference
def test_people_seen_once_are_left_out_where_only_changes_count(univbct):
    # 15 of 486 people are in one wave
    for estimator, n_alone in (("within", 15), ("first_differences", 15), ("between", None), ("random_effects", None)):
        fit = fit_regression(model_of(estimator=estimator), univbct)
        assert fit.n_obs == len(fit.data) == 1350 - (n_alone or 0)
        told = fit.diagnostics.set_index("diagnostic")["value"]
        assert told.get("n_alone") == n_alone


def invented(n_units=20, n_waves=3, seed=1):
    rng = np.random.default_rng(seed)
    unit, wave = np.divmod(np.arange(n_units * n_waves), n_waves)
    rows = pd.DataFrame({"SUBNUM": unit, "TIME": wave, "organisation_id": [f"o{each % 5}" for each in unit]})
    rows = rows.assign(
        JSAT=rng.normal(size=len(rows)), COMMIT=rng.normal(size=n_units)[unit] + rng.normal(size=len(rows))
    )
    rows["READY"] = rows["JSAT"] + rng.normal(size=n_units)[unit] + rng.normal(size=len(rows))
    return as_analysis(rows, "SUBNUM", "TIME").assign(size=unit.astype(float))


def test_variants_switch_the_estimator():
    model = model_of(
        estimator="linear",
        cluster="respondent_key",
        variants=(
            {"name": "within", "estimator": "within"},
            {"name": "changes", "estimator": "first_differences"},
            {"name": "organisations", "estimator": "within", "panel": {"unit": "organisation"}},
            {"name": "effects", "fixed_effects": ("respondent_key", "wave")},
        ),
    )
    fits = {
        name: fit_regression(model, invented(), variant=name)
        for name in ("main", *(each.name for each in model.variants))
    }
    assert {name: fit.estimator for name, fit in fits.items()} == {
        "main": "OLS",
        "within": "within",
        "changes": "first_differences",
        "organisations": "within",
        "effects": "OLS_within",
    }
    assert fits["organisations"].n_clusters == 20
    again = fit_regression(model.with_variant("changes"), fits["changes"].data)
    pd.testing.assert_frame_equal(again.estimates, fits["changes"].estimates)


@pytest.mark.parametrize("estimator", ["within", "between", "within_between", "random_effects", "first_differences"])
def test_the_order_of_responses_changes_no_bit(estimator):
    analysis = invented()
    first = fit_regression(model_of(estimator=estimator), analysis)
    second = fit_regression(model_of(estimator=estimator), analysis.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(first.estimates, second.estimates, check_exact=True)
    assert first.readings["value"].notna().all()
    assert first.data.equals(second.data)


def test_waves_have_no_unit_means():
    waves = {"regressors": ("JSAT", {"variable": "wave", "use": "category"})}
    fit = fit_regression(model_of(estimator="within_between", **waves), invented())
    assert list(fit.estimates["term"]) == ["intercept", "JSAT", "wave[w1]", "wave[w2]", "JSAT_unit_mean"]
    told = fit_regression(model_of(estimator="random_effects", **waves), invented()).diagnostics.set_index("diagnostic")
    assert (told.loc["context_df", "value"], told.loc["hausman_df", "value"]) == (1, 3)


def test_means_of_many_people_in_an_organisation_need_no_waves():
    fit = fit_regression(model_of(estimator="between", panel={"unit": "organisation"}), invented())
    means = invented().groupby("organisation_id")[["READY", "JSAT", "COMMIT"]].mean()
    by_hand = np.linalg.lstsq(np.c_[np.ones(5), means[["JSAT", "COMMIT"]]], means["READY"], rcond=None)[0]
    assert list(fit.estimates["estimate"]) == pytest.approx(by_hand)
    assert (fit.df_resid, fit.n_obs) == (2, 60)


ONE_WAVE = invented(n_waves=1)
TWICE = pd.concat([invented(), invented().head(2).assign(response_id=["x1", "x2"])])
ONCE = invented().assign(respondent_key=[f"p{number}" for number in range(60)])
MOVED = invented().assign(organisation_id=[f"o{number % 7}" for number in range(60)])
FACT = {"regressors": ("JSAT", "size"), "focal": "JSAT"}
REFUSED = {
    "one wave": ({"estimator": "within"}, ONE_WAVE, "alone in its group of respondent_key"),
    "one wave between": (
        {"estimator": "between"},
        ONE_WAVE,
        "60|20 rows are of the wave w0; expected two waves or more",
    ),
    "seen once": ({"estimator": "first_differences"}, ONCE, "each of 60 complete rows is alone .* several waves"),
    "seen once, drawn": ({"estimator": "random_effects"}, ONCE, "no degrees of freedom for both variances"),
    "twice": ({"estimator": "within"}, TWICE, "2 rows of a respondent in a wave that has one already"),
    "a fact": ({"estimator": "within", **FACT}, invented(), "'size' does not vary within respondent_key"),
    "a fact of changes": ({"estimator": "first_differences", **FACT}, invented(), "'size' never changes within a unit"),
    "no change at all": (
        {"estimator": "within_between", "regressors": ("size",), "focal": "size"},
        invented(),
        "no regressor varies within units",
    ),
    "few units": ({"estimator": "between"}, invented(n_units=3), "3 units for 3 coefficients between them"),
    "wave beside a constant change": (
        {"estimator": "first_differences", "regressors": ("JSAT", {"variable": "wave", "use": "category"})},
        invented(n_waves=2),
        r"cannot be told apart among changes of units: 'wave\[w1\]' is the same in all changes of units",
    ),
    "waves of means": (
        {"estimator": "between", "regressors": ("JSAT", {"variable": "wave", "use": "category"})},
        invented(),
        r"among means of units: 'wave\[w1\]' is the same in all means of units",
    ),
    "moving units": (
        {"estimator": "between", "cluster": "organisation_id"},
        MOVED,
        "units with rows in several clusters",
    ),
    "one cluster": (
        {"estimator": "within", "cluster": "organisation_id"},
        invented().assign(organisation_id="o1"),
        "belong to 1 cluster of 'organisation_id'",
    ),
}


@pytest.mark.parametrize(("said", "analysis", "message"), REFUSED.values(), ids=list(REFUSED))
def test_a_panel_that_cannot_carry_a_model_is_refused(said, analysis, message):
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model_of(**said), analysis)


WRONG = {
    "no unit": ({"estimator": "within", "panel": None}, "needs a key panel that says what a unit is"),
    "effects beside": ({"estimator": "within", "fixed_effects": "wave"}, "fixed_effects are for estimator linear"),
    "effects of a logit": ({"estimator": "logit", "fixed_effects": "wave"}, "would be biased"),
    "twice the same": ({"estimator": "linear", "fixed_effects": ("wave", "wave")}, "names the same column twice"),
    "weights": ({"estimator": "random_effects", "weights": "analysis_weight"}, "weights are not for estimator random"),
    "changes of responses": (
        {"estimator": "first_differences", "panel": {"unit": "organisation"}},
        "need one row an organisation and wave",
    ),
    "people among organisations": (
        {"estimator": "within", "level": "organisation_and_wave"},
        "level organisation_and_wave has no rows of respondents",
    ),
    "one row an organisation": (
        {"estimator": "within", "level": "organisation", "panel": {"unit": "organisation"}},
        "whose effects or changes nothing can tell",
    ),
    "weights of responses": (
        {"estimator": "linear", "level": "organisation", "weights": "analysis_weight"},
        "rows of organisations have number_of_answers or none",
    ),
    "answers of responses": ({"estimator": "linear", "weights": "number_of_answers"}, "is a weight of organisations"),
    "deviation": (
        {
            "estimator": "linear",
            "level": "organisation",
            "regressors": ("JSAT", {"variable": "COMMIT", "use": "within_organisation"}),
        },
        "'COMMIT' within_organisation is a deviation of responses",
    ),
    "waves averaged": (
        {
            "estimator": "linear",
            "level": "organisation",
            "regressors": ("JSAT", {"variable": "wave", "use": "category"}),
        },
        "level organisation averages the waves",
    ),
    "waves as clusters": (
        {"estimator": "linear", "level": "organisation", "cluster": "wave", "panel": None},
        "level organisation averages the waves",
    ),
    "waves as groups": (
        {"estimator": "mixed", "level": "organisation", "random_effects": ({"groups": "wave"},), "panel": None},
        "level organisation averages the waves",
    ),
}


@pytest.mark.parametrize(("said", "message"), WRONG.values(), ids=list(WRONG))
def test_words_that_do_not_go_together_are_refused(said, message):
    with pytest.raises(ValidationError, match=message):
        model_of(**said)
