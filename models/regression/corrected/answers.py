"""The answers behind the means of a model: how many, and how far apart within an organisation and wave."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Vector
from models.regression.corrected.behind import answers_behind, errors_behind, squares_behind
from models.regression.corrected.moments import Spread
from models.regression.design import Design
from models.sections.corrected import CLUSTER
from models.sections.regressors import Variable
from models.spec import RegressionSpec

Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Cells:
    """Which organisation and wave (and group) the responses behind rows are of.

    Attributes:
        codes: Cell of each response.
        organisations: Organisation of each cell.
        of_rows: Cell of each row.
    """

    codes: Codes
    organisations: Codes
    of_rows: Codes

    def sums(self, values: Vector) -> Vector:
        """Return the sum over the responses of each cell."""
        return summed(values, self.codes, len(self.organisations))


@dataclass(eq=False)
class Answers:
    """The answers behind the rows of a model, and the spreads found of them so far.

    Attributes:
        spec: The model, variant applied.
        design: Its rows.
        clusters: Cluster of each row.
        names: Organisation of each cluster.
        spreads: Spreads found, by what they are of.
    """

    spec: RegressionSpec
    design: Design
    clusters: Codes
    names: pd.Index
    spreads: dict[tuple[str, ...], Spread] = field(default_factory=dict[tuple[str, ...], Spread])

    @property
    def is_of_responses(self) -> bool:
        """Whether a row is a response."""
        return self.spec.level == "response"

    def placed(self, key: tuple[str, ...], spread: Spread) -> int:
        """Keep a spread; return its place."""
        self.spreads.setdefault(key, spread)
        return list(self.spreads).index(key)

    @cached_property
    def cells(self) -> "Cells":
        """The organisation and wave (and group) of each response behind the rows."""
        keys = [CLUSTER, "wave", *(["respondent_group"] if self.is_of_responses else [])]
        data = self.design.data
        codes = np.asarray(data.groupby(keys, sort=False, dropna=False).ngroup(), dtype=np.intp)
        first = np.unique(codes, return_index=True)[1]
        organisations = np.asarray(self.names.get_indexer(pd.Index(data[CLUSTER])), dtype=np.intp)[first]
        if self.is_of_responses:
            return Cells(codes, organisations, codes)
        shown = [key for key in keys if key in self.design.rows]
        known = pd.MultiIndex.from_frame(data.loc[first, shown])
        of_rows = known.get_indexer(pd.MultiIndex.from_frame(self.design.rows[shown]))
        return Cells(codes, organisations, np.asarray(of_rows, dtype=np.intp))

    def within(self, key: tuple[str, ...], one: Vector, other: Vector) -> int:
        """Keep the pooled covariance of two answers of the responses behind the rows; return its place."""
        if key in self.spreads:
            return list(self.spreads).index(key)
        cells = self.cells
        both = np.isfinite(one) & np.isfinite(other)
        sizes = cells.sums(both.astype(float))
        products = np.ones(len(both))
        for values in (one, other):
            kept = np.where(both, values, 0.0)
            products = products * np.where(both, kept - (cells.sums(kept) / np.maximum(sizes, 1))[cells.codes], 0.0)
        n = len(self.names)
        spread = Spread(
            summed(cells.sums(products), cells.organisations, n),
            summed(np.maximum(sizes - 1, 0), cells.organisations, n),
        )
        return self.placed(key, spread)

    def told(self, one: Variable, other: Variable) -> int:
        """Keep the pooled covariance of two answers of other people, as columns tell it; return its place."""
        return self._of_columns(squares_behind(one, other), answers_behind(one, other), spent=1)

    def measured(self, mean: Variable) -> int:
        """Keep the mean squared error of measurement of other people, as columns tell it; return its place."""
        return self._of_columns(errors_behind(mean), answers_behind(mean, mean), spent=0)

    def _of_columns(self, products: str, numbers: str, spent: int) -> int:
        """Keep a spread of sums over the people of each cell, of whom some are spent on the cell's mean."""
        if (products,) in self.spreads:
            return list(self.spreads).index((products,))
        cells = self.design.rows.assign(cluster=self.clusters).drop_duplicates(
            [CLUSTER, "wave"] if "wave" in self.design.rows else [CLUSTER]
        )
        freedom = np.maximum(cells[numbers].to_numpy(dtype=float) - spent, 0)
        n, codes = len(self.names), cells["cluster"].to_numpy()
        told = summed(cells[products].to_numpy(dtype=float), codes, n)
        return self.placed((products,), Spread(told, summed(freedom, codes, n)))

    def numbers(self, one: Vector, other: Vector) -> Vector:
        """Return how many people behind each row of an organisation answered both questions."""
        both = np.isfinite(one) & np.isfinite(other)
        return self.cells.sums(both.astype(float))[self.cells.of_rows]

    def answered(self, name: str) -> Vector:
        """Return a column of the responses behind the rows; NaN where it is missing."""
        return self.design.data[name].to_numpy(dtype=float, na_value=np.nan)

    def shares(self, one: Variable, other: Variable) -> Vector:
        """Return n_ab / (n_a n_b) of two means of each row, as columns tell it."""
        rows = self.design.rows
        both, first, second = (
            rows[answers_behind(*pair)].to_numpy(dtype=float) for pair in ((one, other), (one, one), (other, other))
        )
        return both / (first * second)


def summed(values: Vector, codes: Codes, n: int) -> Vector:
    """Return the sum of the values of each of n groups."""
    return np.asarray(np.bincount(codes, values, n), dtype=float)
