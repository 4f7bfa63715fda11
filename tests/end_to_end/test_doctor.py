"""``doctor`` names what an accident left, proves it, repairs it or says what to do; each accident is a real one."""

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import dagster as dg
import duckdb
import pytest

from pipelines import factory, lock
from pipelines.cli import main
from pipelines.commands.run import QUIET
from pipelines.dagster_storage import open_instance
from pipelines.definitions import build_definitions
from pipelines.factory import job_name
from pipelines.file_systems import network_file_system
from pipelines.load import load_study
from pipelines.lock import HeldElsewhere, exclusive
from pipelines.process_mark import TAG, ProcessMark, mark_from, mark_of_this_process, started_at
from pipelines.recovering import disk, machines
from tests.command_line import Ended, content_hashes, done, environment, sensemaking, state_of
from tests.small_study import N_RESPONSES, answers, write_export


def findings(study: Path, *options: str) -> dict[str, dict]:
    """Ask the doctor; the findings by their kind, and that the exit code says whether something is to be done."""
    ended = sensemaking("doctor", study, *options, "--json")
    assert ended.code == (0 if ended.document["is_sound"] else 3), ended.stderr
    return {each["kind"]: each for each in ended.document["findings"]}


@pytest.fixture
def sound(study: Path) -> Path:
    """A copied study whose new place is on record."""
    path = study / "warehouse" / "run.lock"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"place": str(path.resolve())}))
    return study


def assert_repaired(study: Path, *kinds: str, before: tuple | None = None) -> None:
    """What is wrong is first only named, then repaired, and then gone."""
    known = state_of(study) if before is None else before
    assert {kind: each["outcome"] for kind, each in findings(study).items()} == dict.fromkeys(kinds, "to repair")
    assert {kind: each["outcome"] for kind, each in findings(study, "--repair").items()} == dict.fromkeys(
        kinds, "repaired"
    )
    assert findings(study) == {}
    assert state_of(study) == known


def assert_left(study: Path, kind: str, *words: str) -> None:
    """What nobody can repair is named with what to do, also where it was to be repaired."""
    for options in ((), ("--repair",)):
        found = findings(study, *options)
        assert found[kind]["outcome"] == "left to you"
        assert all(word in found[kind]["found"] + found[kind]["remedy"] for word in words), found[kind]


def test_a_study_that_was_copied_is_told_from_its_original_and_from_one_that_was_moved(study: Path, tmp_path: Path):
    copied = findings(study)
    assert list(copied) == ["moved"]
    assert "is still there" in copied["moved"]["found"]
    assert_repaired(study, "moved")
    renamed = study.rename(tmp_path / "renamed")
    found = findings(renamed)["moved"]
    assert found["found"] == f"it lay at {study} when it was last worked in"
    assert_repaired(renamed, "moved")
    assert done(sensemaking("run", renamed, "--json")).document["nothing_new"] is True


def test_a_folder_that_is_no_study_is_refused(tmp_path: Path):
    ended = sensemaking("doctor", tmp_path)
    assert ended.code == 2
    assert "holds no study.yaml" in ended.stderr


def test_a_study_that_was_never_run_has_nothing_wrong_and_is_left_as_it_is(study: Path):
    shutil.rmtree(study / "warehouse")
    shutil.rmtree(study / "releases")
    assert findings(study) == {}
    assert not (study / "warehouse").exists()


def kill_in_the_middle_of_a_run(step: str) -> None:
    """Run the study of the arguments, and kill this very process once a step is done and not yet on Dagster's record.

    Started as ``python -m tests.end_to_end.test_doctor STUDY STEP``.
    """
    original = factory.run_step

    def run_and_die(*arguments):
        original(*arguments)
        if arguments[0].name == step:
            staging = arguments[1].store.folder / "staging" / "sensemaking-half"
            staging.mkdir(parents=True)
            (staging / "part.parquet").write_bytes(b"half")
            os.kill(os.getpid(), signal.SIGKILL)

    patch.object(factory, "run_step", run_and_die).start()


