"""A service for studies: the unit, the cron lines and the Containerfile, each read by a program that would use it."""

import configparser
import json
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from instruments.faults import EnvironmentFault, UsageError
from pipelines.commands.service import containerfile, cron_lines, install_unit, service_of, systemd_unit
from tests.command_line import done, sensemaking
from tests.fake_platform import FakePlatform
from tests.pulled_study import build_pulled_study, pull
from tests.small_study import build_small_study

ODD_NAME = "a $HOME 100% \"quoted\" 'study'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return build_small_study(tmp_path / ODD_NAME)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    return tmp_path / "config" / "environment"


def test_unit_names_the_study_as_systemd_reads_it_and_holds_no_secret(folder: Path, secrets: Path):
    unit = systemd_unit(service_of([folder], 3456, secrets))
    (started,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    words = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(started)]
    assert words[1:] == ["-m", "pipelines.cli", "orchestrate", str(folder), "--port", "3456"]
    assert f"EnvironmentFile=-{secrets}" in unit
    for line in ("NoNewPrivileges=yes", "PrivateTmp=yes", "Restart=on-failure", "UMask=0077"):
        assert line in unit.splitlines()
    assert "Environment=" not in unit


def test_systemd_finds_no_fault_in_the_unit(folder: Path, secrets: Path, tmp_path: Path):
    unit, _ = install_unit(service_of([folder], 3000, secrets), tmp_path / "units", replace=False)
    assert_read_as_a_unit(unit)
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        (sys.__stderr__ or sys.stderr).write("\nNO SYSTEMD HERE: the unit was read by its form alone\n")
        return
    checked = subprocess.run(
        [systemd, "--user", "verify", str(unit)],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert unit.name not in checked.stderr
    assert checked.returncode == 0, checked.stderr


def assert_read_as_a_unit(unit: Path) -> None:
    read = configparser.ConfigParser(interpolation=None, strict=True, delimiters=("=",))
    read.optionxform = str
    read.read_string(unit.read_text())
    assert read.sections() == ["Unit", "Service", "Install"]
    assert read["Service"]["ExecStart"].startswith('"/') or read["Service"]["ExecStart"].startswith("/")
    assert read["Install"]["WantedBy"] == "default.target"


def test_installing_writes_private_files_and_replaces_another_unit_only_when_asked(
    folder: Path, secrets: Path, tmp_path: Path
):
    units = tmp_path / "units"
    unit, environment = install_unit(service_of([folder], 3000, secrets), units, replace=False)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (unit, environment)] == [0o600, 0o600]
    environment.write_text("TOKEN=1\n")
    other = service_of([folder], 3001, secrets)
    with pytest.raises(UsageError, match="--force"):
        install_unit(other, units, replace=False)
    assert "3000" in unit.read_text()
    install_unit(other, units, replace=True)
    assert "3001" in unit.read_text()
    assert environment.read_text() == "TOKEN=1\n"


def test_secrets_that_others_can_read_are_refused_before_anything_is_written(
    folder: Path, secrets: Path, tmp_path: Path
):
    secrets.parent.mkdir()
    secrets.write_text("TOKEN=1\n")
    secrets.chmod(0o644)
    with pytest.raises(EnvironmentFault, match="chmod 600"):
        install_unit(service_of([folder], 3000, secrets), tmp_path / "units", replace=False)
    assert not (tmp_path / "units").exists()


def test_a_path_with_a_line_break_is_refused(tmp_path: Path, secrets: Path):
    with pytest.raises(UsageError, match="line break"):
        service_of([build_small_study(tmp_path / "a\nExecStartPre=touch")], 3000, secrets)


def test_a_study_with_faults_is_told_and_no_service_made(folder: Path, secrets: Path):
    (folder / "study.yaml").write_text("name: [")
    with pytest.raises(UsageError, match=re.escape(f"{folder / 'study.yaml'}:1")):
        service_of([folder], 3000, secrets)


def test_percent_signs_which_end_a_command_of_cron_are_escaped(folder: Path, secrets: Path):
    line = cron_lines(service_of([folder], 3000, secrets)).splitlines()[-1]
    assert r"100\%" in line
    assert "%" not in line.replace(r"\%", "")


