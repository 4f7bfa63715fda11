"""The recovery report at full size and the tables of its page: ``python -m tests.recovery_page``; a quarter of an hour.

What the page says about its tables is written by hand and has to be read again after a run.
"""

import datetime as dt
import os
import re
import time
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.studies.demo.recovery.everybody import Plan
from pipelines.studies.demo.recovery.report import recovery_report

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "recovery.md"
REPLICATIONS = 100
ESTIMATED = {
    "true": "true_value",
    "stated": "stated",
    "mean": "estimate",
    "bias": "bias",
    "error": "monte_carlo_error",
    "SD": "std_dev",
    "SE": "mean_std_error",
}
SHARES = {"cover": "coverage", "reject": "rejects_zero"}


def main() -> None:
    """Draw, estimate and write the tables."""
    load, begun, processor = os.getloadavg()[0], time.perf_counter(), time.process_time()
    report = recovery_report(Plan(replications=REPLICATIONS))
    spent, worked = time.perf_counter() - begun, time.process_time() - processor
    today = dt.datetime.now(tz=dt.UTC)
    run = (
        f"Run on {today.day} {today:%B %Y}, seeds from {Plan().seed}, {REPLICATIONS} replications; load {load:.1f} on "
        f"{os.cpu_count()} shared processors, {spent:,.0f} seconds, {worked:,.0f} processor seconds."
    )
    text = PAGE.read_text(encoding="utf-8")
    for name, lines in {"run": [run], "estimated": estimated_rows(report), "waiting": waiting_rows(report)}.items():
        text = filled(text, name, lines)
    PAGE.write_text(text, encoding="utf-8")


def filled(text: str, name: str, lines: list[str]) -> str:
    """Return a page with other lines between the two marks of a name."""
    marks = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end of {name} -->)", re.DOTALL)
    if not marks.search(text):
        raise ValueError(f"{PAGE.name} has no marks for {name}")
    return marks.sub(lambda found: found[1] + "".join(f"{line}\n" for line in lines) + found[2], text)


def estimated_rows(report: pd.DataFrame) -> list[str]:
    """Return the table of what is estimated."""
    names = ["part", "parameter", *ESTIMATED, *SHARES, "n", "status"]
    lines = [_line(names), _line(["---"] * 2 + ["---:"] * (len(names) - 3) + ["---"])]
    for row in report[report["n_replications"] > 0].to_dict("records"):
        figures = [_number(row[column], 3) for column in ESTIMATED.values()]
        figures += [_number(row[column], 2) for column in SHARES.values()]
        lines.append(_line([row["part"], row["parameter"], *figures, f"{row['n_replications']}", row["status"]]))
    return lines


def waiting_rows(report: pd.DataFrame) -> list[str]:
    """Return the table of what waits and what is not planted."""
    rows = report[report["status"].isin(["waits", "nothing planted"])].to_dict("records")
    return [
        _line(["part", "parameter", "hypothesis", "true", "what"]),
        _line(["---"] * 3 + ["---:", "---"]),
        *(
            _line([row["part"], row["parameter"], row["hypothesis"], _number(row["true_value"], 3), row["note"]])
            for row in rows
        ),
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
