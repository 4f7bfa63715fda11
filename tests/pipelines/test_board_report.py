"""What a report for a board says: released figures only, hidden ones alike, changes only where they may be told."""

from dataclasses import replace
from string import Formatter

import pytest

from pipelines.board_report.changes import direction
from pipelines.board_report.content import report_of
from pipelines.board_report.value import Section, Table
from pipelines.board_report.words import WORDINGS
from tests.board_reports import (
    DIGITS,
    LANGUAGES,
    invented_release,
    numbers_in,
    own_numbers,
    released_numbers,
    report,
    sentences,
)
from tests.dashboard.build_release import HIDDEN_MEAN, ORGANISATIONS


def section(language: str, key: str) -> Section:
    return next(each for each in report(language).sections if each.title == WORDINGS[language][f"{key}_title"])


def test_both_languages_say_the_same_with_the_same_placeholders():
    english, danish = (WORDINGS[language] for language in LANGUAGES)
    assert english.keys() == danish.keys()
    for key, text in english.items():
        assert set(map(str, _fields(text))) == set(map(str, _fields(danish[key]))), key


def _fields(text: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(text) if name]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_and_every_number_in_a_sentence_stands_in_the_release(language: str):
    known = released_numbers(invented_release())
    assert {round(abs(figure.value), DIGITS) for figure in report(language).figures()} <= known
    assert numbers_in(sentences(report(language)), language) <= known | own_numbers()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hidden_row_says_nothing_but_that_it_is_not_shown(language: str):
    sheet = section(language, "scores").sheet
    assert sheet is not None
    hidden = [row for row in sheet.rows if WORDINGS[language]["not_shown"] in row]
    assert len(hidden) == 1
    assert set(hidden[0][sheet.n_labels :]) == {WORDINGS[language]["not_shown"]}
    assert HIDDEN_MEAN not in {figure.value for figure in report(language).figures()}


def test_organisations_of_which_nothing_is_shown_are_named_apart_and_alike():
    units = section("en", "units")
    assert {row[0] for table in units.tables for row in table.rows}.isdisjoint({ORGANISATIONS[0]})
    assert units.lines[1:] == (
        f"Frontline staff, Spring 2026: nothing is shown of {ORGANISATIONS[0]}.",
        f"Citizens, Spring 2026: nothing is shown of {ORGANISATIONS[0]}.",
    )


def test_hidden_organisations_stand_last_on_the_sheet_in_the_order_of_their_names():
    sheet = section("en", "units").sheet
    assert sheet is not None
    part = [row for row in sheet.rows if row[:3] == ("Citizens", "Spring 2026", "Identity work")]
    hidden = [set(row[sheet.n_labels :]) == {"not shown"} for row in part]
    assert any(hidden)
    assert hidden == sorted(hidden)
    names = [str(row[3]) for row, is_hidden in zip(part, hidden, strict=True) if is_hidden]
    assert names == sorted(names)


def test_a_change_is_told_only_of_scales_that_the_release_lets_compare():
    table = section("en", "change").sheet
    assert isinstance(table, Table)
    compared = {(row[0], row[1]) for row in table.rows}
    assert ("Frontline staff", "Identity work") in compared
    for group, scale in (("Citizens", "Identity work"), ("Citizens", "Administrative burden"),
                         ("Top managers", "Vertical integration"), ("Top managers", "Identity work")):  # fmt: skip
        assert (group, scale) not in compared


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ((3.0, 2.9, 3.1), (3.2, 3.1, 3.3), "up"),
        ((3.2, 3.1, 3.3), (3.0, 2.9, 3.1), "down"),
        ((3.0, 2.9, 3.1), (3.1, 3.0, 3.2), "unclear"),
        ((3.0, 2.9, 3.1), (3.0, 2.9, 3.1), "unclear"),
        ((3.0, 3.0, 3.0), (3.0, 3.0, 3.0), "unclear"),
    ],
)
def test_a_change_is_clear_when_the_interval_of_the_difference_leaves_out_zero(
    before: tuple[float, ...], after: tuple[float, ...], way: str
):
    names = ("mean", "conf_low", "conf_high")
    assert direction(dict(zip(names, before, strict=True)), dict(zip(names, after, strict=True))) == way


