"""What a fit found of its focal regressor, in sentences: figures, direction, verdicts, marks; never a cause."""

import re
from dataclasses import replace
from typing import get_args

import pytest

from dashboard import conditions
from models.regression.covariance import DEFINITIONS
from models.sections.inference import PANEL, Covariance
from pipelines.report_tables.danish import DANISH
from pipelines.report_tables.english import ENGLISH
from pipelines.report_tables.sentences import sentences_of, without_breaks
from pipelines.report_tables.words import WORDINGS
from tests.reported_fits import reported, responses, six_fits, words

PLAIN = ("integration", "safety")
CAUSAL = re.compile(
    r"\b((?<!smallest )effect of|caus\w*|leads? to|led to|impact\w*|influenc\w*|driv\w+|because|due to|result\w* in"
    r"|increases?|decreases?|påvirk\w*|medfør\w*|forårsag\w*|fører til|skyldes|øger|mindsker)\b",
    re.IGNORECASE,
)


def said(language: str = "en", **changes: object) -> list[str]:
    return [without_breaks(each) for each in sentences_of(reported(language, **changes), words(language))]


def with_figures(language: str = "en", **figures: float):
    """Return a fit whose focal estimate has been set to known figures."""
    fit = reported(language, regressors=PLAIN, readings=reported(regressors=PLAIN).readings.iloc[:0])
    estimates = fit.estimates.copy()
    place = estimates.index[estimates["term"] == "integration"]
    for name, value in figures.items():
        estimates.loc[place, name] = value
    return replace(fit, estimates=estimates, n_clusters=98, label="confirmatory")


KNOWN = {"estimate": 0.241, "std_error": 0.07, "df": 41.31, "statistic": 3.443, "p_value": 0.00134, "conf_low": 0.0996,
         "conf_high": 0.3824}  # fmt: skip


@pytest.mark.parametrize(
    ("language", "figures", "sentence"),
    [
        ("en", {}, "Vertical integration went with more co-production, b = 0.24, 95 % CI [0.10, 0.38], t(41.3) = 3.44, "
                   "p = .001 (CR2, 98 organisations; confirmatory)."),
        ("da", {}, "Lodret integration gik sammen med mere samskabelse, b = 0,24; 95 % CI [0,10; 0,38]; "
                   "t(41,3) = 3,44; p = ,001 (CR2, 98 organisationer; konfirmatorisk)."),
        ("en", {"estimate": -0.241, "statistic": -3.443, "conf_low": -0.3824, "conf_high": -0.0996, "p_value": 1e-9},
               "Vertical integration went with less co-production, b = −0.24, 95 % CI [−0.38, −0.10], "
               "t(41.3) = −3.44, p < .001 (CR2, 98 organisations; confirmatory)."),
        ("en", {"conf_low": -0.02, "p_value": 0.08},
               "Vertical integration showed no clear connection with co-production, b = 0.24, 95 % CI [−0.02, 0.38], "
               "t(41.3) = 3.44, p = .080 (CR2, 98 organisations; confirmatory)."),
        ("en", {"df": float("nan"), "conf_low": 0.0004},
               "Vertical integration went with more co-production, b = 0.241, 95 % CI [0.000, 0.382], z = 3.44, "
               "p = .001 (CR2, 98 organisations; confirmatory)."),
    ],
    ids=["more", "danish", "less", "unclear", "normal"],
)  # fmt: skip
def test_a_finding_is_told_as_apa_asks(language, figures, sentence):
    fit = with_figures(language, **(KNOWN | figures))
    assert [without_breaks(each) for each in sentences_of(fit, words(language))] == [sentence]


def test_a_released_figure_tells_of_about_so_many_and_has_no_test_statistic():
    fit = with_figures(**(KNOWN | {"df": float("nan"), "statistic": float("nan")}))
    (sentence,) = sentences_of(replace(fit, is_released=True, n_clusters=100), words())
    assert without_breaks(sentence).endswith("p = .001 (CR2, about 100 organisations; confirmatory).")
    assert " t(" not in sentence
    assert "z =" not in sentence


@pytest.mark.parametrize(
    ("smallest", "verdict"),
    [
        (0.1, "The connection is at least as large as the smallest effect of interest (0.10): its 90 % interval ["),
        (0.5, "The data neither show nor rule out a connection as large as the smallest effect of interest (0.50)."),
        (2.0, "The connection is smaller than the smallest effect of interest (2.00), p < .001 (two one-sided tests)."),
    ],
)
def test_the_verdict_against_the_smallest_effect_of_interest_is_worded(smallest, verdict):
    (sentence,) = said(regressors=PLAIN, smallest_effect_of_interest=smallest)
    assert verdict in sentence


