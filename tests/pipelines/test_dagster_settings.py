"""Settings of Dagster in a warehouse: new ones limit runs, earlier ones are renewed, a person's are left alone."""

from pathlib import Path

import pytest
import yaml

from pipelines.dagster_settings import DAGSTER_SETTINGS, EARLIER_SETTINGS, SETTINGS_FILE, lacking, write_settings
from pipelines.dagster_storage import open_instance
from pipelines.recovering.examination import examine
from tests.small_study import build_small_study

FIRST = b"telemetry:\n  enabled: false\n"
SECOND = FIRST + b"nux:\n  enabled: false\n"
OWN = SECOND + b"retention:\n  sensor:\n    purge_after_days: 90\n"
LIMITED = """\
run_queue:
  max_concurrent_runs: 2
  tag_concurrency_limits: [{key: study, value: {applyLimitPerUniqueValue: true}, limit: 1}]
"""


def settings(home: Path, content: bytes) -> Path:
    path = home / SETTINGS_FILE
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("earlier", [FIRST, SECOND])
def test_settings_of_an_earlier_version_are_renewed(tmp_path: Path, earlier: bytes):
    path = settings(tmp_path, earlier)
    assert lacking(tmp_path) == ""
    write_settings(tmp_path)
    assert path.read_bytes() == earlier
    write_settings(tmp_path, renew=True)
    assert path.read_text() == DAGSTER_SETTINGS
    with open_instance(tmp_path) as instance:
        queue = instance.get_concurrency_config().run_queue_config
    assert queue is not None
    assert (queue.max_concurrent_runs, [each["key"] for each in queue.tag_concurrency_limits]) == (4, ["study"])


def test_every_settings_of_an_earlier_version_are_known():
    assert {text.encode() for text in EARLIER_SETTINGS} == {FIRST, SECOND}


@pytest.mark.parametrize(
    "own", [OWN, FIRST.replace(b"\n", b"\r\n"), FIRST + b"# kept\n", b"", b"concurrency: {runs: {}}", b"- 1", b"a: ["]
)
def test_settings_of_a_person_are_left_alone_and_what_they_lack_is_told(tmp_path: Path, own: bytes):
    path = settings(tmp_path, own)
    write_settings(tmp_path, renew=True)
    assert path.read_bytes() == own
    assert lacking(tmp_path)


def test_what_is_lacking_can_be_added_as_it_is_told(tmp_path: Path):
    path = settings(tmp_path, OWN)
    told = lacking(tmp_path).split("add:\n")[1]
    path.write_bytes(OWN + told.encode())
    assert lacking(tmp_path) == ""
    assert yaml.safe_load(path.read_text())["retention"] == {"sensor": {"purge_after_days": 90}}


@pytest.mark.parametrize("own", [LIMITED, DAGSTER_SETTINGS + "# kept\n"])
def test_settings_of_a_person_that_limit_runs_of_a_study_lack_nothing(tmp_path: Path, own: str):
    settings(tmp_path, own.encode())
    assert lacking(tmp_path) == ""


def test_doctor_notes_what_settings_of_a_person_lack_and_changes_nothing(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    home = study / "warehouse" / "dagster"
    home.mkdir(parents=True)
    path = settings(home, OWN)
    (found,) = [each for each in examine(study, repair=True) if each.finding.kind == "dagster-settings"]
    assert (found.outcome, found.finding.place) == ("note", str(path))
    assert "tag_concurrency_limits" in found.finding.remedy
    assert path.read_bytes() == OWN
