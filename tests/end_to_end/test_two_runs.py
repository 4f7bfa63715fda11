"""Two programs at once on one study: the second waits, says for whom, and both succeed."""

import subprocess
import time
from pathlib import Path

import pytest

from pipelines.lock import exclusive
from tests.command_line import PROGRAM, content_hashes, done, environment, release_contents, sensemaking
from tests.small_study import build_small_study

pytestmark = pytest.mark.slow
LIMIT_SECONDS = 180


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True
    )


def wait_for(path: Path) -> None:
    until = time.monotonic() + LIMIT_SECONDS
    while not path.exists():
        assert time.monotonic() < until, f"{path.name} did not appear"
        time.sleep(0.02)


def test_second_run_waits_says_for_whom_and_then_finds_nothing_new(tmp_path: Path, study: Path):
    new = build_small_study(tmp_path / "new" / "small")
    first = start("run", new, "--json")
    wait_for(new / "warehouse" / "run.lock")
    second = start("run", new, "--json")
    out_1, err_1 = first.communicate(timeout=LIMIT_SECONDS)
    out_2, err_2 = second.communicate(timeout=LIMIT_SECONDS)
    assert (first.returncode, second.returncode) == (0, 0), err_1 + err_2
    assert f"Waiting for sensemaking run (process {first.pid}, since " in err_2
    assert "Waiting" not in err_1
    assert '"nothing_new": false' in out_1
    assert '"nothing_new": true' in out_2
    assert content_hashes(new) == content_hashes(study)


def test_run_that_waits_takes_over_when_the_first_is_killed(tmp_path: Path, study: Path):
    new = build_small_study(tmp_path / "new" / "small")
    first = start("run", new)
    wait_for(new / "warehouse" / "study.duckdb")
    second = start("run", new, "--json")
    first.kill()
    first.communicate(timeout=LIMIT_SECONDS)
    _, errors = second.communicate(timeout=LIMIT_SECONDS)
    assert second.returncode == 0, errors
    assert content_hashes(new) == content_hashes(study)


def test_release_waits_for_another_release_and_both_are_published(study: Path):
    with exclusive(study / "warehouse" / "release.lock", "a test"):
        waiting = start("release", study, "--sign-off", "Test", "--json")
        line = waiting.stderr.readline() if waiting.stderr else ""
        assert "Waiting for a test (process " in line
        assert waiting.poll() is None
    _, errors = waiting.communicate(timeout=LIMIT_SECONDS)
    assert waiting.returncode == 0, errors
    document = done(sensemaking("release", study, "--sign-off", "Test", "--json")).document
    assert document["release"] == 3
    assert release_contents(study)["meta.manifest"].set_index("key").loc["release", "value"] == "3"