def test_adjustment_is_told_where_a_family_has_several_tests():
    told = {"family": "H1", "holm_p": 0.004}
    (one,) = said(regressors=PLAIN, **told, n_in_family=1)
    (several,) = said(regressors=PLAIN, **told, n_in_family=3)
    assert "Adjusted for the tests of the family H1 by Holm’s method: p = .004." in several
    assert "Holm" not in one


def test_a_product_says_how_the_connection_changes_and_where_the_other_stood():
    main, product = said()
    assert main.startswith("Where psychological safety as colleagues in the same team see it stood at 0: vertical")
    assert product.startswith(
        "The connection of vertical integration with co-production rose with psychological safety"
    )


def test_at_the_average_where_the_other_is_centred():
    centred = {"variable": "safety", "centre": "grand_mean"}
    main, _ = said(regressors=("integration", centred, {"interaction": ("integration", centred)}))
    assert main.startswith("Where psychological safety as colleagues in the same team see it stood at the average: ")


def test_a_category_is_compared_with_its_reference():
    region = {"variable": "region", "use": "category", "reference": 1}
    rows = responses()
    rows["coproduction"] = rows["coproduction"] + 2 * (rows["region"] == 2)
    found = said(rows=rows, focal=region, regressors=("integration", region))
    assert found[0].startswith("Compared with North & <West>, South_10 % went with more co-production, b = ")
    assert found[1].startswith(
        "Between =SUM(A1) {x} and North & <West>, no clear difference showed in co-production, b ="
    )


def test_a_curve_is_not_read_term_by_term():
    bent = {"variable": "integration", "polynomial": 2}
    assert said(focal=bent, regressors=(bent, "safety")) == [
        "Vertical integration enters as a curve; its terms are to be read together."
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"estimator": "logit", "outcome": "is_high"},
            [
                r"log odds b = ",
                r"Odds ratio: \d\.\d\d, 95 % CI \[",
                r"Average effect on the probability: \d\.\d\d, 95 % CI",
            ],
        ),
        (
            {"estimator": "ordered_logit", "outcome": "level"},
            [r"log odds b = ", r", z = ", r"probability of the value 4: "],
        ),
    ],
    ids=["logit", "ordered"],
)
def test_categorical_outcomes_have_odds_and_average_effects(changes, told):
    (sentence,) = said(regressors=PLAIN, smallest_effect_of_interest=None, **changes)
    assert all(re.search(each, sentence) for each in told), sentence


def test_the_wording_of_a_question_stands_in_quotation_marks():
    (sentence,) = said(focal="question", regressors=("question", "safety"))
    assert sentence.startswith("“How often did you, yourself, ask for help?” ")


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_sentence_carries_its_mark_and_none_speaks_of_a_cause(language):
    for fit in six_fits(language):
        for sentence in sentences_of(fit, words(language)):
            assert words(language).say(fit.label).lower() in sentence
            assert not CAUSAL.search(sentence), sentence


def test_both_languages_have_the_same_words_to_fill():
    assert set(ENGLISH) == set(DANISH)
    for key in ENGLISH:
        fields = [set(re.findall(r"\{(\w+)\}", wording[key])) for wording in (ENGLISH, DANISH)]
        assert fields[0] == fields[1] or key == "verdict_relevant", key
    assert set(WORDINGS) == {"en", "da"}


def test_every_covariance_estimator_and_condition_has_words_in_both_languages():
    keys = [f"of_{covariance}" for covariance in get_args(Covariance)]
    keys += [f"estimator_{each}" for each in PANEL]
    keys += [f"measure_{measure}" for measure in conditions.WORDS]
    keys += [f"over_{over}" for over in ("wave", "language", "respondent_group", "source", "form")]
    for wording in (ENGLISH, DANISH):
        assert set(keys) <= set(wording)
    assert [key for key in keys if key.startswith("over_") and ENGLISH[key] == DANISH[key]] == []
    assert [kind for kind in DEFINITIONS if ENGLISH[f"of_{kind}"] != DEFINITIONS[kind]] == []


def test_no_wording_of_a_finding_speaks_of_a_cause():
    for wording in (ENGLISH, DANISH):
        found = [key for key, text in wording.items() if CAUSAL.search(text) and key != "not_causal"]
        assert found == []
