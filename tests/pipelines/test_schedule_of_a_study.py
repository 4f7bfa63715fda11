"""What a study does by itself as its schedule says: open waves, backfill, further tries, dead runs, late exports."""

import datetime as dt
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from instruments.faults import SpecError
from pipelines.asset_keys import keys_of
from pipelines.assets.graph import steps_of
from pipelines.attempts import DEAD_AFTER_SECONDS, NEEDS_A_PERSON, Attempt
from pipelines.definitions import build_definitions
from pipelines.factory import job_name, waves_partition
from pipelines.load import Study, load_study
from pipelines.lock import exclusive
from pipelines.process_mark import TAG, mark_of_this_process
from pipelines.sections.schedule import Schedule
from pipelines.sensors import exports_sensor, nightly
from tests.small_study import build_small_study

IN_FIELD = dt.datetime(2026, 5, 10, 12, tzinfo=dt.UTC).timestamp()
AFTERWARDS = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC).timestamp()
DATES = """\
  autumn: {title: {en: Autumn}, starts_on: 2025-09-01, ends_on: 2025-10-01}
  spring: {title: {en: Spring}, starts_on: 2026-04-01, ends_on: 2026-06-01}
"""


@pytest.fixture
def build(tmp_path: Path) -> Callable[[str], Study]:
    """Build the small study with dates of its waves and a schedule; its exports are old."""

    def built(schedule: str) -> Study:
        folder = build_small_study(tmp_path / "small")
        path = folder / "study.yaml"
        text = re.sub(r"waves:\n(  .*\n)+?(?=\w)", f"waves:\n{DATES}", path.read_text(), count=1)
        path.write_text(f"{text}schedule: {{{schedule}}}\n")
        for export in (folder / "exports").iterdir():
            os.utime(export, (IN_FIELD - 86_400,) * 2)
        return load_study(folder)

    return built


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as kept:
        yield kept


def look(study: Study, instance: dg.DagsterInstance, now: float, cursor: str | None = None) -> dg.SensorResult:
    sensor = exports_sensor(study, job_name(study), waves_partition(study), lambda: now)
    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, repository_def=build_definitions([study]).get_repository_def()
    )
    found = sensor(context)
    assert isinstance(found, dg.SensorResult)
    return found


def night(study: Study, instance: dg.DagsterInstance, now: float) -> list[dg.RunRequest]:
    context = dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=dt.datetime.fromtimestamp(now, dt.UTC),
        repository_def=build_definitions([study]).get_repository_def(),
    )
    return list(nightly(study, job_name(study)).evaluate_tick(context).run_requests or [])


def waves_of(requests: list[dg.RunRequest] | None) -> list[str | None]:
    return [each.partition_key for each in requests or []]


def test_an_open_wave_is_run_unless_the_study_says_otherwise(build, instance):
    study = build("retries: 1")
    assert waves_of(look(study, instance, IN_FIELD).run_requests) == ["autumn", "spring"]
    assert [each.asset_selection for each in night(study, instance, IN_FIELD)] == [None, None]


def test_a_study_that_waits_runs_a_wave_after_its_last_day(build, instance):
    study = build("while_open: wait")
    first = look(study, instance, IN_FIELD)
    assert waves_of(first.run_requests) == ["autumn"]
    assert waves_of(night(study, instance, IN_FIELD)) == ["autumn"]
    assert waves_of(look(study, instance, AFTERWARDS, first.cursor).run_requests) == ["spring"]


def test_a_study_that_only_scores_estimates_nothing_while_a_wave_is_open(build, instance):
    study = build("while_open: score_only")
    fits = {key for step in steps_of(study) if step.slice for key in keys_of(study, step)}
    scored = {key for step in steps_of(study) if not step.slice for key in keys_of(study, step)}
    assert fits
    for request in night(study, instance, IN_FIELD):
        assert set(request.asset_selection or []) == scored
    assert [each.asset_selection for each in night(study, instance, AFTERWARDS)] == [None, None]


