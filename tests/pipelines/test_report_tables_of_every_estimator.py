"""Every estimator of the model language in a published table: its name, units, definitions, places of its terms."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from models.regression.design import ORDER_OF_WAVES
from pipelines.report_tables.regressions import chosen, regression_table
from pipelines.report_tables.reported import ReportedFit, Style
from pipelines.report_tables.sentences import without_breaks
from pipelines.report_tables.value import Table
from pipelines.report_tables.words import WORDINGS
from tests.reported_fits import reported, responses, words

REGRESSORS = ("integration", "safety")
PERSONS = {"panel": {"unit": "respondent"}, "cluster": None}
CATEGORICAL = {"smallest_effect_of_interest": None, "bootstrap_draws": 20}
GROUPS = {
    "random_effects": ({"groups": "organisation_id"},),
    "cluster": None,
    "smallest_effect_of_interest": None,
}
OF_POPULATION = {
    "focal": "collective", "regressors": (), "cluster": None, "smallest_effect_of_interest": None,
    "expected_sign": "none", "because": {}, "design": {"clusters": "organisation_id"}, "covariance": None,
}  # fmt: skip
KINDS: dict[str, dict[str, object]] = {
    "fixed_effects": {"fixed_effects": ("organisation_id", "wave")},
    "within": {"estimator": "within", **PERSONS},
    "between": {"estimator": "between", **PERSONS},
    "within_between": {"estimator": "within_between", **PERSONS},
    "random_effects": {"estimator": "random_effects", **PERSONS},
    "first_differences": {"estimator": "first_differences", **PERSONS},
    "level": {"level": "organisation_and_wave"},
    "mixed": {"estimator": "mixed", "random_effects": ({"groups": "organisation_id"},), "cluster": None},
    "mixed_kenward_roger": {"estimator": "mixed", "random_effects": ({"groups": "organisation_id"},), "cluster": None,
                            "degrees_of_freedom": "kenward_roger"},
    "mixed_logit": {"estimator": "mixed_logit", "outcome": "is_high", **GROUPS},
    "mixed_ordered_probit": {"estimator": "mixed_ordered_probit", "outcome": "level", **GROUPS},
    "gee_linear": {"estimator": "gee_linear"},
    "gee_logit": {"estimator": "gee_logit", "outcome": "is_high", "smallest_effect_of_interest": None},
    "gee_poisson": {"estimator": "gee_poisson", "outcome": "cases", "smallest_effect_of_interest": None,
                    "covariance": "CR0", "working_correlation": "independence"},
    "mediation": {"estimator": "mediation", "paths": {"mediators": ("safety",)}},
    "two_outcomes": {"estimator": "two_outcomes", "paths": {"other_outcome": "question"}},
    "lagged_panel": {"estimator": "cross_lagged_panel", "regressors": ("integration",), "paths":
                     {"random_intercepts": False}, **PERSONS},
    "mean": {"estimator": "population_mean", "figures": {"by": "region"}, **OF_POPULATION},
    "ratio": {"estimator": "population_ratio", "figures": {"per": "safety"}, **OF_POPULATION},
    "jackknifed": {"estimator": "population_mean", **OF_POPULATION, "covariance": "unit_jackknife"},
    "quartiles": {"estimator": "population_quantiles", **OF_POPULATION},
    "logit": {"estimator": "logit", "outcome": "is_high", **CATEGORICAL},
    "firth": {"estimator": "firth_logit", "outcome": "is_high", "covariance": "classical", "cluster": None,
              **CATEGORICAL},
    "multinomial": {"estimator": "multinomial", "outcome": "region", **CATEGORICAL},
    "by_threshold": {"estimator": "ordered_logit", "outcome": "level", "by_threshold": ("integration",),
                     **CATEGORICAL},
    "negative_binomial": {"estimator": "negative_binomial", "outcome": "cases", **CATEGORICAL},
    "surface": {"regressors": ({"surface": {"self_report": "integration", "other_report": "safety",
                                            "scale": (1, 5)}},)},
    "plane": {"regressors": ({"surface": {"self_report": "integration", "other_report": "safety", "curved": False,
                                          "scale": (1, 5)}},)},
}  # fmt: skip
LINEAR = ("fixed_effects", "within", "between", "within_between", "random_effects", "first_differences", "level")
NAMES = {
    "fixed_effects": "OLS within groups",
    "within": "Within units",
    "between": "Between units",
    "within_between": "Within and between units (Mundlak)",
    "random_effects": "Random effects",
    "first_differences": "First differences",
    "mixed": "Mixed model",
    "mixed_logit": "Logit with random intercepts",
    "mixed_ordered_probit": "Ordered probit with random intercepts",
    "gee_linear": "Estimating equations, linear (GEE)",
    "gee_poisson": "Estimating equations, Poisson (GEE)",
    "mediation": "Mediation",
    "two_outcomes": "Two outcomes together",
    "lagged_panel": "Cross-lagged panel",
    "mean": "Means of the population",
    "ratio": "Ratios of the population",
    "quartiles": "Quantiles of the population",
    "firth": "Logit with Firth’s penalty",
    "multinomial": "Multinomial logit",
    "negative_binomial": "Negative binomial",
}


def people() -> pd.DataFrame:
    rows = responses()
    persons = [f"p{place // 2}" for place in range(len(rows))]
    cases = (rows["integration"].clip(0, 4) * (rows["region"] - 1) * rows["is_high"] * 3).round()
    return rows.assign(
        respondent_key=persons, cases=cases, **{ORDER_OF_WAVES: rows["wave"].map({"w2": 0, "w1": 1}).to_numpy()}
    )


@cache
def fit_of(kind: str, language: str = "en") -> ReportedFit:
    return reported(language, rows=people(), **{"regressors": REGRESSORS, **KINDS[kind]})


@cache
def table_of(kind: str, language: str = "en") -> Table:
    return regression_table(chosen([fit_of(kind, language)], words(language))[0], 1, words(language), Style())


def labels(kind: str, language: str = "en") -> list[str]:
    return [row.label for row in table_of(kind, language).rows]


def value(kind: str, label: str) -> str:
    return next(row.cells[0].lines[0] for row in table_of(kind).rows if row.label == label)


def said(kind: str, language: str = "en") -> str:
    table = table_of(kind, language)
    return " ".join([*table.notes, *table.sentences])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_of_interest_stands_first_and_has_a_sentence(kind):
    assert labels(kind)[0] == "Of interest"
    assert table_of(kind).sentences
    assert fit_of(kind).focal_terms()
    assert all(note.strip() for note in table_of(kind).notes)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "da"])
def test_no_name_of_a_column_an_estimator_or_a_reading_is_left_in_a_table(kind, language):
    everything = " ".join([*labels(kind, language), said(kind, language).partition("h1.main")[0]])
    for given in ("South_10", "H_gg", "coef_test"):
        everything = everything.replace(given, "")
    assert "_" not in everything
    assert WORDINGS[language]["unit_other"].partition("}")[2] not in everything


@pytest.mark.parametrize(("kind", "name"), NAMES.items())
def test_an_estimator_has_a_name(kind, name):
    assert value(kind, "Estimator") == name


def test_a_mixed_model_says_what_differs_between_groups_and_how_its_errors_are_made():
    assert "b is in units of the outcome" in said("mixed")
    assert "R: lmerTest::lmer" in said("mixed")
    assert "share of the regressors in all variance (marginal)" in said("mixed")
    assert value("mixed", "Effects that differ between") == "organisation"
    assert "Kenward" in said("mixed_kenward_roger")


def test_models_of_rows_in_groups_say_whose_effects_they_tell_and_how_errors_are_made():
    assert "log odds within a group" in said("mixed_logit")
    assert "probits within a group" in said("mixed_ordered_probit")
    assert value("mixed_logit", "Effects that differ between") == "organisation"
    assert "inverse observed information" in said("mixed_logit")
    assert "Coefficients of Estimating equations, logit (GEE) are log odds;" in said("gee_logit")
    assert "one working correlation of all rows of a cluster" in said("gee_linear")
    assert "R: geesmv::GEE.var.md" in said("gee_linear")
    assert "rows of a cluster taken as independent, sandwich" in said("gee_poisson")
    for kind in ("mixed_logit", "mixed_ordered_probit", "gee_logit", "gee_poisson"):
        assert len(fit_of(kind).effects())
    assert any("count" in label for label in labels("gee_poisson"))


def test_effects_and_paths_of_a_mediation_are_in_words_and_say_how_their_intervals_are_made():
    assert labels("mediation")[1].startswith("Indirect: Vertical integration → Psychological safety")
    assert any(label.startswith("Psychological safety") and "←" in label for label in labels("mediation"))
    assert "Monte Carlo intervals" in said("mediation")
    assert "in units of what is explained" in said("mediation")
    assert "R² in (1) is of the equation of the outcome" in said("two_outcomes")
    assert "full information" in said("lagged_panel")


@pytest.mark.parametrize("kind", LINEAR)
def test_coefficients_of_panels_and_effects_are_those_of_a_linear_regression(kind):
    assert "b is in units of the outcome" in said(kind)
    assert "coef_test" in said(kind)
    assert "working regression" not in said(kind)
    assert ("Adjusted R²" in labels(kind)) == (kind == "level")
    assert ("R² in (1)" in said(kind)) == (kind != "level")


@pytest.mark.parametrize("kind", [kind for kind, spec in KINDS.items() if "bootstrap_draws" in spec])
def test_a_standard_error_from_a_bootstrap_is_never_shown_as_an_effect(kind):
    effects = fit_of(kind).effects()
    readings = fit_of(kind).readings
    assert len(effects)
    assert readings["reading"].str.startswith("average_effect_bootstrap").sum() == len(effects)
    assert not effects["reading"].str.contains("bootstrap").any()
    assert "bootstrap" not in " ".join([*labels(kind), *table_of(kind).sentences])


def test_a_ratio_is_the_exponential_of_the_coefficient_and_its_interval():
    figures = fit_of("negative_binomial").estimates.set_index("term").loc["integration"]
    ratio, low, high = (f"{np.exp(figures[name]):.2f}" for name in ("estimate", "conf_low", "conf_high"))
    assert f"Ratio of expected counts: {ratio}, 95 % CI [{low}, {high}]." in without_breaks(said("negative_binomial"))
    assert "Odds ratio: " in said("multinomial")
    assert "Oddsratio: " in said("firth", "da")
    assert not any("Odds ratio" in said(kind) or "Ratio of" in said(kind) for kind in ("mediation", "within", "mixed"))


def test_the_smallest_effect_of_interest_is_noted_only_where_it_was_tested():
    smallest = {"regressors": REGRESSORS, "smallest_effect_of_interest": 0.1}
    linear = reported(rows=people(), **smallest)
    counts = reported(rows=people(), **{**KINDS["negative_binomial"], **smallest})
    notes = " ".join(regression_table(chosen([counts, linear], words())[0], 1, words(), Style()).notes)
    assert "units of the outcome: (2) 0.10; two one-sided tests." in notes
    alone = regression_table(chosen([counts], words())[0], 1, words(), Style())
    assert "mallest effect" not in " ".join(alone.notes)


def test_effects_that_are_taken_out_and_units_are_named():
    assert value("fixed_effects", "Effects taken out") == "organisation and wave"
    assert value("within", "Units followed through waves") == "person"
    assert "Clusters by person" in labels("within")


def test_rows_of_organisations_are_no_responses():
    assert value("level", "Organisations in waves (rows)") == str(fit_of("level").n_obs)
    assert value("level", "Responses") == "400"
    assert fit_of("level").n_obs < 400


def test_a_category_of_a_multinomial_outcome_is_a_heading_with_the_reference():
    assert labels("multinomial")[:3] == [
        "Of interest", "South_10 % (reference: North & <West>)", "Vertical integration",
    ]  # fmt: skip


def test_a_regressor_by_threshold_is_of_interest_at_each():
    assert labels("by_threshold")[1:3] == ["Vertical integration, at 2|3", "Vertical integration, at 3|4"]


def test_a_surface_has_five_terms_of_interest_that_are_read_together():
    assert labels("surface")[1] == "Vertical integration"
    assert labels("surface")[3] == "Vertical integration, power 2"
    assert len(fit_of("surface").focal_terms()) == 5
    assert table_of("surface").sentences[0] == (
        "(1) Two reports enter as a surface; its terms are to be read together."
    )


def test_a_surface_has_its_lines_and_first_axis_with_tests_below_its_terms():
    known = fit_of("surface").surface.set_index("feature")
    rows = {row.label.partition(" ")[0].rstrip(":"): row for row in table_of("surface").rows if row.cells}
    for feature in ("a1", "a2", "a3", "a4", "a5", "p10", "p11"):
        (cell,) = rows[feature].cells
        for part in ("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"):
            assert dict(cell.numbers)[part].value == known.loc[feature, part]
    b = fit_of("surface").estimates["estimate"]
    assert dict(rows["a4"].cells[0].numbers)["estimate"].value == pytest.approx(b[3] - b[4] + b[5], abs=1e-10)
    places = [
        labels("surface").index(label) for label in ("Vertical integration, power 2", "Response surface", "Responses")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("language", "broad", "strict"),
    [
        (
            "en",
            "(1) Conditions of broad congruence: not met: a3 and a4.",
            "Of strict congruence: not met: a1, a3 and a4.",
        ),
        (
            *("da", "(1) Betingelser for bred kongruens: ikke opfyldt: a3 og a4."),
            "For streng kongruens: ikke opfyldt: a1, a3 og a4.",
        ),
    ],
)
def test_a_surface_says_which_conditions_of_congruence_are_not_met(language, broad, strict):
    assert table_of("surface", language).sentences[1] == f"{broad} {strict}"
    assert "midpoint of their scale" in said("surface")
    assert "Humberg" in said("surface", language)


@pytest.mark.parametrize(("language", "noted"), [("en", "Plane in (1): x is"), ("da", "Plan i (1): x er")])
def test_a_plane_has_the_slopes_of_mean_and_difference_and_no_conditions(language, noted):
    known = fit_of("plane").surface.set_index("feature")
    rows = {row.label.partition(":")[0]: row for row in table_of("plane").rows if row.cells}
    (cell,) = rows["a3 / 2"].cells
    assert (
        dict(cell.numbers)["estimate"].value == known.loc["difference", "estimate"] == known.loc["a3", "estimate"] / 2
    )
    assert not any("congruence" in label or label.startswith(("a2", "a4", "p1")) for label in rows)
    assert len(table_of("plane", language).sentences) == 1
    assert noted in said("plane", language)
    assert "Humberg" not in said("plane", language)


def test_a_surface_of_a_release_has_no_rows_of_its_own():
    released = replace(fit_of("surface"), surface=pd.DataFrame(), is_released=True)
    table = regression_table(chosen([released], words())[0], 1, words(), Style())
    assert not any("a4" in row.label for row in table.rows)
    assert len(table.sentences) == 1


def test_a_fit_without_a_surface_stands_beside_one_with_empty_cells():
    table = regression_table(chosen([fit_of("surface"), fit_of("within")], words())[0], 1, words(), Style())
    row = next(row for row in table.rows if row.label.startswith("a4"))
    assert [bool(cell.lines) for cell in row.cells] == [True, False]


def test_the_penalised_likelihood_is_said_to_be_the_source_of_intervals():
    assert "R: logistf::logistf" in said("firth")
    assert "normal distribution" not in said("firth")


DESIGN = {"design": {"clusters": "organisation_id"}, "cluster": None, "covariance": None}


@pytest.mark.parametrize("kind", [{}, {"estimator": "ordered_logit", "outcome": "level", **CATEGORICAL}])
@pytest.mark.parametrize("language", ["en", "da"])
def test_errors_by_the_design_of_the_sample_are_said_to_be_so(kind, language):
    fit = reported(language, rows=people(), **{"regressors": REGRESSORS, **DESIGN, **kind})
    notes = " ".join(regression_table(chosen([fit], words(language))[0], 1, words(language), Style()).notes)
    assert "survey::svyglm, svyolr" in notes
    assert "sandwich" not in notes
