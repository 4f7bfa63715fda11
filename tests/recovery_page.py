"""The recovery report at full size and the tables of its page: ``python -m tests.recovery_page``, of ``make simulate``.

Two replications at a time; each has its own seed, so that their number changes nothing. What is drawn is kept in
``build/recovery.jsonl``, a line a replication: ``--go-on`` takes what is there and draws the rest, ``--as-it-is`` draws
nothing more and says how many there are. What the page says about its tables is written by hand and has to be read
again after a run.
"""

import argparse
import datetime as dt
import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.studies.demo.parameters import Parameters
from pipelines.studies.demo.recovery.everybody import Plan
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.judged import FAIL, PASS
from pipelines.studies.demo.recovery.not_planted import NOTHING
from pipelines.studies.demo.recovery.report import estimate, judged_report, true_parameters
from pipelines.studies.demo.recovery.units import Units

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "recovery.md"
KEPT = ROOT / "build" / "recovery.jsonl"
REPLICATIONS, POPULATIONS, PROCESSES = 500, 20, 2
ESTIMATED = {
    "true": "true_value",
    "stated": "stated",
    "mean": "estimate",
    "median": "median",
    "bias": "bias",
    "error": "monte_carlo_error",
    "SD": "std_dev",
    "SE": "mean_std_error",
}
SHARES = {"cover": "coverage", "reject": "rejects_zero", "no ends": "without_ends"}


def main() -> None:
    """Draw, estimate and write the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--go-on", action="store_true", help="keep the replications that are there")
    asked.add_argument("--as-it-is", action="store_true", help="draw no more replications")
    said = asked.parse_args()
    load, begun = os.getloadavg()[0], time.perf_counter()
    plan = Plan(replications=REPLICATIONS, populations=POPULATIONS)
    truth = true_parameters(plan)
    if not said.go_on and not said.as_it_is:
        KEPT.unlink(missing_ok=True)
    if not said.as_it_is:
        draw_missing(plan, truth.units)
    drawn = dict(sorted(kept_replications()))
    spent = time.perf_counter() - begun
    report = judged_report(truth, list(drawn.values()))
    today = dt.datetime.now(tz=dt.UTC)
    run = (
        f"Run on {today.day} {today:%B %Y}, seeds from {plan.seed}, {len(drawn)} replications; load {load:.1f} on "
        f"{os.cpu_count()} shared processors, {spent:,.0f} seconds in {PROCESSES} processes."
    )
    text = PAGE.read_text(encoding="utf-8")
    tables = {
        "run": [run],
        "verdicts": verdict_rows(report),
        "estimated": estimated_rows(report),
        "not planted": not_planted_table(report),
    }
    for name, lines in tables.items():
        text = filled(text, name, lines)
    PAGE.write_text(text, encoding="utf-8")


def draw_missing(plan: Plan, units: Units) -> None:
    """Draw and keep the replications that are not there yet."""
    KEPT.parent.mkdir(exist_ok=True)
    there = {seed for seed, _ in kept_replications()}
    seeds = [plan.seed + number for number in range(plan.replications) if plan.seed + number not in there]
    with ProcessPoolExecutor(PROCESSES) as pool, KEPT.open("a", encoding="utf-8") as kept:
        for seed, figures in zip(seeds, pool.map(partial(_estimated, units), seeds), strict=True):
            kept.write(json.dumps({"seed": seed, "figures": [vars(each) for each in figures]}) + "\n")
            kept.flush()


def kept_replications() -> Iterator[tuple[int, list[Figure]]]:
    """Read seed and figures of every replication that is kept."""
    if KEPT.exists():
        for line in KEPT.read_text(encoding="utf-8").splitlines():
            known = json.loads(line)
            yield known["seed"], [Figure(**each) for each in known["figures"]]


def _estimated(units: Units, seed: int) -> list[Figure]:
    return estimate(Parameters(), units, seed)


def filled(text: str, name: str, lines: list[str]) -> str:
    """Return a page with other lines between the two marks of a name."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not marks.search(text):
        raise ValueError(f"{PAGE.name} has no marks for {name}")
    return marks.sub(lambda found: found[1] + "".join(f"{line}\n" for line in lines) + found[2], text)


def verdict_rows(report: pd.DataFrame) -> list[str]:
    """Return how many rows of each part pass and fail, and for which reason."""
    judged = report[report["status"].str.startswith((PASS, FAIL))]
    reasons = ("bias", "coverage", "rejection", "no estimate")
    lines = [_line(["part", "rows", PASS, *reasons]), _line(["---"] + ["---:"] * (len(reasons) + 2))]
    for part, own in [*judged.groupby("part", sort=False)["status"], ("all", judged["status"])]:
        counts = [len(own), int((own == PASS).sum()), *(int(own.str.contains(each).sum()) for each in reasons)]
        lines.append(_line([str(part), *(str(each) for each in counts)]))
    return lines


def estimated_rows(report: pd.DataFrame) -> list[str]:
    """Return the table of what is estimated."""
    names = ["part", "parameter", *ESTIMATED, *SHARES, "n", "status"]
    lines = [_line(names), _line(["---"] * 2 + ["---:"] * (len(names) - 3) + ["---"])]
    for row in report[report["status"] != NOTHING].to_dict("records"):
        figures = [_number(row[column], 3) for column in ESTIMATED.values()]
        figures += [_number(row[column], 2) for column in SHARES.values()]
        lines.append(_line([row["part"], row["parameter"], *figures, f"{row['n_replications']}", row["status"]]))
    return lines


def not_planted_table(report: pd.DataFrame) -> list[str]:
    """Return the table of what is not planted."""
    rows = report[report["status"] == NOTHING].to_dict("records")
    return [
        _line(["hypothesis", "what"]),
        _line(["---"] * 2),
        *(_line([row["hypothesis"], row["parameter"]]) for row in rows),
    ]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _number(value: float, decimals: int) -> str:
    if not np.isfinite(value):
        return ""
    shown = f"{value:.{decimals}f}"
    return shown.removeprefix("-") if float(shown) == 0 else shown


if __name__ == "__main__":
    main()
