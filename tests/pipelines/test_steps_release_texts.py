"""Released texts: everything a page says, by kind, name and language; terms of a model in words."""

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace
from unittest.mock import patch

import pandas as pd
import pytest
from pilot_study import pilot_study

from models.sections.variants import Variant
from pipelines import fit_disclosure
from pipelines.load import load_study
from pipelines.sections.screening import Exclusions, Screening
from pipelines.steps.release_texts import release_texts, released_items, released_scales, titles_of
from pipelines.steps.term_labels import term_label
from pipelines.tables import released
from tests.coded_study import build_coded_study

TITLES = {
    "voice": {"en": "Voice", "da": "Stemme"},
    "education": {"en": "Education", "da": "Uddannelse"},
    "trust": {"da": "Tillid"},
    "gender": {"en": "What is your gender?"},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return pilot_study(tmp_path_factory.mktemp("pilot"))


def text_of(texts, kind, name, language):
    (found,) = texts.query("kind == @kind and name == @name and language == @language")["text"]
    return found


@pytest.mark.parametrize(
    ("kind", "name", "language", "text"),
    [
        ("study_title", "pilot", "da", "Pilotstudie"),
        ("wave_title", "spring", "en", "Spring"),
        ("group_title", "STAFF", "en", "Staff"),
        ("scale_title", "voice", "da", "Stemme"),
        ("scale_title", "trust", "und", "trust"),
        ("high_score_means", "voice", "en", "People speak up."),
        ("item_text", "v1", "en", "I speak up."),
        ("point_label", "v1=3", "da", "Altid"),
        ("point_label", "t1=4", "und", "4"),
        ("model_title", "h1", "en", "More voice goes with more trust"),
        ("hypothesis", "h1", "und", "Those who speak up trust more."),
        ("estimand", "h1", "und", "Difference in trust for one point more voice."),
        ("variant_title", "h1/plain", "und", "plain"),
        ("term_label", "h1/voice", "da", "Stemme"),
        ("term_label", "h1/intercept", "da", "Konstant"),
    ],
)
def test_every_text_of_a_page_is_there(study, kind, name, language, text):
    texts = release_texts(study, [("h1", "voice"), ("h1", "intercept"), ("h1", "voice")])
    assert text_of(texts, kind, name, language) == text


def test_an_outcome_that_is_a_mean_of_a_scale_is_in_words_and_one_without_words_is_left_out(study):
    for outcome, words in (("voice_organisation_mean", ["Stemme (organisationens gennemsnit)"]), ("tenure", [])):
        models = {"h1": study.models["h1"].model_copy(update={"outcome": outcome})}
        texts = release_texts(replace(study, models=models), [])
        assert texts.query("kind == 'outcome_title' and language == 'da'")["text"].tolist() == words


def test_answers_to_an_outcome_of_several_are_in_words_and_so_is_the_one_compared_with(study):
    models = {"h1": study.models["h1"].model_copy(update={"outcome": "v1"})}
    texts = release_texts(
        replace(study, models=models), [("h1", "Always: voice x trust"), ("h1", "Always: voice")], (), {"h1/main": "1"}
    )
    assert text_of(texts, "term_label", "h1/Always: voice", "da") == "Altid: Stemme"
    assert text_of(texts, "term_label", "h1/Always: voice x trust", "da") == "Altid: Stemme × trust"
    assert text_of(texts, "term_label", "h1/voice", "da") == "Stemme"
    assert text_of(texts, "answer_title", "h1/Always", "da") == "Altid"
    assert text_of(texts, "outcome_reference", "h1/main", "en") == "1"


def test_the_answer_compared_with_is_the_declared_one_of_shown_present_fits():
    spec = SimpleNamespace(estimator="multinomial", outcome="way", outcome_reference="telephone", composition=None)
    usual = {"model": "h1", "estimator": "multinomial", "is_current": True, "data_hash": "d", "labels_json": "{}"}
    ways = [
        {"fit_id": "a", "variant": "main"},
        {"fit_id": "b", "variant": "older", "is_current": False},
        {"fit_id": "c", "variant": "withheld"},
        {"fit_id": "d", "variant": "plain", "estimator": "OLS"},
    ]
    fits, rows = pd.DataFrame([usual | each for each in ways]), pd.DataFrame({"way": ["letter", "telephone"] * 9})
    store = SimpleNamespace(read=lambda _: fits, kept_rows=lambda _: rows)
    with patch.object(fit_disclosure, "recorded_model", lambda _: spec):
        assert fit_disclosure.reference_answers(store, ["a", "b", "d"]) == {"h1/main": "telephone"}


def test_variants_have_titles_in_words_also_those_that_an_exclusion_rule_made(study):
    titled = study.models["h1"].model_copy(
        update={
            "variants": (
                Variant(name="first_wave", title={"en": "First wave only", "da": "Kun første runde"}),
                Variant(name="hc3_only"),
            )
        }
    )
    models = {"h1": titled.with_exclusions(["too_fast"])}
    texts = release_texts(replace(study, models=models), []).query("kind == 'variant_title'")
    assert {(name.partition("/")[2], language): text for _, name, language, text in texts.to_numpy()} == {
        ("first_wave", "en"): "First wave only",
        ("first_wave", "da"): "Kun første runde",
        ("hc3_only", "und"): "hc3 only",
        ("without_too_fast", "en"): "without too fast",
        ("without_too_fast", "da"): "uden too fast",
        ("first_wave_without_too_fast", "en"): "First wave only, without too fast",
        ("first_wave_without_too_fast", "da"): "Kun første runde, uden too fast",
        ("hc3_only_without_too_fast", "en"): "hc3 only, without too fast",
        ("hc3_only_without_too_fast", "da"): "hc3 only, uden too fast",
    }


def test_an_exclusion_rule_is_named_by_its_title_in_each_language(study):
    rule = Exclusions(
        title={"en": "very fast responses", "da": "meget hurtige besvarelser"},
        any_of=("total_duration",),
        because="nobody reads so fast",
        declared_on=dt.date(2026, 1, 15),
    )
    spec = study.spec.model_copy(update={"screening": Screening(exclusions={"too_fast": rule})})
    models = {"h1": study.models["h1"].with_exclusions(["too_fast"])}
    texts = release_texts(replace(study, spec=spec, models=models), [])
    assert text_of(texts, "variant_title", "h1/without_too_fast", "en") == "without very fast responses"
    assert text_of(texts, "variant_title", "h1/without_too_fast", "da") == "uden meget hurtige besvarelser"


def test_a_text_is_there_once(study):
    texts = release_texts(study, [("h1", "voice")] * 3)
    assert not texts.duplicated(["kind", "name", "language"]).any()
    assert set(texts["kind"]) <= set(released.TEXTS.columns["kind"].meaning.replace(",", " ").split())
    released.TEXTS.schema().validate(texts)


def test_opt_outs_are_no_points(study):
    texts = release_texts(study, [])
    assert "v1=-8" not in set(texts["name"])


@pytest.mark.parametrize(
    ("term", "language", "label"),
    [
        ("voice", "en", "Voice"),
        ("voice", "fr", "Voice"),
        ("trust", "en", "Tillid"),
        ("tenure", "en", "tenure"),
        ("education[Master]", "da", "Uddannelse: Master"),
        ("voice x education[Master]", "en", "Voice × Education: Master"),
        ("gender[Other]", "en", "What is your gender? Other"),
        ("voice_organisation_mean", "en", "Voice (organisation mean)"),
        ("voice_within_organisation", "da", "Stemme (forskel fra organisationen)"),
        ("voice_within_organisation", "fr", "Voice (difference from the organisation)"),
        ("respondent_group[STAFF]", "en", "respondent_group: STAFF"),
        ("voice^2", "en", "Voice, power 2"),
        ("voice_organisation_mean^2", "da", "Stemme (organisationens gennemsnit), potens 2"),
    ],
)
def test_terms_are_written_in_words(term, language, label):
    assert term_label(term, TITLES, language) == label


def test_scales_carry_status_and_the_range_of_their_scores(study):
    scales = released_scales(study).set_index("scale")
    assert scales.loc["voice", ["position", "status", "score", "lowest", "highest"]].tolist() == [
        0,
        "draft",
        "mean",
        1,
        3,
    ]
    assert scales.loc["trust", ["position", "status", "score", "lowest", "highest"]].tolist() == [
        1,
        "piloted",
        "sum",
        2,
        10,
    ]


def test_items_carry_their_order_direction_and_midpoint(study):
    items = released_items(study)
    assert items[items["scale"] == "voice"][["item", "position", "is_reverse_scored"]].to_numpy().tolist() == [
        ["v1", 0, False],
        ["v2", 1, True],
        ["v3", 2, False],
    ]
    assert items.groupby("scale")["midpoint"].max().fillna(-1).to_dict() == {"trust": -1, "voice": 2}


def test_items_outside_scales_are_not_released_as_results(study):
    assert set(released_items(study)["item"]) == {"v1", "v2", "v3", "t1", "t2"}


def test_a_coded_outcome_is_called_by_what_its_code_means(tmp_path):
    study = load_study(build_coded_study(tmp_path / "small"))
    codes = study.coding.scheme.codes
    variables = {name: each for name, each in study.coding.variables().items() if each.kind == "code"}
    titles = titles_of(study)
    assert variables
    for name, each in variables.items():
        (meaning,) = codes[each.code].definition.values()
        where = f" ({each.item})" if each.item else ""
        assert titles[name]["en"] == meaning[0].upper() + meaning[1:] + where
        assert codes[each.code].name not in titles[name]["en"].split()
    assert len({titles[name]["en"] for name in variables}) == len(variables)
