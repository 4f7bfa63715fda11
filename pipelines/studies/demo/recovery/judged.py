"""Whether a row of the report passes; the criteria are stated here, before any run, and hold for every row alike.

- *bias*: the mean over replications lies within three errors of the true value, its own Monte Carlo error and that of
  the true value together.
- *coverage*: the exact binomial (Clopper-Pearson) 99 % interval of how often the 95 % intervals hold the true value
  contains .95.
- *rejection*: for true nulls alone, the same interval of how often nought is rejected contains .05.
- *no estimate*: no replication has one.

Nothing is taken off for how many rows there are: of a hundred right coverages one fails by chance.

References:
    Clopper and Pearson (1934), Biometrika 26, 404-413.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.stats import beta

from pipelines.studies.demo.recovery import coefficients, dynamics

PASS, FAIL, DESCRIBED = "pass", "fail", "described"
ERRORS_ALLOWED = 3.0
LEVEL, COVERED, REJECTED = 0.99, 0.95, 0.05
TRUE_NULLS = frozenset(
    {
        (coefficients.PART, coefficients.parameter_name(coefficients.MARGINAL, "RECz")),
        (coefficients.PART, coefficients.parameter_name(coefficients.PRODUCT, coefficients.PRINCIPLES_MULTIPLIED)),
        (coefficients.PART, coefficients.parameter_name(coefficients.MODERATED, coefficients.IDENTITY_BY_NPM)),
        (dynamics.PART, dynamics.NULL),
    }
)
"""Part and name of what is planted as nothing and tested."""


def status(row: Mapping[str, Any]) -> str:
    """Return ``pass``, ``fail:`` with its reasons, or ``described`` where there is nothing to hold a figure against.

    Args:
        row: Of ``figures.REPORT``, status aside.
    """
    number = int(row["n_replications"])
    if not np.isfinite(row["true_value"]):
        return DESCRIBED
    if number == 0:
        return f"{FAIL}: no estimate"
    faults: list[str] = []
    allowed = ERRORS_ALLOWED * np.hypot(row["monte_carlo_error"], row["true_error"])
    if np.isfinite(allowed) and abs(row["bias"]) > allowed:
        faults.append("bias")
    if np.isfinite(row["coverage"]) and not _holds(row["coverage"], number, COVERED):
        faults.append("coverage")
    is_null = (row["part"], row["parameter"]) in TRUE_NULLS
    if is_null and np.isfinite(row["rejects_zero"]) and not _holds(row["rejects_zero"], number, REJECTED):
        faults.append("rejection")
    return f"{FAIL}: {', '.join(faults)}" if faults else PASS


def exact_interval(hits: int, number: int) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share.

    Args:
        hits: How often it happened.
        number: Of how many.
    """
    tail = (1 - LEVEL) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, number - hits + 1))
    high = 1.0 if hits == number else float(beta.ppf(1 - tail, hits + 1, number - hits))
    return low, high


def _holds(share: float, number: int, expected: float) -> bool:
    low, high = exact_interval(round(share * number), number)
    return low <= expected <= high
