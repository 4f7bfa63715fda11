"""Studies that run by themselves: a dropped file is run; when everything is killed in a run, it goes on afterwards."""

import json
import os
import signal
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import table
from tests.end_to_end.test_orchestrate import MARK, Orchestration, processes_of
from tests.served_commands import serving, wait_until
from tests.small_study import N_RESPONSES, answers, build_small_study, write_export

pytestmark = pytest.mark.slow
LAST_STEP = "out/fits/trust"


def logged(study: Path, **wanted: str) -> list[dict[str, Any]]:
    """Return the lines of the log of runs that say what is wanted."""
    file = study / "warehouse" / "logs" / "runs.jsonl"
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [line for line in lines if wanted.items() <= line.items()]


def kill_all(mark: str) -> None:
    for pid in processes_of(mark):
        os.kill(pid, signal.SIGKILL)


def test_a_study_goes_on_after_every_process_was_killed_in_a_run(tmp_path: Path):
    study = build_small_study(tmp_path / "small", waves=("autumn",))
    with (study / "study.yaml").open("a") as spec:
        spec.write("schedule: {retries: 2, retry_after_minutes: 1}\n")
    mark = uuid.uuid4().hex
    try:
        with serving(tmp_path / "first", "orchestrate", study, **{MARK: mark}) as served:
            wait_until(lambda: logged(study, event="step_ended", step=LAST_STEP), "the first run", served.log)
            write_export(study, "spring.csv", answers("spring"))
            wait_until(lambda: logged(study, event="step_began", wave="spring"), "the second run", served.log)
            kill_all(mark)
            wait_until(lambda: not processes_of(mark), "the end of every process", served.log)
        killed = {line["run_id"] for line in logged(study, wave="spring")}
        assert not [line for line in logged(study, event="step_ended", step=LAST_STEP) if line["run_id"] in killed]

        with serving(tmp_path / "second", "orchestrate", study, **{MARK: mark}) as served:
            started = Orchestration(served.process, served.log, served.address, study, mark)
            wait_until(lambda: "FAILURE" in started.runs_of("spring"), "the end of the dead run", served.log)
            wait_until(lambda: "SUCCESS" in started.runs_of("spring"), "the further try", served.log)
        assert {line["run_id"] for line in logged(study, wave="spring")} > killed
        rows = table(study, "core.responses")
        assert rows["wave"].value_counts().to_dict() == {"autumn": N_RESPONSES, "spring": N_RESPONSES}
        assert rows["response_id"].is_unique
    finally:
        kill_all(mark)
