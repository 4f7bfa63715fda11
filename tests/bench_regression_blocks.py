"""Regressions that cannot be counted in patterns, against their peers: ``python -m tests.bench_regression_blocks``.

Each alternative runs in a process of its own (``NAME FILE SMALL`` as arguments), linear algebra on one thread, in turn
and in alternated order. Ours reads the table from a DuckDB file; peers have its columns in memory. All leave out rows
with a missing answer. Imports, the reading of peers' data and a first call on a small table, which loads and compiles
what is loaded late, are not timed for anyone. Prints Markdown tables. No test.
"""

import gc
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from models.spec import RegressionSpec
from tests.command_line import CHECKOUT, environment
from tests.regression_rows import RELATION, continuous_model, write_rows

ROUNDS = 5
SMALL = 20_000
FOUR = ("classical", "HC1", "HC3", "CR1S")
FORMULA = "s2 ~ C(gender) + C(education) + s1 + s3 + s4 + s5 + age + tenure + s1:age"
GROUPED = ("s1", "s3", "age")
Numbers = dict[str, list[float]]


def ours_continuous(file: Path) -> Callable[[], Numbers]:
    """Four covariances of the model with 15 parameters, by the engine that the planner picks."""
    return _planned(file, FOUR)


def ours_cr1s(file: Path) -> Callable[[], Numbers]:
    """CR1S alone."""
    return _planned(file, ("CR1S",))


def ours_cr2(file: Path) -> Callable[[], Numbers]:
    """CR2 with Satterthwaite's degrees of freedom alone."""
    return _planned(file, ("CR2",))


def _planned(file: Path, kinds: tuple[str, ...]) -> Callable[[], Numbers]:
    from models.regression.in_database.planner import fit_in_database  # noqa: PLC0415

    connection = duckdb.connect(file, read_only=True)

    def work() -> Numbers:
        found = fit_in_database(continuous_model(), connection, RELATION, {}, kinds)
        tables = {kind: found.estimates(kind) for kind in kinds}
        return {"b": found.coefficients.tolist()} | {kind: each["std_error"].tolist() for kind, each in tables.items()}

    return work


def statsmodels_formula(file: Path) -> Callable[[], Numbers]:
    """The same four covariances by the formula path of statsmodels."""
    from statsmodels.formula import api  # noqa: PLC0415

    table = _in_memory(file, ("s2", "gender", "education", "s1", "s3", "s4", "s5", "age", "tenure", "organisation_id"))
    groups = pd.factorize(table["organisation_id"])[0]

    def work() -> Numbers:
        fit = api.ols(FORMULA, table).fit()
        used = groups[fit.model.data.row_labels]
        robust = {
            "HC1": fit.get_robustcov_results("HC1"),
            "HC3": fit.get_robustcov_results("HC3"),
            "CR1S": fit.get_robustcov_results("cluster", groups=used),
        }
        numbers = {"b": fit.params.tolist(), "classical": fit.bse.tolist()}
        return numbers | {kind: np.asarray(each.bse).tolist() for kind, each in robust.items()}

    return work


def ours_effects(file: Path) -> Callable[[], Numbers]:
    """Effects of organisations, classical and clustered."""
    from models.regression.in_database.planner import fit_in_database  # noqa: PLC0415

    connection = duckdb.connect(file, read_only=True)
    spec = continuous_model(regressors=GROUPED, fixed_effects="organisation_id")

    def work() -> Numbers:
        found = fit_in_database(spec, connection, RELATION, {}, ("classical", "CR1S"))
        tables = {kind: found.estimates(kind) for kind in ("classical", "CR1S")}
        return {"b": found.coefficients.tolist()} | {kind: each["std_error"].tolist() for kind, each in tables.items()}

    return work


def pyfixest(file: Path) -> Callable[[], Numbers]:
    """The same by pyfixest."""
    from pyfixest import feols  # noqa: PLC0415

    table, formula = _in_memory(file, ("s2", *GROUPED, "organisation_id")), "s2 ~ s1 + s3 + age | organisation_id"

    def work() -> Numbers:
        fit = feols(formula, table, vcov="iid")
        numbers = {"b": fit.coef().tolist(), "classical": fit.se().tolist()}
        return numbers | {"CR1S": fit.vcov({"CRV1": "organisation_id"}).se().tolist()}

    return work


