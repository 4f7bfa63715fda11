"""Processor time of ``sensemaking fit`` beside that of importing what every fit needs, as a line: no test.

Both are programs of their own, run in turn; the line says how many responses the model has.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.command_line import PROGRAM, environment

MODEL = "h08_coproduction_by_wickedness"
IMPORTS = (sys.executable, "-c", "import duckdb, pandas, statsmodels.api")
TURNS = 7


def processor_seconds(*command: str) -> float:
    """Run a program to its end and return the processor time of it, user and system."""
    with tempfile.TemporaryFile() as thrown_away:
        process = subprocess.Popen(command, stdout=thrown_away, stderr=thrown_away, env=environment())
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            thrown_away.seek(0)
            raise RuntimeError(thrown_away.read().decode())
    return used.ru_utime + used.ru_stime


def lines_of_fit(study: Path, model: str = MODEL, turns: int = TURNS) -> list[str]:
    """Measure a fit of a study that was run, and write it as a Markdown table.

    Args:
        study: The study folder.
        model: A model of it.
        turns: How often each is measured, in turn; the fit was stored before the first.
    """
    fit = (*PROGRAM, "fit", str(study), model)
    told = subprocess.run((*fit, "--json"), capture_output=True, text=True, check=True, env=environment())
    n = int(json.loads(told.stdout)["fit"][0]["n_obs"])
    rounds = [(processor_seconds(*fit), processor_seconds(*IMPORTS)) for _ in range(turns)]
    ours, theirs = (statistics.median(each) for each in zip(*rounds, strict=True))
    return [
        f"| `sensemaking fit` (n = {n:,}), process start to printed table : imports | ratio | ours s | imports s |",
        "| --- | ---: | ---: | ---: |",
        f"| {model} | {ours / theirs:.2f} | {ours:.2f} | {theirs:.2f} |",
    ]


if __name__ == "__main__":
    print("\n".join(lines_of_fit(Path(sys.argv[1]), *sys.argv[2:3])))  # noqa: T201 - its whole purpose
