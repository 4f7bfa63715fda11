"""OpenLineage events: what they hold, where they go, and that a catalogue that does not answer stops nothing."""

import json
import threading
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines.assets.graph import steps_of
from pipelines.assets.step import Step, Task
from pipelines.lineage import VARIABLE, emit, event_of
from pipelines.load import Study, load_study
from pipelines.store import Store
from tests.small_study import build_small_study

RUN = str(uuid.UUID(int=7))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return load_study(build_small_study(tmp_path / "small"))


def step_of(study: Study, name: str) -> Step:
    return next(step for step in steps_of(study) if step.name == name)


def task_of(study: Study, wave: str = "") -> Task:
    return Task(study, Store(study.warehouse), wave)


def test_an_event_names_what_a_step_reads_and_writes_with_columns_and_rows(study: Study):
    step = step_of(study, "core/scores")
    event = event_of("COMPLETE", step, task_of(study, "autumn"), RUN, {"core.scores": 80})
    assert event["job"] == {"namespace": "sensemaking.small", "name": "core/scores.autumn"}
    assert [each["name"] for each in event["inputs"]] == list(step.reads)
    output = event["outputs"][0]
    assert output["name"] == step.writes[0].name == "core.scores"
    assert [each["name"] for each in output["facets"]["schema"]["fields"]] == list(step.writes[0].columns)
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 80
    assert event["run"]["facets"]["parent"]["run"]["runId"] == RUN


def test_beginning_and_end_of_a_step_have_one_id_and_another_wave_has_another(study: Study):
    step = step_of(study, "raw/files")
    ids = [
        event_of(kind, step, task_of(study, wave), RUN, {})["run"]["runId"]
        for kind, wave in (("START", "autumn"), ("COMPLETE", "autumn"), ("START", "spring"))
    ]
    assert ids[0] == ids[1] != ids[2]
    assert str(uuid.UUID(ids[0])) == ids[0]


def test_without_the_variable_nothing_is_written(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    before = sorted(tmp_path.rglob("*"))
    emit("START", step_of(study, "raw/files"), task_of(study, "autumn"), RUN)
    assert sorted(tmp_path.rglob("*")) == before


def test_events_are_added_to_a_file_that_only_its_owner_reads(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "events.jsonl"
    monkeypatch.setenv(VARIABLE, str(path))
    for kind in ("START", "FAIL"):
        emit(kind, step_of(study, "raw/files"), task_of(study, "autumn"), RUN)
    assert [json.loads(line)["eventType"] for line in path.read_text().splitlines()] == ["START", "FAIL"]
    assert path.stat().st_mode & 0o077 == 0


def test_events_are_posted_to_an_address(study: Study, monkeypatch: pytest.MonkeyPatch):
    received: list[dict[str, object]] = []

    class Catalogue(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(201)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as its base has it
            pass

    server = HTTPServer(("127.0.0.1", 0), Catalogue)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{server.server_port}/api/v1/lineage")
    emit("START", step_of(study, "raw/files"), task_of(study, "autumn"), RUN)
    thread.join(10)
    server.server_close()
    assert [event["eventType"] for event in received] == ["START"]


@pytest.mark.parametrize("target", ["http://127.0.0.1:9/none", "/nonexistent/folder/events.jsonl"])
def test_a_catalogue_that_cannot_be_reached_is_told_and_stops_nothing(
    study: Study, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, target: str
):
    monkeypatch.setenv(VARIABLE, target)
    emit("START", step_of(study, "raw/files"), task_of(study, "autumn"), RUN)
    assert "no OpenLineage event was sent" in caplog.text
