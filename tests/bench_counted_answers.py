"""Reliability and item statistics of a million responses, beside pandas: ``python -m tests.bench_counted_answers``.

Twelve scales of five items, seven points, one answer in twenty missing. Ours begins at the stored analysis table and
ends at ``out.reliability`` (alpha, omega) and ``out.items``; pandas has the same answers in memory and computes the
covariances of each scale, nothing more. Each in a process of its own, linear algebra on one thread. No test.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pandas as pd

from tests.command_line import CHECKOUT, environment

N_RESPONSES = 1_000_000
N_SCALES, WIDTH = 12, 5
ROUNDS = 5
SCALES = {f"scale_{number}": tuple(f"s{number}_{item}" for item in range(WIDTH)) for number in range(N_SCALES)}
CELLS = {"one": (("w1",), ("FRL",)), "fifteen": (("w1", "w2", "w3"), ("TOP", "MID", "FRL", "CIT", "PAR"))}


def write_warehouse(folder: Path, cells: str) -> None:
    """Write ``core.analysis`` with drawn answers, the same for the same number of cells."""
    waves, groups = CELLS[cells]
    connection = duckdb.connect(folder / "study.duckdb", config={"threads": 1})
    connection.execute("SELECT setseed(0.5)")
    normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())"
    factors = ", ".join(f"{normal} AS f{number}" for number in range(N_SCALES))
    items = ", ".join(
        f"CASE WHEN random() >= 0.05 THEN CAST(least(7, greatest(1, {_answer(number, item)})) AS SMALLINT) END "
        f"AS s{number}_{item}"
        for number in range(N_SCALES)
        for item in range(WIDTH)
    ).replace("NORMAL", normal)
    keys = f"'staff/R_' || id AS response_id, {_one_of(waves)} AS wave, {_one_of(groups)} AS respondent_group"
    connection.execute("CREATE SCHEMA core")
    connection.execute(
        f"CREATE TABLE core.analysis AS SELECT {keys}, {items} FROM "
        f"(SELECT range AS id, {factors} FROM range({N_RESPONSES}))"
    )
    connection.close()


def _answer(number: int, item: int) -> str:
    drawn = f"round(4 + 0.85 * f{number} + 0.85 * NORMAL)"
    return f"8 - {drawn}" if item == WIDTH - 1 else drawn


def _one_of(names: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"[{listed}][1 + CAST(floor(random() * {len(names)}) AS INTEGER)]"


def ours(folder: Path) -> Callable[[], object]:
    """Count patterns in the warehouse, then every figure of both tables."""
    from instruments.spec import Instrument  # noqa: PLC0415 - pandas needs none of these in its memory
    from pipelines.steps import quality  # noqa: PLC0415
    from pipelines.steps.answer_patterns import count_patterns  # noqa: PLC0415
    from pipelines.store import Store  # noqa: PLC0415

    scale = {"least_answered": WIDTH - 1, "measurement": "reflective"}
    instrument = Instrument.model_validate(
        {
            "name": "bench",
            "version": "1",
            "title": {"en": "Bench"},
            "response_scales": {"agreement": {"points": {code: {} for code in range(1, 8)}}},
            "items": {item: {"response_scale": "agreement"} for items in SCALES.values() for item in items},
            "scales": {name: {**scale, "items": items, "reverse_scored": items[-1:]} for name, items in SCALES.items()},
        }
    )
    scales = dict.fromkeys(SCALES, instrument)

    def work() -> float:
        with Store(folder).asking() as ask:
            counted = count_patterns(ask, scales)
        alphas = quality.reliability(counted, scales)
        quality.items(counted, scales)
        return float(alphas.loc[alphas["coefficient"] == "alpha", "estimate"].sum())

    return work


def pandas_covariances(folder: Path, kind: str = "float64", *, is_complete: bool = True) -> Callable[[], object]:
    """Covariances of every scale, as ``DataFrame.cov`` gives them, by wave and group; of complete cases or of pairs."""
    with duckdb.connect(folder / "study.duckdb", read_only=True) as connection:
        listed = ", ".join(f'"{item}"' for items in SCALES.values() for item in items)
        arrow = connection.sql(f"SELECT {listed} FROM core.analysis").to_arrow_table()
        cells = connection.sql("SELECT wave || respondent_group AS cell FROM core.analysis").to_arrow_table()
    answers = pd.DataFrame({name: arrow[name].to_pandas().astype(kind) for name in arrow.column_names})
    code = cells["cell"].to_pandas().astype("category").cat.codes.to_numpy()
    del arrow, cells
    n_cells = int(code.max()) + 1
    parts = [answers] if n_cells == 1 else [answers[code == cell] for cell in range(n_cells)]
    del answers

    def work() -> float:
        total = 0.0
        for items in SCALES.values():
            for part in parts:
                own = part[list(items)]
                covariance = (own.dropna() if is_complete else own).cov().to_numpy(dtype=float)
                total += float(covariance.trace() / covariance.sum())
        return total

    return work


ALTERNATIVES: dict[str, Callable[[Path], Callable[[], object]]] = {
    "ours": ours,
    "pandas cov": partial(pandas_covariances, is_complete=False),
    "pandas dropna cov": pandas_covariances,
    "pandas dropna cov, Int16": partial(pandas_covariances, kind="Int16"),
}


def cost(name: str, folder: Path) -> dict[str, float]:
    """Measure one alternative in a process of its own."""
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, "-m", "tests.bench_counted_answers", name, str(folder)]
    done = subprocess.run(
        command, env=environment() | one_thread, capture_output=True, text=True, check=True, cwd=CHECKOUT
    )
    return json.loads(done.stdout)


def measure(name: str, folder: Path) -> None:
    """Do one alternative and print what it cost."""
    work = ALTERNATIVES[name](folder)
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # the peak of the work, not of making ready for it
    began, began_processor = time.perf_counter(), time.process_time()
    result = work()
    seconds, processor = time.perf_counter() - began, time.process_time() - began_processor
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(float(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024
    found = {"seconds": seconds, "processor_seconds": processor, "peak_megabytes": peak, "result": result}
    print(json.dumps(found))  # noqa: T201 - its whole purpose


def compare(cells: str) -> list[str]:
    """Measure all alternatives in turn, in both orders, and return rows of a Markdown table."""
    with tempfile.TemporaryDirectory() as folder:
        write_warehouse(Path(folder), cells)
        names = list(ALTERNATIVES)
        rounds = [{name: cost(name, Path(folder)) for name in names[:: (-1) ** turn]} for turn in range(ROUNDS)]
    lines = []
    for name in names:
        median = {key: statistics.median(each[name][key] for each in rounds) for key in rounds[0][name]}
        ratio = {
            key: statistics.median(each["ours"][key] / each[name][key] for each in rounds)
            for key in ("seconds", "processor_seconds", "peak_megabytes")
        }
        figures = f"{median['seconds']:.2f} | {median['processor_seconds']:.2f} | {median['peak_megabytes']:.0f}"
        ratios = " | ".join(f"{each:.2f}" for each in ratio.values())
        lines.append(f"| {cells}, {name} | {figures} | {ratios} |")
    return lines


def main() -> None:
    """Measure one alternative, or print the whole comparison."""
    if len(sys.argv) > 1:
        measure(sys.argv[1], Path(sys.argv[2]))
        return
    before = os.getloadavg()[0]
    lines = [
        "| cells, way | seconds | of processor | peak MB | ours : this, seconds | processor | peak |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *(line for cells in CELLS for line in compare(cells)),
        f"load before {before:.2f}, after {os.getloadavg()[0]:.2f}",
    ]
    print("\n".join(lines))  # noqa: T201 - its whole purpose


if __name__ == "__main__":
    main()