def test_models_are_told_without_a_cause_and_with_what_was_planned():
    found = section("en", "together").findings
    assert len(found) == 2
    assert "confirmatory: planned and locked before the data came" in found[0]
    assert "goes together with higher" in found[0]
    assert "0.186 to 0.382" in found[0]
    assert "Read with care" in found[0]
    assert "No clear difference" in found[1]
    assert not any(
        word in sentences(report("en")).lower() for word in ("effect of", "because of", "leads to", "drives")
    )


@pytest.mark.parametrize(
    ("language", "imputed", "corrected"),
    [
        ("en", "Missing answers were filled in 20 times from what similar people answered", "means are corrected for"),
        ("da", "Manglende svar er udfyldt 20 gange ud fra, hvad lignende personer svarede", "gennemsnit er rettet for"),
    ],
)
def test_what_was_filled_in_or_corrected_is_said_with_the_finding_and_on_the_sheet(language, imputed, corrected):
    release = invented_release()
    fits = release.tables["out.fits"].assign(imputations=0)
    fits.loc[fits["fit_id"].str.startswith("h1-main"), "imputations"] = 20
    fits.loc[fits["fit_id"].str.startswith(("h2-main", "h1-without")), "estimator"] = "corrected_means"
    made = report_of(replace(release, tables={**release.tables, "out.fits": fits}), language)
    found = next(each for each in made.sections if each.title == WORDINGS[language]["together_title"])
    assert [imputed in said for said in found.findings] == [True, False]
    assert [corrected in said for said in found.findings] == [False, True]
    assert found.lines[1:] == (WORDINGS[language]["corrected_reading"],)
    rows = [str(row[found.sheet.n_labels - 1]) for row in found.sheet.rows]
    assert [imputed in each for each in rows] == [True, False, False, False]
    assert [corrected in each for each in rows] == [False, False, True, True]


@pytest.mark.parametrize(("language", "first"), [("en", "Everybody"), ("da", "Alle")])
def test_groups_of_organisations_stand_below_everybody(language: str, first: str):
    regions = section(language, "regions")
    assert [row[0] for row in regions.tables[0].rows] == [first, "north", "south"]
    assert regions.sheet is not None
    assert {row[3] for row in regions.sheet.rows} == {first, "north", "south"}


def test_a_region_that_is_everybody_by_another_name_is_not_shown():
    release = invented_release()
    units, means = release.tables["meta.units"], release.tables["out.unit_means"]
    of_one = {
        "meta.units": units[units["unit"] != "south"].replace({"region": {"south": "north"}}),
        "out.unit_means": means[means["unit"] != "south"],
    }
    made = report_of(replace(release, tables={**release.tables, **of_one}), "en")
    assert WORDINGS["en"]["regions_title"] not in [each.title for each in made.sections]


def test_a_release_without_models_units_or_a_second_wave_says_so():
    release = invented_release()
    empty = ("out.fits", "out.estimates", "out.unit_means", "out.comparisons", "out.response_rates")
    tables = {name: rows.iloc[:0] if name in empty else rows for name, rows in release.tables.items()}
    made = report_of(replace(release, tables=tables, manifest={**release.manifest, "waves": "spring"}), "en")
    said = sentences(made)
    for key in ("together_none", "units_none", "change_one_wave"):
        assert WORDINGS["en"][key] in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_answer_option_of_few_is_told_with_its_neighbour(language: str):
    options = {row[1] for table in section(language, "answers").tables for row in table.rows}
    assert {"en": "Agree to Strongly agree", "da": "Enig til Meget enig"}[language] in options
