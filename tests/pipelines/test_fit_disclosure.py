"""Disclosure of fits (P11 of the design): which are withheld, why in words, and that every single rule bites.

A rule bites when its case is withheld with the rule and shown without it: a version of the software without the rule
fails here.
"""

import pandas as pd
import pytest

from pipelines.steps import fits_to_withhold
from pipelines.steps.fits_to_withhold import reasons_to_withhold, reasons_without_words, too_alike
from pipelines.steps.withheld_reasons import REASONS, reason


def fit(**changes):
    usual = {"estimator": "OLS", "covariance": "CR2", "n_obs": 200, "df_resid": 190.0, "n_clusters": 40}
    return {**usual, "least_cell_size": 10, **changes}


def diagnostics(**changes):
    organisations = {"n_organisations": 40.0, "least_category_organisations": 12.0}
    return {"max_leverage": 0.2, "least_category_n": 30.0, **organisations, **changes}


def fit_is_withheld(least=10, terms=("intercept", "voice"), is_missing=(), **changes):
    figures = {key: value for key, value in changes.items() if key in fit()}
    others = {key: value for key, value in changes.items() if key not in fit()}
    kept = {key: value for key, value in diagnostics(**others).items() if key not in is_missing}
    return bool(reasons_to_withhold({**fit(**figures), "least_cell_size": least}, kept, terms, ["site"]))


def test_only_coefficients_in_units_of_the_outcome_are_released():
    assert not fit_is_withheld(estimator="WLS")
    assert reasons_without_words(fit()) == []
    logit = reasons_without_words({**fit(), "estimator": "logit"})
    assert logit == ["coefficients in other units than the outcome, for which the dashboard has no words"]


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
    assert without_words == ["et udfald fra registre, som dashboardet ikke har ord for"]
    fits = {"h1.main": frozenset(map(str, range(30))), "h2.main": frozenset(map(str, range(28)))}
    assert too_alike(fits, 10, "da") == {"h2.main": "afviger fra en frigivet estimation med færre end 10 besvarelser"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"estimator": "random_effects"}, "an estimator of units in waves, for which the dashboard has no words"),
        ({"estimator": "mixed"}, "a mixed model, for which the dashboard has no words"),
        ({"is_of_records": True}, "an outcome from records, for which the dashboard has no words"),
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


def test_a_fit_of_imputed_values_is_withheld():
    assert reasons_to_withhold(fit(), diagnostics(n_imputations=20.0), ["intercept", "voice"], []) == [
        "imputed values, for which there are no rules of disclosure yet"
    ]


def test_a_fit_of_a_log_ratio_is_withheld():
    assert reasons_to_withhold(fit(), diagnostics(noughts_count_as=3.25), ["intercept", "voice"], []) == [
        "a log-ratio of shares, for which the dashboard has no words yet"
    ]


def test_a_fit_of_scales_without_some_items_is_withheld():
    found = diagnostics() | {"alpha_without_items of voice": 0.8}
    assert reasons_to_withhold(fit(), found, ["intercept", "voice"], []) == [
        "scales without some of their items, which the dashboard would call by the names of the whole ones"
    ]


def test_a_fit_by_the_design_of_a_sample_is_withheld():
    assert reasons_to_withhold(fit(covariance="design"), diagnostics(), ["intercept", "voice"], []) == [
        "errors by the design of the sample, for which there are no rules of disclosure yet"
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
    assert list(too_alike(fits, 10)) == withheld


def test_the_least_cell_size_decides_what_is_too_alike():
    fits = {"h1.main": people((0, 100)), "h2.main": people((0, 93))}
    assert too_alike(fits, 7) == {}
    assert too_alike(fits, 8) == {"h2.main": "differs from a released fit by fewer than 8 responses"}
