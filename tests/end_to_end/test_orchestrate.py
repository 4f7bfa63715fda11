"""``sensemaking orchestrate``: Dagster's pages, schedule and sensor work on this machine only, and end when told to."""

import json
import os
import signal
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import done, sensemaking, table
from tests.served_commands import Serving, serving, wait_until
from tests.small_study import N_RESPONSES, answers, build_small_study, write_export

pytestmark = pytest.mark.slow
MARK = "SENSEMAKING_TEST_MARK"
LISTENING = "0A"
ON_THIS_MACHINE_ONLY = "0100007F"
REPOSITORY = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
  schedules { name scheduleState { status } } sensors { name sensorState { status } } } } } }"""
ASSETS = "{ assetNodes { assetKey { path } } }"
RUNS = "{ runsOrError { ... on Runs { results { status tags { key value } } } } }"


@dataclass(frozen=True)
class Orchestration(Serving):
    """A running ``sensemaking orchestrate``."""

    mark: str

    def ask(self, question: str) -> Any:
        """Answer a GraphQL question."""
        request = urllib.request.Request(
            f"{self.address}/graphql", json.dumps({"query": question}).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["data"]

    def runs_of(self, wave: str) -> list[str]:
        """Return the states of the runs of a wave."""
        runs = self.ask(RUNS)["runsOrError"]["results"]
        return [run["status"] for run in runs if {"key": "dagster/partition", "value": wave} in run["tags"]]


def processes_of(mark: str) -> dict[int, str]:
    """Find every process that descends from the one that was started with the mark, with its command."""
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return {pid: command for pid, command in found.items() if command}


def listening_addresses(pids: list[int]) -> set[str]:
    """Return the addresses, as the kernel writes them, at which processes listen."""
    links: set[str] = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").glob("*"):
            try:
                links.add(str(descriptor.readlink()))
            except OSError:
                continue
    inodes = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    addresses: set[str] = set()
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            cells = line.split()
            if cells[3] == LISTENING and cells[9] in inodes:
                addresses.add(cells[1].split(":")[0])
    return addresses


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A small study whose first wave has been run."""
    study = build_small_study(tmp_path / "small", waves=("autumn",))
    done(sensemaking("run", study))
    return study


@pytest.fixture
def orchestration(study: Path, tmp_path: Path) -> Iterator[Orchestration]:
    mark = uuid.uuid4().hex
    try:
        with serving(tmp_path / "log", "orchestrate", study, **{MARK: mark}) as served:
            started = Orchestration(served.process, served.log, served.address, study, mark)
            wait_until(lambda: started.ask("{ version }"), "an answer of the pages", started.log)
            yield started
    finally:
        for pid in processes_of(mark):
            os.kill(pid, signal.SIGKILL)


def test_new_export_is_run_by_the_sensor_and_nothing_is_left_over_at_the_end(study: Path, orchestration: Orchestration):
    (repository,) = orchestration.ask(REPOSITORY)["repositoriesOrError"]["nodes"]
    assert repository["schedules"] == [{"name": "small_nightly", "scheduleState": {"status": "RUNNING"}}]
    assert repository["sensors"] == [{"name": "small_exports", "sensorState": {"status": "RUNNING"}}]
    paths = {"/".join(node["assetKey"]["path"]) for node in orchestration.ask(ASSETS)["assetNodes"]}
    assert {"small/raw/files", "small/core/responses", "small/out/fits/trust"} <= paths

    assert set(table(study, "core.responses")["wave"]) == {"autumn"}
    write_export(study, "spring.csv", answers("spring"))
    wait_until(lambda: "SUCCESS" in orchestration.runs_of("spring"), "the run of the new wave", orchestration.log)
    assert len(table(study, "core.responses")) == 2 * N_RESPONSES
    assert set(table(study, "out.scale_means")["wave"]) == {"autumn", "spring"}
    assert "FAILURE" not in orchestration.runs_of("autumn") + orchestration.runs_of("spring")

    processes = processes_of(orchestration.mark)
    assert len(processes) >= 3
    assert listening_addresses(list(processes)) == {ON_THIS_MACHINE_ONLY}

    orchestration.process.send_signal(signal.SIGTERM)
    assert orchestration.process.wait(timeout=60) == 0
    wait_until(lambda: not processes_of(orchestration.mark), "the end of every process", orchestration.log)
    assert "Traceback" not in orchestration.log.read_text()

    wait_until(lambda: done(sensemaking("run", study, "--json")).document["nothing_new"], "quiet", orchestration.log)
