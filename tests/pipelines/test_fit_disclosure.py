"""Disclosure of fits (P11 of the design): which are withheld, why in words, and that every single rule bites.

A rule bites when its case is withheld with the rule and shown without it: a version of the software without the rule
fails here.
"""

import numpy as np
import pandas as pd
import pytest

from models.sections.inference import FIGURES, PATHS, REPLICATED
from pipelines.steps import fits_to_withhold
from pipelines.steps.fits_to_withhold import reasons_to_withhold, reasons_without_words, too_alike
from pipelines.steps.withheld_reasons import REASONS, reason


def fit(**changes):
    usual = {"estimator": "OLS", "covariance": "CR2", "n_obs": 200, "df_resid": 190.0, "n_clusters": 40}
    return {**usual, "least_cell_size": 10, **changes}


def diagnostics(**changes):
    organisations = {"n_organisations": 40.0, "least_category_organisations": 12.0}
    return {"max_leverage": 0.2, "unit_leverage": 0.3, "least_category_n": 30.0, **organisations, **changes}


NO_RULE = "for which no rule says yet what a release would tell of single organisations"
OF_ANSWERS = {"least_answer_of_category": 3.0, "count_beside_two": 0.1}


def fit_is_withheld(least=10, terms=("intercept", "voice"), is_missing=(), **changes):
    figures = {key: value for key, value in changes.items() if key in fit()}
    others = {key: value for key, value in changes.items() if key not in fit()}
    kept = {key: value for key, value in diagnostics(**others).items() if key not in is_missing}
    return bool(reasons_to_withhold({**fit(**figures), "least_cell_size": least}, kept, terms, ["site"]))


def test_only_coefficients_in_units_that_have_words_are_released():
    assert not fit_is_withheld(estimator="WLS")
    assert reasons_without_words(fit()) == reasons_without_words({**fit(), "estimator": "logit"}) == []
    other = reasons_without_words({**fit(), "estimator": "misclassified_logit"})
    assert other == ["coefficients in other units than the outcome, for which the dashboard has no words"]


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
@pytest.mark.parametrize("estimator", fits_to_withhold.NOT_TURNED_BACK)
def test_without_the_rule_categories_and_counts_of_a_scale_are_shown(monkeypatch, estimator, is_on):
    if not is_on:
        monkeypatch.setattr(fits_to_withhold, "NOT_TURNED_BACK", ())
    known = diagnostics(least_outcome_n=50.0, **OF_ANSWERS, unit_leverage=0.3)
    told = reasons_to_withhold({**fit(estimator=estimator), "is_of_scale": True}, known, ["intercept", "voice"], [])
    assert [each.partition(",")[0] for each in told] == (["categories or counts of a scale"] if is_on else [])
    assert not reasons_to_withhold(fit(estimator=estimator), known, ["intercept", "voice"], [])


def test_every_reason_is_said_in_both_languages_with_the_same_figures():
    for key, texts in REASONS.items():
        assert set(texts) == {"en", "da"}, key
        assert texts["en"] != texts["da"], key
        assert reason(key, "da", 7).count("7") == reason(key, "en", 7).count("7") == texts["en"].count("{least}"), key


def test_reasons_are_given_in_the_language_asked_for():
    few = {**fit(n_obs=9), "is_of_records": True}
    told = reasons_to_withhold(few, diagnostics(), ["intercept", "voice"], [], "da")
    assert told == ["færre end 10 besvarelser"]
    without_words = reasons_without_words(few, "da")
    assert without_words == [
        "et udfald fra registre, hvor ingen regel endnu siger, hvad en frigivelse ville fortælle om enkelte "
        "organisationer"
    ]
    fits = {"h1.main": frozenset(map(str, range(30))), "h2.main": frozenset(map(str, range(28)))}
    assert too_alike(fits, 10, {}, "da") == {
        "h2.main": "afviger fra en frigivet estimation med færre end 10 besvarelser"
    }


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"estimator": "random_effects"}, f"an estimator of units in waves, {NO_RULE}"),
        ({"is_of_records": True}, f"an outcome from records, {NO_RULE}"),
    ],
)
def test_what_the_dashboard_has_no_words_for_is_not_released(changes, told):
    assert reasons_without_words({**fit(), **changes}) == [told]


