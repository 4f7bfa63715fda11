"""Fixed effects in words: R's regressions with factors, the regression with indicators, refusals."""

import numpy as np
import pandas as pd
import pytest
from analysis_tables import invented_analysis, model_of
from hypothesis import given, settings
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.regressors import Variable

few_examples = settings(max_examples=20, deadline=None)


@pytest.fixture(scope="module")
def univbct(reference):
    rows = pd.read_csv(reference / "oracles/data/univbct_long_complete.csv")
    return rows.assign(
        response_id=[f"r{number:05d}" for number in range(len(rows))],
        respondent_key=rows["SUBNUM"].astype(str),
        organisation_id=rows["COMPANY"].astype(str),
        wave="w" + rows["TIME"].astype(str),
        analysis_weight=0.5 + rows["AGE"] / 40,
    )


def ready(**said):
    return model_of("JSAT", "COMMIT", outcome="READY", **said)


# R 4.2.2, sandwich 3.0-2, clubSandwich 0.5.8, plm 2.6-2, 2026-11-26, on univbct_long_complete.csv:
# m <- lm(READY ~ JSAT + COMMIT + factor(COMPANY)): vcov(m), vcovHC(m, type), coef_test(m, vcovCR(m, cluster, type));
# CR3 of company, which clubSandwich cannot invert there, of plm(model = "within", index = "COMPANY")
COMPANY = {"fixed_effects": "organisation_id"}
TWO_WAYS = {"fixed_effects": ("organisation_id", "wave")}
BY_COMPANY, BY_PERSON = {"cluster": "organisation_id"}, {"cluster": "respondent_key"}
WEIGHTED = {"weights": "analysis_weight"}
R = [
    (COMPANY, "classical", [0.02433777794697135, 0.02727473127453523], None),
    (COMPANY, "HC0", [0.03017476774546829, 0.03184787340785444], None),
    (COMPANY, "HC1", [0.03028715088212068, 0.03196648787208064], None),
    (COMPANY, "HC2", [0.03032528981938695, 0.03201706651424120], None),
    (COMPANY, "HC3", [0.03047776426162697, 0.03218892687080294], None),
    (COMPANY | BY_COMPANY, "CR0", [0.02146849527070215, 0.03445191309662023], None),
    (COMPANY | BY_COMPANY, "CR1S", [0.02302773138828733, 0.03695412233591731], None),
    (
        COMPANY | BY_COMPANY,
        "CR2",
        [0.02367076505787987, 0.03824534170308499],
        [3.5570122217564, 3.5662348913859],
    ),
    (
        COMPANY | BY_COMPANY,
        "CR3",
        [0.02624744466837107, 0.04266446734025053],
        [3.3280481701058, 3.3136533105775],
    ),
    # people lie within companies, so that effects cut across clusters and are laid out
    (COMPANY | BY_PERSON, "CR1S", [0.03521002814015827, 0.03751015097323541], None),
    (
        COMPANY | BY_PERSON,
        "CR2",
        [0.03541295579569105, 0.03781137157042178],
        [180.06916693819, 167.60152067956],
    ),
    (
        COMPANY | BY_PERSON,
        "CR3",
        [0.03578979170409407, 0.03831311100176026],
        [178.64470792768, 165.96204622248],
    ),
    (COMPANY | WEIGHTED, "classical", [0.02448240268173558, 0.02758580985080638], None),
    (COMPANY | WEIGHTED, "HC1", [0.03107511208913265, 0.03298681761368093], None),
    (COMPANY | WEIGHTED, "HC3", [0.03130476634882567, 0.03325276201288954], None),
    (TWO_WAYS, "classical", [0.02424750885906391, 0.02722514562959419], None),
    (TWO_WAYS, "HC3", [0.03027620140184379, 0.03190532173796565], None),
    (TWO_WAYS | BY_COMPANY, "CR1S", [0.02250339519377096, 0.03546298924341462], None),
    (
        TWO_WAYS | BY_COMPANY,
        "CR2",
        [0.02301792248649331, 0.03664887327737555],
        [3.5657688232326, 3.5707910395326],
    ),
]


@pytest.mark.reference
@pytest.mark.parametrize(("said", "covariance", "errors", "df"), R)
def test_errors_with_absorbed_effects_are_those_of_a_regression_with_factors(univbct, said, covariance, errors, df):
    found = fit_regression(ready(**said, covariance=covariance), univbct).estimates
    assert list(found["term"]) == ["JSAT", "COMMIT"]
    assert list(found["std_error"]) == pytest.approx(errors, rel=1e-8)
    if df is not None:
        assert list(found["df"]) == pytest.approx(df, rel=1e-6)


