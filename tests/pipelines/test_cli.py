"""What the commands take and print: help, ``check``, ``inspect``, wrong usage; not what a run computes."""

import json
import socket
from pathlib import Path

import pytest

from instruments.faults import UsageError
from pipelines.cli import app
from pipelines.commands.serve import ADDRESS, free_port
from tests.command_line import done, sensemaking
from tests.small_study import build_small_study

COMMANDS = (
    "demo",
    "check",
    "inspect",
    "run",
    "fit",
    "fits",
    "rerun",
    "compare",
    "release",
    "dashboard",
    "orchestrate",
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_small_study(tmp_path_factory.mktemp("study") / "small")


def test_every_command_is_there_with_a_sentence_of_help():
    commands = {each.name or each.callback.__name__: each.callback.__doc__ for each in app.registered_commands}
    assert set(commands) == set(COMMANDS)
    assert all(commands.values())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_its_arguments(command: str):
    ended = done(sensemaking(command, "--help"))
    assert "Usage" in ended.stdout
    assert ended.stderr == ""


def test_check_says_what_a_study_consists_of(study: Path):
    document = done(sensemaking("check", study, "--json")).document
    assert document == {
        "study": "small",
        "waves": ["autumn", "spring"],
        "sources": ["autumn_staff", "spring_staff"],
        "instruments": {"teamwork": "draft"},
        "models": ["trust"],
        "faults": [],
    }
    assert "no faults" in done(sensemaking("check", study)).stdout


def test_check_tells_every_fault_of_every_file_at_once(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    for name, old, new in (
        ("study.yaml", "wave: spring\n", "wave: sprng\n"),
        ("instruments/teamwork.yaml", "reverse_scored: [TR_3]", "reverse_scored: [TR_9]"),
        ("models/trust.yaml", "covariance: HC3", "covariance: HC9"),
    ):
        text = (study / name).read_text(encoding="utf-8")
        assert old in text
        (study / name).write_text(text.replace(old, new), encoding="utf-8")
    ended = sensemaking("check", study, "--json")
    assert ended.code == 2
    faults = ended.document["error"]["faults"]
    assert {Path(fault["path"]).name for fault in faults} == {"study.yaml", "teamwork.yaml", "trust.yaml"}
    assert all(fault["line"] > 1 for fault in faults)
    for words in ("sprng", "TR_9", "HC9"):
        assert words in ended.stderr


def test_inspect_says_what_an_export_is_without_printing_an_answer_as_text(study: Path):
    export = study / "exports" / "spring.csv"
    ended = done(sensemaking("inspect", export, "--platform", "generic", "--json"))
    document = ended.document
    assert (document["platform"], document["encoding"], document["delimiter"]) == ("generic", "utf-8", ",")
    assert (document["n_rows"], document["n_responses"]) == (40, 40)
    names = [column["name"] for column in document["columns"]]
    assert names == ["id", "organisation", "TW_1", "TW_2", "TW_3", "TR_1", "TR_2", "TR_3", "tenure", "remark"]
    trust = document["columns"][5]
    assert trust["n_answered"] + sum(trust["missing"].values()) == 40
    assert "TW_1" in done(sensemaking("inspect", export)).stdout
    assert json.loads(ended.stdout)["columns"][9]["n_answered"] == 4


def test_inspect_of_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path):
    ended = sensemaking("inspect", tmp_path / "none.csv", "--json")
    assert ended.code == 2
    assert "there is no file" in ended.document["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["rn", "x"], "rn"),
        (["run"], "STUDY"),
        (["run", "x", "--wav", "y"], "--wav"),
        (["dashboard", "x", "--port", "many"], "--port"),
    ],
)
def test_wrong_usage_ends_with_two_and_no_traceback(arguments: list[str], told: str):
    ended = sensemaking(*arguments)
    assert ended.code == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_nothing_can_be_released_or_rerun_before_the_first_run(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    refused = sensemaking("release", study, "--json")
    assert refused.code == 1
    assert "run the study first" in refused.document["error"]["message"]
    fitted = sensemaking("fit", study, "trust", "--json")
    assert fitted.code == 2
    assert "run the study first" in fitted.document["error"]["message"]
    assert not (study / "releases").exists()
    assert done(sensemaking("fits", study, "--json")).document == []


def test_taken_port_is_told_and_zero_takes_a_free_one():
    with socket.socket() as taken:
        taken.bind((ADDRESS, 0))
        taken.listen()
        with pytest.raises(UsageError, match="is taken; choose another with --port"):
            free_port(taken.getsockname()[1])
    assert free_port(0) > 1023
