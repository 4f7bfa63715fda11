"""Time and peak memory of whole studies and of large exports, as Markdown tables: ``python -m tests.bench``.

Each command is a program of its own; the peak is that of its largest process, as the kernel counts it. No test.
"""

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench_fit import lines_of_fit
from tests.bench_responses import write_export, write_study
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
        measure("rse_2017: release", "release", study, "--sign-off", "benchmark"),
    ]


ROUNDS = 2
SIZES = (10_000, 100_000, 1_000_000)
COMPARED = (
    ("typed_read", "plain_load", "typed read, failed casts reported : DuckDB's plain typed load"),
    ("validate_ours", "validate_with_pandera", "validation with row report : pandera on pandas"),
    ("score_ours", "score_with_pandas", "twelve scales, scan to stored table : pandas mean(axis=1)"),
    ("whole_way", "plain_load", "file to validated, scored core tables : DuckDB's plain typed load"),
)


def alternative(name: str, study: Path) -> dict[str, float]:
    """Measure one alternative in a process of its own, linear algebra on one thread."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "tests.bench_alternatives", name, str(study)]
    done = subprocess.run(
        command, env=environment() | one_thread, capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    return json.loads(done.stdout)


def measured_alternatives(folder: Path) -> dict[int, dict[str, dict[str, float]]]:
    """Measure every alternative at the largest size, the whole way at every size; medians over rounds in turn."""
    found: dict[int, dict[str, dict[str, float]]] = {}
    for size in SIZES:
        study = folder / f"large_{size}"
        write_study(study)
        write_export(study / "exports" / "export.csv", size)
        names = ["whole_way", "plain_load"]
        if size == SIZES[-1]:
            names = list(dict.fromkeys(name for pair in COMPARED for name in (pair[0], pair[1])))
            alternative("whole_way", study)
            alternative("plant_failures", study)
        rounds = [{name: alternative(name, study) for name in names[:: (-1) ** turn]} for turn in range(ROUNDS)]
        found[size] = {
            name: {
                key: statistics.median(each[name][key] for each in rounds)
                for key in ("seconds", "processor_seconds", "peak_megabytes")
            }
            for name in names
        }
    return found


def rows_of_alternatives(found: dict[int, dict[str, dict[str, float]]]) -> list[str]:
    """Write the comparisons as Markdown tables."""
    largest = found[SIZES[-1]]
    lines = [f"{SIZES[-1]:,} responses, 85 columns; medians of {ROUNDS} rounds, ours : theirs", ""]
    lines += ["| what | ratio of seconds | of processor seconds | ours s | ours MB | theirs s | theirs MB |"]
    lines += ["| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for ours, theirs, what in COMPARED:
        one, other = largest[ours], largest[theirs]
        ratios = (
            f"{one['seconds'] / other['seconds']:.2f} | {one['processor_seconds'] / other['processor_seconds']:.2f}"
        )
        sizes = " | ".join(f"{each['seconds']:.1f} | {each['peak_megabytes']:.0f}" for each in (one, other))
        lines.append(f"| {what} | {ratios} | {sizes} |")
    lines += ["", "| responses | file to core tables, processor seconds | of these by 100,000 responses | peak MB |"]
    lines += ["| ---: | ---: | ---: | ---: |"]
    for size, costs_of in found.items():
        used = costs_of["whole_way"]
        share = used["processor_seconds"] * 100_000 / size
        lines.append(f"| {size:,} | {used['processor_seconds']:.1f} | {share:.2f} | {used['peak_megabytes']:.0f} |")
    return lines


def main() -> None:
    """Print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        measured = costs(Path(folder))
        fitted = lines_of_fit(Path(folder) / "demo")
        compared = rows_of_alternatives(measured_alternatives(Path(folder)))
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load at the end {os.getloadavg()[0]:.2f}",
        "",
        "| what | seconds | processor seconds | peak MB | load before | ended |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
        *(cost.row() for cost in measured),
        "",
        *fitted,
        "",
        *compared,
    ]
    print("\n".join(lines), flush=True)  # noqa: T201 - its whole purpose
    for module in ("tests.bench_regression_counted", "tests.bench_regression_blocks", "tests.bench_many_studies"):
        print(flush=True)  # noqa: T201
        subprocess.run([sys.executable, "-m", module], check=True, cwd=CHECKOUT)


if __name__ == "__main__":
    main()
