"""Finished studies, made once a session, also where it has several processes, and copied for every test."""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from pipelines.lock import exclusive
from tests.command_line import done, sensemaking
from tests.reference_studies import build_reference_study
from tests.small_disks import mounted
from tests.small_study import build_small_study


@pytest.fixture(scope="session")
def finished_small_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study after a run and a release; not to be changed."""
    return _finished("small", lambda folder: _released(build_small_study(folder / "small")), tmp_path_factory)


@pytest.fixture
def study(finished_small_study: Path, tmp_path: Path) -> Path:
    """A copy of the finished small study."""
    return Path(shutil.copytree(finished_small_study, tmp_path / "small"))


@pytest.fixture(scope="session")
def rse_2017(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> Path:
    """The study of research software engineers after a run and a release; not to be changed."""
    build = partial(build_reference_study, "rse_2017", reference=reference)
    return _finished("rse_2017", lambda folder: _released(build(folder)), tmp_path_factory)


@pytest.fixture(scope="session")
def lq2002(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> Path:
    """The study of army companies after a run and a release; not to be changed."""
    build = partial(build_reference_study, "lq2002", reference=reference)
    return _finished("lq2002", lambda folder: _released(build(folder)), tmp_path_factory)


@pytest.fixture(scope="session")
def shipped_demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration as the command ``demo`` makes, runs and releases it; not to be changed."""
    return _finished("demo", lambda folder: done(sensemaking("demo", "--home", folder)), tmp_path_factory)


def _released(study: Path) -> None:
    done(sensemaking("run", study))
    done(sensemaking("release", study, "--sign-off", "Test"))


def _finished(name: str, make: Callable[[Path], object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a study that is run and released in the process of the session that comes first; the others wait for it."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / f"finished-{name}"
    with exclusive(folder / "lock", "a test"):
        if not (folder / "is_finished").exists():
            make(folder)
            (folder / "is_finished").touch()
    return folder / name


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A disk of its own; None where the machine lets nobody mount one."""
    with mounted(tmp_path / "disk", "200m") as disk:
        yield disk
