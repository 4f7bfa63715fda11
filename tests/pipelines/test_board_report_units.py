"""Reports of units: their own released figures and everybody's, no other unit's, under names that are safe."""

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import document_of, pdf_of
from pipelines.board_report.unit import Unit, has_figures, narrowed, unit_report_of, units_of
from pipelines.board_report.words import Wording, wording_of
from pipelines.commands.report_units import _chosen
from pipelines.store.released import ReleaseFile
from tests.board_reports import (
    DIGITS,
    LANGUAGES,
    invented_release,
    numbers_in,
    own_numbers,
    publish_hostile,
    released_numbers,
)
from tests.command_line import done, sensemaking
from tests.dashboard.build_release import ORGANISATIONS
from tests.small_study import build_small_study

OWN, OTHER, HIDDEN = "Org 02", "Org 04", ORGANISATIONS[0]
FIGURES = ("n_obs", "mean", "conf_low", "conf_high", "percent_high")


@cache
def told_apart() -> ReleaseFile:
    """Return an invented release in which no figure of a unit is one of another unit or of everybody."""
    release = invented_release()
    means = release.tables["out.unit_means"].reset_index(drop=True)
    shown = ~means["is_hidden"].astype(bool)
    for place, name in enumerate(FIGURES):
        apart = pd.Series(range(len(means)), dtype=float) * 10 + 700_000 + place
        means[name] = means[name].astype(float).mask(shown, apart)
    return replace(release, tables={**release.tables, "out.unit_means": means})


def wording(language: str) -> Wording:
    return wording_of(language, invented_release().tables["meta.texts"])


def figures_of(file: ReleaseFile, level: str, name: str) -> set[float]:
    means = file.tables["out.unit_means"]
    rows = means[(means["level"] == level) & (means["unit"] == name)]
    return {round(float(each), DIGITS) for column in FIGURES for each in rows[column].dropna()}


