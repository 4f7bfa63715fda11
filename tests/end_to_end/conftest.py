"""Finished studies, made once a session and copied for every test."""

import shutil
from pathlib import Path

import pytest

from tests.command_line import done, sensemaking
from tests.reference_studies import build_reference_study
from tests.small_study import build_small_study


@pytest.fixture(scope="session")
def finished_small_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small study after a run and a release; not to be changed."""
    study = build_small_study(tmp_path_factory.mktemp("finished") / "small")
    done(sensemaking("run", study))
    done(sensemaking("release", study))
    return study


@pytest.fixture
def study(finished_small_study: Path, tmp_path: Path) -> Path:
    """A copy of the finished small study."""
    return Path(shutil.copytree(finished_small_study, tmp_path / "small"))


@pytest.fixture(scope="session")
def rse_2017(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> Path:
    """The study of research software engineers after a run and a release; not to be changed."""
    return _finished("rse_2017", tmp_path_factory, reference)


@pytest.fixture(scope="session")
def lq2002(tmp_path_factory: pytest.TempPathFactory, reference: Path) -> Path:
    """The study of army companies after a run and a release; not to be changed."""
    return _finished("lq2002", tmp_path_factory, reference)


def _finished(name: str, tmp_path_factory: pytest.TempPathFactory, reference: Path) -> Path:
    study = build_reference_study(name, tmp_path_factory.mktemp("finished"), reference)
    done(sensemaking("run", study))
    done(sensemaking("release", study))
    return study
