"""One figure of one replication, and what replications of it add up to. Nothing about any estimator."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

NORMAL_95 = 1.959963984540054
REPORT = [
    "part",
    "parameter",
    "hypothesis",
    "true_value",
    "true_error",
    "stated",
    "estimate",
    "median",
    "conf_low",
    "conf_high",
    "bias",
    "monte_carlo_error",
    "std_dev",
    "mean_std_error",
    "coverage",
    "rejects_zero",
    "without_ends",
    "n_replications",
    "status",
    "note",
]


@dataclass(frozen=True)
class Parameter:
    """A true parameter.

    Attributes:
        part: ``reliability``, ``agreement``, ``coefficients``, ``response``, ``attrition``, ``faults``, ``careless`` …
        name: What it is, unique within its part.
        true_value: What an estimate is held against; NaN where nothing is planted.
        hypothesis: Hypothesis it belongs to; empty for most.
        stated: The same figure as the specification states it for its prototype; NaN where it states none.
        note: What a reader has to know.
        true_error: Standard error of the true value, where it is itself an estimate from a large population.
    """

    part: str
    name: str
    true_value: float
    hypothesis: str = ""
    stated: float = float("nan")
    note: str = ""
    true_error: float = 0.0


@dataclass(frozen=True)
class Figure:
    """An estimate of one replication.

    Attributes:
        part: As of the parameter.
        name: As of the parameter.
        estimate: The estimate; NaN where the answers allow of none, which counts in ``n_replications``.
        std_error: Its standard error; NaN where the estimator has none.
        conf_low: Lower end of the 95 % interval; NaN where there is no interval, infinite where it has no end.
        conf_high: Upper end.
    """

    part: str
    name: str
    estimate: float
    std_error: float = float("nan")
    conf_low: float = float("nan")
    conf_high: float = float("nan")

    def error(self) -> float:
        """Return the standard error, or what the interval says of it; 0 where there is neither."""
        known = [self.std_error, (self.conf_high - self.conf_low) / 2 / NORMAL_95]
        return next((each for each in known if np.isfinite(each)), 0.0)

    @classmethod
    def with_error(cls, part: str, name: str, estimate: float, std_error: float) -> "Figure":
        """Return a figure with the normal interval of its standard error."""
        reach = NORMAL_95 * std_error
        return cls(part, name, estimate, std_error, estimate - reach, estimate + reach)


def summarise(parameters: Sequence[Parameter], replications: Sequence[Sequence[Figure]]) -> pd.DataFrame:
    """Put the figures of all replications together.

    Args:
        parameters: What was planted.
        replications: The figures of each replication.

    Returns:
        One row a parameter that some replication estimated, ``REPORT`` without status: the mean over replications, its
        median, Monte Carlo error and 95 % interval, the bias against the true value, the share of the replications' own
        intervals that cover it, the share that leave out 0, and the share that have no end.
    """
    rows = pd.DataFrame([vars(figure) for figures in replications for figure in figures])
    known = {(each.part, each.name): each for each in parameters}
    found: list[dict[str, object]] = []
    for key, own in rows.groupby(["part", "name"], sort=False):
        parameter = known[str(key[0]), str(key[1])]
        found.append({**_identity(parameter), **_spread(own, parameter.true_value)})
    return pd.DataFrame(found).reindex(columns=REPORT)


def _identity(parameter: Parameter) -> dict[str, object]:
    return {
        "part": parameter.part,
        "parameter": parameter.name,
        "hypothesis": parameter.hypothesis,
        "true_value": parameter.true_value,
        "true_error": parameter.true_error,
        "stated": parameter.stated,
        "note": parameter.note,
    }


def _spread(own: pd.DataFrame, true_value: float) -> dict[str, float]:
    own = own[own["estimate"].notna()]
    estimates = own["estimate"].to_numpy(dtype=float)
    number, mean = len(estimates), float(np.mean(estimates)) if len(estimates) else np.nan
    deviation = float(estimates.std(ddof=1)) if number > 1 else np.nan
    error = deviation / np.sqrt(number)
    low, high = own["conf_low"].to_numpy(dtype=float), own["conf_high"].to_numpy(dtype=float)
    has_interval = number > 0 and not np.isnan([*low, *high, true_value]).any()
    has_error = has_interval and bool(own["std_error"].notna().all())
    return {
        "estimate": mean,
        "median": float(np.median(estimates)) if number else np.nan,
        "conf_low": mean - NORMAL_95 * error,
        "conf_high": mean + NORMAL_95 * error,
        "bias": mean - true_value,
        "monte_carlo_error": error,
        "std_dev": deviation,
        "mean_std_error": float(own["std_error"].mean()),
        "coverage": float(((low <= true_value) & (true_value <= high)).mean()) if has_interval else np.nan,
        "rejects_zero": float(((low > 0) | (high < 0)).mean()) if has_error else np.nan,
        "without_ends": float(np.isinf([low, high]).any(axis=0).mean()) if has_interval else np.nan,
        "n_replications": number,
    }
