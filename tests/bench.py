"""Time and peak memory of the demonstration study and of a real study, as a Markdown table: ``python -m tests.bench``.

Each command is a program of its own; the peak is that of its largest process, as the kernel counts it. No test.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.command_line import CHECKOUT, PROGRAM, environment
from tests.reference_studies import build_reference_study


@dataclass(frozen=True)
class Cost:
    """What one command cost.

    Attributes:
        what: The command in words.
        seconds: By the clock.
        processor_seconds: Of all its processes.
        peak_megabytes: Largest resident memory of one process.
        code: Exit code.
        load: Load of the machine over the last minute, before it began.
    """

    what: str
    seconds: float
    processor_seconds: float
    peak_megabytes: float
    code: int
    load: float

    def row(self) -> str:
        """Write the cost as a row of a Markdown table."""
        ended = "done" if self.code == 0 else f"exit code {self.code}"
        figures = f"{self.seconds:.1f} | {self.processor_seconds:.1f} | {self.peak_megabytes:.0f} | {self.load:.2f}"
        return f"| {self.what} | {figures} | {ended} |"


def measure(what: str, *arguments: object) -> Cost:
    """Run a command and return its cost; its own output goes to a file that is thrown away."""
    load, start = os.getloadavg()[0], time.perf_counter()
    with tempfile.TemporaryFile() as thrown_away:
        command = [*PROGRAM, *map(str, arguments)]
        process = subprocess.Popen(command, stdout=thrown_away, stderr=thrown_away, env=environment())
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    code = process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(what, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code, load)


def costs(folder: Path) -> list[Cost]:
    """Measure the demonstration study, and the real study where the reference data are at hand."""
    found = [measure("demonstration study: write, run, release", "demo", "--home", folder)]
    reference = Path(os.environ.get("SENSEMAKING_REFERENCE", CHECKOUT.parent / "shared"))
    if not (reference / "data").is_dir():
        print(f"no reference data in {reference}: the real study was left out", file=sys.stderr)  # noqa: T201
        return found
    study = build_reference_study("rse_2017", folder, reference)
    return [
        *found,
        measure("rse_2017 (527 responses, 549 columns): run", "run", study),
        measure("rse_2017: run again, nothing new", "run", study),
        measure("rse_2017: release", "release", study),
    ]


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        measured = costs(Path(folder))
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load at the end {os.getloadavg()[0]:.2f}",
        "",
        "| what | seconds | processor seconds | peak MB | load before | ended |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        *(cost.row() for cost in measured),
    ]
    print("\n".join(lines))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