def test_the_schedule_runs_the_latest_wave_only_where_the_study_says_so(build, instance):
    assert waves_of(night(build("backfill: latest"), instance, AFTERWARDS)) == ["spring"]


@pytest.mark.parametrize("setting", ["while_open: wait", "expected_every_hours: 36"])
def test_settings_about_open_waves_need_to_know_when_waves_are_open(tmp_path: Path, setting: str):
    folder = build_small_study(tmp_path / "small")
    with (folder / "study.yaml").open("a") as file:
        file.write(f"schedule: {{{setting}}}\n")
    with pytest.raises(SpecError, match="give a wave starts_on and ends_on"):
        load_study(folder)


@pytest.mark.parametrize(
    ("attempt", "waited_minutes", "expected"),
    [
        (Attempt(dg.DagsterRunStatus.FAILURE, AFTERWARDS, 0, needs_a_person=False), 9.9, False),
        (Attempt(dg.DagsterRunStatus.FAILURE, AFTERWARDS, 0, needs_a_person=False), 10, True),
        (Attempt(dg.DagsterRunStatus.FAILURE, AFTERWARDS, 1, needs_a_person=False), 19.9, False),
        (Attempt(dg.DagsterRunStatus.FAILURE, AFTERWARDS, 1, needs_a_person=False), 20, True),
        (Attempt(dg.DagsterRunStatus.FAILURE, AFTERWARDS, 2, needs_a_person=False), 10_000, False),
        (Attempt(dg.DagsterRunStatus.FAILURE, AFTERWARDS, 0, needs_a_person=True), 10_000, False),
        (Attempt(dg.DagsterRunStatus.CANCELED, AFTERWARDS, 0, needs_a_person=False), 10_000, False),
        (Attempt(dg.DagsterRunStatus.SUCCESS, AFTERWARDS, 0, needs_a_person=False), 10_000, False),
        (Attempt(dg.DagsterRunStatus.STARTED, None, 0, needs_a_person=False), 10_000, False),
    ],
)
def test_a_failed_run_is_tried_again_after_a_wait_that_doubles(attempt: Attempt, waited_minutes: float, expected: bool):
    schedule = Schedule(retries=2, retry_after_minutes=10)
    assert attempt.is_due_again(schedule, AFTERWARDS + 60 * waited_minutes) is expected


