"""Commands of ``sensemaking`` that serve pages until they are told to end, as tests start and end them."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.command_line import PROGRAM, environment

LIMIT_SECONDS = 180
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@dataclass(frozen=True)
class Serving:
    """A running command.

    Attributes:
        process: Its process.
        log: All that it prints.
        address: Where its pages are, as it printed it.
        study: The study folder that it is about.
    """

    process: subprocess.Popen[bytes]
    log: Path
    address: str
    study: Path


def wait_until(true: Callable[[], Any], what: str, log: Path) -> Any:
    """Return what a question answers as soon as that is true; a server that does not answer yet is asked again."""
    until = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < until:
        try:
            found = true()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{what} did not happen in {LIMIT_SECONDS} s\n{log.read_text()[-5000:]}")


@contextmanager
def serving(
    log: Path, command: str, study: Path, *, beside: Sequence[Path] = (), **variables: str
) -> Iterator[Serving]:
    """Serve pages of a study on a free port, until the block ends.

    Args:
        log: File for all that the command prints.
        command: Its name after ``sensemaking``.
        study: The study folder.
        beside: Further study folders.
        **variables: Variables of its environment.
    """
    with log.open("wb") as out:
        started = [*PROGRAM, command, *map(str, (study, *beside)), "--port", "0"]
        process = subprocess.Popen(started, env={**environment(), **variables}, stdout=out, stderr=out)
    try:
        printed = wait_until(lambda: ADDRESS.search(log.read_text()), "the address", log)
        yield Serving(process, log, printed.group(), study)
    finally:
        process.terminate()
        process.wait(60)
