"""Slopes, regions, curves and surfaces through the model language: R's numbers, refits, what is not covered."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.regression.fit import fit_regression
from models.sections.regressors import Interaction, Surface, Variable, Views
from models.spec import RegressionSpec
from tests.models.regression.analysis_tables import invented_analysis, model_of

EDUCATION = Variable(variable="E", use="category")
PAIR = Interaction(interaction=("JOBSAT1", "COMMIT1"))


def modelled(outcome, *regressors, **changes):
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "covariance": "classical"}
    return RegressionSpec(**{**given, "outcome": outcome, "regressors": regressors, "focal": regressors[0], **changes})


def analysed(rows):
    keys = {"response_id": [f"r{place:04d}" for place in range(len(rows))], "wave": "w1", "respondent_group": "A"}
    return rows.assign(**keys)


@pytest.fixture(scope="module")
def soldiers(reference):
    rows = pd.read_csv(reference / "oracles/data/univbct_w1.csv")
    rows = rows[rows["EDUCATE"].notna()]
    return analysed(rows.assign(E=rows["EDUCATE"].clip(upper=4).astype(int)))


MODERATED = modelled(
    *("READY1", "JOBSAT1", "COMMIT1", PAIR, EDUCATION, Interaction(interaction=("JOBSAT1", EDUCATION)), "AGE")
)


@pytest.mark.reference
def test_slopes_at_a_number_hold_other_moderators_at_their_means_as_emmeans(soldiers):
    # R 4.2.2, emmeans 1.8.4.1, 2026-11-26: emtrends(lm(READY1 ~ JOBSAT1*COMMIT1 + JOBSAT1*E + AGE), ~COMMIT1,
    # var = "JOBSAT1", at = list(COMMIT1 = mean + c(-1, 0, 1) * sd), weights = "proportional")
    slopes = fit_regression(MODERATED, soldiers).shapes.slopes
    found = slopes[slopes["moderator"] == "COMMIT1"]
    assert list(found["at"]) == ["mean_less_sd", "mean", "mean_plus_sd"]
    assert list(found["value"]) == pytest.approx([2.789125435321, 3.627889646532, 4.466653857604], abs=1e-9)
    assert list(found["estimate"]) == pytest.approx([0.3936158271366, 0.3568720143738, 0.3201282016110], abs=1e-10)
    assert list(found["std_error"]) == pytest.approx([0.0533336423416, 0.0407279993328, 0.0501665449484], abs=1e-10)
    p_values = [8.062600314795e-13, 4.287617261692e-17, 4.493184849099e-10]
    assert list(found["p_value"]) == pytest.approx(p_values, rel=1e-6)
    assert set(found["df"]) == {436.0}


@pytest.mark.reference
def test_slopes_in_categories_hold_other_moderators_at_their_means_as_emmeans(soldiers):
    # R 4.2.2, emmeans 1.8.4.1, 2026-11-26: emtrends(the same lm, ~E, var = "JOBSAT1")
    slopes = fit_regression(MODERATED, soldiers, {"E": {2: "two"}}).shapes.slopes
    found = slopes[slopes["moderator"] == "E"]
    assert list(found["at"]) == ["1", "two", "3", "4"]
    assert found["value"].isna().all()
    expected = [0.7968190338112, 0.3433679072645, 0.3380049200441, 0.3953772848435]
    assert list(found["estimate"]) == pytest.approx(expected, abs=1e-10)
    errors = [1.2715967599464, 0.0461877242740, 0.1229402948265, 0.0786325949612]
    assert list(found["std_error"]) == pytest.approx(errors, abs=1e-10)


@pytest.mark.reference
def test_slopes_under_cr2_have_satterthwaite_degrees_as_clubsandwich(soldiers):
    # R 4.2.2, clubSandwich 0.5.8, 2026-11-26: linear_contrast(the same lm but E 1 put to 2, vcovCR(m, COMPANY, "CR2"),
    # L), with the means of the categories in L
    rows = soldiers.assign(organisation_id=soldiers["COMPANY"], E=soldiers["E"].clip(lower=2))
    model = MODERATED.model_copy(update={"covariance": None, "cluster": "organisation_id"})
    slopes = fit_regression(model, rows).shapes.slopes
    found = slopes[slopes["moderator"] == "COMMIT1"]
    errors = [0.0665800029428, 0.0712228325823, 0.0835224258636]
    assert list(found["std_error"]) == pytest.approx(errors, abs=1e-10)
    assert list(found["df"]) == pytest.approx([3.884473438713, 3.653226560348, 3.478677391528], abs=1e-6)
    lows = [0.2044130607506, 0.1496213025829, 0.0722669634470]
    assert list(found["conf_low"]) == pytest.approx(lows, abs=1e-7)


@pytest.mark.reference
def test_regions_of_a_centred_moderator_are_told_in_its_own_unit(soldiers):
    # R 4.2.2, 2026-11-26: uniroot() of |slope| - qt(.975, 446) se, see test_simple_slopes; without the rows that lack
    # EDUCATE there is one response fewer
    plain = modelled("READY1", "JOBSAT1", "COMMIT1", PAIR, "AGE")
    centred = [Variable(variable=name, centre="grand_mean", standardise=True) for name in ("JOBSAT1", "COMMIT1")]
    moved = modelled("READY1", *centred, Interaction(interaction=tuple(centred)), "AGE")
    first, other = (fit_regression(each, soldiers).shapes for each in (plain, moved))
    assert list(other.slopes["value"]) == pytest.approx(list(first.slopes["value"]))
    assert list(other.slope_regions["high"][:-1]) == pytest.approx(list(first.slope_regions["high"][:-1]), abs=1e-6)
    assert list(first.slope_regions["is_significant"]) == [False, True, False]
    assert first.slope_regions["share_of_responses"].sum() == 1


@pytest.mark.reference
def test_a_bent_curve_is_what_predict_gives(soldiers):
    # R 4.2.2, 2026-11-26: predict(lm(READY1 ~ poly(JOBSAT1, 2, raw = TRUE) + AGE), at the mean of AGE,
    # interval = "confidence")
    curves = fit_regression(
        modelled("READY1", Variable(variable="JOBSAT1", polynomial=2), "AGE"), soldiers
    ).shapes.curves
    assert set(curves["over"]) == {"JOBSAT1"}
    shown = curves.iloc[[0, 20, 40]]
    assert list(shown["estimate"]) == pytest.approx([2.004894516225, 2.925164448115, 3.722435365150], abs=1e-10)
    assert list(shown["conf_low"]) == pytest.approx([1.757764126734, 2.833959473267, 3.493042778112], abs=1e-9)
    assert list(shown["conf_high"]) == pytest.approx([2.252024905716, 3.016369422962, 3.951827952188], abs=1e-9)


@pytest.mark.reference
def test_moderated_mediation_of_oracle_11_follows_from_two_models_in_words(reference):
    # R 4.2.2, lavaan 0.6-14; oracles/11_mediation_moderation.json, made 2026-11-22, tolerance 1e-8
    oracle = json.loads((reference / "oracles" / "11_mediation_moderation.json").read_text())["moderated_mediation"]
    rows = analysed(pd.read_csv(reference / "oracles/data/tal_or.csv"))
    product = Interaction(interaction=("cond", "import"))
    slopes = fit_regression(modelled("pmi", "cond", "import", product), rows).shapes.slopes
    per_unit = np.diff(slopes["estimate"]) / np.diff(slopes["value"])
    second = fit_regression(modelled("reaction", "pmi", "cond", "import", product), rows)
    b = second.estimates.set_index("term").loc["pmi", "estimate"]
    assert per_unit * b == pytest.approx([oracle["imm"]["est"]] * 2, abs=1e-8)
    assert second.shapes.slopes.empty


SURFACE = Surface(surface=Views(self_report="JOBSAT1", other_report="COMMIT1", scale=(1, 5)))
# R 4.2.2, car 3.1-1, 2026-11-26: as in test_response_surface, of all 448 rows
LINES = {
    "a1": (0.59509207581202572, 0.05124291933134296),
    "a2": (-0.07574921128306386, 0.03966976961968303),
    "a3": (0.03476427299248175, 0.10921259689847247),
    "a4": (-0.1772532173846565, 0.1045230665861193),
    "x0": (9.332635513515067, 14.944359959043396),
    "p10": (0.8405611992720035, 0.5638063381182497),
    "p11": (0.3166015123428671, 0.3253880357829707),
}


@pytest.mark.reference
def test_a_surface_in_words_equals_r(reference):
    rows = analysed(pd.read_csv(reference / "oracles/data/univbct_w1.csv"))
    model = modelled("READY1", SURFACE, focal="COMMIT1")
    surface = fit_regression(model, rows).shapes.surface.set_index("feature")
    for feature, (estimate, error) in LINES.items():
        assert surface.loc[feature, "estimate"] == pytest.approx(estimate, abs=1e-7)
        assert surface.loc[feature, "std_error"] == pytest.approx(error, abs=1e-7)
    t = (LINES["p11"][0] - 1) / LINES["p11"][1]
    from scipy import stats  # noqa: PLC0415

    assert surface.loc["p11", "p_value"] == pytest.approx(2 * stats.t.sf(abs(t), len(rows) - 6), abs=1e-7)
    assert surface.loc["a4", "verdict"] == "not_met"
    assert surface.loc[["share_self_higher", "share_other_higher", "share_in_agreement"], "estimate"].sum() == 1


def drawn(b, n=600, noise=0.05, seed=5):
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(1, 5, size=(2, n))
    centred = np.column_stack([x - 3, y - 3, (x - 3) ** 2, (x - 3) * (y - 3), (y - 3) ** 2])
    return analysed(pd.DataFrame({"x": x, "y": y, "z": 2 + centred @ b + rng.normal(scale=noise, size=n)}))


@pytest.mark.parametrize(
    ("b", "broad", "strict", "kind"),
    [
        ((0, 0, -0.2, 0.4, -0.2001), "met", "met", None),
        ((0.3, 0.3, -0.2, 0.4, -0.2001), "met", "not_met", None),
        ((0.3, -0.3, -0.2, 0.4, -0.2001), "not_met", "not_met", None),
        ((0, 0, -0.3, 0, -0.3), "met", "not_met", "peak"),
        ((0, 0, 0.2, -0.4, 0.2), "not_met", "not_met", None),
        ((0, 0, 0.2, 0.9, 0.2), "met", "not_met", "saddle"),
    ],
)
def test_congruence_is_found_where_it_was_drawn_and_nowhere_else(b, broad, strict, kind):
    views = Views(self_report="x", other_report="y", scale=(1, 5), expected={"a4": "negative"})
    fit = fit_regression(modelled("z", Surface(surface=views), focal="y"), drawn(b))
    verdicts = fit.shapes.surface.set_index("feature")
    assert verdicts.loc["broad_congruence", "verdict"] == broad
    assert verdicts.loc["strict_congruence", "verdict"] == strict
    assert kind in (None, verdicts.loc["kind", "verdict"])
    assert list(verdicts.loc[["a3", "a4"], "expected_sign"]) == ["", "negative"]


@pytest.mark.parametrize(
    ("b", "missed"),
    [
        ((0, 0, -0.3, 0.2, -0.3), {"a2"}),
        ((-0.36, 0.36, -0.2, 0.4, -0.2), {"p10", "a3"}),
        ((0, 0, -0.05, 0.2, -0.2), {"p11", "a2"}),
        ((0, 0, 0, 0.3, -0.2), {"p11", "a2"}),
        ((0, 0, 0.2, -0.4, 0.2), {"p11", "a4"}),
    ],
    ids=["bent_along_agreement", "shifted", "turned", "product", "bowl"],
)
def test_what_is_no_congruence_misses_the_conditions_that_its_shape_breaks(b, missed):
    # The shapes of Figures 1 and 2 in Humberg, Nestler and Back (2019); of their six conditions those that b breaks
    views = Views(self_report="x", other_report="y", scale=(1, 5))
    verdicts = fit_regression(modelled("z", Surface(surface=views), focal="y"), drawn(b)).shapes.surface
    conditions = verdicts[verdicts["feature"].isin(["p10", "p11", "a4", "a3", "a2", "a1"])]
    assert len(conditions) == 6
    assert set(conditions.loc[conditions["verdict"] == "not_met", "feature"]) == missed


def test_one_report_alone_brings_a_slope_where_reports_part():
    views = Views(self_report="x", other_report="y", scale=(1, 5))
    fit = fit_regression(modelled("z", Surface(surface=views), focal="y"), drawn((0.3, 0, -0.1, 0, 0)))
    verdicts = fit.shapes.surface.set_index("feature")["verdict"]
    assert (verdicts["a4"], verdicts["a3"], verdicts["broad_congruence"]) == ("met", "not_met", "not_met")


def test_the_columns_of_a_surface_are_centred_at_the_midpoint_of_the_scale():
    rows = drawn((0.1, 0.2, -0.1, 0.3, -0.2), noise=0)
    views = Views(self_report="x", other_report="y", scale=(1, 5))
    fit = fit_regression(modelled("z", Surface(surface=views), focal="x"), rows)
    assert list(fit.estimates["term"]) == ["intercept", "x", "y", "x^2", "x x y", "y^2"]
    assert list(fit.estimates["estimate"]) == pytest.approx([2, 0.1, 0.2, -0.1, 0.3, -0.2], abs=1e-9)
    assert (fit.readings["reading"] == "robustness_value").any()


CATEGORY = Variable(variable="language", use="category")


@pytest.mark.parametrize(
    ("regressors", "missing"),
    [
        (
            ("trust", "workload", CATEGORY, Interaction(interaction=("trust", "workload", CATEGORY))),
            {("trust x workload x language", "simple_slopes")},
        ),
        (
            (
                *("trust", "workload", CATEGORY, Interaction(interaction=("trust", "workload"))),
                Interaction(interaction=("trust", "workload", CATEGORY)),
            ),
            {("trust x workload", "simple_slopes"), ("trust x workload x language", "simple_slopes")},
        ),
        (
            (
                Variable(variable="trust", polynomial=2),
                "workload",
                Interaction(interaction=(Variable(variable="trust", polynomial=2), "workload")),
            ),
            {("trust x workload", "simple_slopes")},
        ),
        (
            (
                "trust",
                Variable(variable="workload", spline=3),
                Interaction(interaction=("trust", Variable(variable="workload", spline=3))),
            ),
            {("trust x workload", "johnson_neyman")},
        ),
        (("workload", "trust", CATEGORY, Interaction(interaction=("trust", CATEGORY))), set()),
    ],
    ids=["threefold", "pair_beside_threefold", "bent_focal", "bent_moderator", "without_focal"],
)
def test_products_without_slopes_or_regions_are_named(regressors, missing):
    fit = fit_regression(model_of(*regressors), invented_analysis(200))
    found = fit.readings[fit.readings["verdict"] == "not_covered"]
    assert set(zip(found["term"], found["reading"], strict=True)) == missing
    assert fit.shapes.slope_regions.empty
    assert fit.shapes.slopes.empty == all(reading == "simple_slopes" for _, reading in missing)


@given(st.integers(0, 500), st.sampled_from(["linear", "logit"]), st.booleans())
@settings(max_examples=8)
def test_a_slope_is_the_coefficient_once_every_moderator_is_moved_there(seed, estimator, is_bent):
    analysis = invented_analysis(150, seed)
    took_part = (analysis["strain"] > analysis["strain"].median()).astype(float)
    analysis = analysis.assign(took_part=took_part)
    moderator = Variable(variable="workload", polynomial=2 if is_bent else 1)
    outcome = "took_part" if estimator == "logit" else "strain"
    product = Interaction(interaction=(moderator, "trust"))
    model = model_of("trust", moderator, product, estimator=estimator, outcome=outcome)
    for row in fit_regression(model, analysis).shapes.slopes.to_dict("records"):
        moved = analysis.assign(workload=analysis["workload"] - row["value"])
        expected = fit_regression(model, moved).estimates.set_index("term").loc["trust"]
        for name in ("estimate", "std_error", "p_value"):
            assert row[name] == pytest.approx(expected[name], rel=1e-4, abs=1e-6)


def test_curves_of_a_logit_are_probabilities_at_each_value_of_the_moderator():
    analysis = invented_analysis(300)
    took_part = (analysis["strain"] > 1).astype(float)
    analysis = analysis.assign(took_part=took_part, two=analysis["education"].clip(upper=2))
    product = Interaction(interaction=("trust", "two"))
    model = model_of("trust", "two", product, estimator="logit", outcome="took_part")
    fit = fit_regression(model, analysis)
    curves = fit.shapes.curves
    assert set(curves["unit"]) == {"probability"}
    assert list(curves["at"].unique()) == ["1", "2"]
    assert curves["std_error"].isna().all()
    assert (curves["conf_low"].between(0, 1) & curves["conf_high"].between(0, 1)).all()
    b = fit.estimates.set_index("term")["estimate"]
    for row in curves.iloc[[0, 50]].to_dict("records"):
        two = float(row["at"])
        line = b["intercept"] + b["two"] * two + (b["trust"] + b["trust x two"] * two) * row["value"]
        assert row["estimate"] == pytest.approx(1 / (1 + np.exp(-line)), abs=1e-10)
    assert fit.shapes.slope_regions.empty


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"self_report": "x", "other_report": "x", "scale": (1, 5)}, "two different reports"),
        ({"self_report": "x", "other_report": "y", "scale": (5, 1)}, "lowest and the highest"),
        ({"self_report": Variable(variable="x", polynomial=2), "other_report": "y", "scale": (1, 5)}, "as they are"),
        ({"self_report": Variable(variable="x", use="category"), "other_report": "y", "scale": (1, 5)}, "as they are"),
    ],
)
def test_views_that_cannot_be_laid_against_each_other_are_refused(said, message):
    with pytest.raises(ValidationError, match=message):
        Views(**said)


VIEWS = Surface(surface=Views(self_report="x", other_report="y", scale=(1, 5)))
OTHERS = Surface(surface=Views(self_report="x", other_report="z", scale=(1, 5)))


@pytest.mark.parametrize(
    ("regressors", "message"),
    [((VIEWS, OTHERS), "one response surface; found 2"), ((VIEWS, "x"), "the surface brings 'x' itself")],
)
def test_a_model_with_surfaces_that_clash_is_refused(regressors, message):
    with pytest.raises(ValidationError, match=message):
        modelled("outcome", *regressors, focal="x")


def test_something_may_be_expected_of_each_report_of_a_surface():
    model = modelled("outcome", VIEWS, focal="x", also_expected=({"regressor": "y", "sign": "positive"},))
    assert model.with_variant("main").also_expected == model.also_expected
    with pytest.raises(ValidationError, match="no regressor"):
        modelled("outcome", VIEWS, focal="x", also_expected=({"regressor": "z", "sign": "positive"},))
