"""A run or release killed at the worst moment: everything stays readable, and the next one ends as if undisturbed.

Each point is a place where the driver, a program of its own, kills itself with SIGKILL in the middle of our code.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pandas as pd
import pytest

from dashboard import queries
from tests.command_line import content_hashes, done, environment, release_contents, sensemaking, table
from tests.small_study import N_RESPONSES, answers, write_export

MANY = N_RESPONSES + 5


def kill_at_call(number: int, original: Callable, *, before: bool = False) -> Callable:
    """Return a function that does what the original does and kills its process around the call of this number."""
    calls = 0

    def killing(*arguments, **named):
        nonlocal calls
        calls += 1
        if before and calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*arguments, **named)
        if calls == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    return killing


def after_landing() -> Callable[[], object]:
    from pipelines.store import Store

    return patch.object(Store, "keep_file", kill_at_call(2, Store.keep_file)).start


def inside_the_transaction() -> Callable[[], object]:
    from pipelines import store

    return patch.object(store, "insert_rows", kill_at_call(FOURTH_TABLE_OF_RESPONSES, store.insert_rows)).start


def between_commit_and_dagsters_record() -> Callable[[], object]:
    from pipelines import factory

    return patch.object(factory, "run_step", kill_at_call(2, factory.run_step)).start


def while_the_release_is_built() -> Callable[[], object]:
    from pipelines import release

    return patch.object(release, "insert_rows", kill_at_call(4, release.insert_rows)).start


def between_rename_and_pointer() -> Callable[[], object]:
    from pipelines import release

    return patch.object(release, "_point_to", kill_at_call(1, release._point_to, before=True)).start


# raw.files, raw.columns and their provenance; raw.checks, raw.failures and theirs; then core.responses and what follows.
FOURTH_TABLE_OF_RESPONSES = 8 + 7
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
    prepare()()
    sys.argv = ["sensemaking", command, study]
    from pipelines.cli import main

    main()


@pytest.fixture(scope="module")
def undisturbed(finished_small_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished study after a further export, run and release, without any accident."""
    import shutil

    study = Path(shutil.copytree(finished_small_study, tmp_path_factory.mktemp("undisturbed") / "small"))
    add_answers(study)
    done(sensemaking("run", study))
    done(sensemaking("release", study))
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
    done(sensemaking("release", study))
    assert content_hashes(study) == content_hashes(undisturbed)
    assert_same_release(study, undisturbed)
    assert done(sensemaking("run", study, "--json")).document["nothing_new"] is True
    assert not list((study / "releases").glob(".*"))
    assert not list((study / "warehouse" / "raw").glob(".*"))


def assert_unharmed(study: Path, before: dict[str, str], released: dict[str, pd.DataFrame], *, half_done: bool) -> None:
    """Every table is as it was before, or, once its own transaction is through, as the new one has it."""
    now = content_hashes(study)
    changed = {name for name in before if before[name] != now[name]}
    assert half_done == bool(changed)
    assert changed <= {"core.responses", "core.answers", "core.missing", "core.open_answers", "core.rejects"}
    n_responses = {len(table(study, name)) for name in ("core.responses", "core.answers")}
    assert len(n_responses) == 1
    shown = queries.reader_of(study / "releases").shown()
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
