"""Every estimator that a release may show is said in words, in what it is counted in, never as a cause."""

import math
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.board_report.content import report_of
from pipelines.board_report.findings_of_fits import (
    Voice,
    found,
    holds_at_one_point,
    kind_of_term,
    readings_of,
    shown_ends,
)
from pipelines.board_report.value import Figure
from pipelines.board_report.words import WORDINGS
from pipelines.steps.fits_to_withhold import OF_UNITS, WITH_RULES, reasons_without_words
from pipelines.store.released import ReleaseFile, read_current_release
from pipelines.tables.released import TABLES
from pipelines.tables.units_of_estimates import OF_FIGURES, RATIOS, UNITS
from tests.board_reports import numbers_in, own_numbers, released_numbers
from tests.dashboard.build_release import point_at, write_release
from tests.dashboard.test_wording import CAUSAL
from tests.fits_of_every_kind import tables_of_every_kind

LANGUAGES = ("en", "da")
SAID = {
    "en": {
        "OLS": "one point more goes with 0.284 points (0.234 to 0.334).",
        "logit": "higher odds of “Wrote of citizens unprompted”: one point more goes with odds 1.328 times as high "
        "(1.264 to 1.397). On average over those who answered, that is a difference of 9 percentage points (4 to 14)",
        "ordered_logit": "odds of a higher answer to “How often do you meet citizens?”: one point more goes with odds",
        "multinomial": "No clear connection between “Identity work” and odds of “A colleague” beside the answer "
        "“Nobody” to “Whom would you ask first?”: one point more goes with anything from 0.962 to 1.063 times the "
        "odds.",
        "probit": "inclination behind “Wrote of citizens unprompted”: one point more goes with 0.284 standard "
        "deviations",
        "poisson": "higher numbers of “Meetings with citizens last month”: one point more goes with 1.328 times as "
        "many",
        "mediation": "In all, one point more at the start goes with 0.341 (0.291 to 0.391) points at the end; of "
        "these, 0.234 (0.184 to 0.284) do not pass through what lies between.",
        "two_outcomes": "“Identity work” goes together less with “Collective leadership” than with “Vertical "
        "integration”: one point more goes with 0.340 (0.290 to 0.390) points of the one and 0.713 (0.663 to 0.763) of "
        "the other, −0.373 apart (−0.423 to −0.323).",
        "mixed": "The connection of “Identity work” with what is explained may differ between organisations;",
        "corrected_means": "corrected for two things",
        "WLS": "Answers are weighted",
        "OLS_within": "Two persons who belong together answered",
        "gee_poisson": "the figures are of everybody taken together",
        "population_mean": "The average of “Collective leadership” is 3.413 (3.363 to 3.463). It is lowest for “Area: "
        "North”, 3.214 (3.164 to 3.264), and highest for “Area: South”, 3.701 (3.651 to 3.751); these intervals do not "
        "overlap.",
        "population_ratio": "“Collective leadership” for each one of what it is divided by is 3.413 (3.363 to 3.463).",
    },
    "da": {
        "OLS": "ét point mere følges med 0,284 point (0,234 til 0,334).",
        "logit": "højere odds for “Skrev uopfordret om borgere”: ét point mere følges med odds, der er 1,328 gange "
        "så høje (1,264 til 1,397). I gennemsnit over dem, der svarede, er det en forskel på 9 procentpoint (4 til "
        "14)",
        "mediation": "I alt følges ét point mere i begyndelsen med 0,341 (0,291 til 0,391) point i enden;",
        "multinomial": "højere odds for “Lederen” over for svaret “Ingen” på “Hvem ville du spørge først?”",
        "poisson": "1,328 gange så mange",
        "population_mean": "Gennemsnittet af “Kollektivt lederskab” er 3,413 (3,363 til 3,463). Det er lavest for "
        "“Område: Nord”, 3,214 (3,164 til 3,264), og højest for “Område: Syd”, 3,701 (3,651 til 3,751); disse "
        "intervaller overlapper ikke.",
        "corrected_means": "rettet for to ting",
        "OLS_within": "To personer, der hører sammen, har svaret",
    },
}


