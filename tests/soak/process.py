"""Commands of the software at a moment of the virtual clock: in this process, or in one that dies or has no disk left.

python -m tests.soak.process MOMENT ACCIDENT COMMAND STUDY …
"""

import contextlib
import datetime as dt
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from unittest.mock import patch

from pipelines import factory
from pipelines.cli import main
from pipelines.pulling import of_source, of_study
from tests.command_line import Ended, environment, sensemaking
from tests.pulled_study import VirtualClock

READERS_OF_THE_CLOCK = ("shown", "pull", "telling")
SMALLEST_DISK = 40_000


@contextlib.contextmanager
def at(moment: dt.datetime) -> Iterator[None]:
    """Let pulling and telling take it to be another moment, and wait without waiting."""
    clock = VirtualClock(moment)

    def now() -> dt.datetime:
        clock.sleep(1)
        return clock.time

    with contextlib.ExitStack() as stack:
        for name in READERS_OF_THE_CLOCK:
            stack.enter_context(patch.object(import_module(f"pipelines.commands.{name}"), "now", now))
        pull = partial(of_study.pull_study, clock=clock.clock)
        stack.enter_context(patch.object(of_study, "pull_study", pull))
        yield


def command(moment: dt.datetime, *arguments: object) -> Ended:
    """Run a command in this process."""
    with at(moment):
        return sensemaking(*arguments)


def unlucky(moment: dt.datetime, accident: str, *arguments: object) -> Ended:
    """Run a command in a process of its own that meets an accident."""
    argv = [sys.executable, "-m", "tests.soak.process", moment.isoformat(), accident, *map(str, arguments)]
    ended = subprocess.run(argv, capture_output=True, text=True, env=environment(), timeout=300, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def die(*_: object) -> None:
    """Be killed."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_pull() -> None:
    """Die once an export has landed, and before it is remembered what is held."""
    original = of_source.write_state

    def write_or_die(folder, state) -> None:
        if state.held:
            die()
        original(folder, state)

    patch.object(of_source, "write_state", write_or_die).start()


def killed_run() -> None:
    """Die once responses are read, and before Dagster has it on record."""
    original = factory.run_step

    def run_and_die(*arguments):
        original(*arguments)
        if arguments[0].name == "core/responses":
            die()

    patch.object(factory, "run_step", run_and_die).start()


def full_disk() -> None:
    """Let no file grow beyond what a message needs."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALLEST_DISK, SMALLEST_DISK))


def _drive(moment: str, accident: str, *arguments: str) -> None:
    {"killed_pull": killed_pull, "killed_run": killed_run, "full_disk": full_disk}[accident]()
    sys.argv = ["sensemaking", *arguments]
    with at(dt.datetime.fromisoformat(moment)):
        main()


if __name__ == "__main__":
    _drive(*sys.argv[1:])
