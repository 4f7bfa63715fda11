"""The sensor for new exports and the nightly schedule: when they ask for a run, and when they keep quiet."""

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import build_definitions
from pipelines.load import Study, load_study
from tests.command_line import done, sensemaking
from tests.small_study import answers, build_small_study, write_export

AN_HOUR_AGO = dt.datetime.now(dt.UTC).timestamp() - 3600


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = load_study(build_small_study(tmp_path / "small"))
    settle(study)
    return study


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def kept_instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """An instance with storage, which a schedule opens by itself."""
    with dg.instance_for_test(temp_dir=str(tmp_path)) as kept:
        yield kept


def settle(study: Study) -> None:
    """Make every export look as if it had been there for an hour."""
    for path in study.exports.iterdir():
        os.utime(path, (AN_HOUR_AGO, AN_HOUR_AGO))


def evaluate(study: Study, instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    definitions = build_definitions([study])
    sensor = definitions.resolve_sensor_def("small_exports")
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, repository_def=definitions.get_repository_def(), sensor_name="small_exports"
    )
    return sensor(context)


def waves_of(result: dg.SensorResult) -> list[str]:
    return [str(request.partition_key) for request in result.run_requests or []]


def test_sensor_asks_for_a_run_of_every_wave_with_new_files(study: Study, instance: dg.DagsterInstance):
    result = evaluate(study, instance)
    assert waves_of(result) == ["autumn", "spring"]
    (added,) = result.dynamic_partitions_requests or []
    assert (added.partitions_def_name, list(added.partition_keys)) == ("wave_small", ["autumn", "spring"])
    assert all(request.tags["trigger"] == "new export" for request in result.run_requests or [])


def test_sensor_does_not_ask_twice_for_the_same_files(study: Study, instance: dg.DagsterInstance):
    first = evaluate(study, instance)
    assert waves_of(evaluate(study, instance, first.cursor)) == []


def test_sensor_asks_again_for_the_wave_whose_files_changed(study: Study, instance: dg.DagsterInstance):
    first = evaluate(study, instance)
    write_export(study.folder, "spring-day-2.csv", answers("spring", first=41))
    settle(study)
    second = evaluate(study, instance, first.cursor)
    assert waves_of(second) == ["spring"]
    keys = {request.run_key for result in (first, second) for request in result.run_requests or []}
    assert len(keys) == 3
    assert waves_of(evaluate(study, instance, second.cursor)) == []


def test_sensor_waits_until_a_file_is_no_longer_written_to(study: Study, instance: dg.DagsterInstance):
    first = evaluate(study, instance)
    write_export(study.folder, "spring-day-2.csv", answers("spring", first=41))
    waiting = evaluate(study, instance, first.cursor)
    assert waves_of(waiting) == []
    settle(study)
    assert waves_of(evaluate(study, instance, waiting.cursor)) == ["spring"]


def test_sensor_asks_again_with_a_new_key_when_earlier_files_are_back_after_a_run_that_failed(
    study: Study, instance: dg.DagsterInstance
):
    first = evaluate(study, instance)
    added = write_export(study.folder, "spring-day-2.csv", answers("spring", first=41))
    settle(study)
    second = evaluate(study, instance, first.cursor)
    added.unlink()
    third = evaluate(study, instance, second.cursor)
    assert waves_of(third) == ["spring"]
    keys = [request.run_key for result in (first, second, third) for request in result.run_requests or []]
    assert len(keys) == len(set(keys)) == 4


@pytest.mark.slow
def test_sensor_keeps_quiet_about_files_that_were_run_already(study: Study, instance: dg.DagsterInstance):
    done(sensemaking("run", study.folder))
    quiet = evaluate(study, instance)
    assert waves_of(quiet) == []
    for path in study.exports.iterdir():
        os.utime(path, (AN_HOUR_AGO + 60, AN_HOUR_AGO + 60))
    assert waves_of(evaluate(study, instance, quiet.cursor)) == []


@pytest.mark.parametrize("name", ["spring-2.csv.part", ".spring-2.csv", "spring-2.csv.tmp", "notes.csv"])
def test_sensor_leaves_half_written_hidden_and_stray_files_alone(study: Study, instance: dg.DagsterInstance, name: str):
    first = evaluate(study, instance)
    (study.exports / name).write_text("id\n1\n", encoding="utf-8")
    settle(study)
    assert waves_of(evaluate(study, instance, first.cursor)) == []


def test_sensor_of_a_study_without_exports_keeps_quiet(tmp_path: Path, instance: dg.DagsterInstance):
    study = load_study(build_small_study(tmp_path / "small", waves=()))
    assert waves_of(evaluate(study, instance)) == []
    study.exports.rmdir()
    assert waves_of(evaluate(study, instance)) == []


def nightly(study: Study, instance: dg.DagsterInstance) -> list[dg.RunRequest] | dg.SkipReason:
    definitions = build_definitions([study])
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=dt.datetime(2026, 3, 2, 3, tzinfo=dt.UTC),
        repository_def=definitions.get_repository_def(),
    )
    data = definitions.resolve_schedule_def("small_nightly").evaluate_tick(context)
    return list(data.run_requests or []) or dg.SkipReason(data.skip_message)


@pytest.mark.slow
def test_schedule_asks_for_every_wave_that_is_out_of_date_and_then_for_none(
    study: Study, kept_instance: dg.DagsterInstance
):
    instance = kept_instance
    asked = nightly(study, instance)
    assert isinstance(asked, list)
    assert [request.partition_key for request in asked] == ["autumn", "spring"]
    assert instance.get_dynamic_partitions("wave_small") == ["autumn", "spring"]
    done(sensemaking("run", study.folder))
    assert nightly(study, instance) == dg.SkipReason("nothing new since the last run")