def read(page: str) -> str:
    """Return what a page says, without its style and its tags."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("unit", [Unit("organisation", OWN), Unit("region", "north")])
def test_a_report_holds_figures_of_its_unit_and_of_everybody_and_none_of_another(unit: Unit, language: str):
    file = told_apart()
    made = unit_report_of(file, unit, language)
    page, paper = html_of(made, wording(language)), str(document_of(made, wording(language)))
    others = {other: figures_of(file, other.level, other.name) for other in units_of(file) if other != unit}
    assert sum(map(bool, others.values())) > 8
    for text in (read(page), paper):
        numbers = numbers_in(text, language)
        assert figures_of(file, unit.level, unit.name) <= numbers
        assert figures_of(file, "all", "") & numbers
        for other, figures in others.items():
            assert figures.isdisjoint(numbers), other
    assert numbers_in(read(page), language) <= released_numbers(file) | own_numbers()


@pytest.mark.parametrize("unit", [Unit("organisation", OWN), Unit("region", "north")])
def test_the_files_are_the_same_whatever_other_units_are_called_or_answered(unit: Unit):
    files = []
    for release in (invented_release(), with_other_others(invented_release(), unit)):
        made = unit_report_of(release, unit, "en")
        files.append((pdf_of(made, wording("en")), html_of(made, wording("en"))))
    assert files[0] == files[1]


def with_other_others(file: ReleaseFile, unit: Unit) -> ReleaseFile:
    """Return a release in which all other units have other names and figures, and the hidden ones are shown."""
    tables = dict(file.tables)
    for name in ("out.unit_means", "meta.units"):
        rows = tables[name].copy()
        is_other = (rows["level"] != "all") & ((rows["level"] != unit.level) | (rows["unit"] != unit.name))
        rows.loc[is_other, "unit"] = "Other " + rows.loc[is_other, "unit"]
        if name == "out.unit_means":
            rows.loc[is_other, "is_hidden"] = False
            rows.loc[is_other, list(FIGURES)] = [20, 1.11, 1.01, 1.21, 15]
        tables[name] = rows
    return replace(file, tables=tables)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_unit_is_named_in_the_report(language: str):
    made = unit_report_of(invented_release(), Unit("organisation", OWN), language)
    for text in (html_of(made, wording(language)), str(document_of(made, wording(language)))):
        assert OWN in text
        for name in (*(each for each in ORGANISATIONS if each.startswith("Org") and each != OWN), "lborg", "Kommune"):
            assert name not in text


def test_a_narrowed_release_has_no_row_of_another_unit():
    only = narrowed(invented_release(), Unit("organisation", OWN))
    assert set(only.tables["out.unit_means"]["unit"]) == {OWN, ""}
    assert only.tables["meta.units"].to_numpy().tolist() == [["organisation", OWN, ""]]


def test_hidden_figures_of_the_unit_say_that_they_are_not_shown():
    made = unit_report_of(told_apart(), Unit("organisation", OWN), "en")
    hidden = [row for table in made.sections[0].tables for row in table.rows if "not shown" in row]
    assert hidden
    assert all(set(row[2:-1]) == {"not shown"} for row in hidden)


def test_only_units_with_a_figure_of_their_own_have_a_report():
    file = invented_release()
    assert not has_figures(file, Unit("organisation", HIDDEN))
    assert all(has_figures(file, unit) for unit in units_of(file) if unit.name != HIDDEN)


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1), st.text(min_size=1))
def test_names_of_files_are_plain_and_tell_units_apart(first: str, second: str):
    stems = [Unit("organisation", name).file_stem for name in (first, second)]
    for stem in stems:
        assert re.fullmatch(r"organisation(-[a-z0-9]+)+", stem)
        assert len(stem) < 80
    assert (stems[0] == stems[1]) == (first == second)


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("../../etc/passwd", "organisation-etc-passwd-"),
        ("Ålborg & Ærø", "organisation-aalborg-aeroe-"),
        ("C:\\Windows\\con", "organisation-c-windows-con-"),
        ("東京", "organisation-"),
        ("\u202eRIGHT\n", "organisation-right-"),
        ("." * 300, "organisation-"),
    ],
)
def test_names_that_could_lead_elsewhere_stay_in_the_folder(name: str, begins: str):
    stem = Unit("organisation", name).file_stem
    assert stem.startswith(begins)
    assert Path(stem).name == stem
    assert stem.isascii()


def test_a_region_and_an_organisation_of_one_name_have_files_of_their_own():
    assert Unit("region", "north").file_stem != Unit("organisation", "north").file_stem


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_small_study(tmp_path_factory.mktemp("study") / "small")
    publish_hostile(folder / "releases")
    return folder


def test_the_command_writes_two_files_a_unit_and_names_those_without(study: Path, tmp_path: Path):
    ended = done(sensemaking("report", study, "--units", "--to", tmp_path, "--json"))
    document = ended.document
    assert {unit["level"] for unit in document["units"]} == {"organisation", "region"}
    assert document["not_shown"] == [HIDDEN]
    files = [Path(each) for unit in document["units"] for each in unit["files"]]
    assert len(files) == len(set(files)) == 2 * len(document["units"])
    assert {each.parent for each in files} == {tmp_path / "units"}
    assert sorted(tmp_path.rglob("*")) == sorted([tmp_path / "units", *files])
    assert all(re.fullmatch(r"small-r000001-en-[a-z0-9-]+\.(pdf|html)", each.name) for each in files)


def test_one_unit_is_written_the_same_again(study: Path, tmp_path: Path):
    contents = []
    for _ in range(2):
        document = done(
            sensemaking("report", study, "--unit", OWN, "--to", tmp_path, "--json", "--language", "da")
        ).document
        (unit,) = document["units"]
        contents.append([Path(each).read_bytes() for each in unit["files"]])
    assert unit["unit"] == OWN
    assert contents[0] == contents[1]


def test_a_region_is_asked_for_by_its_title_in_any_language():
    release = invented_release()
    titles = [("region_title", "north", "en", "The North"), ("region_title", "north", "da", "Nord")]
    texts = pd.concat(
        [release.tables["meta.texts"], pd.DataFrame(titles, columns=["kind", "name", "language", "text"])]
    )
    known = replace(release, tables={**release.tables, "meta.texts": texts})
    assert _chosen(known, "Nord") == _chosen(known, "The North") == _chosen(known, "north") == [Unit("region", "north")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["--unit", HIDDEN], "shows no figure of"),
        (["--unit", "Atlantis"], "no organisation or region 'Atlantis'"),
        (["--unit", "../releases"], "no organisation or region"),
        (["--unit", OWN, "--units"], "give one of them"),
        (["--units", "--language", "sv"], "no language sv"),
    ],
)
def test_units_without_a_report_are_told_why(study: Path, tmp_path: Path, asked: list[str], expected: str):
    ended = sensemaking("report", study, "--to", tmp_path / "board", *asked, "--json")
    assert ended.code == 2
    assert expected in ended.document["error"]["message"]
    assert OTHER not in ended.document["error"]["message"]
    assert not (tmp_path / "board").exists()
