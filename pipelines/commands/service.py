"""``sensemaking service``: runs that start by themselves, as a systemd unit, as cron lines or in a container.

Nothing secret stands in what is written: secrets are in a file of their own, which only its owner may read.
"""

import re
import shlex
import stat
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from instruments.faults import EnvironmentFault, UsageError
from pipelines.definitions import load_studies
from pipelines.files import OF_OTHERS, PRIVATE, whole_or_absent
from pipelines.load import Study
from pipelines.pull_asset import is_pulled

Kind = Literal["systemd", "cron", "container"]
EVERY_QUARTER = "*/15 * * * *"
UNIT_NAME = "sensemaking.service"
HOUSE = Path(__file__).parents[2]
ENVIRONMENT_HEAD = "# NAME=value, one a line: secrets of survey platforms and mail. Only you may read this file.\n"

UNIT = """\
[Unit]
Description=Runs of survey studies: schedules, sensors and Dagster's pages on this machine
After=network-online.target
Wants=network-online.target
StartLimitIntervalSec=600
StartLimitBurst=5

[Service]
Type=exec
WorkingDirectory={house}
EnvironmentFile=-{environment}
ExecStart={command}
Restart=on-failure
RestartSec=30
KillMode=mixed
TimeoutStopSec=60
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native

[Install]
WantedBy=default.target
"""

CONTAINERFILE = """\
# Build in the folder of the software: podman build -f Containerfile -t sensemaking .
# Run: podman run --rm --read-only --tmpfs /tmp --cap-drop all --security-opt no-new-privileges \\
#        --env-file ENVIRONMENT_FILE --network host {volumes} sensemaking
FROM docker.io/library/python:3.11-slim
RUN useradd --create-home --uid 1000 sensemaking
WORKDIR /software
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY instruments instruments
COPY models models
COPY pipelines pipelines
COPY dashboard dashboard
RUN python -m pip install --no-cache-dir --no-deps --no-build-isolation .
USER sensemaking
ENV DAGSTER_DISABLE_TELEMETRY=1
STOPSIGNAL SIGTERM
ENTRYPOINT ["sh", "-c", "umask 0077 && exec \\"$@\\"", "sh"]
CMD {command}
"""


@dataclass(frozen=True)
class Service:
    """What a service runs.

    Attributes:
        studies: The studies.
        port: Port of Dagster's pages on 127.0.0.1.
        environment: File with secrets, mode 0600.
    """

    studies: tuple[Study, ...]
    port: int
    environment: Path

    @property
    def folders(self) -> list[str]:
        """The study folders, absolute."""
        return [str(study.folder.resolve()) for study in self.studies]


def service_of(folders: Sequence[Path], port: int, environment: Path | None) -> Service:
    """Describe a service.

    Args:
        folders: Study folders.
        port: Port of Dagster's pages.
        environment: File with secrets; ``~/.config/sensemaking/environment`` when None.

    Raises:
        UsageError: When a study has faults, or a path holds a line break.
    """
    loaded = load_studies(folders)
    if loaded.left_out:
        raise UsageError("\n".join(f"{folder}: {faults}" for folder, faults in loaded.left_out.items()))
    named = environment or Path.home() / ".config" / "sensemaking" / "environment"
    found = Service(tuple(loaded.studies), port, named.absolute())
    for path in [*found.folders, str(found.environment), str(HOUSE), sys.executable]:
        if re.search(r"[\x00-\x1f\x7f]", path):
            raise UsageError(f"a line break or control character stands in the path {path!r}; rename the folder")
    return found


def text_of(service: Service, kind: Kind) -> str:
    """Write the unit file, the cron lines or the Containerfile of a service."""
    if kind == "systemd":
        return systemd_unit(service)
    return cron_lines(service) if kind == "cron" else containerfile(service)


def systemd_unit(service: Service) -> str:
    """Write a unit for a user's own systemd, which starts Dagster's daemon and pages."""
    command = [*_program(), "orchestrate", *service.folders, "--port", str(service.port)]
    return UNIT.format(
        house=_in_unit(str(HOUSE)),
        environment=_in_unit(str(service.environment)),
        command=" ".join(_quoted_in_unit(word) for word in command),
    )