@pytest.mark.parametrize(
    ("known", "reasons"),
    [
        ({"least_outcome_n": 10.0}, []),
        ({"least_outcome_n": 9.0}, ["fewer than 10 responses with a value of the outcome"]),
        ({}, ["fewer than 10 responses with a value of the outcome"]),
    ],
)
def test_a_category_of_the_outcome_needs_the_least_cell_size(known, reasons):
    logit = {**fit(), "estimator": "logit"}
    known = {**known, **OF_ANSWERS, "unit_leverage": 0.3}
    assert reasons_to_withhold(logit, known, ["intercept", "voice"], []) == reasons


@pytest.mark.parametrize("estimator", ["OLS", "within", "first_differences"])
def test_one_response_that_decides_withholds_every_estimator_by_least_squares(estimator):
    known = {**diagnostics(), "max_leverage": 0.9}
    assert reasons_to_withhold({**fit(), "estimator": estimator}, known, ["intercept", "voice"], []) == [
        "one response nearly decides a coefficient"
    ]


@pytest.mark.parametrize(
    ("of_rows", "is_withheld"),
    [
        ({"n_obs": 30, "n_responses": 400.0, "n_organisations": 10.0}, False),
        ({"n_obs": 30, "n_responses": 400.0, "n_organisations": 9.0}, True),
        ({"n_obs": 30, "n_responses": 400.0, "is_missing": ("n_organisations",)}, True),
        ({"n_obs": 30, "n_responses": 9.0}, True),
        ({"n_obs": 9, "n_responses": 400.0}, True),
    ],
    ids=["ten organisations", "nine", "unknown", "few people", "few rows"],
)
def test_rows_of_organisations_need_as_many_organisations_as_clusters(of_rows, is_withheld):
    assert fit_is_withheld(**of_rows) == is_withheld


# The constant, a value that switches the rule off, and a case that this rule alone withholds.
RULES = {
    "degrees of freedom": ("LEAST_DF", 0, lambda: fit_is_withheld(df_resid=9.0)),
    "clusters": ("LEAST_CLUSTERS", 0, lambda: fit_is_withheld(n_clusters=9)),
    "leverage": ("HIGHEST_LEVERAGE", 1.1, lambda: fit_is_withheld(max_leverage=0.9)),
    "organisations behind a fit": ("LEAST_ORGANISATIONS", 0, lambda: fit_is_withheld(n_organisations=2.0)),
    "organisations behind a category": (
        "LEAST_ORGANISATIONS",
        0,
        lambda: fit_is_withheld(least_category_organisations=2.0),
    ),
}
# A case that the least cell size alone withholds: hidden with 10, shown with 5.
CELL_SIZE = {
    "responses of a fit": lambda least: fit_is_withheld(least, n_obs=9, df_resid=50.0),
    "category of a fit": lambda least: fit_is_withheld(least, least_category_n=9.0),
}


@pytest.mark.parametrize(("constant", "off", "is_withheld"), RULES.values(), ids=RULES)
def test_every_rule_bites_and_no_other_rule_stands_in_for_it(monkeypatch, constant, off, is_withheld):
    assert is_withheld()
    monkeypatch.setattr(fits_to_withhold, constant, off)
    assert not is_withheld()


@pytest.mark.parametrize("is_withheld", CELL_SIZE.values(), ids=CELL_SIZE)
def test_the_least_cell_size_bites(is_withheld):
    assert is_withheld(10)
    assert not is_withheld(5)


@pytest.mark.parametrize(
    "is_withheld",
    [
        lambda: fit_is_withheld(n_obs=10, df_resid=10.0, n_clusters=10, max_leverage=0.89, least_category_n=10.0),
        lambda: fit_is_withheld(n_clusters=None),
        lambda: fit_is_withheld(n_clusters=pd.NA),
        lambda: fit_is_withheld(least_category_organisations=3.0),
        lambda: fit_is_withheld(is_missing=["least_category_n", "n_organisations", "least_category_organisations"]),
    ],
    ids=[
        "fit",
        "fit without clusters",
        "fit without clusters, from a table",
        "fit with a category of three organisations",
        "fit without categories",
    ],
)
def test_what_just_meets_the_rules_is_shown(is_withheld):
    assert not is_withheld()


