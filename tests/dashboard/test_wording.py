"""Both languages say the same things, nothing is claimed to bring something about, numbers follow the language."""

import re
import string
from typing import get_args

import pytest

from dashboard import figures
from dashboard.pointer import Reason
from dashboard.wording import WORDINGS, Words
from instruments.spec import ValidationStatus
from instruments.validation import STATUS_LABELS
from models.sections.inference import Covariance

CAUSAL = {
    "en": r"caus|effect|impact|\bdrive|leads? to|influenc|because|due to|results? in\b|determin|improv",
    "da": r"årsag|effekt|påvirk|fører til|medfør|skyldes|forårsag|på grund af|resulterer|bestemm|forbedr",
}


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_languages_have_the_same_keys_and_placeholders():
    english, danish = WORDINGS["en"], WORDINGS["da"]
    assert list(english) == list(danish)
    assert {key: _placeholders(text) for key, text in english.items()} == {
        key: _placeholders(text) for key, text in danish.items()
    }


@pytest.mark.parametrize("language", WORDINGS)
def test_no_wording_is_causal(language: str):
    found = [text for text in WORDINGS[language].values() if re.search(CAUSAL[language], text, re.IGNORECASE)]
    assert found == []


@pytest.mark.parametrize("language", WORDINGS)
def test_every_reason_status_and_covariance_has_words(language: str):
    keys = [*get_args(Reason)]
    keys += [f"covariance_{covariance}" for covariance in get_args(Covariance)]
    assert set(keys) <= set(WORDINGS[language])
    assert all(
        STATUS_LABELS[status][language] == Words(language).status(status) for status in get_args(ValidationStatus)
    )
    assert Words(language).status("tried at home") == "tried at home"


def test_study_text_that_is_missing_falls_back_on_the_name():
    assert Words("da", {("scale_title", "trust"): "Tillid"}).title("scale_title", "trust") == "Tillid"
    assert Words("da").title("scale_title", "trust") == "trust"


@pytest.mark.parametrize(
    ("written", "english", "danish"),
    [
        (lambda language: figures.decimal(-0.004, language), "0.00", "0,00"),
        (lambda language: figures.signed(0.004, language), "0.00", "0,00"),
        (lambda language: figures.signed(-0.04, language, 1), "0.0", "0,0"),
        (lambda language: figures.decimal(-1234.5, language), "−1,234.50", "−1.234,50"),
        (lambda language: figures.signed(0.21, language), "+0.21", "+0,21"),
        (lambda language: figures.signed(0.0, language), "0.00", "0,00"),
        (lambda language: figures.whole(12345, language), "12,345", "12.345"),
        (lambda language: figures.percent(41.6, language), "42%", "42\N{NO-BREAK SPACE}%"),
        (lambda language: figures.p_value(0.0, language), "< 0.001", "< 0,001"),
        (lambda language: figures.p_value(0.0415, language), "0.042", "0,042"),
        (lambda language: figures.decimal(float("nan"), language), "–", "–"),
        (lambda language: figures.date("2026-11-22T10:00:00+00:00", language), "22 November 2026", "22. november 2026"),
        (lambda language: figures.date("soon", language), "soon", "soon"),
    ],
)
def test_numbers_and_dates_follow_the_language(written, english, danish):
    assert (written("en"), written("da")) == (english, danish)


@pytest.mark.parametrize(
    ("ends", "places"),
    [((-0.131, -0.002), 3), ((-0.131, 0.0), 2), ((0.05, 0.4), 2), ((0.000002, 3.0), 6), ((float("nan"), 0.3), 2)],
)
def test_an_end_of_an_interval_that_is_not_zero_does_not_read_as_zero(ends: tuple[float, float], places: int):
    assert figures.places_for(ends) == places