@cache
def every_kind() -> ReleaseFile:
    with TemporaryDirectory() as folder:
        point_at(Path(folder), write_release(Path(folder), tables_of_every_kind()))
        return read_current_release(Path(folder), TABLES)


@cache
def findings(language: str) -> dict[str, str]:
    section = next(each for each in report_of(every_kind(), language).sections if each.name == _sheet(language))
    models = sorted(UNITS)
    return dict(zip(models, section.findings, strict=True))


def _sheet(language: str) -> str:
    return WORDINGS[language]["together_sheet"]


def test_every_estimator_that_may_be_released_has_a_unit_and_no_other():
    """Units in waves, totals and quantiles, for which no rule is worked out, are withheld by name."""
    assert set(UNITS) == set(WITH_RULES) - {*OF_UNITS, "population_total", "population_quantiles"}
    assert all(not reasons_without_words({"estimator": each}) for each in UNITS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_unit_without_words_would_be_noticed(language: str):
    words = WORDINGS[language]
    for unit in OF_FIGURES:
        assert {f"found_{unit}", f"unit_{unit}"} <= set(words)
    for unit in set(UNITS.values()) - {"paths", "difference", *OF_FIGURES}:
        assert {f"what_{unit}", f"amount_{unit}", f"range_{unit}", f"unit_{unit}"} <= set(words)
    assert {f"{unit}_unit_reading" for unit in set(UNITS.values()) - {"points"}} <= set(words)


@pytest.mark.parametrize(("language", "estimator"), [(at, each) for at in LANGUAGES for each in UNITS])
def test_every_kind_of_fit_is_told_with_its_interval_and_without_a_cause(language: str, estimator: str):
    told = findings(language)[estimator]
    assert SAID[language].get(estimator, "") in told
    assert re.search(r"\(.?\d[.,]\d{3} (to|til) .?\d[.,]\d{3}\)", told)
    assert not re.search(CAUSAL[language], told, re.IGNORECASE)
    assert "{" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_section_says_what_may_not_be_concluded_and_its_table_what_is_counted(language: str):
    made = report_of(every_kind(), language)
    section = next(each for each in made.sections if each.name == _sheet(language))
    for unit in set(UNITS.values()) - {"points"}:
        assert WORDINGS[language][f"{unit}_unit_reading"] in section.lines
    assert section.sheet is not None
    counted = section.sheet.heads.index(WORDINGS[language]["counted_in"])
    assert {row[counted] for row in section.sheet.rows} == {
        WORDINGS[language][f"unit_{unit}"] for unit in UNITS.values()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_are_released_numbers_and_exponentials_of_them(language: str):
    known = released_numbers(every_kind()) | own_numbers()
    assert numbers_in(" ".join(findings(language).values()), language) <= known
    figures = {abs(each.value) for each in report_of(every_kind(), language).figures() if isinstance(each, Figure)}
    assert {round(each, 9) for each in figures} <= known


def test_without_its_reference_a_release_says_that_answers_are_compared_with_one():
    tables = tables_of_every_kind()
    texts = tables["meta.texts"]
    tables["meta.texts"] = texts[texts["kind"] != "outcome_reference"]
    with TemporaryDirectory() as folder:
        point_at(Path(folder), write_release(Path(folder), tables))
        made = report_of(read_current_release(Path(folder), TABLES), "en")
    told = next(each for each in made.sections if each.name == _sheet("en")).findings
    assert "odds of “A colleague” beside the answer that all others are compared with to “Whom" in " ".join(told)


def test_readings_are_of_the_units_there_are():
    assert readings_of(pd.DataFrame({"estimator": ["OLS", "poisson", "gee_logit", "logit"]})) == [
        "odds_unit_reading",
        "times_unit_reading",
    ]


@pytest.mark.parametrize(
    ("term", "kind"),
    [
        ("trust", "number"),
        ("respondent_group[FRL]", "category"),
        ("trust x respondent_group[FRL]", "product"),
        ("indirect: a -> b -> c", "indirect"),
        ("index: a -> b -> c", "index"),
        ("difference: a", "difference"),
        ("A colleague: trust", "number"),
    ],
)
def test_kind_of_term_is_told_from_its_name(term: str, kind: str):
    assert kind_of_term(term) == kind


def said_of_product(language: str, term: str, estimator: str, low: float, high: float) -> str:
    return said_of(term, estimator, (), language, low, high)[0]


def said_of(
    term: str, estimator: str, others: Sequence[str], language: str = "en", low: float = 0.1, high: float = 0.3
) -> tuple[str, ...]:
    def say(key: str, **values: object) -> str:
        return WORDINGS[language][key].format(**values)

    def three(ends: tuple[float, float, float]) -> tuple[str, str, str]:
        estimate, least, most = (f"{each:.3f}" for each in ends)
        return estimate, least, most

    voice = Voice(say, lambda ends, _: three(ends), three, *(lambda name: str(name).title(),) * 4)
    row = {"fit_id": "m.main.1", "estimate": (low + high) / 2, "conf_low": low, "conf_high": high}
    rows = [{**row, "term": each} for each in (term, *others)]
    fit = {"fit_id": "m.main.1", "variant": "main", "estimator": estimator, "outcome": "calm", "focal_term": term}
    return found({**fit, "expected_sign": "none"}, pd.DataFrame(rows), "M", voice)


@pytest.mark.parametrize(
    ("language", "term", "estimator", "ends", "told"),
    [
        ("en", "trust x workload", "OLS", (0.1, 0.3), "The higher “Workload”, the more “Calm” goes together with one"),
        ("en", "trust x workload", "OLS", (-0.3, -0.1), "point more of “Trust”: -0.200 points (-0.300 to -0.100) for"),
        ("en", "trust x workload", "OLS", (-0.1, 0.3), "is not clear: anything from -0.100 to 0.300 points for each"),
        ("da", "trust x workload", "OLS", (0.1, 0.3), "Jo højere “Workload”, desto mere “Calm” hænger sammen med ét"),
        ("da", "trust x workload", "OLS", (-0.1, 0.3), "er ikke klart: alt fra -0.100 til 0.300 point for hvert point"),
        ("en", "trust x workload", "logit", (0.1, 0.3), "The terms of “Trust X Workload” strengthen each other"),
        ("en", "trust x workload x age", "OLS", (0.1, 0.3), "The terms of “Trust X Workload X Age” strengthen each"),
    ],
)
def test_a_product_of_two_is_told_as_one_connection_along_the_other(language, term, estimator, ends, told):
    assert told in said_of_product(language, term, estimator, *ends)


@pytest.mark.parametrize(
    ("others", "holds"),
    [
        (["age", "workload^2", "age x workload", "trustful x age"], False),
        (["trust^2"], True),
        (["workload x trust"], True),
        (["age x trust^2"], True),
        (["A colleague: trust x age"], True),
    ],
)
def test_a_slope_that_bends_or_depends_on_another_term_is_told_to_hold_at_one_point(others, holds):
    assert holds_at_one_point("trust", ["intercept", "trust", *others]) == holds
    said = " ".join(said_of("trust", "OLS", others))
    assert ("holds at one point of these only" in said) == holds


@given(
    st.sampled_from(sorted(UNITS)),
    st.floats(-5, 5),
    st.floats(0.001, 2),
)
def test_what_is_shown_lies_on_the_side_of_no_connection_that_the_interval_does(estimator, estimate, width):
    row = {"estimate": estimate, "conf_low": estimate - width, "conf_high": estimate + width}
    value, low, high = shown_ends({"estimator": estimator}, row)
    at_rest = 1.0 if UNITS[estimator] in RATIOS else 0.0
    assert low <= value <= high
    for shown, end in ((low, row["conf_low"]), (high, row["conf_high"])):
        assert shown == at_rest or (shown > at_rest) == (end > 0)
        assert UNITS[estimator] not in RATIOS or math.isclose(shown, math.exp(end), abs_tol=0.0005)