@pytest.mark.parametrize("value", [None, pd.NA, float("nan")])
@pytest.mark.parametrize("figure", ["n_obs", "df_resid"])
def test_a_fit_without_a_figure_that_decides_is_withheld(figure, value):
    assert fit_is_withheld(**{figure: value})


def test_a_fit_without_leverage_is_withheld():
    assert fit_is_withheld(is_missing=["max_leverage"])


@pytest.mark.parametrize("term", ["organisation_id[North]", "voice x organisation_id[North]"])
def test_a_figure_for_a_single_organisation_is_withheld(term):
    assert reasons_to_withhold(fit(), diagnostics(), ["intercept", term], []) == ["a figure for a single organisation"]


@pytest.mark.parametrize("term", ["site[North]", "voice x site[North]"])
def test_a_category_whose_names_are_cell_texts_is_withheld(term):
    assert reasons_to_withhold(fit(), diagnostics(), ["intercept", term], ["place", "site"]) == [
        "a category whose names are cell texts"
    ]


@pytest.mark.parametrize("term", ["workplace[Municipality]", "site_size[Large]", "site"])
def test_a_category_whose_names_the_instrument_gives_is_shown(term):
    assert reasons_to_withhold(fit(), diagnostics(), ["intercept", term], ["site"]) == []


def test_an_estimator_or_covariance_that_is_not_on_the_list_is_withheld_whatever_it_says_of_itself():
    """Whoever attaches an estimator thinks of what it tells before anybody sees it."""
    told = ["an estimator for which there are no rules of disclosure yet"]
    for made_up in ({"estimator": "gee_probit"}, {"estimator": "misclassified_logit"}, {"covariance": "sandwich"}):
        known = diagnostics(least_outcome_n=50.0)
        assert reasons_to_withhold(fit(**made_up), known, ["intercept", "voice"], []) == told
    assert fit_is_withheld(estimator="path", least_outcome_n=50.0)


OVER_WAVES = "paths over waves, which beside fits of single waves would tell of the few who left or joined"
LATENT_MEANS = "paths between latent means of organisations, for which no rule says what they tell of a single one"


@pytest.mark.parametrize(
    ("estimator", "told"),
    [
        ("cross_lagged_panel", OVER_WAVES),
        ("latent_growth", OVER_WAVES),
        ("mediation_across_levels", LATENT_MEANS),
    ],
)
def test_estimators_that_no_rule_can_be_had_for_are_withheld_for_a_reason_of_their_own(estimator, told):
    for covariance in ("HC0", "CR1", "classical"):
        row = fit(estimator=estimator, covariance=covariance)
        assert reasons_to_withhold(row, diagnostics(), ["indirect: voice -> safety"], []) == [told]


@pytest.mark.parametrize("estimator", ["cross_lagged_panel", "latent_growth", "mediation_across_levels"])
@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_its_reason_an_estimator_that_others_rules_would_pass_is_shown(monkeypatch, estimator, is_on):
    monkeypatch.setattr(fits_to_withhold, "WITH_RULES", (*fits_to_withhold.WITH_RULES, estimator))
    if not is_on:
        monkeypatch.setattr(fits_to_withhold, "NEVER", {})
    row = fit(estimator=estimator, covariance="CR1S")
    assert bool(reasons_to_withhold(row, diagnostics(), ["indirect: voice -> safety"], [])) == is_on


