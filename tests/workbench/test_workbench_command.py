"""``sensemaking workbench`` as a command: what it refuses with which exit code, and what it starts."""

import os
import socket
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from pipelines.commands.serve import ADDRESS
from pipelines.store.copying import FOLDER
from pipelines.workbench.launch import streamlit_arguments
from tests.command_line import done, sensemaking
from tests.small_study import build_small_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return build_small_study(tmp_path / "small", waves=())


def test_a_study_that_is_not_there_is_wrong_usage(tmp_path: Path):
    ended = sensemaking("workbench", tmp_path / "nowhere", "--json")
    assert ended.code == 2
    assert "nowhere" in ended.document["error"]["message"]


def test_faults_of_specifications_are_told_before_anything_is_served(study: Path):
    (study / "study.yaml").write_text("name: small\nwhat: is this\n")
    ended = sensemaking("workbench", study)
    assert ended.code == 2
    assert "what" in ended.stderr


def test_a_taken_port_is_told_and_nothing_is_left(study: Path):
    with socket.socket() as taken:
        taken.bind((ADDRESS, 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = sensemaking("workbench", study, "--port", port, "--json")
    assert ended.code == 2
    assert f"port {port} on 127.0.0.1 is taken" in ended.document["error"]["message"]
    assert not (study / "warehouse").exists()


def test_a_folder_that_cannot_be_made_is_the_environments_fault(study: Path):
    (study / "warehouse").write_text("a file")
    ended = sensemaking("workbench", study, "--port", "0", "--json")
    assert ended.code == 3
    assert "workbench" in ended.document["error"]["message"]


def test_the_server_is_handed_the_study_and_a_private_room(study: Path, monkeypatch: pytest.MonkeyPatch):
    started: list[tuple[Sequence[str], str, str]] = []

    def serve(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> int:
        room = Path(environment["SENSEMAKING_COPIES"])
        started.append((commands[0], environment["SENSEMAKING_STUDY"], oct(room.stat().st_mode & 0o777)))
        assert room == study / "warehouse" / FOLDER / str(os.getpid())
        return 0

    monkeypatch.setattr("pipelines.commands.serve.serve_together", serve)
    done(sensemaking("workbench", study, "--port", "0"))
    (command, folder, mode) = started[0]
    assert (list(command[1:3]), folder, mode) == (["-m", "pipelines.workbench.launch"], str(study), "0o700")
    assert not list((study / "warehouse" / FOLDER).iterdir())


def test_it_is_served_to_this_machine_only_and_asks_nobody_else():
    arguments = streamlit_arguments(8502)
    assert "--server.address=127.0.0.1" in arguments
    assert "--server.allowedHosts=127.0.0.1" in arguments
    assert "--browser.gatherUsageStats=false" in arguments
