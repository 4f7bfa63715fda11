"""Facts about organisations: read strictly, kept by organisation and wave, beside every response, usable by models."""

from pathlib import Path

import pandas as pd
import pytest

from instruments.faults import SpecError
from pipelines.load import load_study
from pipelines.steps.organisations import FactsError
from pipelines.tables import core, out
from tests.run_steps import bring_up_to_date
from tests.small_study import build_small_study

REGISTER = """\
name: facts
version: "1"
title: {en: Facts}
response_scales:
  yes_no:
    ordered: false
    points:
      1: {label: {en: In the programme}}
      0: {label: {en: Not in it}}
items:
  inhabitants: {text: {en: Inhabitants}, kind: number, least: 0, is_required: false}
  change: {text: {en: Change}, kind: number, most: 100, is_required: false}
  programme: {text: {en: Programme}, response_scale: yes_no, is_required: false}
  region: {text: {en: Region}, kind: code, is_required: false}
  since: {text: {en: Since}, kind: date, is_required: false}
"""
SECTION = "organisations: {file: organisations.csv, instrument: facts, because: an invented register}\n"
HEADERS = "organisation_id,wave,inhabitants,programme,region,since"
FRAME = "unit_id,wave,organisation_id,respondent_group\n"


def rows(first: str = "O1,autumn,1200.5,1,North,2020-01-31") -> str:
    others = [f"O{n % 8},{wave},{n}00,{n % 2},," for wave in ("autumn", "spring") for n in range(1, 9)]
    return "\n".join([HEADERS, first, *others[1:]]) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    study = build_small_study(tmp_path / "small")
    (study / "instruments" / "facts.yaml").write_text(REGISTER, encoding="utf-8")
    (study / "organisations.csv").write_text(rows(), encoding="utf-8")
    text = (study / "study.yaml").read_text(encoding="utf-8")
    (study / "study.yaml").write_text(text + SECTION, encoding="utf-8")
    return study


def test_facts_have_the_types_of_the_register(folder: Path) -> None:
    study, store = bring_up_to_date(folder, {"core/organisations"})
    facts = store.read(core.organisations(study))
    first = facts[(facts["organisation_id"] == "O1") & (facts["wave"] == "autumn")].iloc[0]
    assert len(facts) == 16
    assert (first["inhabitants"], first["programme"], first["region"]) == (1200.5, 1, "North")
    assert str(first["since"])[:10] == "2020-01-31"
    assert facts["change"].isna().all()


def facts_beside(folder: Path) -> pd.Series:
    study, store = bring_up_to_date(folder, {"core/analysis"})
    analysis = store.read(core.analysis(study))
    assert len(analysis) == len(store.read(core.scores(study)))
    return analysis.groupby(["organisation_id", "wave"])["inhabitants"].unique().map(list)


def test_every_response_has_the_facts_of_its_organisation_and_wave_as_the_list_says_now(folder: Path) -> None:
    found = facts_beside(folder)
    assert (found["O1", "autumn"], found["O1", "spring"]) == ([1200.5], [100.0])
    (folder / "organisations.csv").write_text(rows("O1,autumn,7,1,North,2020-01-31"), encoding="utf-8")
    assert facts_beside(folder)["O1", "autumn"] == [7.0]


def test_models_use_facts_as_numbers_and_categories(folder: Path) -> None:
    path = folder / "models" / "trust.yaml"
    text = path.read_text(encoding="utf-8")
    changed = "[teamwork, inhabitants, {variable: programme, use: category}]"
    path.write_text(text.replace("[teamwork, tenure]", changed), encoding="utf-8")
    _, store = bring_up_to_date(folder, {"out/fits/trust"})
    terms = set(store.read(out.ESTIMATES)["term"])
    assert {"inhabitants", "programme[In the programme]"} <= terms