def test_every_estimator_of_paths_and_figures_has_rules_or_a_reason_of_its_own():
    assert {*PATHS} == {*fits_to_withhold.OF_EQUATIONS, *fits_to_withhold.NEVER}
    assert {*FIGURES} < {*fits_to_withhold.WITH_RULES}
    assert all(reasons_without_words({"estimator": each}) for each in ("population_total", "population_quantiles"))
    for covariance in REPLICATED:
        (told,) = reasons_without_words({"estimator": "population_mean", "covariance": covariance})
        assert told.startswith("figures of a population with errors from parts of its sample")
    assert not reasons_without_words({"estimator": "population_mean", "covariance": "design"})
    assert not set(fits_to_withhold.NEVER) & set(fits_to_withhold.WITH_RULES)


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_a_mediation_over_waves_is_shown(monkeypatch, is_on):
    if not is_on:
        monkeypatch.setattr(fits_to_withhold, "OVER_WAVES", "not asked")
    known = {key: value for key, value in {**OF_PATHS, "over_waves": 1.0}.items() if key != "estimator"}
    told = reasons_to_withhold(fit(estimator="mediation"), diagnostics(**known), ["indirect: voice -> safety"], [])
    assert told == ([OVER_WAVES] if is_on else [])


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_list_an_estimator_that_nobody_thought_about_is_shown(monkeypatch, is_on):
    if not is_on:
        monkeypatch.setattr(fits_to_withhold, "WITH_RULES", (*fits_to_withhold.WITH_RULES, "path"))
    assert fit_is_withheld(estimator="path", least_outcome_n=50.0) == is_on


OF_MIXED = {"estimator": "mixed", "covariance": "classical", "least_df": 11.0, "unit_leverage": 0.3}
OF_IMPUTED = {"n_imputations": 20.0, "n_complete": 80.0, "df_complete": 70.0, "unit_leverage": 0.3}
OF_DESIGN = {
    "covariance": "design",
    "least_df": 30.0,
    "unit_leverage": 0.3,
    "least_units_of_stratum": 4.0,
    "least_people_of_stratum": 30.0,
}


OF_PATHS = {"estimator": "mediation", "row_leverage": 0.3, "unit_leverage": 0.3}
OF_WORKING = {
    "estimator": "gee_linear",
    "covariance": "CR3",
    "least_df": 11.0,
    "df_of_groups": 11.0,
    "row_leverage": 0.3,
    "unit_leverage": 0.3,
}
OF_WORKING_LOGIT = {**OF_WORKING, "estimator": "gee_logit", "least_outcome_n": 30.0, "least_answer_of_category": 3.0}
OF_WORKING_COUNTS = {**OF_WORKING, "estimator": "gee_poisson", "count_beside_two": 0.1}
OF_LOGIT = {
    "estimator": "logit",
    "covariance": "HC1",
    "least_outcome_n": 30.0,
    "least_answer_of_category": 3.0,
    "unit_leverage": 0.3,
}
OF_MIXED_LOGIT = {**OF_WORKING_LOGIT, "estimator": "mixed_logit", "covariance": "classical"}
OWN_KINDS = {
    "mixed": OF_MIXED,
    "imputed": OF_IMPUTED,
    "by design": OF_DESIGN,
    "mediation": OF_PATHS,
    "two outcomes": {**OF_PATHS, "estimator": "two_outcomes"},
    "estimating equations": OF_WORKING,
    "estimating equations of yes and no": OF_WORKING_LOGIT,
    "estimating equations of counts": OF_WORKING_COUNTS,
    "yes and no": OF_LOGIT,
    "yes and no in groups": OF_MIXED_LOGIT,
    "options in groups, logit": {**OF_MIXED_LOGIT, "estimator": "mixed_ordered_logit"},
    "options in groups, probit": {**OF_MIXED_LOGIT, "estimator": "mixed_ordered_probit"},
}


@pytest.mark.parametrize("known", OWN_KINDS.values(), ids=OWN_KINDS)
def test_a_fit_with_rules_of_its_own_is_shown_when_it_meets_them_and_withheld_without_each_figure(known):
    assert not fit_is_withheld(**known)
    for name in set(known) - {"estimator", "covariance", "n_imputations"}:
        left = {key: value for key, value in known.items() if key != name}
        assert fit_is_withheld(**left, is_missing=(name,)), name


ONE_UNIT = "one organisation or person nearly decides a coefficient"
ONE_ROW = "one response nearly decides a coefficient of one of its equations"
FEW_DEGREES = "a coefficient with fewer than 10 degrees of freedom"
FEW_OF_OUTCOME = "fewer than 10 responses with a value of the outcome"
OF_DYADS = {"n_dyads": 10.0, "least_category_dyads": 10.0, "dyad_leverage": 0.3}