def killed_run(study: Path) -> None:
    write_export(study, "spring.csv", answers("spring", n_responses=N_RESPONSES + 3))
    command = [sys.executable, "-m", "tests.end_to_end.test_doctor", str(study), "core/responses"]
    ended = subprocess.run(command, env=environment(), capture_output=True, timeout=180, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def statuses(study: Path) -> list[dg.DagsterRunStatus]:
    with open_instance(study / "warehouse" / "dagster") as instance:
        return [run.status for run in instance.get_runs()]


@pytest.mark.slow
def test_a_killed_run_is_proved_dead_and_recorded_as_failed(sound: Path):
    killed_run(sound)
    assert statuses(sound)[0] is dg.DagsterRunStatus.STARTED
    before = state_of(sound)
    assert_repaired(sound, "left-over", "killed-holder", "dead-run", before=before)
    assert statuses(sound)[0] is dg.DagsterRunStatus.FAILURE
    done(sensemaking("run", sound))


def forge_run(study: Path, tags: dict[str, str]) -> str:
    with open_instance(study / "warehouse" / "dagster") as instance:
        run = dg.DagsterRun(job_name="small_run", tags=tags, status=dg.DagsterRunStatus.STARTED)
        instance.add_run(run)
        return run.run_id


def mark_of(process: int, **other: object) -> str:
    here = vars(mark_of_this_process())
    return ProcessMark(**here | {"process": process, "started": started_at(process)} | other).written()


def test_a_run_is_not_freed_while_its_process_lives_and_is_once_it_was_killed(sound: Path):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        run_id = forge_run(sound, {"sensemaking/process": mark_of(process.pid)})
        assert findings(sound, "--repair") == {}
        process.kill()
        process.wait()
    assert_repaired(sound, "dead-run")
    with open_instance(sound / "warehouse" / "dagster") as instance:
        assert instance.get_run_by_id(run_id).status is dg.DagsterRunStatus.FAILURE


def test_a_number_that_was_given_to_another_process_proves_the_first_one_dead(sound: Path):
    forge_run(sound, {"sensemaking/process": mark_of(os.getpid(), started=1)})
    assert_repaired(sound, "dead-run")


def test_a_machine_that_was_started_again_proves_its_runs_dead(sound: Path):
    forge_run(sound, {"sensemaking/process": mark_of(os.getpid(), boot="another start")})
    assert_repaired(sound, "dead-run")


@pytest.mark.parametrize(
    ("tags", "machine"),
    [
        pytest.param({"sensemaking/process": mark_of(1, host="other")}, "other", id="on another machine"),
        pytest.param({"sensemaking/process": mark_of(1, numbers="pid:[1]")}, "", id="in another container"),
        pytest.param({}, "unknown", id="without a mark"),
        pytest.param({"sensemaking/process": "{"}, "unknown", id="with a broken mark"),
    ],
)
def test_a_run_that_cannot_be_proved_dead_is_freed_only_when_a_person_says_so(
    sound: Path, tags: dict[str, str], machine: str
):
    forge_run(sound, tags)
    named = machine or json.loads(mark_of(1))["host"]
    assert_left(sound, "run-elsewhere", named, "--ended-on")
    assert findings(sound, "--repair", "--ended-on", "a third")["run-elsewhere"]["outcome"] == "left to you"
    assert findings(sound, "--repair", "--ended-on", named)["dead-run"]["outcome"] == "repaired"
    assert findings(sound) == {}


def test_a_slot_of_a_pool_that_a_dead_run_holds_is_freed(sound: Path):
    home = sound / "warehouse" / "dagster"
    run_id = forge_run(sound, {"sensemaking/process": mark_of(os.getpid(), started=1)})
    with open_instance(home) as instance:
        instance.event_log_storage.set_concurrency_slots("fits", 1)
        instance.event_log_storage.claim_concurrency_slot("fits", run_id, "step")
        ended = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS]))[0].run_id
        instance.event_log_storage.set_concurrency_slots("waves", 1)
        instance.event_log_storage.claim_concurrency_slot("waves", ended, "step")
    assert_repaired(sound, "dead-run", "slot")
    with open_instance(home) as instance:
        for pool in ("fits", "waves"):
            assert instance.event_log_storage.get_concurrency_info(pool).active_slot_count == 0


