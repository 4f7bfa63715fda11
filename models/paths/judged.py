"""Effects with their intervals, in tables, however coefficients were estimated."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.paths.effects import Effect
from models.paths.intervals import basic_interval, bca_interval, percentile_interval
from models.regression.inference import t_quantiles, two_sided_p


@dataclass(frozen=True, eq=False)
class Judged:
    """Effects with everything their intervals are computed from.

    Attributes:
        effects: E.
        values: Estimates, E.
        errors: Delta standard errors, E.
        resampled: B x E; empty without resamples.
        without_each: U x E; empty without resamples.
        drawn: D x E; empty without draws.
        confidence_level: Of the intervals.
    """

    effects: tuple[Effect, ...]
    values: Vector
    errors: Vector
    resampled: Matrix
    without_each: Matrix
    drawn: Matrix
    confidence_level: float

    def table(self) -> pd.DataFrame:
        """Return one row an effect."""
        with np.errstate(divide="ignore", invalid="ignore"):
            statistics = self.values / self.errors
        has_resamples = len(self.resampled) > 0
        has_moments = np.array([not each.over for each in self.effects])
        boot = np.where(has_moments, self.resampled.std(axis=0, ddof=1), np.nan) if has_resamples else np.nan
        found = _labels(self.effects) | {"estimate": self.values, "std_error": self.errors, "statistic": statistics}
        found |= {"p_value": two_sided_p(statistics, np.full(len(self.values), np.inf)), "boot_error": boot}
        return pd.DataFrame(found)

    def intervals(self) -> pd.DataFrame:
        """Return one row an effect and method."""
        level = self.confidence_level
        reach = self.errors * t_quantiles(level, np.full(len(self.errors), np.inf))
        ends = {"delta": list(zip(self.values - reach, self.values + reach, strict=True))}
        columns, places = self.resampled.T, range(len(self.values))
        if len(self.resampled):
            ends["percentile"] = [percentile_interval(each, level) for each in columns]
            ends["basic"] = [basic_interval(columns[at], float(self.values[at]), level) for at in places]
            ends["bca"] = [
                bca_interval(columns[at], float(self.values[at]), self.without_each[:, at], level) for at in places
            ]
        if len(self.drawn):
            ends["monte_carlo"] = [percentile_interval(each, level) for each in self.drawn.T]
        tables = [
            pd.DataFrame(_labels(self.effects) | {"method": method}).assign(
                conf_low=[low for low, _ in each], conf_high=[high for _, high in each]
            )
            for method, each in ends.items()
        ]
        return pd.concat(tables, ignore_index=True)


def _labels(effects: tuple[Effect, ...]) -> dict[str, object]:
    return {
        "effect": [each.name for each in effects],
        "kind": [each.kind for each in effects],
        "at": [each.at for each in effects],
    }