# What is known, what is withheld then, and the reason; every other rule lets it pass.
OWN_RULES = {
    "mixed, degrees of freedom": (OF_MIXED, {"least_df": 9.9}, "a coefficient with fewer than 10 degrees of freedom"),
    "mixed, few groups": (OF_MIXED, {"n_clusters": 9}, "fewer than 10 clusters"),
    "mixed, one organisation": (
        OF_MIXED,
        {"unit_leverage": 0.9},
        "one organisation or person nearly decides a coefficient",
    ),
    "imputed, people": (OF_IMPUTED, {"n_complete": 9.0}, "fewer than 10 responses without an imputed value"),
    "imputed, degrees of freedom": (
        OF_IMPUTED,
        {"df_complete": 9.0},
        "fewer than 10 degrees of freedom without the responses with imputed values",
    ),
    "imputed, category": (OF_IMPUTED, {"least_category_n": 9.0}, "a category with fewer than 10 responses"),
    "by design, units": (OF_DESIGN, {"least_units_of_stratum": 2.0}, "a stratum with fewer than 3 sampled units"),
    "by design, people": (OF_DESIGN, {"least_people_of_stratum": 9.0}, "a stratum with fewer than 10 responses"),
    "equations, one organisation": (OF_PATHS, {"unit_leverage": 0.9}, ONE_UNIT),
    "equations, one response": (OF_PATHS, {"row_leverage": 0.9}, ONE_ROW),
    "equations, category": (OF_PATHS, {"least_category_n": 9.0}, "a category with fewer than 10 responses"),
    "equations, category of organisations": (
        OF_PATHS,
        {"least_category_organisations": 2.0},
        "a category with fewer than 3 organisations",
    ),
    "estimating equations, degrees of freedom": (OF_WORKING, {"least_df": 9.9}, FEW_DEGREES),
    "estimating equations, groups less facts": (OF_WORKING, {"df_of_groups": 9.0}, FEW_DEGREES),
    "estimating equations, few clusters": (OF_WORKING, {"n_clusters": 9}, "fewer than 10 clusters"),
    "estimating equations, one organisation": (OF_WORKING, {"unit_leverage": 0.9}, ONE_UNIT),
    "estimating equations, one response": (OF_WORKING_COUNTS, {"row_leverage": 0.9}, ONE_ROW),
    "estimating equations, outcome": (OF_WORKING_LOGIT, {"least_outcome_n": 9.0}, FEW_OF_OUTCOME),
    "in groups, outcome": (OF_MIXED_LOGIT, {"least_outcome_n": 9.0}, FEW_OF_OUTCOME),
    "in groups, groups less facts": (OF_MIXED_LOGIT, {"df_of_groups": 9.0}, FEW_DEGREES),
    "in groups, one organisation": (OF_MIXED_LOGIT, {"unit_leverage": 0.9}, ONE_UNIT),
    "in groups, few groups": (OF_MIXED_LOGIT, {"n_clusters": 9}, "fewer than 10 clusters"),
    "categories, few with an answer": (
        OF_LOGIT,
        {"least_answer_of_category": 2.0},
        "a category in which fewer than 3 responses have an answer, or another than the rest",
    ),
    "categories, one organisation": (OF_LOGIT, {"unit_leverage": 0.9}, ONE_UNIT),
    "counts, one person": (
        OF_WORKING_COUNTS,
        {"count_beside_two": 0.09},
        "a number to which one or two responses bring nearly all, or a category in which all have nought",
    ),
    "dyads, others": (OF_DYADS, {"n_dyads": 9.0}, "answers of fewer than 10 other members of dyads"),
    "dyads, category": (
        OF_DYADS,
        {"least_category_dyads": 9.0},
        "a category with answers of fewer than 10 other members of dyads",
    ),
    "dyads, one other": (OF_DYADS, {"dyad_leverage": 0.9}, "one organisation or person nearly decides a coefficient"),
    "weights": (
        {"estimator": "WLS", "weight_in_people": 10.0},
        {"weight_in_people": 9.9},
        "a response with more weight than one of 10 would have",
    ),
}


