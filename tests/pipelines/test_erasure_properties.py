"""Whoever is erased: after the next run the tables are those of a study that never had them."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.assets.whereabouts import Wanted
from pipelines.commands.erase import erase
from pipelines.load import load_study
from tests.command_line import content_hashes
from tests.panel_study import TOKEN, build_panel_study, people
from tests.run_steps import bring_up_to_date
from tests.small_study import write_export

pytestmark = pytest.mark.slow

READ = {"core/responses", "core/links", "core/analysis"}
N_PEOPLE = 6


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("property") / "small"
    build_panel_study(folder, coded=True)
    write_exports(folder, [])
    bring_up_to_date(folder, READ)
    return folder


def write_exports(folder: Path, erased: list[int]) -> None:
    for wave in ("autumn", "spring"):
        rows = people(wave, n_responses=N_PEOPLE)
        write_export(folder, f"{wave}.csv", rows[~(rows.index + 1).isin(erased)])


@settings(max_examples=3)
@given(st.lists(st.integers(1, N_PEOPLE), min_size=1, max_size=2, unique=True))
def test_tables_are_those_of_a_study_without_the_erased(finished: Path, erased: list[int]):
    with TemporaryDirectory() as private:
        study, never = (Path(shutil.copytree(finished, Path(private) / name / "small")) for name in ("one", "other"))
        for number in erased:
            erase(load_study(study), Wanted(None, TOKEN.format(number)), "asked")
        bring_up_to_date(study, READ)
        shutil.rmtree(never / "warehouse")
        write_exports(never, erased)
        bring_up_to_date(never, READ)
        ours, theirs = content_hashes(study), content_hashes(never)
        assert {name: each for name, each in ours.items() if name in theirs} == theirs
