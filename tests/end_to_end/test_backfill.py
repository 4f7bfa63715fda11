"""Six waves of a study are brought up to date by its schedule, unattended, while another study beside it fails."""

import datetime as dt
import os
import signal
import uuid
from collections import defaultdict
from functools import partial
from pathlib import Path

import pytest

from pipelines.attempts import TRIGGER
from tests.bench_many_studies import WAVES, build_studies
from tests.command_line import table
from tests.end_to_end.test_orchestrate import MARK, RUNS, Orchestration, processes_of
from tests.served_commands import serving, wait_until
from tests.small_study import N_RESPONSES, answers, write_export

pytestmark = pytest.mark.slow


def soon() -> str:
    """Return the part ``schedule`` of a study that brings all waves up to date in each of the next three minutes."""
    now = dt.datetime.now(dt.UTC)
    minutes = ",".join(str((now.minute + later) % 60) for later in (1, 2, 3))
    return f"schedule: {{cron: '{minutes} * * * *', time_zone: UTC, backfill: all, retries: 0}}\n"


def told(orchestration: Orchestration, study: str, what: str) -> dict[str, set[str]]:
    """Return the states of the runs of a study, or what another tag says of them, by wave."""
    found: dict[str, set[str]] = defaultdict(set)
    for run in orchestration.ask(RUNS)["runsOrError"]["results"]:
        tags = {tag["key"]: tag["value"] for tag in run["tags"]} | {"status": run["status"]}
        if tags.get("study") == study:
            found[tags["dagster/partition"]].add(tags[what])
    return found


def has_ended(orchestration: Orchestration, study: str, wave: str, status: str) -> bool:
    return status in told(orchestration, study, "status")[wave]


@pytest.fixture
def studies(tmp_path: Path) -> tuple[Path, Path]:
    """A study with six waves, and one of which the first export has columns of another survey."""
    sound, broken = build_studies(tmp_path, 2)
    for study in (sound, broken):
        with (study / "study.yaml").open("a") as spec:
            spec.write(soon())
    for wave in WAVES:
        write_export(sound, f"{wave}.csv", answers(wave))
    (broken / "exports" / f"{WAVES[0]}.csv").write_text("id,organisation\nr1,o1\n")
    return sound, broken


def test_six_waves_are_run_unattended_and_a_failing_study_stops_none(tmp_path: Path, studies: tuple[Path, Path]):
    sound, broken = studies
    mark = uuid.uuid4().hex
    try:
        with serving(tmp_path / "log", "orchestrate", sound, beside=[broken], **{MARK: mark}) as served:
            at_work = Orchestration(served.process, served.log, served.address, sound, mark)
            wait_until(partial(has_ended, at_work, "study_2", WAVES[0], "FAILURE"), "the failure beside", served.log)
            for wave in WAVES:
                wait_until(partial(has_ended, at_work, "study_1", wave, "SUCCESS"), f"the run of {wave}", served.log)
            assert not any("FAILURE" in found for found in told(at_work, "study_1", "status").values())
            assert any("nightly" in found for found in told(at_work, "study_1", TRIGGER).values())
            assert set(told(at_work, "study_2", "status")) == {WAVES[0]}
    finally:
        for pid in processes_of(mark):
            os.kill(pid, signal.SIGKILL)
    rows = table(sound, "core.responses")
    assert rows["wave"].value_counts().to_dict() == dict.fromkeys(WAVES, N_RESPONSES)
    fits = table(sound, "out.fits")
    current = fits[fits["is_current"].astype(bool)]
    assert dict(zip(current["variant"], current["n_obs"], strict=True)).keys() == {"main", "classical"}
    assert (current["n_obs"] > 5 * N_RESPONSES).all()