def run_of(study: Study, instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    job = build_definitions([study]).resolve_job_def(job_name(study))
    run = instance.create_run_for_job(
        job, status=dg.DagsterRunStatus.STARTING, tags={"dagster/partition": "spring", **tags}
    )
    instance.add_dynamic_partitions("wave_small", ["spring"])
    if status is dg.DagsterRunStatus.FAILURE:
        instance.report_run_failed(run, "the disk was full")
    return run


def test_the_sensor_tries_a_failed_run_again_and_says_which_try_it_is(build, instance):
    study = build("retries: 1, retry_after_minutes: 1")
    first = look(study, instance, AFTERWARDS)
    run_of(study, instance, dg.DagsterRunStatus.FAILURE)
    ended = instance.get_run_records()[0].end_time
    assert ended is not None
    assert waves_of(look(study, instance, ended + 59, first.cursor).run_requests) == []
    again = look(study, instance, ended + 61, first.cursor)
    (request,) = again.run_requests or []
    assert (request.partition_key, request.tags["trigger"], request.tags["retry"]) == ("spring", "retry", "1")
    assert request.run_key not in {each.run_key for each in first.run_requests or []}
    run_of(study, instance, dg.DagsterRunStatus.FAILURE, retry="1")
    assert waves_of(look(study, instance, ended + 10_000, again.cursor).run_requests) == []


def test_a_run_that_data_stopped_waits_for_a_person(build, instance):
    study = build("retries: 3")
    (study.exports / "spring.csv").write_text("id,organisation\n")
    os.utime(study.exports / "spring.csv", (IN_FIELD - 86_400,) * 2)
    first = look(study, instance, AFTERWARDS)
    instance.add_dynamic_partitions("wave_small", ["spring"])
    definitions = build_definitions([study])
    done = definitions.resolve_job_def("small_run").execute_in_process(
        instance=instance, partition_key="spring", raise_on_error=False
    )
    assert not done.success
    assert NEEDS_A_PERSON in instance.get_run_by_id(done.run_id).tags
    ended = instance.get_run_records()[0].end_time
    assert waves_of(look(study, instance, ended + 86_400, first.cursor).run_requests) == []


def test_a_killed_run_is_ended_at_the_second_look_and_then_tried_again(build, instance):
    study = build("retries: 1, retry_after_minutes: 1")
    first = look(study, instance, AFTERWARDS)
    run = run_of(study, instance, dg.DagsterRunStatus.STARTING)
    begun = instance.get_run_records()[0].update_timestamp.timestamp()
    late = begun + DEAD_AFTER_SECONDS + 1
    assert json.loads(look(study, instance, begun + 1, first.cursor).cursor)["suspects"] == []
    with exclusive(study.warehouse / "run.lock", "a run"):
        held = look(study, instance, late, first.cursor)
    assert json.loads(held.cursor)["suspects"] == []
    suspected = look(study, instance, late, first.cursor)
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTING
    buried = look(study, instance, late + 30, suspected.cursor)
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
    assert waves_of(look(study, instance, late + 300, buried.cursor).run_requests) == ["spring"]


@pytest.mark.parametrize(("is_alive", "status"), [(True, "STARTING"), (False, "FAILURE")])
def test_the_mark_of_a_run_proves_at_the_first_look_whether_its_process_is_at_work(build, instance, is_alive, status):
    study = build("retries: 1, retry_after_minutes: 1")
    first = look(study, instance, AFTERWARDS)
    run = run_of(study, instance, dg.DagsterRunStatus.STARTING)
    mark = mark_of_this_process() if is_alive else replace(mark_of_this_process(), started=1)
    instance.add_run_tags(run.run_id, {TAG: mark.written()})
    late = instance.get_run_records()[0].update_timestamp.timestamp() + DEAD_AFTER_SECONDS + 1
    for cursor in (first.cursor, look(study, instance, late, first.cursor).cursor):
        look(study, instance, late + 30, cursor)
    assert instance.get_run_by_id(run.run_id).status.value == status


def test_an_export_that_is_late_is_told_once_and_once_again_when_it_came(build, instance):
    study = build("expected_every_hours: 36")
    on_time = look(study, instance, IN_FIELD)
    late = look(study, instance, IN_FIELD + 86_400, on_time.cursor)
    still = look(study, instance, IN_FIELD + 2 * 86_400, late.cursor)
    os.utime(study.exports / "spring.csv", (IN_FIELD + 2 * 86_400,) * 2)
    came = look(study, instance, IN_FIELD + 2 * 86_400 + 60, still.cursor)
    told = [[getattr(each, "passed", None) for each in result.asset_events] for result in (on_time, late, still, came)]
    assert told == [[True], [False], [], [True]]


@pytest.mark.parametrize(
    ("begin", "expected"),
    [
        (
            "2026-03-27T12:00+01:00",
            ["2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"],
        ),
        (
            "2026-10-23T12:00+02:00",
            ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"],
        ),
    ],
    ids=["the hour that is skipped in spring", "the hour that comes twice in autumn"],
)
def test_the_schedule_comes_once_a_day_when_the_clocks_change(begin: str, expected: list[str]):
    times = schedule_execution_time_iterator(
        dt.datetime.fromisoformat(begin).timestamp(), "30 2 * * *", "Europe/Copenhagen", ascending=True
    )
    assert [next(times).isoformat() for _ in expected] == expected
