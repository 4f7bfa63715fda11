"""Regressions of responses that share patterns, beside statsmodels and pyfixest.

``python -m tests.bench_regression_counted``. Ours begins at the table in a DuckDB file and ends at the labelled
estimates of every covariance. The others have the complete rows in memory; those on arrays have the matrix too. Each in
a process of its own, linear algebra on one thread, imports and compilers warmed up on a small table before the clock
starts; medians of five rounds, in both orders. No test.
"""

import gc
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb

from models.sections.inference import Covariance
from tests.command_line import CHECKOUT, environment
from tests.regression_rows import RELATION, binary_model, discrete_model, write_rows

ROUNDS = 5
N, FEW = 1_000_000, 150_000
FORMULA = "s2 ~ C(gender) + C(education) + C(role) * C(wave) + age"
LOGIT = FORMULA.replace("s2", "leaves")
COMPARED = ("estimate", "std_error")
COVARIANCES: tuple[Covariance, ...] = ("classical", "HC1", "HC3", "CR1S")
NOT_THE_SAME = {"pyfixest": ("HC3",)}

HEAD = (
    "| 1,000,000 responses | seconds | of processors | peak MB | this : ours, seconds | of processors "
    "| coefficients off | errors off |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
)

Results = dict[str, dict[str, dict[str, float]]]
"""Covariance → ``estimate`` or ``std_error`` → term → value."""


def ours(covariances: tuple[Covariance, ...], *, is_binary: bool = False) -> Callable[[Path], Callable[[], Results]]:
    """Fit in the database."""

    def prepare(database: Path) -> Callable[[], Results]:
        from models.regression.in_database.planner import fit_in_database  # noqa: PLC0415 - others need none of it

        connection = duckdb.connect(database, read_only=True)
        spec: Any = binary_model() if is_binary else discrete_model()

        def work() -> Results:
            found = fit_in_database(spec, connection, RELATION, {}, covariances)
            if found.engine != "counted_patterns":
                raise AssertionError(found.reason)
            tables = {kind: found.estimates(kind).set_index("term") for kind in found.uncertainties}
            return {
                kind: {key: dict(table[key]) for key in ("estimate", "std_error")} for kind, table in tables.items()
            }

        return work

    return prepare


def complete(database: Path, outcome: str) -> Any:
    """Return the complete rows in memory."""
    columns = f"{outcome}, gender, education, role, wave, age, organisation_id"
    with duckdb.connect(database, read_only=True) as connection:
        rows = connection.sql(f"SELECT {columns} FROM core.analysis").to_arrow_table().to_pandas().dropna()
    rows["organisation"] = rows.pop("organisation_id").astype("category").cat.codes.to_numpy()
    return rows.astype(dict.fromkeys(("gender", "education", "role", "age"), "int64")).reset_index(drop=True)


def laid_out(rows: Any) -> Any:
    """Return the matrix with its names."""
    from models.regression.design import lay_out, uses_of  # noqa: PLC0415
    from models.regression.profile import profile_of  # noqa: PLC0415

    spec = discrete_model()
    return lay_out(spec, rows, {}, profile_of(uses_of(spec), rows))


def robust(fitted: Any, groups: Any, names: Sequence[str]) -> Results:
    """Return the four covariances of a fit of statsmodels."""
    every = {
        "classical": fitted,
        "HC1": fitted.get_robustcov_results("HC1"),
        "HC3": fitted.get_robustcov_results("HC3"),
        "CR1S": fitted.get_robustcov_results("cluster", groups=groups),
    }
    return {
        kind: {
            "estimate": dict(zip(names, map(float, each.params), strict=True)),
            "std_error": dict(zip(names, map(float, each.bse), strict=True)),
        }
        for kind, each in every.items()
    }


def statsmodels_formula(database: Path) -> Callable[[], Results]:
    """``statsmodels.formula.api.ols``."""
    import statsmodels.formula.api as smf  # noqa: PLC0415

    rows = complete(database, "s2")

    def work() -> Results:
        fitted: Any = smf.ols(FORMULA, rows).fit()
        return robust(fitted, rows["organisation"].to_numpy(), [plain(name) for name in fitted.model.exog_names])

    return work


