"""Run every simulation and write its table: ``make simulate``; ends with 1 when a figure fails.

A coverage fails when its exact binomial 99 % interval, Bonferroni over all coverages of the table, lies wholly more
than two points from 95 %; a bias fails beyond 2 % of the true value plus three Monte Carlo standard errors.
"""

import datetime as dt
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.stats import beta, binom

from tests.simulation.clustered_ordinal import DESIGNS, REPLICATIONS, SEED, Design, Replication, replications, truth

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "simulations.md"
LEVEL, NOMINAL, TOLERATED = 0.99, 0.95, 0.02
Z = 1.959963984540054
NAMES = (*(f"loading {each}" for each in range(1, 9)), "factor correlation")


def main() -> int:
    """Simulate, print and write the page."""
    begun, load = time.perf_counter(), os.getloadavg()[0]
    found = [(design, list(replications(design, REPLICATIONS))) for design in DESIGNS]
    lines = [line for design, each in found for line in _rows(design, each)]
    failures = sum("**" in line for line in lines)
    text = _page(lines, [_test_row(design, each) for design, each in found], time.perf_counter() - begun, load)
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.name}: {failures} figures fail")  # noqa: T201 - its whole purpose
    return min(failures, 1)


def interval(hits: int, n: int, comparisons: int) -> tuple[float, float]:
    """Return the exact binomial interval, Bonferroni over so many comparisons."""
    tail = (1 - LEVEL) / comparisons / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, n - hits + 1))
    high = 1.0 if hits == n else float(beta.ppf(1 - tail, hits + 1, n - hits))
    return low, high


def _rows(design: Design, each: Sequence[Replication]) -> list[str]:
    estimates, errors = np.array([one.estimates for one in each]), np.array([one.errors for one in each])
    true, n = truth(), len(each)
    deviation = estimates.std(axis=0, ddof=1)
    bias = estimates.mean(axis=0) - true
    lines: list[str] = []
    for place, name in enumerate(NAMES):
        hits = [int((np.abs(estimates[:, place] - true[place]) < Z * errors[:, way, place]).sum()) for way in (0, 1)]
        low, high = interval(hits[0], n, len(DESIGNS) * len(NAMES))
        is_covered = low <= NOMINAL + TOLERATED and high >= NOMINAL - TOLERATED
        limit = 0.02 * true[place] + 3 * deviation[place] / np.sqrt(n)
        shown = f"{hits[0] / n:.3f}" if is_covered else f"**{hits[0] / n:.3f}**"
        drift = f"{bias[place]:.4f}" if abs(bias[place]) <= limit else f"**{bias[place]:.4f}**"
        lines.append(
            f"| {design.name} | {name} | {true[place]:.2f} | {drift} | {deviation[place]:.4f} | "
            f"{errors[:, 0, place].mean():.4f} | {shown} | {hits[1] / n:.3f} |"
        )
    return lines


def _test_row(design: Design, each: Sequence[Replication]) -> str:
    rejected = np.array([one.rejected for one in each]).mean(axis=0)
    low, high = binom.interval(0.99, len(each), 0.05)
    size = f"{rejected[0]:.3f}" if low <= rejected[0] * len(each) <= high else f"{rejected[0]:.3f} (liberal)"
    return f"| {design.name} | {size} | {rejected[1]:.3f} |"


def _page(lines: Sequence[str], tests: Sequence[str], seconds: float, load: float) -> str:
    today = dt.datetime.now(dt.UTC)
    return "\n".join(
        [
            "# Simulations",
            "",
            "Written by `make simulate`. For ordered items answered in organisations no program gives values to",
            "compare with: lavaan 0.6-14 accepts `ordered` with `cluster` and returns the standard errors without",
            "clusters. So the estimates are compared with what was planted: two factors of four items with five",
            "categories, the same",
            f"loadings within and between organisations; seed {SEED}, {REPLICATIONS} replications a design;",
            f"{today:%d %B %Y}, {seconds:.0f} s, load {load:.1f}.",
            "",
            "*Bias* is mean estimate minus truth, *SD* the standard deviation of the estimates, *SE* the mean",
            "standard error with organisations, *cover* how often the 95 % interval holds the truth, with and without",
            "organisations. A coverage in bold fails: its exact binomial 99 % interval, Bonferroni over the table,",
            "lies more than two points from .95. A bias in bold is beyond 2 % plus three Monte Carlo standard errors.",
            "",
            "| design | parameter | true | bias | SD | SE | cover | cover without |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
            *lines,
            "",
            "How often the scaled and shifted test rejects the true model at .05, with and without organisations;",
            "*liberal* where the share lies outside the binomial 99 % interval of .05:",
            "",
            "| design | with | without |",
            "| --- | ---: | ---: |",
            *tests,
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