# summary(m)$r.squared, m$df.residual, max(hatvalues(m)), max(cooks.distance(m)); plm(model = "within")'s rsq;
# t^2 / (t^2 + df), coef * sd(x) / sd(y); coef(update(m, data = d[COMPANY != c, ])) over companies
@pytest.mark.reference
def test_diagnostics_and_readings_with_absorbed_effects_are_those_of_a_regression_with_factors(univbct):
    fit = fit_regression(ready(**COMPANY, **BY_COMPANY), univbct)
    told = fit.diagnostics.set_index("diagnostic")["value"]
    assert list(fit.estimates["estimate"]) == pytest.approx([0.3276440522174760, 0.2632671477685553], rel=1e-9)
    assert fit.df_resid == 1340
    assert told["r2_overall"] == pytest.approx(0.3198242416412343, abs=1e-10)
    assert fit.r_squared == told["r2_within"] == pytest.approx(0.304520315799914, abs=1e-10)
    assert told["max_leverage"] == pytest.approx(0.08000878555058427, rel=1e-9)
    assert told["max_cooks_distance"] == pytest.approx(0.0472126281434046, rel=1e-9)
    assert (told["n_effects"], told["n_parameters"], told["n_alone"]) == (8, 10, 0)
    readings = fit.readings.set_index(["term", "reading"]).loc["JSAT"]
    assert readings.loc["partial_r2", "value"] == pytest.approx(0.1191369125811636, rel=1e-9)
    assert readings.loc["standardised", "value"] == pytest.approx(0.3665175480160432, rel=1e-9)
    without = readings.loc["without_one_cluster"]
    assert (without["conf_low"], without["conf_high"]) == pytest.approx((0.3089793544526528, 0.3414113436537497))


def drawn(seed):
    """Return responses of people in organisations, who lie within them or not, each organisation with two or more."""
    rng = np.random.default_rng(seed)
    analysis = invented_analysis(n=60, seed=seed)
    analysis["organisation_id"] = [f"org{number}" for number in np.r_[np.repeat(range(8), 2), rng.integers(0, 8, 44)]]
    analysis["respondent_key"] = [f"p{number % 17}" for number in range(60)]
    analysis["wave"] = np.where(rng.random(60) < 0.5, "w1", "w2")
    analysis["analysis_weight"] = rng.uniform(0.5, 2.0, 60)
    return analysis


def read(fit):
    readings = fit.readings.set_index(["term", "reading"])
    return readings[readings.index.get_level_values("term").isin(["trust", "workload"])]


@few_examples
@given(
    st.integers(0, 10_000),
    st.sampled_from([("organisation_id",), ("organisation_id", "wave"), ("wave", "education")]),
    st.sampled_from([None, "organisation_id", "respondent_key", ("organisation_id", "respondent_key")]),
    st.booleans(),
    st.data(),
)
def test_absorbed_effects_give_what_indicators_give(seed, effects, cluster, is_weighted, data):
    kinds = {None: ["classical", "HC1", "HC2", "HC3"], "two": [None]}
    clustered = ["CR0", "CR1S", "CR2", "CR3"]
    kind = data.draw(st.sampled_from(kinds.get("two" if isinstance(cluster, tuple) else cluster, clustered)))
    said = {"cluster": cluster, "covariance": kind, "weights": "analysis_weight" if is_weighted else None}
    said["smallest_effect_of_interest"] = 0.2
    analysis, named = drawn(seed), effects if len(effects) > 1 else effects[0]
    absorbed = fit_regression(model_of("trust", "workload", fixed_effects=named, **said), analysis, seed=1)
    columns = [Variable(variable=name, use="category") for name in effects]
    full = fit_regression(model_of("trust", "workload", *columns, **said), analysis, seed=1)
    told, expected = (each.diagnostics.set_index("diagnostic")["value"] for each in (absorbed, full))
    if told.get("covariance_mended") or expected.get("covariance_mended"):
        return  # eigenvalues of other matrices were set to nought
    shown = full.estimates.set_index("term").loc[["trust", "workload"]]
    pd.testing.assert_frame_equal(absorbed.estimates.set_index("term"), shown, rtol=1e-6, atol=1e-9)
    assert absorbed.df_resid == full.df_resid
    of_both = [read(fit) for fit in (absorbed, full)]
    # where effects lie within clusters, leaving one out takes its indicator along: no refit with indicators
    common = of_both[0].index.intersection(of_both[1].index, sort=False)
    assert set(of_both[0].index) - set(common) <= {("trust", "without_one_cluster")}
    pd.testing.assert_frame_equal(of_both[0].loc[common], of_both[1].loc[common], rtol=1e-5, atol=1e-7)
    for name in ("max_leverage", "max_cooks_distance", "n_parameters"):
        assert told[name] == pytest.approx(expected[name], rel=1e-6)
    assert told["r2_overall"] == pytest.approx(full.r_squared, rel=1e-9)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_the_range_without_one_organisation_is_that_of_refits_with_effects(seed):
    analysis = drawn(seed)
    model = model_of("trust", fixed_effects=("organisation_id", "wave"), cluster="organisation_id")
    found = read(fit_regression(model, analysis)).loc[("trust", "without_one_cluster")]
    refits = [
        fit_regression(model, analysis[analysis["organisation_id"] != name]).estimates["estimate"][0]
        for name in analysis["organisation_id"].unique()
    ]
    assert (found["conf_low"], found["conf_high"]) == pytest.approx((min(refits), max(refits)), rel=1e-8)


