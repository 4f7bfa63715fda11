"""``export spss`` and ``export stata``: what leaves the warehouse comes back the same through our own reader."""

import shutil
from pathlib import Path

import pytest

from pipelines.load import load_study
from pipelines.store import Store
from pipelines.tables import core
from tests.command_line import sensemaking

ITEMS = ("TW_1", "TW_2", "TW_3", "TR_1", "TR_2", "TR_3")


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("spss", "analysis.sav"),
        pytest.param("spss", "a.zsav", marks=pytest.mark.slow),
        pytest.param("stata", "analysis.dta", marks=pytest.mark.slow),
    ],
)
def test_an_exported_study_reads_back_with_equal_answers_and_reasons(
    study: Path, tmp_path: Path, program, name
) -> None:
    out = tmp_path / name
    ended = sensemaking("export", program, study, "--out", out, "--json")
    assert ended.code == 0, ended.stderr
    assert ended.document["n_rows"] == 80
    assert "never publish it" in ended.document["warnings"][0]
    again = copied_without_exports(study, tmp_path / "again")
    shutil.copy(out, again / "exports" / name)
    use_export(again, name, program)
    ended = sensemaking("run", again)
    assert ended.code == 0, ended.stderr
    before, after = tables_of(study), tables_of(again)
    assert len(after[0]) == 80
    for item in (*ITEMS, "tenure"):
        assert after[0][item].to_dict() == before[0][item].to_dict()
    assert after[1] == before[1]


def tables_of(study: Path):
    """Return answers by id without the source's name, and the reasons of missing answers."""
    loaded = load_study(study)
    store = Store(loaded.warehouse)
    answers = store.read(core.answers(loaded))
    answers.index = answers["response_id"].str.split("/").str[-1]
    missing = store.read(core.MISSING)
    missing = missing[missing["item"].isin([*ITEMS, "tenure"])]
    keys = zip(missing["response_id"].str.split("/").str[-1], missing["item"], strict=True)
    return answers.sort_index(), dict(zip(keys, missing["reason"], strict=True))


def copied_without_exports(study: Path, target: Path) -> Path:
    for name in ("instruments", "models"):
        shutil.copytree(study / name, target / name)
    (target / "exports").mkdir()
    return target


def use_export(study: Path, name: str, platform: str) -> None:
    (study / "study.yaml").write_text(
        f"""\
name: again
title: {{en: Teamwork and trust}}
is_synthetic: true
waves:
  autumn: {{title: {{en: Autumn}}}}
respondent_groups:
  FRL: {{en: Frontline staff}}
instruments: [teamwork]
sources:
  staff:
    wave: autumn
    files: "{name}"
    platform: {platform}
    language: en
    respondent_group: FRL
    identifiers: {{response_id: response_id, organisation_id: organisation_id}}
    not_administered: [remark]
release: {{least_cell_size: 10, languages: [en]}}
""",
        encoding="utf-8",
    )


@pytest.mark.parametrize("folder", ["releases", "exports"])
def test_rows_of_respondents_are_never_written_among_releases_or_exports(study: Path, folder: str) -> None:
    ended = sensemaking("export", "spss", study, "--out", study / folder / "analysis.sav")
    assert ended.code == 2
    assert "choose another folder" in ended.stderr
    assert not (study / folder / "analysis.sav").exists()


def test_a_study_that_changed_since_its_last_run_is_not_exported(study: Path, tmp_path: Path) -> None:
    path = study / "instruments/teamwork.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("We plan together", "We plan"), encoding="utf-8")
    ended = sensemaking("export", "stata", study, "--out", tmp_path / "analysis.dta")
    assert ended.code == 1
    assert "run the study first" in ended.stderr
    assert list(tmp_path.glob("analysis*")) == []


def test_a_study_that_was_never_run_is_not_exported(study: Path, tmp_path: Path) -> None:
    shutil.rmtree(study / "warehouse")
    ended = sensemaking("export", "spss", study, "--out", tmp_path / "analysis.sav")
    assert ended.code == 2
    assert "run the study first" in ended.stderr


def test_a_file_that_is_there_is_kept_unless_forced(study: Path, tmp_path: Path) -> None:
    out = tmp_path / "analysis.sav"
    assert sensemaking("export", "spss", study, "--out", out).code == 0
    assert sensemaking("export", "spss", study, "--out", out).code == 2
    assert sensemaking("export", "spss", study, "--out", out, "--force").code == 0