def test_while_a_run_is_at_work_nothing_is_called_left_over(sound: Path):
    hold = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from pipelines.lock import exclusive
        with exclusive(Path(sys.argv[1]), "sensemaking run"):
            print("held", flush=True)
            time.sleep(60)
        """
    )
    path = sound / "warehouse" / "run.lock"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdout=subprocess.PIPE, env=environment()
    ) as process:
        assert process.stdout.readline() == b"held\n"
        ended = sensemaking("doctor", sound, "--repair")
        assert ended.code == 3
        assert f"sensemaking run (process {process.pid}, since" in ended.stderr
        process.kill()
    assert_repaired(sound, "killed-holder")


def test_a_disk_of_a_network_and_another_machine_are_named_and_a_lock_held_there_is_believed(sound: Path):
    path = sound / "warehouse" / "run.lock"
    note = json.loads(path.read_text())
    path.write_text(json.dumps(note | {"host": "other", "is_ended": False}))
    assert {kind: each["outcome"] for kind, each in findings(sound).items()} == {
        "killed-holder": "to repair",
        "other-machine": "note",
    }
    of_a_network = {"network_file_system": lambda _: "nfs4"}
    with patch.multiple(machines, **of_a_network), patch.multiple(lock, **of_a_network):
        assert_left(sound, "held-elsewhere", "other", "nfs4", "--ended-on other")
        assert findings(sound)["network-disk"]["outcome"] == "note"
        with pytest.raises(HeldElsewhere, match="--ended-on other"), exclusive(path, "a test"):
            pass
        assert sensemaking("run", sound).code == 3
        repaired = findings(sound, "--repair", "--ended-on", "other")
        assert repaired["killed-holder"]["outcome"] == "repaired"
        with exclusive(path, "a test"):
            pass
    assert findings(sound) == {}


def test_the_kind_of_disk_is_that_of_the_innermost_mount(tmp_path: Path):
    inner = tmp_path / "a folder"
    escaped = str(inner).replace(" ", "\\040")
    mounts = f"1 0 8:1 / / rw - ext4 /dev/a rw\n2 1 0:1 / {escaped} rw shared:1 - nfs4 server:/x rw\n"
    assert network_file_system(inner / "study", mounts) == "nfs4"
    assert network_file_system(tmp_path, mounts) is None
    assert network_file_system(tmp_path, "") is None


LEFT_OVER: dict[str, Callable[[Path], Path]] = {
    "staging": lambda study: study / "warehouse" / "staging" / "sensemaking-x",
    "release": lambda study: study / "releases" / ".build-0123.duckdb",
    "pointer": lambda study: study / "releases" / ".current.json.0123",
    "erasure": lambda study: study / "warehouse" / ".study.duckdb.fresh",
    "export": lambda study: study / "warehouse" / "raw" / ".abc.0123.part",
    "rows": lambda study: study / "warehouse" / "data" / ".abc.parquet.0123.part",
    "specification": lambda study: study / "warehouse" / "specs" / ".abc.json.0123.part",
}


@pytest.mark.parametrize("kind", LEFT_OVER)
def test_what_was_never_finished_is_removed(sound: Path, kind: str):
    path = LEFT_OVER[kind](sound)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"half")
    os.utime(path, (time.time() - 600,) * 2)
    before = content_hashes(sound)
    assert findings(sound, "--repair")["left-over"]["place"] == str(path)
    assert not path.exists()
    assert findings(sound) == {}
    assert content_hashes(sound) == before


def test_a_file_that_somebody_may_still_be_writing_is_left_alone(sound: Path):
    path = LEFT_OVER["rows"](sound)
    path.write_bytes(b"half")
    assert findings(sound) == {}
    with path.open("ab"):
        os.utime(path, (time.time() - 600,) * 2)
        assert findings(sound) == {}
    os.utime(path, (time.time() + 86_400,) * 2)
    assert findings(sound, "--repair")["left-over"]["outcome"] == "repaired"


def test_staging_of_a_fit_that_is_at_work_is_left_alone(sound: Path):
    path = LEFT_OVER["staging"](sound) / "rows.duckdb"
    path.parent.mkdir(parents=True)
    with path.open("wb"):
        assert findings(sound, "--repair") == {}
    assert_repaired(sound, "left-over")


def test_a_run_that_dagster_starts_by_itself_is_marked_with_its_process(sound: Path):
    study = load_study(sound)
    job = build_definitions([study]).resolve_job_def(job_name(study))
    with open_instance(sound / "warehouse" / "dagster") as instance:
        first = [dg.AssetKey(["small", "raw", name]) for name in ("files", "columns")]
        result = job.execute_in_process(
            instance=instance, partition_key="autumn", asset_selection=first, run_config=QUIET
        )
        tags = instance.get_run_by_id(result.run_id).tags
    assert mark_from(json.loads(tags[TAG])) == mark_of_this_process()


def test_copies_of_a_server_that_was_killed_are_removed_and_those_of_a_living_one_are_not(sound: Path):
    with subprocess.Popen([sys.executable, "-c", "pass"]) as process:
        process.wait()
    rooms = {name: sound / "warehouse" / "workbench" / str(name) for name in (process.pid, os.getpid())}
    for room in rooms.values():
        (room / "copy").mkdir(parents=True)
    assert_repaired(sound, "left-over")
    assert not rooms[process.pid].exists()
    assert rooms[os.getpid()].exists()


def test_a_log_that_a_killed_write_left_is_taken_in_without_a_loss(sound: Path):
    database = sound / "warehouse" / "study.duckdb"
    write = textwrap.dedent(
        """
        import duckdb, os, signal, sys
        connection = duckdb.connect(sys.argv[1])
        connection.execute("CREATE TABLE raw.added AS SELECT 7 AS seven")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    subprocess.run([sys.executable, "-c", write, str(database)], check=False)
    assert Path(f"{database}.wal").exists()
    assert_repaired(sound, "log")
    assert not Path(f"{database}.wal").exists()
    with duckdb.connect(database, read_only=True) as connection:
        assert connection.execute("FROM raw.added").fetchall() == [(7,)]