def test_nobody_is_asked_what_a_register_says(folder: Path) -> None:
    study = load_study(folder)
    assert "facts" not in study.instruments
    assert "inhabitants" not in core.answers(study).columns


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("organisation_id,inhabitants\nO1,1\n", "the column wave is missing"),
        (rows().replace("inhabitants", "inhabitant"), "describes no column 'inhabitant'; did you mean 'inhabitants'?"),
        (rows("elsewhere,autumn,1,1,,"), "row 2: the list of invited units has no organisation 'elsewhere'"),
        (rows(",autumn,1,1,,"), "row 2: organisation_id is blank"),
        (rows("O1,autum,1,1,,"), "row 2: there is no wave 'autum'; did you mean 'autumn'?"),
        (rows("O2,autumn,1,1,,"), "row 3: O2 in autumn stands in row 2 already"),
        (rows("O1,autumn,1_000,1,,"), "row 2, column inhabitants: expected a number"),
        (rows("O1,autumn,many,1,,"), "row 2, column inhabitants: expected a number"),
        (rows("O1,autumn,nan,1,,"), "row 2, column inhabitants: expected a number"),
        (rows("O1,autumn,-1,1,,"), "row 2, column inhabitants: expected at least 0, found -1"),
        (rows("O1,autumn,1,2,,"), "row 2, column programme: expected one of the codes 1 (In the programme), 0 (Not"),
        (rows("O1,autumn,1,1,,31.1.2020"), "row 2, column since: expected a date such as 2026-01-31"),
    ],
)
def test_a_wrong_list_is_refused_with_file_row_and_column(folder: Path, text: str, message: str) -> None:
    study = (folder / "study.yaml").read_text(encoding="utf-8")
    units = "".join(f"u{n},autumn,O{n},FRL\n" for n in range(8))
    (folder / "frame.csv").write_text(FRAME + units, encoding="utf-8")
    (folder / "study.yaml").write_text(study + "frame: {file: frame.csv}\n", encoding="utf-8")
    (folder / "organisations.csv").write_text(text, encoding="utf-8")
    with pytest.raises(FactsError) as refused:
        bring_up_to_date(folder, {"core/organisations"})
    assert str(refused.value).startswith("organisations.csv: ")
    assert message in str(refused.value)


def test_without_a_frame_a_register_may_list_organisations_that_nobody_answered_for(folder: Path) -> None:
    (folder / "organisations.csv").write_text(rows("elsewhere,autumn,1,1,,"), encoding="utf-8")
    study, store = bring_up_to_date(folder, {"core/organisations"})
    assert "elsewhere" in set(store.read(core.organisations(study))["organisation_id"])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("instrument: facts", "instrument: fact", "there is no instrument 'fact'; did you mean 'facts'?"),
        ("file: organisations.csv", "file: organisation.csv", "there is no file organisation.csv in the study folder"),
        ("file: organisations.csv", "file: ../o.csv", "organisations.file"),
        ("[teamwork]", "[teamwork, facts]", "'facts' is asked of respondents too; take it out of instruments"),
    ],
)
def test_a_wrong_section_is_a_fault_of_the_study(folder: Path, old: str, new: str, message: str) -> None:
    path = folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        load_study(folder)
    assert message in str(refused.value)


def test_an_open_question_is_no_fact(folder: Path) -> None:
    (folder / "instruments" / "facts.yaml").write_text(REGISTER.replace("kind: date", "kind: open_text"))
    with pytest.raises(SpecError, match="'since' is of kind open_text; a register has choice, number, date, code"):
        load_study(folder)


def test_the_built_in_register_can_be_listed(tmp_path: Path) -> None:
    study_folder = build_small_study(tmp_path / "small")
    headers = "organisation_id,wave,STR_programme,REG_pop,ARC_sick"
    (study_folder / "organisations.csv").write_text(f"{headers}\nO1,autumn,0,50000,9.5\n", encoding="utf-8")
    path = study_folder / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "organisations: {file: organisations.csv}\n", encoding="utf-8")
    study, store = bring_up_to_date(study_folder, {"core/organisations"})
    facts = store.read(core.organisations(study))
    assert facts[["STR_programme", "REG_pop", "ARC_sick"]].iloc[0].tolist() == [0, 50000.0, 9.5]
    assert pd.isna(facts["REG_mayor"].iloc[0])