def statsmodels_arrays(database: Path) -> Callable[[], Results]:
    """``statsmodels.api.OLS`` with the matrix in memory."""
    import statsmodels.api as sm  # noqa: PLC0415

    rows = complete(database, "s2")
    matrix = laid_out(rows)
    names, values, outcome = list(matrix), matrix.to_numpy(), rows["s2"].to_numpy()
    groups = rows["organisation"].to_numpy()
    del matrix

    def work() -> Results:
        model = sm.OLS(outcome, values)
        return robust(model.fit(), groups, names)

    return work


def pyfixest(database: Path) -> Callable[[], Results]:
    """``pyfixest.feols``."""
    from pyfixest.estimation import feols  # noqa: PLC0415

    rows = complete(database, "s2")

    def work() -> Results:
        fitted: Any = feols(FORMULA, rows, vcov="iid")
        kinds: dict[str, Any] = {"classical": "iid", "HC1": "HC1", "HC3": "HC3", "CR1S": {"CRV1": "organisation"}}
        found: Results = {}
        for name, kind in kinds.items():
            fitted.vcov(kind)
            found[name] = {
                "estimate": {plain(term): float(value) for term, value in fitted.coef().items()},
                "std_error": {plain(term): float(value) for term, value in fitted.se().items()},
            }
        return found

    return work


def statsmodels_logit(database: Path) -> Callable[[], Results]:
    """``statsmodels.api.Logit`` with the matrix in memory, and clusters."""
    import statsmodels.api as sm  # noqa: PLC0415

    rows = complete(database, "leaves")
    matrix = laid_out(rows)
    names, values, outcome = list(matrix), matrix.to_numpy(), rows["leaves"].to_numpy()
    groups = {"groups": rows["organisation"].to_numpy()}
    del matrix

    def work() -> Results:
        fitted = sm.Logit(outcome, values).fit(disp=0, cov_type="cluster", cov_kwds=groups, tol=1e-12)
        estimates, errors = (dict(zip(names, map(float, each), strict=True)) for each in (fitted.params, fitted.bse))
        return {"CR1S": {"estimate": estimates, "std_error": errors}}

    return work


def statsmodels_logit_formula(database: Path) -> Callable[[], Results]:
    """``statsmodels.formula.api.logit`` with clusters."""
    import statsmodels.formula.api as smf  # noqa: PLC0415

    rows = complete(database, "leaves")
    groups = {"groups": rows["organisation"].to_numpy()}

    def work() -> Results:
        fitted: Any = smf.logit(LOGIT, rows).fit(disp=0, cov_type="cluster", cov_kwds=groups, tol=1e-12)
        names = [plain(name) for name in fitted.model.exog_names]
        estimates, errors = (dict(zip(names, map(float, each), strict=True)) for each in (fitted.params, fitted.bse))
        return {"CR1S": {"estimate": estimates, "std_error": errors}}

    return work


def plain(name: str) -> str:
    """Write a name of another program as ours: ``C(role)[T.2]:C(wave)[T.w2]`` is ``role[2] x wave[w2]``."""
    short = re.sub(r"C\((\w+)\)\[(?:T\.)?([^\]]+?)(?:\.0)?\]", r"\1[\2]", name)
    return "intercept" if short == "Intercept" else short.replace(":", " x ")


ALTERNATIVES: dict[str, Callable[[Path], Callable[[], Results]]] = {
    "ours": ours(COVARIANCES),
    "statsmodels formula": statsmodels_formula,
    "statsmodels arrays": statsmodels_arrays,
    "pyfixest": pyfixest,
    "ours, logit": ours(("CR1S",), is_binary=True),
    "statsmodels logit formula": statsmodels_logit_formula,
    "statsmodels logit arrays": statsmodels_logit,
    "ours, CR1S": ours(("CR1S",)),
    "ours, CR2": ours(("CR2",)),
}
GROUPS = {
    "discrete": ("ours", "statsmodels formula", "statsmodels arrays", "pyfixest"),
    "logit": ("ours, logit", "statsmodels logit formula", "statsmodels logit arrays"),
    "cr2": ("ours, CR1S", "ours, CR2"),
}


