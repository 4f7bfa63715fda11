"""Many studies in one Dagster instance: what they share is read once, and none stands in the way of another."""

import gc
import os
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest

from instruments import read_once
from instruments.load import LIBRARY, load_instrument, read_instrument
from pipelines.definitions import LEFT_OUT, STUDIES, build_definitions, defs, load_studies, served
from tests.bench_many_studies import N_STUDIES, build_demonstrations, build_studies, seconds_to_load
from tests.small_study import build_small_study


@pytest.fixture(autouse=True)
def _as_a_program_of_its_own() -> Iterator[None]:
    """Forget what was loaded, and let garbage be collected as before: elsewhere only Dagster's programs load."""
    usual = gc.get_threshold()
    yield
    served.cache_clear()
    gc.set_threshold(*usual)
    gc.unfreeze()


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    return build_studies(tmp_path, 3)


def test_a_text_is_read_once_however_many_studies_have_it():
    path = LIBRARY / "barriers.yaml"
    first = load_instrument(path)
    before = read_once._of_text.cache_info().misses
    assert load_instrument(path) is first
    assert read_once._of_text.cache_info().misses == before


def test_faults_name_the_file_they_stand_in_though_another_has_the_same_text(tmp_path: Path):
    for name in ("one", "other"):
        path = tmp_path / f"{name}.yaml"
        path.write_text("name: one\nversion: '1'\ntitle: {en: One}\nitems: {}\nnosuch: 1\n")
        _, faults = read_instrument(path)
        assert {fault.path for fault in faults} == {path}


def test_faults_of_one_file_are_not_those_of_another_with_the_same_text(tmp_path: Path):
    text = (LIBRARY / "barriers.yaml").read_text()
    for name, n_faults in (("barriers", 0), ("renamed", 1), ("barriers", 0)):
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        assert len(read_instrument(path)[1]) == n_faults


def test_a_changed_file_is_read_again(tmp_path: Path):
    path = tmp_path / "barriers.yaml"
    text = (LIBRARY / "barriers.yaml").read_text()
    path.write_text(text)
    first = load_instrument(path)
    path.write_text(text.replace(first.version, "0.99-draft", 1))
    assert load_instrument(path).version == "0.99-draft"


def test_a_study_with_faults_is_left_out_and_told_and_the_others_are_loaded(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    (folders[1] / "study.yaml").write_text("name: [")
    monkeypatch.setenv(STUDIES, os.pathsep.join(map(str, [*folders, folders[0].parent / "nowhere"])))
    loaded = defs()
    jobs = {job.name for job in loaded.get_repository_def().get_all_jobs()}
    assert {"study_1_run", "study_3_run"} <= jobs
    assert "study_2_run" not in jobs
    told = {
        key.to_user_string(): loaded.resolve_asset_graph().get(key).description
        for key in loaded.resolve_asset_graph().get_all_asset_keys()
        if key.path[0] == LEFT_OUT
    }
    assert sorted(told) == [f"{LEFT_OUT}/1_study_2", f"{LEFT_OUT}/2_nowhere"]
    assert f"{folders[1] / 'study.yaml'}:1" in (told[f"{LEFT_OUT}/1_study_2"] or "")
    assert f"The study {folders[1]} is left out" in caplog.text


def test_a_study_with_the_name_of_an_earlier_one_is_left_out(folders: list[Path], tmp_path: Path):
    namesake = build_studies(tmp_path / "elsewhere", 1)[0]
    loaded = load_studies([*folders, namesake])
    assert [study.folder for study in loaded.studies] == folders
    assert f"{folders[0]} holds a study of the same name study_1" in loaded.left_out[namesake]


def test_definitions_that_dagster_asks_for_twice_are_made_once(folders: list[Path], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(STUDIES, str(folders[0]))
    first = defs()
    assert defs() is first
    monkeypatch.setenv(STUDIES, os.pathsep.join(map(str, folders[:2])))
    assert {job.name for job in defs().get_repository_def().get_all_jobs()} >= {"study_1_run", "study_2_run"}


@pytest.mark.slow
def test_a_run_that_fails_stops_no_run_of_another_study(tmp_path: Path):
    broken, sound = tmp_path / "broken", build_small_study(tmp_path / "sound")
    build_small_study(broken)
    (broken / "study.yaml").write_text((broken / "study.yaml").read_text().replace("name: small", "name: broken", 1))
    (broken / "exports" / "spring.csv").write_text("id,organisation\n")
    studies = load_studies([broken, sound]).studies
    definitions = build_definitions(studies)
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        ended: dict[str, bool] = {}
        for study in studies:
            instance.add_dynamic_partitions(f"wave_{study.name}", ["spring"])
            job = definitions.resolve_job_def(f"{study.name}_run")
            done = job.execute_in_process(instance=instance, partition_key="spring", raise_on_error=False)
            ended[study.name] = done.success
    assert ended == {"broken": False, "small": True}


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.parametrize("build", [build_studies, build_demonstrations])
def test_thirty_studies_are_loaded_within_three_times_the_time_of_one(
    tmp_path: Path, build: Callable[[Path, int], list[Path]]
):
    studies = build(tmp_path, N_STUDIES)
    turns = [(seconds_to_load(studies[:1], tmp_path), seconds_to_load(studies, tmp_path)) for _ in range(3)]
    one, many = map(statistics.median, zip(*turns, strict=True))
    assert many < 3 * one, turns