@pytest.mark.parametrize("rule", OWN_RULES)
def test_every_rule_of_its_own_withholds_by_itself_and_says_why(rule):
    known, broken, told = OWN_RULES[rule]
    assert not fit_is_withheld(**known)
    figures = {**diagnostics(), **{key: value for key, value in {**known, **broken}.items() if key not in fit()}}
    row = fit(**{key: value for key, value in {**known, **broken}.items() if key in fit()})
    assert reasons_to_withhold(row, figures, ["intercept", "voice"], []) == [told]


# The constant, a value that switches the rule off, and a case of equations that this rule alone withholds.
OWN_RULES_OFF = {
    "one organisation": ("HIGHEST_LEVERAGE", 1.1, {**OF_WORKING, "unit_leverage": 0.95}),
    "one response": ("HIGHEST_LEVERAGE", 1.1, {**OF_PATHS, "row_leverage": 0.95}),
    "degrees of freedom": ("LEAST_DF", 0, {**OF_MIXED_LOGIT, "df_of_groups": 8.0}),
    "clusters": ("LEAST_CLUSTERS", 0, {**OF_WORKING, "n_clusters": 9}),
    "few with an answer": ("LEAST_BAND", 0, {**OF_LOGIT, "least_answer_of_category": 2.0}),
    "counts of one person": ("LEAST_BESIDE_TWO", 0, {**OF_WORKING_COUNTS, "count_beside_two": 0.05}),
    "one organisation of yes and no": ("HIGHEST_LEVERAGE", 1.1, {**OF_LOGIT, "unit_leverage": 0.95}),
    "category of organisations": ("LEAST_ORGANISATIONS", 0, {**OF_PATHS, "least_category_organisations": 2.0}),
}


@pytest.mark.parametrize(("constant", "off", "known"), OWN_RULES_OFF.values(), ids=OWN_RULES_OFF)
def test_every_rule_of_equations_bites_and_no_other_stands_in_for_it(monkeypatch, constant, off, known):
    assert fit_is_withheld(**known)
    monkeypatch.setattr(fits_to_withhold, constant, off)
    assert not fit_is_withheld(**known)


@pytest.mark.parametrize("kind", ["mediation", "estimating equations", "yes and no in groups"])
def test_without_rules_of_its_own_a_fit_that_one_organisation_decides_is_shown(monkeypatch, kind):
    decided = {**OWN_KINDS[kind], "unit_leverage": 1.0}
    assert fit_is_withheld(**decided)
    monkeypatch.setattr(fits_to_withhold, "has_rules_of_its_own", lambda *_: False)
    assert not fit_is_withheld(**decided)


def test_degrees_of_freedom_of_terms_do_not_bind_least_squares():
    assert not fit_is_withheld(least_df=3.0)


@pytest.mark.parametrize("estimator", fits_to_withhold.OF_RESPONSES)
def test_one_organisation_that_decides_withholds_least_squares(monkeypatch, estimator):
    known = {"estimator": estimator, "unit_leverage": 0.9}
    assert fit_is_withheld(**known)
    assert fit_is_withheld(estimator=estimator, is_missing=("unit_leverage",))
    assert not fit_is_withheld(**known, n_responses=400.0)  # rows are organisations: their leverage is that of rows
    monkeypatch.setattr(fits_to_withhold, "OF_RESPONSES", ())
    assert not fit_is_withheld(**known)


def test_a_fit_of_a_log_ratio_is_withheld():
    assert reasons_to_withhold(fit(), diagnostics(noughts_count_as=3.25), ["intercept", "voice"], []) == [
        "a log-ratio of shares, for which the dashboard has no words yet"
    ]


def test_a_fit_of_scales_without_some_items_is_withheld():
    found = diagnostics() | {"alpha_without_items of voice": 0.8}
    assert reasons_to_withhold(fit(), found, ["intercept", "voice"], []) == [
        "scales without some of their items, which the dashboard would call by the names of the whole ones"
    ]


