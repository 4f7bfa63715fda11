"""Managers of whom nobody said whether they are top managers (P12 of the design): they are named, with what to do."""

import pytest

from pipelines.load import load_study
from pipelines.release_managers import unprotected_managers
from tests.command_line import done, sensemaking
from tests.small_study import build_small_study

GROUP, RELEASE = "  FRL: {en: Frontline staff}\n", "release: {least_cell_size: 10, languages: [en]}"
UNITS = ", units: {respondent_groups: [%s]}"
TOP = ", top_managers: [%s]"
CASES = {
    "staff": ("FRL", "Frontline staff", "", None),
    "top managers unsaid": ("TOP", "Top managers", "", "the study names no top managers"),
    "by name": ("head_of_office", "Those in charge", "", "names no top managers"),
    "in Danish": ("TOP", "Forvaltningsdirektører", "", "names no top managers"),
    "a leader in Danish": ("LED", "Afdelingsledere", "", "names no top managers"),
    "said": ("TOP", "Top managers", TOP, None),
    "shown by organisation": ("TOP", "Top managers", UNITS, "take it out of release: units: respondent_groups"),
    "staff by organisation": ("FRL", "Frontline staff", UNITS, None),
    "words that only hold such a word": ("FRL", "Ahead of the game, misleading", "", None),
}


def study_of(tmp_path, group, title, rules):
    folder = build_small_study(tmp_path / "small", waves=())
    path = folder / "study.yaml"
    said = RELEASE.replace("languages", "languages", 1)[:-1] + (rules % group if rules else "") + "}"
    path.write_text(path.read_text().replace(GROUP, f"  {group}: {{en: '{title}'}}\n").replace(RELEASE, said))
    return folder


@pytest.mark.parametrize("case", CASES)
def test_managers_are_named_where_nobody_said_whether_they_are_top_managers(tmp_path, case):
    group, title, rules, told = CASES[case]
    found = unprotected_managers(load_study(study_of(tmp_path, group, title, rules)).spec)
    assert set(found) == (set() if told is None else {group})
    assert all(str(told) in each and f"top_managers: [{group}]" in each for each in found.values())


def test_with_other_top_managers_said_only_managers_shown_by_organisation_are_named(tmp_path):
    folder = study_of(tmp_path, "TOP", "Top managers", TOP)
    path = folder / "study.yaml"
    text = path.read_text().replace("respondent_groups:\n", "respondent_groups:\n  MID: {en: Middle managers}\n")
    path.write_text(text.replace("    platform: generic\n", "    platform: generic\n    respondent_group: MID\n"))
    assert unprotected_managers(load_study(folder).spec) == {}
    path.write_text(path.read_text().replace(", top_managers", f"{UNITS % 'MID'}, top_managers"))
    assert set(unprotected_managers(load_study(folder).spec)) == {"MID"}


def test_check_and_release_print_it(tmp_path):
    folder = study_of(tmp_path, "TOP", "Top managers", "")
    assert "write release: top_managers: [TOP]" in done(sensemaking("check", folder)).stdout
    assert set(done(sensemaking("check", folder, "--json")).document["unprotected_managers"]) == {"TOP"}
    refused = sensemaking("release", folder, "--sign-off", "Ann Example")
    assert "note: the group TOP reads like managers" in refused.stdout + refused.stderr
