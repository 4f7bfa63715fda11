"""A disk that fills up stops a run with exit code 3, harms nothing, and once there is room the next run succeeds."""

import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import PROGRAM, Ended, done, environment, program, sensemaking, state_of, table
from tests.small_study import N_RESPONSES, answers, write_export

MANY = 60_000


def run_with_limit(study: Path, limit: int) -> Ended:
    """Run with a limit on the size of every file, at which writing fails as on a full disk."""

    def set_limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [*PROGRAM, "run", str(study), "--json"]
    ended = subprocess.run(
        command, capture_output=True, text=True, env=environment(), preexec_fn=set_limit, timeout=180, check=False
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def assert_stopped_by_the_machine(ended: Ended) -> None:
    assert ended.code == 3, ended.stderr
    assert ended.document["error"]["exit_code"] == 3
    assert "Traceback" not in ended.stderr


def size_of_warehouse(study: Path) -> int:
    return (study / "warehouse" / "study.duckdb").stat().st_size


@pytest.mark.parametrize(
    "limit",
    [
        pytest.param(lambda _: 0, id="nothing can be written", marks=[pytest.mark.slow]),
        pytest.param(lambda _: 40_000, id="Dagster's records cannot grow", marks=[pytest.mark.slow]),
        pytest.param(
            lambda study: size_of_warehouse(study) + 4096, id="the warehouse cannot grow", marks=pytest.mark.slow
        ),
    ],
)
def test_disk_that_fills_up_stops_the_run_and_harms_nothing(study: Path, limit: Callable[[Path], int]):
    before = state_of(study)
    write_export(study, "spring.csv", answers("spring", n_responses=MANY))
    assert_stopped_by_the_machine(run_with_limit(study, limit(study)))
    assert state_of(study) == before
    done(sensemaking("run", study, "--select", "core/responses"))
    assert len(table(study, "core.responses")) == N_RESPONSES + MANY


def run_on_full_disk(study: Path, disk: Path, free: int) -> Ended:
    """Run with some bytes left on the disk, which are then given back."""
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free - free))
    ended = program("run", study, "--json")
    ballast.unlink()
    return ended


@pytest.mark.slow
@pytest.mark.parametrize("free", [0, 100_000, 1_000_000])
def test_full_disk_stops_the_run_and_harms_nothing(
    finished_small_study: Path, small_disk: Path | None, tmp_path: Path, free: int
):
    study = Path(shutil.copytree(finished_small_study, (small_disk or tmp_path) / "small"))
    write_export(study, "spring.csv", answers("spring", n_responses=MANY))
    before = state_of(study)
    ended = run_with_limit(study, free) if small_disk is None else run_on_full_disk(study, small_disk, free)
    assert_stopped_by_the_machine(ended)
    assert state_of(study) == before
    done(sensemaking("run", study, "--select", "core/responses"))
    assert len(table(study, "core.responses")) == N_RESPONSES + MANY