def linearmodels(file: Path) -> Callable[[], Numbers]:
    """The same by linearmodels."""
    from linearmodels import PanelOLS  # noqa: PLC0415

    table = _in_memory(file, ("s2", *GROUPED, "organisation_id"))
    groups = pd.factorize(table["organisation_id"])[0]
    table = table.drop(columns="organisation_id").set_index([groups, np.arange(len(table))])

    def work() -> Numbers:
        model = PanelOLS(table["s2"], table[list(GROUPED)], entity_effects=True)
        fit, clustered = model.fit(), model.fit(cov_type="clustered", cluster_entity=True)
        return {
            "b": fit.params.tolist(),
            "classical": fit.std_errors.tolist(),
            "CR1S": clustered.std_errors.tolist(),
        }

    return work


def ours_intercept(file: Path) -> Callable[[], Numbers]:
    """A random intercept of organisations by REML, with Satterthwaite's degrees of freedom."""
    from models.multilevel.of_database import estimate_random_intercept  # noqa: PLC0415
    from models.multilevel.of_model import approximated  # noqa: PLC0415
    from models.regression.in_database.responses import select_responses  # noqa: PLC0415
    from models.regression.inference import label_estimates  # noqa: PLC0415

    connection, spec = duckdb.connect(file, read_only=True), _in_groups()

    def work() -> Numbers:
        model = estimate_random_intercept(select_responses(spec, connection, RELATION), {}).model
        estimates = label_estimates(model.terms, model.coefficients, approximated(spec, model)[0], 0.95)
        return {
            "b": estimates["estimate"].tolist(),
            "GLS": estimates["std_error"].tolist(),
            "criterion": [model.criterion],
        }

    return work


def ours_intercept_told(file: Path) -> Callable[[], Numbers]:
    """The same with all that ``sensemaking fit`` tells: audit, variances tested, readings, slopes, diagnostics."""
    from models.regression.fit_task import FitTask, StoredResponses  # noqa: PLC0415
    from models.regression.large import fit_stored  # noqa: PLC0415

    connection, spec = duckdb.connect(file, read_only=True), _in_groups()

    def work() -> Numbers:
        found = fit_stored(FitTask(spec, {}), StoredResponses(connection, RELATION, 1))
        if found is None:
            raise AssertionError("a random intercept has an engine")
        return {"b": found.estimates["estimate"].tolist(), "GLS": found.estimates["std_error"].tolist()}

    return work


def _in_groups() -> RegressionSpec:
    random = ({"groups": "organisation_id"},)
    return continuous_model(regressors=GROUPED, estimator="mixed", cluster=None, random_effects=random)


def statsmodels_mixed(file: Path) -> Callable[[], Numbers]:
    """The same by MixedLM of statsmodels."""
    from statsmodels.formula import api  # noqa: PLC0415

    table = _in_memory(file, ("s2", *GROUPED, "organisation_id"))
    table["organisation"] = pd.factorize(table.pop("organisation_id"))[0]

    def work() -> Numbers:
        fit = api.mixedlm("s2 ~ s1 + s3 + age", table, groups="organisation", missing="drop").fit(reml=True)
        errors = fit.bse_fe.tolist()
        return {"b": fit.fe_params.tolist(), "GLS": errors, "criterion": [-2 * fit.llf]}

    return work


ALTERNATIVES = {
    each.__name__: each
    for each in (
        ours_continuous, ours_cr1s, ours_cr2, statsmodels_formula, ours_effects, pyfixest, linearmodels, ours_intercept,
        ours_intercept_told, statsmodels_mixed,
    )
}  # fmt: skip