def test_a_warehouse_that_was_copied_in_part_is_refused(sound: Path):
    database = sound / "warehouse" / "study.duckdb"
    whole = database.read_bytes()
    for part in (len(whole) // 2, 100):
        database.write_bytes(whole[:part])
        assert_left(sound, "database", "cannot be read through", "sensemaking restore")
    database.unlink()
    assert_left(sound, "database", "is missing", "copied in part")
    for command in (("run", sound), ("release", sound), ("fit", sound, "trust")):
        ended = sensemaking(*command)
        assert ended.code != 0, ended.stdout
        assert not database.exists()
    told = re.sub(r"\s+", " ", sensemaking("run", sound).stderr)
    assert "sensemaking restore" in told
    assert "move warehouse/ and releases/ away" in told
    database.write_bytes(whole)
    assert findings(sound) == {}


def test_a_block_that_the_disk_changed_is_found(sound: Path):
    database = sound / "warehouse" / "study.duckdb"
    content = bytearray(database.read_bytes())
    for at in range(len(content) // 4, len(content), 4096):
        content[at] ^= 0xFF
    database.write_bytes(content)
    assert_left(sound, "database", "cannot be read through")


def damage(path: Path) -> None:
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-2])


def test_a_damaged_or_lost_export_is_kept_again_where_it_is_at_hand(sound: Path):
    first, second = sorted((sound / "warehouse" / "raw").iterdir())
    damage(first)
    second.unlink()
    found = sensemaking("doctor", sound, "--json").document["findings"]
    assert {(each["place"], each["outcome"]) for each in found} == {
        (str(first), "to repair"),
        (str(second), "to repair"),
    }
    assert_repaired(sound, "kept-file")
    damage(first)
    shutil.rmtree(sound / "exports")
    assert_left(sound, "kept-file", "not those that were kept", "backup")


@pytest.mark.parametrize("folder", ["specs", "data"])
def test_a_damaged_file_that_only_the_warehouse_has_is_left_to_a_backup(sound: Path, folder: str):
    damage(next((sound / "warehouse" / folder).iterdir()))
    assert_left(sound, "kept-file", "not those that were kept", "sensemaking restore")


def test_a_damaged_or_lost_release_is_named_with_what_to_do(sound: Path):
    release = next((sound / "releases").glob("r*.duckdb"))
    damage(release)
    assert_left(sound, "release", "not those that were published", "sensemaking withdraw STUDY --release 1")
    release.unlink()
    assert_left(sound, "release", "on record and gone")
    assert findings(sound)["pointer"]["outcome"] == "left to you"


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda said: None, id="missing"),
        pytest.param(lambda said: "{", id="half written"),
        pytest.param(lambda said: json.dumps(said | {"file": "r000009-0123456789ab.duckdb"}), id="names nothing"),
        pytest.param(lambda said: json.dumps(said | {"sha256": "0" * 64}), id="other hash"),
        pytest.param(lambda said: json.dumps({"next": [], "withdrawn": []}), id="does not name the newest"),
    ],
)
def test_a_wrong_pointer_is_written_anew_from_the_record(sound: Path, broken: Callable[[dict], str | None]):
    path = sound / "releases" / "current.json"
    before = state_of(sound)
    text = broken(json.loads(path.read_text()))
    path.unlink()
    if text is not None:
        path.write_text(text)
    assert_repaired(sound, "pointer", before=before)


