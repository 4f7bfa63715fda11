"""Time and peak memory of factor models at a survey's size: ``python -m tests.bench_measurement``. No test.

25 items in five factors, 2,800 responses: ordered items by WLSMV with robust errors and fit; the same as continuous
items with one answer in fifty missing, by MLR.
"""

import resource
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from models.measurement.confirmatory.analysis import analyse, fit_table, measured, parameter_table
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.model import FactorModel, Setting

N_RESPONSES = 2_800
MODEL = FactorModel({f"f{factor}": tuple(f"f{factor}_{item}" for item in range(5)) for factor in range(5)})


def answers() -> pd.DataFrame:
    """Return drawn answers from 1 to 6."""
    rng = np.random.default_rng(20261126)
    factors = rng.multivariate_normal(np.zeros(5), 0.4 + 0.6 * np.eye(5), size=N_RESPONSES)
    latent = 0.7 * np.repeat(factors, 5, axis=1) + 0.7 * rng.normal(size=(N_RESPONSES, 25))
    return pd.DataFrame(np.searchsorted([-1.5, -0.7, 0.0, 0.6, 1.3], latent) + 1.0, columns=list(MODEL.items))


def ordered(table: pd.DataFrame) -> None:
    """Fit by WLSMV."""
    found = analyse(MODEL, measured(grouped_answers(table, MODEL.items, is_complete=True), "wlsmv"), Setting())
    parameter_table(found)
    fit_table(found)


def with_gaps(table: pd.DataFrame) -> None:
    """Fit by MLR with full information."""
    gaps = table.mask(np.random.default_rng(1).random(table.shape) < 1 / 50)
    grouped = grouped_answers(gaps, MODEL.items, is_complete=False)
    found = analyse(MODEL, measured(grouped, "mlr"), Setting(has_means=True))
    parameter_table(found)
    fit_table(found)


def main() -> None:
    """Print seconds by the clock and of the processor, and the peak of memory."""
    table = answers()
    cases: dict[str, Callable[[pd.DataFrame], None]] = {"WLSMV": ordered, "MLR with gaps": with_gaps}
    for name, fit in cases.items():
        begun, begun_processor = time.perf_counter(), time.process_time()
        fit(table)
        seconds, processor = time.perf_counter() - begun, time.process_time() - begun_processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{name}: {seconds:.2f} s ({processor:.2f} s of processors), peak so far {peak} MiB")  # noqa: T201


if __name__ == "__main__":
    main()
