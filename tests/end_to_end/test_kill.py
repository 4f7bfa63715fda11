"""A run or release killed at the worst moment: everything stays readable, and the next one ends as if undisturbed.

Each point is a place where the driver, a program of its own, kills itself with SIGKILL in the middle of our code.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

from dashboard import queries
from dashboard.permission import WHOLE_RELEASE
from pipelines import factory, release
from pipelines.cli import main
from pipelines.store import Store, slices
from tests.command_line import content_hashes, done, environment, release_contents, sensemaking, table
from tests.small_study import N_RESPONSES, answers, write_export

MANY = N_RESPONSES + 5


def killing(original: Callable, is_the_moment: Callable[..., bool], *, before: bool = False) -> Callable:
    """Return a function that does what the original does and, at the moment, kills its process before or after that."""

    def original_and_kill(*arguments):
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments)
        if is_the_moment(*arguments):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return original_and_kill


def after_landing() -> None:
    patch.object(Store, "keep_file", killing(Store.keep_file, lambda *_: True)).start()


def inside_the_transaction() -> None:
    moment = killing(slices.insert_rows, lambda _, written, __: written.name == "core.open_answers")
    patch.object(slices, "insert_rows", moment).start()


def between_commit_and_dagsters_record() -> None:
    moment = killing(factory.run_step, lambda step, _, __: step.name == "core/responses")
    patch.object(factory, "run_step", moment).start()


def while_the_release_is_built() -> None:
    moment = killing(release.insert_rows, lambda _, written, __: written.name == "out.scale_means")
    patch.object(release, "insert_rows", moment).start()


def between_rename_and_pointer() -> None:
    patch.object(release, "point_to", killing(release.point_to, lambda *_: True, before=True)).start()


POINTS = {
    point.__name__: (command, point)
    for command, point in (
        ("run", after_landing),
        ("run", inside_the_transaction),
        ("run", between_commit_and_dagsters_record),
        ("release", while_the_release_is_built),
        ("release", between_rename_and_pointer),
    )
}


def drive(point: str, study: str) -> None:
    """Run the command of a point until it kills itself: ``python -m tests.end_to_end.test_kill POINT STUDY``."""
    command, prepare = POINTS[point]
    prepare()
    sys.argv = ["sensemaking", command, study, *(["--sign-off", "Test"] if command == "release" else [])]
    main()


@pytest.fixture(scope="module")
def undisturbed(finished_small_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished study after a further export, run and release, without any accident."""
    study = Path(shutil.copytree(finished_small_study, tmp_path_factory.mktemp("undisturbed") / "small"))
    add_answers(study)
    done(sensemaking("run", study))
    done(sensemaking("release", study, "--sign-off", "Test"))
    return study


def add_answers(study: Path) -> None:
    write_export(study, "spring.csv", answers("spring", n_responses=MANY))


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_everything_is_readable_after_a_kill_and_the_next_run_ends_as_if_undisturbed(
    study: Path, undisturbed: Path, point: str
):
    command, _ = POINTS[point]
    before, released = content_hashes(study), release_contents(study)
    add_answers(study)
    if command == "release":
        done(sensemaking("run", study))
        before = content_hashes(study)
    killed = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.test_kill", point, str(study)],
        env=environment(),
        capture_output=True,
        timeout=180,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert_unharmed(study, before, released, half_done=point == between_commit_and_dagsters_record.__name__)
    done(sensemaking("run", study))
    done(sensemaking("release", study, "--sign-off", "Test"))
    assert content_hashes(study) == content_hashes(undisturbed)
    assert_same_release(study, undisturbed)
    assert done(sensemaking("run", study, "--json")).document["nothing_new"] is True
    assert not list((study / "releases").glob(".*"))
    assert not list((study / "warehouse" / "raw").glob(".*"))
    assert not list((study / "warehouse" / "staging").glob("*"))


def assert_unharmed(study: Path, before: dict[str, str], released: dict[str, pd.DataFrame], *, half_done: bool) -> None:
    """Every table is as it was before, or, once its own transaction is through, as the new one has it."""
    now = content_hashes(study)
    changed = {name for name in before if before[name] != now[name]}
    assert half_done == bool(changed)
    assert changed <= {"core.responses", "core.answers", "core.missing", "core.open_answers", "core.rejects"}
    n_responses = {len(table(study, name)) for name in ("core.responses", "core.answers")}
    assert len(n_responses) == 1
    shown = queries.reader_of(study / "releases").shown(WHOLE_RELEASE)
    assert shown.trouble is None
    assert shown.release is not None
    assert shown.release.number == 1
    for name, rows in release_contents(study).items():
        pd.testing.assert_frame_equal(rows, released[name])


def assert_same_release(study: Path, undisturbed: Path) -> None:
    """Compare two releases apart from their number: a killed one may have taken a number."""
    ours, theirs = release_contents(study), release_contents(undisturbed)
    for contents in (ours, theirs):
        manifest = contents["meta.manifest"]
        contents["meta.manifest"] = manifest[manifest["key"] != "release"].reset_index(drop=True)
    assert set(ours) == set(theirs)
    for name, rows in ours.items():
        pd.testing.assert_frame_equal(rows, theirs[name])
    pointer = json.loads((study / "releases" / "current.json").read_text(encoding="utf-8"))
    assert pointer["release"] in (2, 3)
    assert (study / "releases" / pointer["file"]).is_file()


if __name__ == "__main__":
    drive(*sys.argv[1:])