def test_a_response_alone_in_its_group_changes_nothing_and_is_told():
    analysis = drawn(3)
    alone = analysis.head(3).assign(
        response_id=["x1", "x2", "x3"], organisation_id=["alone1", "alone2", "alone3"], trust=[9.0, 1.0, 4.0]
    )
    model = model_of("trust", fixed_effects="organisation_id", cluster="organisation_id")
    plain, more = (fit_regression(model, each) for each in (analysis, pd.concat([analysis, alone])))
    pd.testing.assert_frame_equal(plain.estimates, more.estimates)
    assert set(more.data["response_id"]) == set(plain.data["response_id"])
    told = more.diagnostics.set_index("diagnostic")
    assert (told.loc["n_alone", "value"], told.loc["n_alone", "verdict"]) == (3, "look")
    assert plain.diagnostics.set_index("diagnostic").loc["n_alone", "verdict"] == "ok"


def test_who_is_alone_once_others_are_left_out_is_left_out_too():
    # only w3 of org0 keeps its first row in company; without the second its wave is alone
    analysis = drawn(4)
    analysis.loc[0, ["organisation_id", "wave"]] = ["alone", "w3"]
    analysis.loc[1, ["organisation_id", "wave"]] = ["org0", "w3"]
    fit = fit_regression(model_of("trust", fixed_effects=("organisation_id", "wave")), analysis)
    assert fit.diagnostics.set_index("diagnostic").loc["n_alone", "value"] == 2


def of_groups(**columns):
    analysis = drawn(5)
    facts = {name: analysis["organisation_id"].map(lambda each: float(each[-1])) for name in columns.get("facts", ())}
    return analysis.assign(**facts)


REFUSED = [
    (
        model_of("trust", "population_size", fixed_effects="organisation_id"),
        of_groups(facts=["population_size"]),
        r"'population_size' does not vary within organisation_id, so that nothing is left .* as with every fact about",
    ),
    (
        model_of("trust", Variable(variable="wave", use="category"), fixed_effects=("organisation_id", "wave")),
        of_groups(),
        r"'wave\[w2\]' does not vary within organisation_id and wave",
    ),
    (
        model_of("trust", fixed_effects="organisation_id", outcome="population_size"),
        of_groups(facts=["population_size"]),
        "the outcome 'population_size' does not vary within organisation_id",
    ),
    (
        model_of("trust", "copy", fixed_effects="organisation_id"),
        of_groups().assign(copy=lambda rows: rows["trust"] * 2 + rows["organisation_id"].str[-1].astype(float)),
        "cannot be told apart within organisation_id: '(trust|copy)' follows from '(trust|copy)'",
    ),
    (
        model_of("trust", fixed_effects="response_id"),
        of_groups(),
        "each of 60 complete rows is alone in its group of response_id; expected groups of two or more",
    ),
    (
        model_of("trust", "workload", fixed_effects="organisation_id"),
        of_groups().iloc[[0, 1, 2, 3, 4, 5]],
        "6 complete responses for 5 coefficients; expected at least 6|too few|6 rows",
    ),
]


@pytest.mark.parametrize(
    ("model", "analysis", "message"),
    REFUSED,
    ids=["a fact", "a wave", "outcome", "dependent", "all alone", "few"],
)
def test_what_effects_leave_nothing_of_is_refused_by_name(model, analysis, message):
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model, analysis, fewest_beyond=2)


def test_effects_that_would_fill_the_memory_are_refused(monkeypatch):
    monkeypatch.setattr("models.regression.effects.MOST_VALUES", 100)
    model = model_of("trust", fixed_effects="organisation_id", cluster="respondent_key")
    with pytest.raises(ModelDataError, match="one by one, which takes too much memory"):
        fit_regression(model, drawn(6))