def _in_memory(file: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    with duckdb.connect(file, read_only=True) as connection:
        query = f"SELECT {', '.join(columns)} FROM core.analysis"
        return connection.sql(query).to_arrow_table().to_pandas()


@dataclass(frozen=True)
class Comparison:
    """What is compared: rows of the table, our alternative, the peer, the factor promised, rounds."""

    what: str
    n_rows: int
    ours: str
    peer: str
    factor: float
    rounds: int = ROUNDS


COMPARISONS = (
    Comparison("OLS, 15 parameters, 4 covariances : statsmodels formula", 1_000_000, "ours_continuous",
               "statsmodels_formula", 8),
    Comparison("CR2 : CR1S", 1_000_000, "ours_cr2", "ours_cr1s", 0.2),
    Comparison("fixed effects of organisations : pyfixest", 1_000_000, "ours_effects", "pyfixest", 6),
    Comparison("fixed effects of organisations : linearmodels", 1_000_000, "ours_effects", "linearmodels", 20),
    Comparison("random intercept by REML : statsmodels MixedLM", 100_000, "ours_intercept",
               "statsmodels_mixed", 300),
    Comparison("random intercept with all that is told : statsmodels MixedLM", 100_000, "ours_intercept_told",
               "statsmodels_mixed", 1, 3),
)  # fmt: skip


def alternative(name: str, file: Path) -> dict[str, object]:
    """Measure one alternative in a process of its own."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "tests.bench_regression_blocks", name, file, file.with_name(f"{SMALL}.duckdb")]
    done = subprocess.run(command, env=environment() | one_thread, capture_output=True, check=True, cwd=CHECKOUT)
    return json.loads(done.stdout.splitlines()[-1])


def compared(each: Comparison, file: Path) -> str:
    """Return a row of the table: ratios of medians, peaks, largest relative differences."""
    turns = [(each.ours, each.peer)[:: (-1) ** turn] for turn in range(each.rounds)]
    runs = [{name: alternative(name, file) for name in names} for names in turns]
    middle = {
        name: {key: statistics.median(run[name][key] for run in runs) for key in ("seconds", "processor", "peak")}
        for name in (each.ours, each.peer)
    }
    one, other = middle[each.ours], middle[each.peer]
    numbers, theirs = runs[0][each.ours]["numbers"], runs[0][each.peer]["numbers"]
    differences = ", ".join(
        f"{key} {np.abs(np.array(numbers[key]) / np.array(theirs[key]) - 1).max():.0e}"
        for key in numbers
        if key in theirs
    )
    ratios = f"{other['seconds'] / one['seconds']:.1f} | {other['processor'] / one['processor']:.1f}"
    costs = " | ".join(f"{cost['seconds']:.3f} | {cost['processor']:.3f} | {cost['peak']:.0f}" for cost in (one, other))
    return f"| {each.what} | {each.factor:g} | {ratios} | {costs} | {each.rounds} | {differences} |"


def growth(small: Path, large: Path) -> list[str]:
    """Return the table of ten times as many rows."""
    lines = ["| rows | seconds | processor seconds | peak MB |", "| ---: | ---: | ---: | ---: |"]
    for n_rows, file in ((1_000_000, small), (10_000_000, large)):
        runs = [alternative("ours_continuous", file) for _ in range(3)]
        middle = [statistics.median(run[key] for run in runs) for key in ("seconds", "processor", "peak")]
        lines.append(f"| {n_rows:,} | {middle[0]:.2f} | {middle[1]:.2f} | {middle[2]:.0f} |")
    return lines


def main() -> None:
    """Do one alternative and print what it cost, or compare all and print tables."""
    if len(sys.argv) > 1:
        _measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        files = {n_rows: Path(folder) / f"{n_rows}.duckdb" for n_rows in (SMALL, 100_000, 1_000_000, 10_000_000)}
        for n_rows, file in files.items():
            write_rows(file, n_rows)
        rows = [compared(each, files[each.n_rows]) for each in COMPARISONS]
        grown = growth(files[1_000_000], files[10_000_000])
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} processors, load {load:.1f} to {os.getloadavg()[0]:.1f}",
        "",
        "| what | promised | times faster | in processor time | ours s | of processor | MB "
        "| peer s | of processor | MB | rounds | differences |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
        *rows,
        "",
        *grown,
    ]
    print("\n".join(lines))  # noqa: T201 - its whole purpose


def _measure(name: str, file: Path, small: Path) -> None:
    ALTERNATIVES[name](small)()
    work = ALTERNATIVES[name](file)
    gc.collect()
    gc.freeze()  # else what was imported is gone through again at a moment of chance
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak of the work, not of making ready for it
    began = time.perf_counter(), _processor()
    numbers = work()
    seconds, processor = time.perf_counter() - began[0], _processor() - began[1]
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(float(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    print(json.dumps({"seconds": seconds, "processor": processor, "peak": peak, "numbers": numbers}))  # noqa: T201


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
