"""An erasure killed at the worst moment: nothing is lost, and a second call finishes the work."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

from pipelines.cli import main
from pipelines.store import Store, erasing
from tests.command_line import content_hashes, done, environment, sensemaking, table
from tests.panel_study import TOKEN, build_panel_study, people
from tests.run_steps import bring_up_to_date
from tests.small_study import write_export

PLANTED = "the planted remark of one person"
PERSON = ("--person", TOKEN.format(7), "--because", "asked")


def killing(original: Callable, *, before: bool = False) -> Callable:
    """Return a function that kills its process before or after what the original does."""

    def original_and_kill(*arguments, **more):
        if before:
            os.kill(os.getpid(), signal.SIGKILL)
        original(*arguments, **more)
        os.kill(os.getpid(), signal.SIGKILL)

    return original_and_kill


MOMENTS = {
    "after_marking": lambda: patch.object(Store, "kept_rows", killing(Store.kept_rows, before=True)).start(),
    "between_old_and_new_rows_of_a_fit": lambda: patch.object(
        Store, "remove_kept", killing(Store.remove_kept, before=True)
    ).start(),
    "between_two_files": lambda: patch.object(Store, "rename_file", killing(Store.rename_file)).start(),
    "before_the_commit": lambda: patch.object(erasing, "delete_people", killing(erasing.delete_people)).start(),
    "after_the_commit": lambda: patch.object(Store, "delete_people", killing(Store.delete_people)).start(),
    "before_the_new_database_takes_the_place": lambda: patch.object(
        erasing, "write_afresh", killing(erasing.write_afresh)
    ).start(),
    "after_the_new_database_took_the_place": lambda: patch.object(
        Store, "write_afresh", killing(Store.write_afresh)
    ).start(),
}


def drive(moment: str, study: str) -> None:
    """Erase until the process kills itself: ``python -m tests.end_to_end.test_killed_erasure MOMENT STUDY``."""
    MOMENTS[moment]()
    sys.argv = ["sensemaking", "erase", study, *PERSON]
    main()


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_panel_study(tmp_path_factory.mktemp("erasure") / "small", framed=True)
    for wave in ("autumn", "spring"):
        rows = people(wave)
        rows.loc[6, "remark"] = PLANTED
        write_export(folder, f"{wave}.csv", rows)
    bring_up_to_date(folder)
    return folder


@pytest.fixture(scope="module")
def undisturbed(finished: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(finished, tmp_path_factory.mktemp("undisturbed") / "small"))
    done(sensemaking("erase", folder, *PERSON))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_second_call_finishes_a_killed_erasure(finished: Path, undisturbed: Path, tmp_path: Path, moment: str):
    study = Path(shutil.copytree(finished, tmp_path / "small"))
    command = [sys.executable, "-m", "tests.end_to_end.test_killed_erasure", moment, str(study)]
    killed = subprocess.run(command, env=environment(), capture_output=True, timeout=180, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert len(table(study, "core.responses")) in (78, 80)
    done(sensemaking("erase", study, *PERSON))
    assert content_hashes(study) == content_hashes(undisturbed)
    marks = table(study, "raw.erased_responses")
    assert marks["is_finished"].all()
    assert sorted(marks["mark"]) == sorted(table(undisturbed, "raw.erased_responses")["mark"])
    for folder in ("raw", "data"):
        names = [sorted(path.name for path in (each / "warehouse" / folder).iterdir()) for each in (study, undisturbed)]
        assert names[0] == names[1]
    held = [
        path for path in (study / "warehouse").rglob("*") if path.is_file() and PLANTED.encode() in path.read_bytes()
    ]
    assert held == []
    pairs = ["old_sha256", "new_sha256", "n_rows"]
    assert table(study, "raw.erasures")[pairs].equals(table(undisturbed, "raw.erasures")[pairs])


if __name__ == "__main__":
    drive(*sys.argv[1:])