def measure(name: str, database: Path, small: Path) -> None:
    """Do one alternative and print what it cost and found."""
    ALTERNATIVES[name](small)()
    work = ALTERNATIVES[name](database)
    gc.collect()
    gc.freeze()  # else what was imported is gone through again at a moment of chance
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak of the work, not of making ready for it
    began, began_processor = time.perf_counter(), time.process_time()
    found = work()
    seconds, processor = time.perf_counter() - began, time.process_time() - began_processor
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(float(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    print(json.dumps({"seconds": seconds, "processor": processor, "peak": peak, "found": found}))  # noqa: T201


def cost(name: str, database: Path, small: Path) -> dict[str, Any]:
    """Measure one alternative in a process of its own."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "tests.bench_regression_counted", name, str(database), str(small)]
    done = subprocess.run(
        command, env=environment() | one_thread, stdout=subprocess.PIPE, text=True, check=True, cwd=CHECKOUT
    )
    return json.loads(done.stdout.splitlines()[-1])


def differences(one: Results, other: Results, name: str) -> list[float]:
    """Return the largest relative differences of coefficients and of errors, where covariances are the same."""
    kinds = set(one) & set(other) - set(NOT_THE_SAME.get(name, ()))
    return [
        max(abs(value / other[kind][key][term] - 1) for kind in kinds for term, value in one[kind][key].items())
        if kinds
        else float("nan")
        for key in COMPARED
    ]


def compare(group: str, database: Path, small: Path) -> list[str]:
    """Measure the alternatives of a group in turn, in both orders, and return rows of a Markdown table."""
    names = GROUPS[group]
    rounds = [{name: cost(name, database, small) for name in names[:: (-1) ** turn]} for turn in range(ROUNDS)]
    lines = []
    for name in names:
        median = {
            key: statistics.median(each[name][key] for each in rounds) for key in ("seconds", "processor", "peak")
        }
        ratios = " | ".join(
            f"{statistics.median(each[name][key] / each[names[0]][key] for each in rounds):.1f}"
            for key in ("seconds", "processor")
        )
        off = differences(rounds[0][names[0]]["found"], rounds[0][name]["found"], name)
        figures = f"{median['seconds']:.2f} | {median['processor']:.2f} | {median['peak']:.0f}"
        lines.append(f"| {name} | {figures} | {ratios} | {off[0]:.0e} | {off[1]:.0e} |")
    return lines


def main() -> None:
    """Measure one alternative, or print the whole comparison; a group's name as the only argument prints that group."""
    if len(sys.argv) > 2:
        measure(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
        return
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        large, small, huge = (Path(folder) / f"{name}.duckdb" for name in ("large", "small", "huge"))
        write_rows(large, N)
        write_rows(small, FEW)
        print("\n".join(HEAD), flush=True)  # noqa: T201
        for group in sys.argv[1:] or GROUPS:
            print("\n".join(compare(group, large, small)), flush=True)  # noqa: T201
        if not sys.argv[1:]:
            write_rows(huge, 10 * N)
            ten, one = cost("ours", huge, small), cost("ours", large, small)
            ratios = f"{ten['seconds'] / one['seconds']:.1f} | {ten['processor'] / one['processor']:.1f}"
            figures = f"{ten['seconds']:.2f} | {ten['processor']:.2f} | {ten['peak']:.0f}"
            print(f"| ours, 10 million | {figures} | {ratios} | | |")  # noqa: T201
    print(f"load before {before:.2f}, after {os.getloadavg()[0]:.2f}")  # noqa: T201


if __name__ == "__main__":
    main()
