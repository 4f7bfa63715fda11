"""Time of every estimator on a study's own responses, as a Markdown table: ``python -m tests.bench_estimators STUDY``.

Of every estimator and covariance of the declared fits, the fit with most responses is computed again from the rows that
were kept with it, with everything that a fit tells. No test.
"""

import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from models.replication.refit import refit
from pipelines.load import load_study
from pipelines.store import Store
from pipelines.store.passing import in_a_database
from pipelines.tables import out

ROUNDS = 3
HEADER = """| estimator | covariance | model | responses | coefficients | clock s | processor s |
| --- | --- | --- | ---: | ---: | ---: | ---: |"""


def rows_of_table(folder: Path) -> Iterator[str]:
    """Yield a row of the table for every estimator and covariance, medians of three rounds."""
    store = Store(load_study(folder).warehouse)
    fits, estimates = store.read(out.FITS), store.read(out.ESTIMATES)
    declared = fits[fits["is_declared"] & fits["is_current"]].sort_values(["n_obs", "fit_id"], ascending=[False, True])
    for record in declared.drop_duplicates(["estimator", "covariance"]).to_dict("records"):
        rows = store.kept_rows(str(record["data_hash"]))
        costs = [_cost(record, rows) for _ in range(ROUNDS)]
        clock, processor = (statistics.median(each) for each in zip(*costs, strict=True))
        n_terms = int((estimates["fit_id"] == record["fit_id"]).sum())
        named = f"{record['model']} ({record['variant']})"
        yield (
            f"| {record['estimator']} | {record['covariance']} | {named} | {record['n_obs']:,} | {n_terms} "
            f"| {clock:.2f} | {processor:.2f} |"
        )


def _cost(record: dict[str, object], rows: pd.DataFrame) -> tuple[float, float]:
    began = time.perf_counter(), time.process_time()
    refit(record, rows, in_a_database)
    return time.perf_counter() - began[0], time.process_time() - began[1]


def main() -> None:
    """Print the table with the machine and its load."""
    load = os.getloadavg()[0]
    rows = [*rows_of_table(Path(sys.argv[1]))]
    lines = [f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f}", "", HEADER, *rows]
    print("\n".join(lines))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
