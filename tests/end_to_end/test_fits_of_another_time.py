"""Recorded fits that a later software cannot read, or whose responses were erased since: every command says so."""

import json
from pathlib import Path

import duckdb
import pytest

from tests.command_line import Ended, done, sensemaking, table


def main_fit(study: Path) -> str:
    return str(table(study, "out.fits").set_index("variant").loc["main", "fit_id"])


def of_fit(study: Path, command: str, folder: Path) -> Ended:
    fit = main_fit(study)
    arguments = {
        "rerun": ("rerun", study, fit),
        "tables": ("tables", study, "--private", "--fit", fit, "--out", folder / "tables"),
        "pictures": ("pictures", study, fit, "--out", folder / "pictures"),
        "power": ("power", study, "trust", "--effect", "0.1"),
        "package": ("export", "replication", study, "--out", folder / "package", "--data", "none"),
    }
    return sensemaking(*arguments[command])


def as_another_version_wrote_it(study: Path) -> None:
    """Give the recorded models a key that this software does not know."""
    spec = json.loads(table(study, "out.fits").set_index("variant").loc["main", "spec_json"])
    with duckdb.connect(study / "warehouse" / "study.duckdb") as connection:
        changed = json.dumps({**spec, "robust": "yes"})
        connection.execute("UPDATE out.fits SET spec_json = ? WHERE variant = 'main'", [changed])


@pytest.mark.parametrize("command", ["rerun", "tables", "pictures", "power", "package"])
def test_a_fit_that_another_version_recorded_is_told_with_the_key_and_what_to_do(study, tmp_path, command):
    as_another_version_wrote_it(study)
    ended = of_fit(study, command, tmp_path)
    assert ended.code == 1
    assert f"{main_fit(study)} was recorded by another version of the software" in ended.stderr
    assert "(robust)" in ended.stderr
    assert "run the study" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_release_is_proved_though_another_version_recorded_one_of_its_fits(study):
    as_another_version_wrote_it(study)
    ended = sensemaking("rerun", study, "--release", "1")
    assert ended.code == 1
    assert "not_proved" in ended.stdout
    assert "another version" in ended.stdout
    assert "identical" in ended.stdout


@pytest.mark.parametrize("command", ["rerun", "tables", "power"])
def test_a_fit_whose_responses_were_erased_is_read_from_the_others(study, tmp_path, command):
    done(sensemaking("erase", study, "--response", "autumn_staff/autumn-7", "--because", "asked"))
    done(of_fit(study, command, tmp_path))


@pytest.mark.slow
def test_a_fit_whose_responses_were_erased_is_not_drawn_beside_the_others(study, tmp_path):
    done(sensemaking("erase", study, "--response", "autumn_staff/autumn-7", "--because", "asked"))
    ended = of_fit(study, "pictures", tmp_path)
    assert ended.code == 1
    assert "1 response erased on" in ended.stderr
    assert "run the study and draw" in ended.stderr
    done(sensemaking("run", study))
    done(sensemaking("pictures", study, "trust", "--out", tmp_path / "pictures"))
