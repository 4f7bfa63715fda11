"""Time of estimators on a study's responses, as a Markdown table: ``python -m tests.bench_estimators STUDY [NAME…]``.

Of every estimator and covariance of the declared fits, the fit with most responses is computed again from the rows that
were kept with it, with everything that a fit tells. Estimators that the study declares nowhere are fitted by hand
first, as ``every_estimator`` has them, which records an exploratory fit of each. No test.
"""

import os
import platform
import statistics
import sys
import time
from collections.abc import Collection, Iterator
from pathlib import Path

import pandas as pd

from models.replication.refit import refit
from pipelines.commands.fits import fit_now
from pipelines.load import Study, load_study
from pipelines.store import Store
from pipelines.store.passing import in_a_database
from pipelines.tables import out
from tests.every_estimator import FITS

ROUNDS = 3
LONG_SECONDS = 10.0
HEADER = """| estimator | covariance | model | responses | coefficients | clock s | processor s |
| --- | --- | --- | ---: | ---: | ---: | ---: |"""


def rows_of_table(folder: Path, estimators: Collection[str]) -> Iterator[str]:
    """Yield a row for every covariance of estimators: medians of three rounds, of one where it is long."""
    study = load_study(folder)
    store = Store(study.warehouse)
    for record in _measured_fits(study, store, estimators).to_dict("records"):
        rows = store.kept_rows(str(record["data_hash"]))
        costs = [_cost(record, rows)]
        costs += [_cost(record, rows) for _ in range(ROUNDS - 1) if costs[0][1] < LONG_SECONDS]
        clock, processor = (statistics.median(each) for each in zip(*costs, strict=True))
        n_terms = int((store.read(out.ESTIMATES)["fit_id"] == record["fit_id"]).sum())
        named = f"{record['model']} ({record['variant'] if record['is_declared'] else 'by hand'})"
        yield (
            f"| {record['estimator']} | {record['covariance']} | {named} | {record['n_obs']:,} | {n_terms} "
            f"| {clock:.2f} | {processor:.2f} |"
        )


def _measured_fits(study: Study, store: Store, estimators: Collection[str]) -> pd.DataFrame:
    """Return the largest declared fit of each estimator and covariance, and fits by hand of the other estimators."""
    for kind in set(estimators) - set(store.read(out.FITS)["estimator"]):
        model, *settings = FITS[kind]
        fit_now(study, model, settings)
    fits = store.read(out.FITS).sort_values(["n_obs", "fit_id"], ascending=[False, True])
    fits = fits[fits["estimator"].isin(list(estimators))]
    declared = fits[fits["is_declared"] & fits["is_current"]].drop_duplicates(["estimator", "covariance"])
    by_hand = fits[~fits["is_declared"] & ~fits["estimator"].isin(declared["estimator"])]
    return pd.concat([declared, by_hand.drop_duplicates("estimator")]).sort_values("n_obs", ascending=False)


def _cost(record: dict[str, object], rows: pd.DataFrame) -> tuple[float, float]:
    began = time.perf_counter(), time.process_time()
    refit(record, rows, in_a_database)
    return time.perf_counter() - began[0], time.process_time() - began[1]


def main() -> None:
    """Print the table with the machine and its load."""
    load = os.getloadavg()[0]
    rows = [*rows_of_table(Path(sys.argv[1]), sys.argv[2:] or [*FITS])]
    lines = [f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f}", "", HEADER, *rows]
    print("\n".join(lines))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