@pytest.mark.slow
def test_cron_lines_say_time_and_zone_and_a_shell_runs_the_study(tmp_path: Path, secrets: Path):
    folder = build_small_study(tmp_path / "a $HOME \"quoted\" 'study'")
    spec = folder / "study.yaml"
    spec.write_text(spec.read_text() + 'schedule: {cron: "30 2 * * 1-5", time_zone: Europe/Copenhagen}\n')
    secrets.parent.mkdir()
    secrets.write_text("TOKEN='a b'\n")
    _, zone, line = cron_lines(service_of([folder], 3000, secrets)).splitlines()
    assert zone == "CRON_TZ=Europe/Copenhagen"
    assert line.startswith("30 2 * * 1-5 umask 077; ")
    command = line.removeprefix("30 2 * * 1-5 ")
    subprocess.run(["/bin/sh", "-c", command], check=True, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
    assert (folder / "warehouse" / "cron.log").read_text().count("Written") == 1
    assert stat.S_IMODE((folder / "warehouse" / "cron.log").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("", [("0 3 * * *", ["pull", "run"])]),
        ('schedule: {cron: "0 4 * * *", pull_cron: "0 4 * * *"}\n', [("0 4 * * *", ["pull", "run"])]),
        (
            'schedule: {cron: "0 4 * * *", pull_cron: "30 */6 * * *"}\n',
            [("30 */6 * * *", ["pull"]), ("0 4 * * *", ["run"])],
        ),
        (
            "tell: {recipients: {chat: {webhook: secret}}}\n",
            [("0 3 * * *", ["pull", "run"]), ("*/15 * * * *", ["tell"])],
        ),
    ],
    ids=["left out", "the same time", "a time of its own", "people are told"],
)
def test_cron_lines_pull_before_they_run(tmp_path: Path, secrets: Path, said: str, lines: list[tuple[str, list[str]]]):
    with FakePlatform("qualtrics") as platform:
        folder = build_pulled_study(tmp_path / "study", platform)
    spec = folder / "study.yaml"
    spec.write_text(spec.read_text() + said)
    written = cron_lines(service_of([folder], 3000, secrets)).splitlines()[2:]
    called = [(" ".join(line.split()[:5]), re.findall(r"pipelines\.cli (\w+) ", line)) for line in written]
    assert called == lines


@pytest.mark.slow
def test_a_pull_that_fails_stops_no_run_of_cron(tmp_path: Path, secrets: Path):
    with FakePlatform("qualtrics") as platform:
        platform.respond()
        folder = build_pulled_study(tmp_path / "study", platform)
        pull(folder)
    line = cron_lines(service_of([folder], 3000, secrets)).splitlines()[-1]
    command = line.removeprefix("0 3 * * * ")
    subprocess.run(["/bin/sh", "-c", command], check=True, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"})
    log = (folder / "warehouse" / "cron.log").read_text()
    assert "SENSEMAKING_PULL_QUALTRICS" in log
    assert log.count("Written") == 1


def test_containerfile_has_only_known_instructions_runs_as_nobody_special_and_copies_what_there_is(
    folder: Path, secrets: Path
):
    text = containerfile(service_of([folder], 3000, secrets))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    instructions = [line.split()[0] for line in lines]
    assert set(instructions) <= {"FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "STOPSIGNAL", "ENTRYPOINT", "CMD"}
    assert instructions.index("USER") > max(place for place, each in enumerate(instructions) if each == "RUN")
    house = Path(__file__).parents[2]
    for line in lines:
        if line.startswith("COPY"):
            assert all((house / name).exists() for name in line.split()[1:-1])
    arguments = {line.split()[0]: json.loads(line.split(maxsplit=1)[1]) for line in lines if line.endswith("]")}
    assert arguments["CMD"] == ["sensemaking", "orchestrate", "/studies/small", "--port", "3000"]
    told = subprocess.run([*arguments["ENTRYPOINT"], "sh", "-c", "umask"], capture_output=True, text=True, check=True)
    assert told.stdout.strip().endswith("077")


def test_commands_print_and_install(folder: Path, secrets: Path, tmp_path: Path):
    printed = done(sensemaking("service", "print", folder, "--environment", secrets, "--kind", "cron"))
    assert "CRON_TZ=UTC" in printed.stdout
    installed = done(
        sensemaking("service", "install", folder, "--environment", secrets, "--units", tmp_path / "units", "--json")
    )
    assert installed.document["unit"] == str(tmp_path / "units" / "sensemaking.service")
    assert "systemctl --user enable --now sensemaking.service" in installed.document["next"]
