"""Pulling as an asset: what it tells, and that its failure stops nobody else."""

import dagster as dg
import pytest

from pipelines.definitions import build_definitions
from pipelines.load import load_study
from pipelines.pull_asset import CHECK, pull_job_name, pull_key
from tests.fake_platform import FakePlatform
from tests.pulled_study import build_pulled_study
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


def test_runs_and_studies_that_pull_nothing_have_no_part_in_it(tmp_path, qualtrics):
    study = load_study(build_pulled_study(tmp_path / "study", qualtrics))
    job = build_definitions([study]).resolve_job_def("pulled_run")
    assert pull_key(study) not in job.asset_layer.executable_asset_keys
    small = load_study(build_small_study(tmp_path / "small"))
    assert pull_key(small) not in build_definitions([small]).resolve_asset_graph().get_all_asset_keys()
