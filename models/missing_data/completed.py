"""One chain's completed columns, and regressors made of them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.missing_data.plan import Column, ImputationPlan, OrganisationMean
from models.regression.identification import ModelDataError

Codes = NDArray[np.intp]
LEAST_SHARE = 1e-8


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows in organisations, and these in what is above them; all in one without levels.

    Attributes:
        organisations: Number of each row's organisation from 0, n.
        n_organisations: J organisations.
        above: Number of what is above each organisation from 0, J.
        n_above: Groups above organisations.
    """

    organisations: Codes
    n_organisations: int
    above: Codes
    n_above: int

    def of(self, column: Column) -> tuple[Codes, int]:
        """Return of each row the organisation, or what is above, that a column belongs to, and how many there are."""
        if column.is_of_above:
            return self.above[self.organisations], self.n_above
        return self.organisations, self.n_organisations

    def means(self, values: Vector, *, is_above: bool = False) -> Vector:
        """Return the mean of n values in each organisation, J; or of these means in each group above."""
        means = _means(values, self.organisations, self.n_organisations)
        return _means(means, self.above, self.n_above) if is_above else means

    def at(self, rows: Codes) -> "Groups":
        """Return the same groups for some rows, repeated rows allowed."""
        return replace(self, organisations=self.organisations[rows])


def _means(values: Vector, groups: Codes, n_groups: int) -> Vector:
    return np.bincount(groups, values, n_groups) / np.bincount(groups, minlength=n_groups)


def groups_of(data: pd.DataFrame, plan: ImputationPlan) -> Groups:
    """Number the organisations of a plan by their names, and what is above them."""
    organisations, n_organisations = _numbered(data, plan.organisation)
    by_row, n_above = _numbered(data, plan.above)
    above = np.zeros(n_organisations, dtype=np.intp)
    above[organisations] = by_row
    return Groups(organisations, n_organisations, above, n_above)


def _numbered(data: pd.DataFrame, column: str | None) -> tuple[Codes, int]:
    if column is None:
        return np.zeros(len(data), dtype=np.intp), 1
    found, codes = np.unique(data[column].astype(str).to_numpy(), return_inverse=True)
    return codes.ravel().astype(np.intp), len(found)


@dataclass(frozen=True, eq=False)
class Completed(Mapping[str, Vector]):
    """Complete columns of n rows by name; derived columns are made when they are read.

    Attributes:
        plan: What is imputed.
        held: Name → n values, of the plan's columns.
        groups: Organisations of the rows, and what is above these.
        is_part: Whether some rows were left out, so that means over organisations are not known.
    """

    plan: ImputationPlan
    held: dict[str, Vector]
    groups: Groups
    is_part: bool = False

    @property
    def organisations(self) -> Codes:
        """Number of each row's organisation from 0, n; all 0 without levels."""
        return self.groups.organisations

    @property
    def n_organisations(self) -> int:
        """Organisations."""
        return self.groups.n_organisations

    def __getitem__(self, name: str) -> Vector:
        """Return a column or a derived column, n."""
        if name in self.held:
            return self.held[name]
        derived = next(each for each in self.plan.derived if each.name == name)
        if isinstance(derived, OrganisationMean):
            if self.is_part:
                raise ModelDataError(
                    f"the substantive model has the organisation mean '{name}', which depends on values of other rows; "
                    "expected terms of values of the same row; give it the mean of a complete column as a column"
                )
            means = self.groups.means(self[derived.source], is_above=derived.is_above)
            return means[self.groups.above if derived.is_above else slice(None)][self.organisations]
        return np.asarray(derived.of(self), dtype=float)

    def __iter__(self) -> Iterator[str]:
        """Iterate over names."""
        return iter((*self.held, *(each.name for each in self.plan.derived)))

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(self.held) + len(self.plan.derived)

    def at(self, rows: Codes) -> "Completed":
        """Return the same columns of some rows, repeated rows allowed."""
        values = {name: column[rows] for name, column in self.held.items()}
        return Completed(self.plan, values, self.groups.at(rows), is_part=True)

    def regressors(self, names: tuple[str, ...]) -> Matrix:
        """Return the columns as regressors without a constant, n x k: numbers as they are, categories one by one."""
        known = {each.name: each for each in self.plan.columns}
        parts: list[Vector] = []
        for name in names:
            values, column = self[name], known.get(name)
            if column is None or not column.categories or column.is_scored:
                parts.append(values)
            else:
                parts += [(values == code).astype(float) for code in range(1, column.categories)]
        return np.column_stack(parts) if parts else np.empty((len(self.organisations), 0))


@dataclass(frozen=True, eq=False)
class Regressors:
    """Regressors in standard units with a constant first, of which none follows from others.

    Attributes:
        fitted: Of rows that the regression is fitted to, n x k.
        wanted: Of rows whose values are drawn, q x k.
        kept: Numbers of the columns that were kept, k - 1.
    """

    fitted: Matrix
    wanted: Matrix
    kept: Codes


def standard_regressors(fitted: Matrix, wanted: Matrix) -> Regressors:
    """Put columns on standard units of the rows fitted to, and leave out what follows from other columns there."""
    from scipy.linalg import get_lapack_funcs  # noqa: PLC0415 - scipy.linalg is slow to import

    n = len(fitted)
    centre = fitted.mean(axis=0)
    shifted = fitted - centre
    scale = np.sqrt(np.einsum("ij,ij->j", shifted, shifted) / n)
    varies = np.flatnonzero(scale > LEAST_SHARE * (1 + np.abs(centre)))
    scaled = shifted[:, varies] / scale[varies]
    kept = varies
    if len(varies):
        pivoted_root = cast("Any", get_lapack_funcs("pstrf", dtype=np.float64))
        _, order, rank, _ = pivoted_root(scaled.T @ scaled / n, tol=LEAST_SHARE)
        chosen = np.sort(order[:rank] - 1)
        scaled, kept = scaled[:, chosen], varies[chosen]
    others = (wanted[:, kept] - centre[kept]) / scale[kept]
    return Regressors(_with_constant(scaled), _with_constant(others), kept)


def _with_constant(matrix: Matrix) -> Matrix:
    return np.column_stack([np.ones(len(matrix)), matrix])
