"""A mixed model of 100,000 rows in 5,000 organisations with one random slope: ``python -m tests.bench_multilevel``.

Ours begins at labels, matrix and outcome in memory and ends at estimates with Satterthwaite's degrees of freedom, the
audit by a second optimiser and a second engine included. statsmodels is timed in a program of its own and stopped after
a minute. Linear algebra on one thread; medians of five rounds. No test.
"""

import json
import statistics
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pandas as pd

from models.multilevel.mixed_model import fit_mixed
from models.multilevel.random_terms import RandomTerm
from models.multilevel.satterthwaite import satterthwaite
from models.one_thread import on_one_thread
from tests.command_line import CHECKOUT, environment

ROUNDS, N, GROUPS, SECONDS = 5, 100_000, 5_000, 60
HEAD = (
    "| 100,000 rows, 5,000 organisations, one random slope | seconds | -2 log-likelihood (REML) above ours |",
    "| --- | ---: | ---: |",
)


def drawn() -> pd.DataFrame:
    """Draw the rows."""
    rng = np.random.default_rng(7)
    group = rng.permutation(np.repeat(np.arange(GROUPS), N // GROUPS))
    x, z = rng.normal(size=N), rng.normal(size=N)
    effects = rng.multivariate_normal([0, 0], [[0.3, 0.05], [0.05, 0.1]], size=GROUPS)
    y = 1 + 0.5 * x + 0.2 * z + effects[group, 0] + effects[group, 1] * x + rng.normal(size=N)
    return pd.DataFrame({"organisation_id": group, "x": x, "z": z, "y": y})


def ours() -> tuple[float, float]:
    """Return the median of the seconds and -2 log-likelihood."""
    rows = drawn()
    matrix = pd.DataFrame({"intercept": np.ones(N), "x": rows["x"], "z": rows["z"]})
    term = RandomTerm("organisation_id", rows["organisation_id"], matrix[["intercept", "x"]])
    seconds: list[float] = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        with on_one_thread():
            model = fit_mixed(rows["y"], matrix, [term])
            satterthwaite(model).df(np.eye(3))
        seconds.append(time.perf_counter() - start)
    if model.audit.doubts:
        raise AssertionError(model.audit.doubts)
    return statistics.median(seconds), model.criterion


def of_statsmodels() -> None:
    """Print seconds and -2 log-likelihood of statsmodels' MixedLM with its own optimisers."""
    import statsmodels.api as sm  # noqa: PLC0415 - ours needs none of it

    rows = drawn()
    matrix = np.column_stack([np.ones(N), rows["x"], rows["z"]])
    start = time.perf_counter()
    model: Any = sm.MixedLM(rows["y"].to_numpy(), matrix, rows["organisation_id"].to_numpy(), matrix[:, :2])
    fit = model.fit()
    sys.stdout.write(json.dumps([time.perf_counter() - start, -2 * float(fit.llf)]))


def main() -> None:
    """Print the table."""
    seconds, criterion = ours()
    lines = [*HEAD, f"| sensemaking, with audit and Satterthwaite | {seconds:.1f} | 0 |"]
    command = [sys.executable, "-m", "tests.bench_multilevel", "statsmodels"]
    try:
        made = subprocess.run(
            command, cwd=CHECKOUT, env=environment(), capture_output=True, timeout=SECONDS, check=True, text=True
        )
        other, value = json.loads(made.stdout)
        lines.append(f"| statsmodels MixedLM, no audit, normal distribution | {other:.1f} | {value - criterion:.1e} |")
    except subprocess.TimeoutExpired:
        lines.append(f"| statsmodels MixedLM | stopped after {SECONDS} | |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    of_statsmodels() if sys.argv[1:] == ["statsmodels"] else main()
