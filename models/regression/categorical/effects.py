"""Average effects and predictions of a model in words: which values the variables are moved to, and what follows.

Put here the changed matrices; how margins and their intervals are computed is in ``margins`` and
``margins_bootstrap``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.regression.categorical.margins import STENCIL, STEP
from models.regression.categorical.predicted import Model, Predicted, combine
from models.regression.columns import Labels, category_names, column_of
from models.regression.design import Design, lay_out
from models.sections.regressors import Variable, focal_variable
from models.spec import RegressionSpec

MOST_VALUES = 10
N_POINTS = 21
ENDS = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class Wanted:
    """A linear combination of average predictions at changed values of the variables.

    Attributes:
        parts: Factor and matrix (m x k) of each; matrices are laid out when they are asked for.
        is_averaged: Whether the matrix has the n rows of the design, which are averaged with their weights; else it
            has one row.
        labels: What is said of it in its table.
    """

    parts: tuple[tuple[float, Callable[[], Matrix]], ...]
    is_averaged: bool
    labels: dict[str, object]

    def of(self, model: Model, weights: Vector) -> Predicted:
        """Return the combination (J) and its derivatives in the parameters (J x p)."""
        over = weights if self.is_averaged else np.ones(1)
        return combine([(factor, model.predicted(matrix(), over)) for factor, matrix in self.parts])


@dataclass(frozen=True, eq=False)
class Changes:
    """The rows of a design with variables moved, all columns that they enter moved with them.

    Attributes:
        spec: The model, variant applied.
        design: Its rows, matrix and profile.
        labels: Variable → code → label, for the names of terms.
        weights: Of the n rows; of all responses that a row stands for.
        counts: How many responses a row stands for; None: one each.
    """

    spec: RegressionSpec
    design: Design
    labels: Labels
    weights: Vector
    counts: Vector | None = None

    def average_effects(self) -> Iterator[Wanted]:
        """Yield the mean derivative in every number and the mean difference of every category from the reference."""
        for variable in dict.fromkeys(self.spec.variables()):
            yield from self._differences(variable) if variable.use == "category" else (self._slope(variable),)

    def predictions(self) -> Iterator[Wanted]:
        """Yield predictions along the focal regressor, the other variables as observed and at their means.

        Numbers of at most ten values are put at each of them, others at 21 points between their 5th and 95th
        percentile. At the means, numbers are at their means and categories at their most frequent one.

        References:
            R: ``marginaleffects::avg_predictions(variables = )``; ``marginaleffects::predictions(newdata =
            "mean")``.
        """
        focal = focal_variable(self.spec.focal)
        column, typical = column_of(focal), self._typical()
        for position, (value, label) in enumerate(self._points(focal)):
            said = {
                "position": position,
                "focal": column,
                "focal_value": np.nan if focal.use == "category" else value,
                "focal_category": label,
            }
            everywhere = self._matrix_at(self.design.rows, column, value)
            yield Wanted(((1.0, everywhere),), True, {"held": "as_observed", **said})
            yield Wanted(((1.0, self._matrix_at(typical, column, value)),), False, {"held": "at_means", **said})

    def _slope(self, variable: Variable) -> Wanted:
        column = column_of(variable)
        values: Vector = np.asarray(self.design.rows[column], dtype=float)
        step = STEP * float(np.std(values))
        parts = [
            (factor / step, self._matrix_at(self.design.rows, column, values + places * step))
            for places, factor in STENCIL
        ]
        return Wanted(tuple(parts), True, {"term": column})

    def _differences(self, variable: Variable) -> Iterator[Wanted]:
        column = column_of(variable)
        terms = [
            str(term) for term in self.design.matrix if str(term).startswith(f"{column}[") and " x " not in str(term)
        ]
        is_one = self.design.matrix[terms].to_numpy() == 1
        codes = self.design.rows[column]
        low = self._matrix_at(self.design.rows, column, codes[~is_one.any(axis=1)].iloc[0])
        for place, term in enumerate(terms):
            high = self._matrix_at(self.design.rows, column, codes[is_one[:, place]].iloc[0])
            yield Wanted(((1.0, high), (-1.0, low)), True, {"term": term})

    def _points(self, focal: Variable) -> list[tuple[Any, str]]:
        column = column_of(focal)
        if focal.use == "category":
            names = category_names(self.design.profile.codes[column], self.labels.get(column, {}))
            return list(names.items())
        observed: Vector = np.asarray(self.design.rows[column], dtype=float)
        values = sorted({float(value) for value in observed})
        if len(values) > MOST_VALUES:
            low, high = _quantiles(observed, self.counts)
            values = [low + place * (high - low) / (N_POINTS - 1) for place in range(N_POINTS)]
        return [(value, "") for value in values]

    def _typical(self) -> pd.DataFrame:
        """Return one row with the weighted means of numbers and the most frequent categories."""
        row = self.design.rows.head(1).copy()
        for variable in dict.fromkeys(self.spec.variables()):
            column = column_of(variable)
            values = self.design.rows[column]
            if variable.use == "category":
                codes = self.design.profile.codes[column]
                totals = [float(self.weights[(values == code).to_numpy(dtype=bool)].sum()) for code in codes]
                row[column] = cast("str | int", codes[int(np.argmax(totals))])
            else:
                row[column] = float(np.average(np.asarray(values, dtype=float), weights=self.weights))
        return row

    def _matrix_at(self, rows: pd.DataFrame, column: str, values: Any) -> Callable[[], Matrix]:  # noqa: ANN401
        def laid_out() -> Matrix:
            changed = rows.copy()
            changed[column] = values
            return lay_out(self.spec, changed, self.labels, self.design.profile).to_numpy()

        return laid_out


def _quantiles(values: Vector, counts: Vector | None) -> tuple[float, float]:
    """Return the ends of the middle of n values, each there as often as counts say, as ``numpy.quantile``."""
    if counts is None:
        low, high = (float(end) for end in np.quantile(values, ENDS))
        return low, high
    order = np.argsort(values, kind="stable")
    reached, ordered = np.cumsum(counts[order]), values[order]
    places = np.array(ENDS) * (reached[-1] - 1)
    below, above = (ordered[np.searchsorted(reached, at(places), side="right")] for at in (np.floor, np.ceil))
    low, high = below + (places - np.floor(places)) * (above - below)
    return float(low), float(high)
