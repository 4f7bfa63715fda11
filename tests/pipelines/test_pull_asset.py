"""Pulling as an asset: what it tells, and that its failure stops nobody else."""

import dagster as dg
import pytest

from pipelines.definitions import build_definitions
from pipelines.factory import waves_partition
from pipelines.load import load_study
from pipelines.pull_asset import CHECK, pull_job_name, pull_key
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
