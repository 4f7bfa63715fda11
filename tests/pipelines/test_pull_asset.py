"""Pulling as an asset: what it tells, and that its failure stops nobody else."""

import dataclasses
import datetime as dt

import dagster as dg
import pytest

from instruments.faults import SpecError
from pipelines.attempts import DEAD_AFTER_SECONDS
from pipelines.definitions import build_definitions
from pipelines.factory import job_name, waves_partition
from pipelines.load import load_study
from pipelines.process_mark import TAG, mark_of_this_process
from pipelines.pull_asset import CHECK, pull_job_name, pull_key
from pipelines.sensors import exports_sensor
from pipelines.store import Store
from pipelines.tables import raw
from tests.fake_platform import FakePlatform
from tests.pulled_study import build_pulled_study, pull
from tests.small_study import build_small_study


@pytest.fixture
def qualtrics():
    with FakePlatform("qualtrics") as running:
        running.respond()
        running.respond()
        yield running


def pulled(folder):
    with dg.DagsterInstance.ephemeral() as instance:
        job = build_definitions([load_study(folder)]).resolve_job_def(pull_job_name(load_study(folder)))
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        [check] = result.get_asset_check_evaluations()
        assert check.check_name == CHECK
        return result, check


def test_asset_lands_exports_and_tells_counts(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    result, check = pulled(folder)
    assert result.success
    assert check.passed
    [event] = result.asset_materializations_for_node("pulled__raw__pulls")
    assert event.metadata["New responses"].value == 2
    assert (folder / "exports/staff-000001.csv").is_file()


def test_failure_is_a_check_that_fails_and_no_run_that_does(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    qualtrics.outage("expired", 1)
    result, check = pulled(folder)
    assert result.success
    assert not check.passed
    assert "SENSEMAKING_PULL_QUALTRICS" in str(check.metadata["Source staff"].value)


FILES, COLUMNS = (dg.AssetKey(["pulled", "raw", name]) for name in ("files", "columns"))


def test_exports_are_shown_to_come_from_the_pull(tmp_path, qualtrics):
    study = load_study(build_pulled_study(tmp_path / "study", qualtrics))
    graph = build_definitions([study]).resolve_asset_graph()
    assert graph.get(FILES).parent_keys == {pull_key(study)}


def test_pull_that_fails_within_a_run_stops_no_file_that_is_there(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    pull(folder)
    study = load_study(folder)
    qualtrics.outage("expired", 1)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions(waves_partition(study).name, ["spring"])
        definitions = build_definitions([study])
        both = dg.define_asset_job("both", selection=dg.AssetSelection.assets(pull_key(study), FILES, COLUMNS))
        job = dg.Definitions.merge(definitions, dg.Definitions(jobs=[both])).resolve_job_def("both")
        result = job.execute_in_process(instance=instance, partition_key="spring")
        assert [each.passed for each in result.get_asset_check_evaluations()] == [False]
        order = [each.asset_key for each in result.get_asset_materialization_events()]
        assert order[0] == pull_key(study)
        assert FILES in order
    assert len(Store(study.warehouse).read(raw.FILES)) == 1


def test_what_follows_is_out_of_date_only_when_an_export_has_landed(tmp_path, qualtrics):
    folder = build_pulled_study(tmp_path / "study", qualtrics)
    versions = []
    for n_new in (0, 0, 1):
        for _ in range(n_new):
            qualtrics.respond()
        [event] = pulled(folder)[0].asset_materializations_for_node("pulled__raw__pulls")
        versions.append(event.tags["dagster/data_version"])
    assert versions[0] == versions[1] != versions[2]


def test_runs_and_studies_that_pull_nothing_have_no_part_in_it(tmp_path, qualtrics):
    study = load_study(build_pulled_study(tmp_path / "study", qualtrics))
    job = build_definitions([study]).resolve_job_def("pulled_run")
    assert pull_key(study) not in job.asset_layer.executable_asset_keys
    small = load_study(build_small_study(tmp_path / "small"))
    assert pull_key(small) not in build_definitions([small]).resolve_asset_graph().get_all_asset_keys()


def scheduled(folder, said):
    path = folder / "study.yaml"
    path.write_text(f"{path.read_text()}schedule: {{{said}}}\n")
    return load_study(folder)


def test_responses_are_fetched_without_anybody_at_work(tmp_path, qualtrics):
    study = scheduled(build_pulled_study(tmp_path / "study", qualtrics), 'cron: "30 2 * * *", time_zone: Europe/Oslo')
    schedule = build_definitions([study]).resolve_schedule_def("pulled_pulls")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("30 2 * * *", "Europe/Oslo")
    assert schedule.job_name == pull_job_name(study)
    nights = [dt.datetime(2026, 3, day, 2, 30, tzinfo=dt.UTC) for day in (1, 2)]
    asked = [
        schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=night)).run_requests
        for night in nights
    ]
    assert [len(each or []) for each in asked] == [1, 1]
    assert len({each.run_key for night in asked for each in night or []}) == 2


def test_pulling_may_have_a_time_of_its_own(tmp_path, qualtrics):
    study = scheduled(build_pulled_study(tmp_path / "study", qualtrics), 'pull_cron: "0 */6 * * *"')
    definitions = build_definitions([study])
    assert definitions.resolve_schedule_def("pulled_pulls").cron_schedule == "0 */6 * * *"
    assert definitions.resolve_schedule_def("pulled_nightly").cron_schedule == "0 3 * * *"


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('pull_cron: "0 25 * * *"', "the hour '25' is not within 0 to 23"),
        ('pull_cron: "0 2 * * *"', "no source says pull"),
    ],
)
def test_a_time_that_never_comes_or_pulls_nothing_is_a_fault(tmp_path, said, fault):
    with pytest.raises(SpecError, match=fault):
        scheduled(build_small_study(tmp_path / "small"), said)


@pytest.mark.parametrize(("is_alive", "status"), [(True, "STARTING"), (False, "FAILURE")])
def test_a_killed_pull_holds_up_no_other_run_and_a_living_one_is_left_alone(tmp_path, qualtrics, is_alive, status):
    study = load_study(build_pulled_study(tmp_path / "study", qualtrics))
    definitions = build_definitions([study])
    mark = mark_of_this_process()
    written = mark.written() if is_alive else dataclasses.replace(mark, started=mark.started + 1).written()
    with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
        run = instance.create_run_for_job(
            definitions.resolve_job_def(pull_job_name(study)),
            status=dg.DagsterRunStatus.STARTING,
            tags={TAG: written},
        )
        later = instance.get_run_records()[0].update_timestamp.timestamp() + DEAD_AFTER_SECONDS + 1
        sensor = exports_sensor(
            study, job_name(study), waves_partition(study), lambda: later, beside=[pull_job_name(study)]
        )
        sensor(dg.build_sensor_context(instance=instance, repository_def=definitions.get_repository_def()))
        assert instance.get_run_by_id(run.run_id).status.value == status


def test_a_pull_carries_the_mark_of_its_process(tmp_path, qualtrics):
    study = load_study(build_pulled_study(tmp_path / "study", qualtrics))
    with dg.DagsterInstance.ephemeral() as instance:
        job = build_definitions([study]).resolve_job_def(pull_job_name(study))
        done = job.execute_in_process(instance=instance)
        assert instance.get_run_by_id(done.run_id).tags[TAG] == mark_of_this_process().written()
