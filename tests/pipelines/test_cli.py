"""What the commands take and print: help, ``check``, ``inspect``, wrong usage; not what a run computes."""

import errno
import json
import os
import re
import socket
import sys
from pathlib import Path

import pandas as pd
import pytest

from instruments.faults import UsageError
from pipelines.cli import app
from pipelines.commands import printing
from pipelines.commands.serve import ADDRESS, free_port, serve_together
from pipelines.dagster_storage import open_instance
from tests.command_line import done, sensemaking
from tests.small_study import answers, build_small_study, write_export

COMMANDS = (
    "demo",
    "init",
    "check",
    "inspect",
    "run",
    "fit",
    "fits",
    "erase",
    "pull",
    "tell",
    "letter",
    "tables",
    "report",
    "rerun",
    "compare",
    "export spss",
    "export stata",
    "codebook",
    "instruments list",
    "instruments show",
    "instruments export",
    "release",
    "releases",
    "withdraw",
    "dashboard",
    "workbench",
    "orchestrate",
    "doctor",
    "backup",
    "restore",
    "upgrade",
    "service install",
    "service print",
    "code adjudicate",
    "code export",
    "code import",
    "code queue",
    "code read",
    "code sheets",
    "code status",
    "export labels",
    "export network",
    "export replication",
    "sample",
    "cases",
    "measurement",
    "pictures",
    "plan lock",
    "plan amend",
    "plan status",
    "power",
    "missing",
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_small_study(tmp_path_factory.mktemp("study") / "small")


def test_every_command_is_there_with_a_sentence_of_help():
    parts = [("", app), *((group.name or "", group.typer_instance) for group in app.registered_groups)]
    commands = {
        f"{group} {each.name or each.callback.__name__}".strip(): each.callback.__doc__
        for group, part in parts
        for each in part.registered_commands
    }
    assert set(commands) == set(COMMANDS)
    assert all(commands.values())


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_names_its_arguments(command: str):
    ended = done(sensemaking(*command.split(), "--help"))
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
        "measurement": [],
        "refused_models": {},
        "averaged_without_rule": {},
        "independent_by_default": {},
        "unprotected_managers": {},
        "faults": [],
    }
    assert "no faults" in done(sensemaking("check", study)).stdout


def test_a_stopped_command_says_so_and_that_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def stop(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.cli_studies.load", stop)
    ended = sensemaking("check", tmp_path, "--json")
    assert ended.code == ended.document["error"]["exit_code"] == 130
    assert ended.stderr.startswith("stopped; earlier tables and the release are as they were")


def test_a_disk_that_cannot_be_written_is_told_with_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(folder: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(folder / "run.lock"))

    monkeypatch.setattr("pipelines.cli_studies.load", refuse)
    ended = sensemaking("check", tmp_path)
    assert ended.code == 3
    assert "run.lock: Read-only file system; the disk is mounted read-only" in ended.stderr


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
        (["service", "print", ".", "--kind", "launchd"], "'--kind': 'launchd' is not one of 'systemd', 'cron'"),
    ],
)
def test_wrong_usage_ends_with_two_and_no_traceback(arguments: list[str], told: str):
    ended = sensemaking(*arguments)
    assert ended.code == 2
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_inspect_with_a_structure_file_that_is_not_there_is_wrong_usage(study: Path):
    ended = sensemaking("inspect", study / "exports" / "spring.csv", "--structure", "nosuch", "--json")
    assert ended.code == 2
    assert ended.document["error"]["message"] == "there is no file nosuch"


def test_studies_with_faults_are_all_told_when_none_can_be_served(tmp_path: Path):
    folders = [build_small_study(tmp_path / name) for name in ("one", "other")]
    for folder in folders:
        (folder / "study.yaml").write_text("name: [")
    ended = sensemaking("orchestrate", *folders, "--port", "0", "--json")
    assert ended.code == 2
    for folder in folders:
        assert f"{folder} is left out: {folder / 'study.yaml'}:1: " in ended.document["error"]["message"]


def test_study_whose_path_holds_the_separator_of_paths_is_not_served(tmp_path: Path):
    folder = build_small_study(tmp_path / f"a{os.pathsep}b")
    ended = sensemaking("orchestrate", folder, "--port", "0", "--json")
    assert ended.code == 2
    assert str(folder) in ended.document["error"]["message"]