def test_a_release_file_of_no_record_is_noted_and_kept(sound: Path):
    stranger = sound / "releases" / "r000002-0123456789ab.duckdb"
    stranger.write_bytes(b"x")
    assert findings(sound, "--repair")["unrecorded-release"]["outcome"] == "note"
    assert stranger.exists()


def test_records_of_the_future_tell_of_a_clock_that_jumped(sound: Path):
    with duckdb.connect(sound / "warehouse" / "study.duckdb") as connection:
        connection.execute("UPDATE raw.writes SET written_at = now() + INTERVAL 3 DAY")
    found = findings(sound, "--repair")["clock"]
    assert found["outcome"] == "note"
    assert found["place"] == "raw.writes.written_at"
    with duckdb.connect(sound / "warehouse" / "study.duckdb") as connection:
        connection.execute("UPDATE raw.writes SET written_at = now() + INTERVAL 3 MINUTE")
    assert findings(sound) == {}


@pytest.mark.slow
def test_damaged_records_of_dagster_are_moved_aside(sound: Path):
    path = next((sound / "warehouse" / "dagster").rglob("runs.db"))
    path.write_bytes(b"no database at all" * 400)
    for beside in path.parent.glob("runs.db-*"):
        beside.unlink()
    assert_repaired(sound, "dagster-records")
    assert (sound / "warehouse" / "dagster.damaged-1").is_dir()
    write_export(sound, "spring.csv", answers("spring", n_responses=N_RESPONSES + 3))
    done(sensemaking("run", sound, "--select", "core/responses"))


def test_a_disk_without_room_is_named_and_what_can_be_removed_is(sound: Path):
    assert_room_is_made(sound)


def assert_room_is_made(study: Path) -> None:
    half_built = LEFT_OVER["release"](study)
    half_built.write_bytes(b"half")
    with patch.object(disk.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0)):
        found = findings(study, "--repair")
    assert (found["left-over"]["outcome"], found["full-disk"]["outcome"]) == ("repaired", "left to you")
    assert not half_built.exists()


@pytest.mark.slow
def test_on_a_full_disk_the_doctor_makes_what_room_it_can_and_names_what_is_left(
    finished_small_study: Path, small_disk: Path | None, tmp_path: Path
):
    study = Path(shutil.copytree(finished_small_study, (small_disk or tmp_path) / "small"))
    if small_disk is None:  # what a disk without room does to writing, a limit on the size of files shows below
        assert_room_is_made(study)
        return
    findings(study, "--repair")
    before = state_of(study)
    half_built = LEFT_OVER["release"](study)
    half_built.write_bytes(b"half")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(small_disk).free))
    assert sensemaking("backup", study, "--to", small_disk / "backup").code == 3
    found = findings(study, "--repair")
    assert {kind: each["outcome"] for kind, each in found.items()} == {
        "left-over": "repaired",
        "full-disk": "left to you",
        "dagster-records": "left to you",
    }
    assert "cannot be opened" in found["dagster-records"]["found"]
    ballast.unlink()
    assert findings(study) == {}
    assert state_of(study) == before


@pytest.mark.slow
def test_the_doctor_works_where_nothing_can_be_written(sound: Path):
    half_built = LEFT_OVER["release"](sound)
    half_built.write_bytes(b"half")
    command = [sys.executable, "-m", "pipelines.cli", "doctor", str(sound), "--repair", "--json"]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
        check=False,
    )
    document = Ended(ended.returncode, ended.stdout, ended.stderr).document
    assert [each["outcome"] for each in document["findings"] if each["kind"] == "left-over"] == ["repaired"]
    assert not half_built.exists()


def test_findings_are_told_in_words_with_what_to_do(sound: Path):
    LEFT_OVER["release"](sound).write_bytes(b"half")
    said = sensemaking("doctor", sound)
    assert said.code == 3
    assert "to repair: left-over" in said.stdout
    assert f"sensemaking doctor {sound} --repair" in said.stdout
    assert (
        "nothing is wrong"
        in (done(sensemaking("doctor", sound, "--repair")) and done(sensemaking("doctor", sound))).stdout
    )


if __name__ == "__main__":
    kill_in_the_middle_of_a_run(sys.argv[2])
    sys.argv = ["sensemaking", "run", sys.argv[1]]
    main()
