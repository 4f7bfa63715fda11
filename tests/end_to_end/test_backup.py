"""A backup is whole, proved and private, or it is not there; restored, it gives the same tables and reruns its fits."""

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest

from pipelines.cli import main
from pipelines.recovering import backing_up
from tests.command_line import Ended, content_hashes, done, environment, sensemaking, state_of, table
from tests.small_study import N_RESPONSES, answers, write_export


@pytest.fixture(scope="module")
def made(finished_small_study: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A study and a backup of it; neither to be changed."""
    home = tmp_path_factory.mktemp("backups")
    study = Path(shutil.copytree(finished_small_study, home / "small"))
    done(sensemaking("backup", study, "--to", home / "backup"))
    return study, home / "backup"


@pytest.fixture
def backup(made: tuple[Path, Path], tmp_path: Path) -> Path:
    """A copy of the backup."""
    return Path(shutil.copytree(made[1], tmp_path / "backup"))


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}


def test_a_backup_holds_the_whole_study_for_its_owner_only(made: tuple[Path, Path]):
    study, backup = made
    listed = json.loads((backup / "backup.json").read_text())["files"]
    for name in ("study.yaml", "exports/spring.csv", "warehouse/study.duckdb", "releases/current.json"):
        assert name in listed
    assert {f"warehouse/raw/{path.name}" for path in (study / "warehouse" / "raw").iterdir()} <= set(listed)
    assert not [name for name in listed if name.endswith((".lock", ".wal")) or "staging" in name]
    assert modes(backup) == {0o700, 0o600}
    assert done(sensemaking("backup", study, "--verify", backup, "--json")).document["n_files"] == len(listed)


def test_a_restored_study_is_the_same_and_its_fits_are_made_again(made: tuple[Path, Path], tmp_path: Path):
    study, backup = made
    target = tmp_path / "elsewhere"
    target.mkdir()
    document = done(sensemaking("restore", backup, "--to", target, "--json")).document
    assert (document["is_sound"], document["findings"]) == (True, [])
    assert state_of(target) == state_of(study)
    assert stat.S_IMODE((target / "warehouse").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (target / "warehouse" / "raw").iterdir()} == {0o400}
    assert done(sensemaking("run", target, "--json")).document["nothing_new"] is True
    shutil.rmtree(target / "exports")
    for fit_id in table(target, "out.fits")["fit_id"]:
        assert done(sensemaking("rerun", target, fit_id, "--json")).document["verdict"] == "identical"


def test_dagsters_records_come_along(made: tuple[Path, Path], tmp_path: Path):
    done(sensemaking("restore", made[1], "--to", tmp_path / "restored"))
    write_export(tmp_path / "restored", "spring.csv", answers("spring", n_responses=N_RESPONSES + 2))
    done(sensemaking("run", tmp_path / "restored", "--select", "core/responses"))
    assert len(table(tmp_path / "restored", "core.responses")) == 2 * N_RESPONSES + 2


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (lambda study: (study / "study.yaml").write_text("x"), "study.yaml is not as it was backed up"),
    "gone": (lambda study: (study / "exports" / "spring.csv").unlink(), "exports/spring.csv is gone"),
    "added": (lambda study: (study / "exports" / "other.csv").touch(), "exports/other.csv is not on its list"),
    "cut": (
        lambda study: os.truncate(study / "warehouse" / "study.duckdb", 4096),
        "warehouse/study.duckdb is not as it was backed up",
    ),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_backup_is_named_and_never_restored(backup: Path, tmp_path: Path, kind: str):
    harm, words = DAMAGE[kind]
    harm(backup / "study")
    for command in (("backup", tmp_path, "--verify", backup), ("restore", backup, "--to", tmp_path / "restored")):
        ended = sensemaking(*command)
        assert ended.code == 3
        assert words in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["backup"]


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "exports/../../outside"])
def test_a_list_that_leads_out_of_the_study_is_refused(backup: Path, tmp_path: Path, name: str):
    listed = json.loads((backup / "backup.json").read_text())
    listed["files"][name] = listed["files"].pop("study.yaml")
    (backup / "backup.json").write_text(json.dumps(listed))
    ended = sensemaking("restore", backup, "--to", tmp_path / "restored")
    assert ended.code == 3
    assert "lies outside a study" in ended.stderr
    assert not (tmp_path / "restored").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda listed: listed | {"format": 2}, "made by newer software", id="newer"),
        pytest.param(lambda listed: listed | {"added": 1}, "damaged, or of newer software", id="unknown key"),
        pytest.param(lambda listed: [], "damaged, or of newer software", id="no list"),
    ],
)
def test_a_backup_of_newer_software_is_refused(backup: Path, tmp_path: Path, change: Callable, words: str):
    path = backup / "backup.json"
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    ended = sensemaking("restore", backup, "--to", tmp_path / "restored")
    assert ended.code == 3
    assert words in ended.stderr


def test_nothing_is_restored_over_a_study(made: tuple[Path, Path]):
    study, backup = made
    before = state_of(study)
    ended = sensemaking("restore", backup, "--to", study)
    assert ended.code == 2
    assert "is not empty" in ended.stderr
    assert state_of(study) == before


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("small/backup", "lies in the study itself"),
        ("small", "is there already"),
        ("absent/backup", "there is no folder"),
        ("link/backup", "lies in the study itself"),
    ],
)
def test_a_backup_goes_to_a_new_folder_outside_the_study(study: Path, target: str, words: str):
    (study.parent / "link").symlink_to(study)
    ended = sensemaking("backup", study, "--to", study.parent / target)
    assert ended.code == 2
    assert words in ended.stderr


def test_either_a_place_or_a_backup_is_named(study: Path, tmp_path: Path):
    assert sensemaking("backup", study).code == 2
    assert sensemaking("backup", study, "--to", tmp_path / "a", "--verify", tmp_path / "b").code == 2
    assert sensemaking("backup", study, "--verify", tmp_path).code == 2
    assert sensemaking("backup", tmp_path, "--to", tmp_path / "a").code == 2


def test_what_links_name_is_backed_up_and_a_link_to_nothing_is_refused(study: Path, tmp_path: Path):
    elsewhere = (study / "exports").rename(tmp_path / "on another disk")
    (study / "exports").symlink_to(elsewhere)
    done(sensemaking("backup", study, "--to", tmp_path / "backup"))
    assert (tmp_path / "backup" / "study" / "exports" / "spring.csv").is_file()
    (study / "frame.csv").symlink_to("nothing")
    assert "a link to nothing" in sensemaking("backup", study, "--to", tmp_path / "second").stderr
    (study / "frame.csv").unlink()
    (study / "round").symlink_to(study)
    assert "is a link to a folder" in sensemaking("backup", study, "--to", tmp_path / "second").stderr
    assert not list(tmp_path.glob(".second*"))


def test_commits_that_lie_beside_the_database_are_backed_up(study: Path, tmp_path: Path):
    write = textwrap.dedent(
        """
        import duckdb, os, signal, sys
        connection = duckdb.connect(sys.argv[1])
        connection.execute("CREATE TABLE raw.added AS SELECT 7 AS seven")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    database = study / "warehouse" / "study.duckdb"
    subprocess.run([sys.executable, "-c", write, str(database)], check=False)
    assert Path(f"{database}.wal").exists()
    done(sensemaking("backup", study, "--to", tmp_path / "backup"))
    with duckdb.connect(tmp_path / "backup" / "study" / "warehouse" / "study.duckdb", read_only=True) as connection:
        assert connection.execute("FROM raw.added").fetchall() == [(7,)]


def test_a_damaged_study_is_not_backed_up(study: Path, tmp_path: Path):
    kept = next((study / "warehouse" / "raw").iterdir())
    kept.chmod(0o600)
    kept.write_bytes(kept.read_bytes()[:-1])
    ended = sensemaking("backup", study, "--to", tmp_path / "backup")
    assert ended.code == 3
    assert "sensemaking doctor STUDY" in ended.stderr
    kept.unlink()
    os.truncate(study / "warehouse" / "study.duckdb", 300_000)
    assert sensemaking("backup", study, "--to", tmp_path / "backup").code == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small"]


def die_in_the_middle_of_a_backup() -> None:
    """Kill this very process once the warehouse was copied: ``python -m tests.end_to_end.test_backup STUDY TARGET``."""
    original = backing_up._copy_file

    def copy_and_die(source: Path, target: Path) -> None:
        original(source, target)
        if source.name == "study.duckdb":
            os.kill(os.getpid(), signal.SIGKILL)

    patch.object(backing_up, "_copy_file", copy_and_die).start()


@pytest.mark.slow
def test_a_killed_backup_is_not_there_and_the_next_one_takes_its_rest_away(study: Path, tmp_path: Path):
    command = [sys.executable, "-m", "tests.end_to_end.test_backup", str(study), str(tmp_path / "backup")]
    killed = subprocess.run(command, env=environment(), capture_output=True, timeout=180, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert not (tmp_path / "backup").exists()
    assert len(list(tmp_path.glob(".backup.*.unfinished"))) == 1
    done(sensemaking("backup", study, "--to", tmp_path / "backup"))
    assert not list(tmp_path.glob(".backup.*"))
    assert content_hashes(tmp_path / "backup" / "study") == content_hashes(study)


@pytest.mark.slow
def test_a_disk_that_fills_up_leaves_no_backup(study: Path, tmp_path: Path):
    """A limit on the size of files stands in for the full disk: the database goes beyond it."""
    command = [sys.executable, "-m", "pipelines.cli", "backup", str(study), "--to", str(tmp_path / "backup"), "--json"]
    limit = (study / "warehouse" / "study.duckdb").stat().st_size - 4096
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        check=False,
    )
    assert Ended(ended.returncode, ended.stdout, ended.stderr).document["error"]["exit_code"] == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small"]


def test_a_disk_without_room_is_refused_before_anything_is_copied(study: Path, tmp_path: Path):
    with patch.object(backing_up.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1000)):
        ended = sensemaking("backup", study, "--to", tmp_path / "backup")
    assert ended.code == 3
    assert "make room" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["small"]


if __name__ == "__main__":
    die_in_the_middle_of_a_backup()
    sys.argv = ["sensemaking", "backup", sys.argv[1], "--to", sys.argv[2]]
    main()
