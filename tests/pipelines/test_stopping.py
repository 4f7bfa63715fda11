"""Ctrl-C in the middle of a run or of a query: said as such, never taken for success nor for a defect."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.commands.run import run_study
from pipelines.load import load_study
from pipelines.stopping import was_stopped
from tests.command_line import environment, table
from tests.small_study import build_small_study

INTERRUPTED_QUERY = """
import os, signal, threading, duckdb
from pipelines.stopping import was_stopped
signal.signal(signal.SIGINT, signal.default_int_handler)  # what was started in the background ignores it
connection = duckdb.connect(config={"threads": 1})
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    connection.sql("SELECT count(*) FROM range(100000000) AS a, range(99) AS b WHERE a.range * b.range % 7 = 3").show()
except (Exception, KeyboardInterrupt) as error:
    print(was_stopped(error))
"""


@pytest.mark.slow
def test_a_run_that_is_stopped_is_neither_done_nor_failed_and_the_next_goes_on(tmp_path: Path):
    study = load_study(build_small_study(tmp_path / "small"))

    def stop(name: str, _: str) -> None:
        if name == "core/responses":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_study(study, select="core/responses", on_step=stop)
    assert len(table(study.folder, "raw.files")) == 1
    outcome = run_study(study, select="core/responses")
    assert not outcome.failures
    assert len(table(study.folder, "core.responses")) > 0


def test_ctrl_c_during_a_query_is_no_defect_of_the_software():
    command = [sys.executable, "-c", INTERRUPTED_QUERY]
    ended = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=60, check=True)
    assert ended.stdout == "True\n"


def test_a_run_that_dagster_gives_up_before_its_steps_is_not_taken_for_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    study = load_study(build_small_study(tmp_path / "small"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr("pipelines.factory.exclusive", full)
    with pytest.raises(RuntimeError, match=r"Dagster ended run .* before its steps: .*Error"):
        run_study(study, select="core/responses")


def test_a_step_whose_results_cannot_be_told_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    study = load_study(build_small_study(tmp_path / "small"))

    def broken(*_: object, **__: object) -> None:
        raise ValueError("no figure")

    monkeypatch.setattr("pipelines.factory.metadata_of", broken)
    failures = run_study(study, select="core/responses").failures
    assert [(name, str(error)) for name, _, error in failures] == [("raw/files", "no figure")]


def test_other_errors_are_not_taken_for_ctrl_c():
    assert not was_stopped(RuntimeError("something else"))
    assert not was_stopped(None)