def cron_lines(service: Service) -> str:
    """Write a line a study, which pulls and runs it at the time of its schedule without Dagster's daemon.

    Pulling at a time of its own has a line of its own; a pull that fails stops no run of files that are there. A study
    that tells people has a line for what comes by itself: late exports, the weekly letter, what waits. A line says its
    time zone in ``CRON_TZ``, which cronie and systemd-cron know; other crons take the machine's.
    """
    lines = ["# sensemaking: runs of studies at the times of their schedules"]
    for study, folder in zip(service.studies, service.folders, strict=True):
        lines.append(f"CRON_TZ={study.spec.schedule.time_zone}")
        lines += [
            f"{cron} {_in_cron(service, folder, commands).replace('%', chr(92) + '%')}"
            for cron, commands in _times(study)
        ]
    return "\n".join(lines) + "\n"


def _times(study: Study) -> list[tuple[str, list[str]]]:
    """Return when which commands are called, in order."""
    said = study.spec.schedule
    told = [] if study.spec.tell is None else [(EVERY_QUARTER, ["tell"])]
    if not is_pulled(study):
        return [(said.cron, ["run"]), *told]
    if said.pull_cron in (None, said.cron):
        return [(said.cron, ["pull", "run"]), *told]
    return [(str(said.pull_cron), ["pull"]), (said.cron, ["run"]), *told]


def _in_cron(service: Service, folder: str, commands: Sequence[str]) -> str:
    """Write commands of a study as a line of the shell, with the secrets in their environment."""
    log, secrets = shlex.quote(f"{folder}/warehouse/cron.log"), shlex.quote(str(service.environment))
    called = "; ".join(f"{shlex.join([*_program(), command, folder])} >>{log} 2>&1" for command in commands)
    return (
        f"umask 077; cd {shlex.quote(str(HOUSE))} && mkdir -p {shlex.quote(f'{folder}/warehouse')} && "
        f"if [ -r {secrets} ]; then set -a; . {secrets}; set +a; fi && {{ {called}; }}"
    )


def containerfile(service: Service) -> str:
    """Write a Containerfile that runs as nobody special, with the studies mounted under ``/studies``."""
    inside = [f"/studies/{study.name}" for study in service.studies]
    words = ["sensemaking", "orchestrate", *inside, "--port", str(service.port)]
    mounts = zip(service.folders, inside, strict=True)
    return CONTAINERFILE.format(
        volumes=" ".join(f"-v {shlex.quote(folder)}:{place}" for folder, place in mounts),
        command="[" + ", ".join(f'"{word}"' for word in words) + "]",
    )


def install_unit(service: Service, units: Path, *, replace: bool) -> list[Path]:
    """Write the unit and, where there is none, an empty file for secrets.

    Args:
        service: The service.
        units: Folder of the user's units.
        replace: Whether another unit of this name may be replaced.

    Returns:
        The files, the unit first.

    Raises:
        UsageError: When a unit of other content is there and may not be replaced.
        EnvironmentFault: When others can read the file of secrets.
    """
    unit, text = units / UNIT_NAME, systemd_unit(service)
    if unit.exists() and unit.read_text(encoding="utf-8") != text and not replace:
        raise UsageError(f"{unit} is there already and says something else; give --force to replace it")
    if not service.environment.exists():
        service.environment.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with whole_or_absent(service.environment, PRIVATE) as path:
            path.write_text(ENVIRONMENT_HEAD, encoding="utf-8")
    if stat.S_IMODE(service.environment.stat().st_mode) & OF_OTHERS:
        raise EnvironmentFault(f"others can read {service.environment}; run: chmod 600 {service.environment}")
    units.mkdir(parents=True, exist_ok=True)
    with whole_or_absent(unit, PRIVATE) as path:
        path.write_text(text, encoding="utf-8")
    return [unit, service.environment]


def _program() -> list[str]:
    return [sys.executable, "-m", "pipelines.cli"]


def _in_unit(path: str) -> str:
    return path.replace("%", "%%")


def _quoted_in_unit(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
