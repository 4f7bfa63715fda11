"""Runs that Dagster still shows as at work, and slots that they hold, after their process died."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import dagster as dg
from dagster import DagsterRunStatus, RunsFilter
from sqlalchemy.exc import OperationalError

from pipelines.dagster_settings import SETTINGS_FILE, lacking
from pipelines.dagster_storage import open_instance
from pipelines.process_mark import mark_of_tags
from pipelines.recovering.finding import Finding, Patient

UNKNOWN = "unknown"
_AT_WORK = (DagsterRunStatus.STARTING, DagsterRunStatus.STARTED, DagsterRunStatus.CANCELING)
_RUNS = "runs.db"


def dead_runs(patient: Patient) -> Iterator[Finding]:
    """Find runs whose process is proved dead, runs of which that cannot be proved, and slots of runs that ended."""
    home = patient.warehouse / "dagster"
    if not home.is_dir():
        return
    yield from _settings_lacking(home)
    damaged = [path for path in sorted(home.rglob("*.db")) if not _is_whole(path)]
    if damaged:
        yield _records_damaged(home, damaged)
        return
    try:
        yield from _of_records(patient, home)
    except (sqlite3.OperationalError, OperationalError) as error:
        yield Finding(
            "dagster-records",
            str(home),
            f"Dagster's records cannot be opened ({str(error).splitlines()[0]})",
            "make room on the disk, or mend the folder's permissions, and ask again",
        )


def _settings_lacking(home: Path) -> Iterator[Finding]:
    if missing := lacking(home):
        found, remedy = missing.split("; ", 1)
        yield Finding("dagster-settings", str(home / SETTINGS_FILE), found, remedy.rstrip(), is_note=True)


def _of_records(patient: Patient, home: Path) -> Iterator[Finding]:
    with open_instance(home) as instance:
        at_work = instance.get_runs(RunsFilter(statuses=list(_AT_WORK)))
        for run in at_work:
            yield from _judged(patient, home, run)
        ended = instance.event_log_storage.get_concurrency_run_ids() - {run.run_id for run in at_work}
        for run_id in sorted(each for each in ended if each and _is_over(instance, each)):
            yield Finding(
                "slot",
                f"run {run_id[:8]}",
                "it holds a slot of a pool, and has ended",
                "free the slot for the next run",
                partial(_free, home, run_id),
            )


def _judged(patient: Patient, home: Path, run: dg.DagsterRun) -> Iterator[Finding]:
    place, mark = f"run {run.run_id[:8]} of Dagster", mark_of_tags(run.tags)
    host = UNKNOWN if mark is None else mark.host
    is_said_to_have_ended = host in patient.ended_on
    life = "elsewhere" if mark is None else mark.life()
    if life == "dead" or is_said_to_have_ended:
        proof = (
            f"nothing of the study is at work on {host} any more, as was said"
            if mark is None or life != "dead"
            else f"process {mark.process}, which carried it out, is gone"
        )
        yield Finding(
            "dead-run",
            place,
            f"shown as {run.status.value.lower()}, but {proof}",
            "record that it failed, and free its slots",
            partial(_end, home, run.run_id, proof),
        )
    elif life == "elsewhere":
        yield Finding(
            "run-elsewhere",
            place,
            f"shown as {run.status.value.lower()}; it is or was carried out on the machine {host}, which is not seen "
            "from here",
            f"look there; when nothing of the study is at work any more: sensemaking doctor STUDY --repair "
            f"--ended-on {host}",
        )


def _is_over(instance: dg.DagsterInstance, run_id: str) -> bool:
    run = instance.get_run_by_id(run_id)
    return run is None or run.is_finished


def _end(home: Path, run_id: str, proof: str) -> None:
    with open_instance(home) as instance:
        run = instance.get_run_by_id(run_id)
        if run is not None and not run.is_finished:
            instance.report_run_failed(run, f"sensemaking doctor: {proof}")
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def _free(home: Path, run_id: str) -> None:
    with open_instance(home) as instance:
        instance.event_log_storage.free_concurrency_slots_for_run(run_id)


def _is_whole(path: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{path.as_posix()}?mode=ro", uri=True)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.DatabaseError as error:
        return isinstance(error, sqlite3.OperationalError)


def _records_damaged(home: Path, damaged: list[Path]) -> Finding:
    names = ", ".join(path.relative_to(home).as_posix() for path in damaged)
    return Finding(
        "dagster-records",
        str(home),
        f"Dagster's records are damaged: {names}",
        "move them aside; tables, fits and releases do not depend on them, and the next run begins new ones",
        partial(_set_aside, home),
    )


def _set_aside(home: Path) -> None:
    number = 1
    while (aside := home.with_name(f"{home.name}.damaged-{number}")).exists():
        number += 1
    home.rename(aside)