@pytest.mark.parametrize("command", ["dashboard", "workbench", "orchestrate"])
def test_address_is_the_only_thing_a_server_prints_as_json(study: Path, monkeypatch: pytest.MonkeyPatch, command: str):
    monkeypatch.setattr("pipelines.commands.serve.serve_together", lambda commands, environment: 0)
    address = done(sensemaking(command, study, "--port", "0", "--json")).document["address"]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", address)
    plain = done(sensemaking(command, study, "--port", "0"))
    assert plain.stdout == ""
    assert "http://127.0.0.1:" in plain.stderr


def test_what_servers_print_goes_to_stderr(capfd: pytest.CaptureFixture[str]):
    assert serve_together([[sys.executable, "-c", "print('started')"]], {}) == 0
    assert capfd.readouterr() == ("", "started\n")


@pytest.mark.slow
def test_damaged_records_of_dagster_are_told_with_what_to_do(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    done(sensemaking("run", study))
    for path in (study / "warehouse" / "dagster").rglob("*.db"):
        path.write_bytes(b"no database" * 1000)
    ended = sensemaking("run", study, "--json")
    assert done(ended).document["nothing_new"]
    write_export(study, "spring.csv", answers("spring", first=2))
    ended = sensemaking("run", study, "--json")
    assert ended.code == 3
    assert "move that folder away and run again" in ended.document["error"]["message"]
    assert "Traceback" not in ended.stderr
    (study / "warehouse" / "dagster").rename(tmp_path / "damaged")
    done(sensemaking("run", study))


@pytest.mark.slow
def test_damaged_rows_of_a_fit_are_told_with_what_to_do(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    done(sensemaking("run", study))
    fit_id = done(sensemaking("fits", study, "--json")).document[0]["fit_id"]
    for path in (study / "warehouse" / "data").iterdir():
        path.chmod(0o600)
        path.write_bytes(b"no rows")
    ended = sensemaking("rerun", study, fit_id, "--json")
    assert ended.code == 3
    assert "damaged" in ended.document["error"]["message"]
    assert "Traceback" not in ended.stderr


def test_defect_keeps_its_traceback_and_is_told_as_json_without_its_words(study: Path, monkeypatch: pytest.MonkeyPatch):
    def break_down(folder: Path) -> None:
        raise KeyError("words of an answer")

    monkeypatch.setattr("pipelines.load.load_study", break_down)
    ended = sensemaking("check", study, "--json")
    assert ended.code == 70
    assert ended.document == {"error": {"exit_code": 70, "message": "defect of the software: KeyError"}}
    assert "Traceback" in ended.stderr
    assert sensemaking("check", study).code == 70


@pytest.mark.parametrize("name", ["plain", "t [x]", "all*", "1 # of é"])
def test_telemetry_is_off_whatever_the_folder_is_called(tmp_path: Path, name: str):
    for _ in range(2):
        with open_instance(tmp_path / name / "dagster") as instance:
            assert instance.telemetry_enabled is False
            assert Path(instance.root_directory) == tmp_path / name / "dagster"
    assert (tmp_path / name / "dagster" / "history").is_dir()


@pytest.mark.parametrize("name", ["what?", "50%41"])
def test_study_whose_path_dagster_would_read_differently_is_not_run(tmp_path: Path, name: str):
    ended = sensemaking("run", build_small_study(tmp_path / name), "--json")
    assert ended.code == 2
    assert "rename the folder" in ended.document["error"]["message"]
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_nothing_can_be_released_or_rerun_before_the_first_run(tmp_path: Path):
    study = build_small_study(tmp_path / "small")
    refused = sensemaking("release", study, "--sign-off", "Test", "--json")
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


def test_a_table_without_rows_is_told_in_a_line(capsys):
    printing.print_rows("Candidate scales", ("scale", "n"), iter(()))
    assert capsys.readouterr().out == "Candidate scales: none\n"


def test_names_that_are_copied_stand_in_one_piece_beside_many_columns(capsys):
    name = f"{'a_long_name_of_a_model_' * 3}.{'variant_' * 2}.0123456789ab"
    others = {f"column_{number}": ["words that take room"] for number in range(9)}
    printing.print_frame("Fits", pd.DataFrame({"fit_id": [name], **others}), is_named_whole=True)
    assert name in capsys.readouterr().out