def test_every_reason_is_given():
    reasons = reasons_to_withhold(
        fit(n_obs=8, df_resid=4.0, n_clusters=3),
        {"max_leverage": 1.0, "least_category_n": 1.0, "n_organisations": 2.0, "least_category_organisations": 1.0},
        ["organisation_id[North]", "site[North]"],
        ["site"],
    )
    assert reasons == [
        "fewer than 10 responses",
        "fewer than 10 degrees of freedom",
        "fewer than 10 clusters",
        "a category with fewer than 10 responses",
        "one response nearly decides a coefficient",
        "one organisation or person nearly decides a coefficient",
        "fewer than 3 organisations",
        "a category with fewer than 3 organisations",
        "a figure for a single organisation",
        "a category whose names are cell texts",
    ]


def people(*spans: tuple[int, int]) -> frozenset[str]:
    return frozenset(f"survey/{number}" for first, last in spans for number in range(first, last))


@pytest.mark.parametrize(
    ("fits", "withheld"),
    [
        ({"h1.main": people((0, 100)), "h1.wide": people((0, 100))}, []),
        ({"h1.main": people((0, 100)), "h1.wide": people((0, 110))}, []),
        ({"h1.main": people((0, 100)), "h1.wide": people((0, 109))}, ["h1.wide"]),
        ({"h1.main": people((0, 100)), "h1.narrow": people((0, 99))}, ["h1.narrow"]),
        ({"h1.main": people((0, 100)), "h2.main": people((0, 99))}, ["h2.main"]),
        ({"h1.main": people((0, 100)), "h1.moved": people((1, 101))}, ["h1.moved"]),
        ({"h1.main": people((0, 100)), "h1.moved": people((5, 105))}, []),
        ({"h1.main": people((0, 100)), "a": people((0, 120)), "b": people((0, 115))}, ["b"]),
        ({"h1.main": people((0, 100)), "a": people((0, 105)), "b": people((0, 112))}, ["a"]),
    ],
    ids=[
        "the same people",
        "ten more",
        "nine more",
        "one fewer",
        "one fewer in another model",
        "as many but one other",
        "as many but five others",
        "like a variant",
        "like a withheld fit only",
    ],
)
def test_fits_whose_people_differ_by_few_are_not_shown_together(fits, withheld):
    assert list(too_alike(fits, 10, {})) == withheld


def test_the_least_cell_size_decides_what_is_too_alike():
    fits = {"h1.main": people((0, 100)), "h2.main": people((0, 93))}
    assert too_alike(fits, 7, {}) == {}
    assert too_alike(fits, 8, {}) == {"h2.main": "differs from a released fit by fewer than 8 responses"}


def organisations_of(**sizes: tuple[int, int]) -> dict[str, str]:
    return {each: name for name, span in sizes.items() for each in people(span)}


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ({"c": (90, 120)}, "differs from a released fit by fewer than 3 organisations"),
        ({"c": (90, 105), "d": (105, 120)}, "differs from a released fit by fewer than 3 organisations"),
        ({"c": (90, 100), "d": (100, 110), "e": (110, 120)}, None),
        ({"c": (90, 119)}, None),
    ],
    ids=["one organisation", "two", "three", "somebody of no known organisation"],
)
def test_fits_that_differ_by_one_organisation_are_not_shown_together(last, told):
    """Thirty people are enough; but they are one organisation, whose mean is the difference of two sums."""
    fits = {"h1.main": people((0, 120)), "h1.without": people((0, 90))}
    found = too_alike(fits, 10, organisations_of(a=(0, 40), b=(40, 90), **last))
    assert found == ({"h1.without": told} if told else {})


def test_without_the_rule_the_mean_of_an_organisation_is_the_difference_of_two_fits(monkeypatch):
    """Two regressions on nothing but a constant, with and without one organisation of thirty: the attack."""
    scores = np.random.default_rng(4).integers(4, 21, 120) / 4
    shown = [round(float(scores.mean()), 3), round(float(scores[:90].mean()), 3)]
    assert (120 * shown[0] - 90 * shown[1]) / 30 == pytest.approx(scores[90:].mean(), abs=0.01)
    fits = {"h1.main": people((0, 120)), "h1.without": people((0, 90))}
    organisations = organisations_of(a=(0, 40), b=(40, 90), c=(90, 120))
    assert too_alike(fits, 10, organisations)
    monkeypatch.setattr(fits_to_withhold, "LEAST_ORGANISATIONS", 1)
    assert not too_alike(fits, 10, organisations)
