"""A study fetches its responses by itself at the time of its schedule, and what was fetched is run as it arrives."""

import os
import signal
import uuid
from pathlib import Path

import pytest

from tests.command_line import table
from tests.end_to_end.test_orchestrate import MARK, Orchestration, processes_of
from tests.fake_platform import TOKEN, FakePlatform
from tests.pulled_study import build_pulled_study
from tests.served_commands import serving, wait_until

SCHEDULE = "schedule: {cron: '0 3 1 1 *', pull_cron: '* * * * *', time_zone: UTC}\n"


@pytest.mark.slow
def test_responses_arrive_in_the_tables_though_nobody_asks_for_them(tmp_path: Path):
    mark = uuid.uuid4().hex
    with FakePlatform("qualtrics") as platform:
        study = build_pulled_study(tmp_path / "study", platform)
        held = {platform.respond() for _ in range(20)}
        with (study / "study.yaml").open("a") as spec:
            spec.write(SCHEDULE)
        try:
            with serving(tmp_path / "log", "orchestrate", study, **{MARK: mark}) as served:
                at_work = Orchestration(served.process, served.log, served.address, study, mark)
                wait_until(lambda: "SUCCESS" in at_work.runs_of("spring"), "the run of what was pulled", served.log)
        finally:
            for pid in processes_of(mark):
                os.kill(pid, signal.SIGKILL)
    assert set(table(study, "core.responses")["response_id"].str.removeprefix("staff/")) == held
    assert table(study, "core.runs")["started_by"].tolist() == ["new export"]
    assert TOKEN not in served.log.read_text()
