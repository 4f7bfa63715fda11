"""What the page of results says of estimators, of mixed models and of imputed values, in both languages."""

from types import SimpleNamespace

import pytest

from dashboard.danish import DANISH
from dashboard.english import ENGLISH
from dashboard.views.coefficients import _counted_in
from dashboard.views.results import _line
from dashboard.wording import Words
from models.sections.inference import REPLICATED
from pipelines.steps import fits_to_withhold
from pipelines.steps.fits_to_withhold import COVARIANCES, WITH_RULES, reasons_without_words

PLAIN = {
    "n_obs": 845,
    "n_clusters": None,
    "covariance": "classical",
    "r_squared": 0.21,
    "estimator": "OLS",
    "level": "response",
    "fixed_effects": "",
    "random_effects": "",
    "imputations": 0,
}
MIXED = {"estimator": "mixed", "n_clusters": 40}
SAID = {
    "en": {
        "mixed": "estimator: mixed model. People of the same group answer more alike than others, and the model "
        "expects that of organisations; what is expected of a single one is never shown.",
        "several": "expects that of persons and organisations and waves;",
        "corrected": "estimator: least squares with corrected means. The organisations' means are corrected for how "
        "few answers each rests on.",
        "plain": "estimator: least squares.",
        "imputed": "Missing answers were filled in 20 times from what similar people answered",
    },
    "da": {
        "mixed": "estimator: multilevelmodel. Personer i samme gruppe svarer mere ens end andre, og det regner "
        "modellen med for organisationer; hvad der ventes af en enkelt, vises aldrig.",
        "several": "regner modellen med for personer og organisationer og runder;",
        "corrected": "estimator: mindste kvadrater med rettede gennemsnit. Organisationernes gennemsnit er rettet for, "
        "hvor få svar hvert af dem hviler på.",
        "plain": "estimator: mindste kvadrater.",
        "imputed": "Manglende svar er udfyldt 20 gange ud fra, hvad lignende personer svarede",
    },
}


def line(language, **changes):
    page = SimpleNamespace(words=Words(language), scale=lambda name: name)
    return _line(page, {**PLAIN, **changes})


@pytest.mark.parametrize("language", SAID)
def test_a_mixed_model_says_which_groups_are_expected_to_differ(language):
    assert SAID[language]["mixed"] in line(language, **MIXED, random_effects="organisation_id")
    three = "respondent_key, organisation_id, wave"
    assert SAID[language]["several"] in line(language, **MIXED, random_effects=three)


@pytest.mark.parametrize("language", SAID)
def test_imputed_values_are_said_with_how_often(language):
    assert SAID[language]["imputed"] in line(language, imputations=20)


@pytest.mark.parametrize("language", SAID)
def test_corrected_means_are_said(language):
    assert SAID[language]["corrected"] in line(language, estimator="corrected_means", covariance="jackknife")


@pytest.mark.parametrize("language", SAID)
def test_other_models_say_nothing_of_groups_or_imputation_nor_do_older_releases(language):
    older = {key: value for key, value in PLAIN.items() if key not in ("random_effects", "imputations")}
    page = SimpleNamespace(words=Words(language), scale=lambda name: name)
    for said in (line(language), _line(page, older)):
        assert SAID[language]["imputed"] not in said
        assert said.endswith(SAID[language]["plain"])


EXPLAINED = [each for each in WITH_RULES if not reasons_without_words({"estimator": each})]


@pytest.mark.parametrize("estimator", EXPLAINED)
def test_an_estimator_that_a_release_shows_has_words_in_both_languages(estimator):
    for language, words in (("en", ENGLISH), ("da", DANISH)):
        said = words[f"estimator_{estimator}"]
        assert f"estimator: {said}." in line(language, estimator=estimator)


@pytest.mark.parametrize("covariance", [each for each in COVARIANCES if each not in REPLICATED])
def test_a_covariance_that_a_release_shows_has_words_in_both_languages(covariance):
    for language, words in (("en", ENGLISH), ("da", DANISH)):
        assert words[f"covariance_{covariance}"] in line(language, covariance=covariance)


def test_every_estimator_with_rules_has_words_but_those_of_units_in_waves_totals_and_quantiles():
    withheld = {*fits_to_withhold.OF_UNITS, "population_total", "population_quantiles"}
    assert set(EXPLAINED) == set(WITH_RULES) - withheld


@pytest.mark.parametrize(("language", "said"), [("en", "that of collaborations;"), ("da", "for samarbejder;")])
def test_collaborations_among_the_groups_have_words(language, said):
    assert said in line(language, **MIXED, random_effects="collaboration_id")


@pytest.mark.parametrize(
    ("estimator", "term", "said"),
    [
        ("logit", "intercept", "odds or number where every term is 0"),
        ("multinomial", "The manager: intercept", "odds or number where every term is 0"),
        ("logit", "identity_work", "odds: times as high"),
        ("OLS", "intercept", "points"),
    ],
)
def test_a_constant_of_a_model_of_ratios_counts_a_level(estimator, term, said):
    assert _counted_in(SimpleNamespace(words=Words("en")), {"estimator": estimator}, term) == said
