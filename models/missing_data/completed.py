"""One chain's completed columns, and regressors made of them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.missing_data.plan import ImputationPlan, OrganisationMean
from models.regression.identification import ModelDataError

Codes = NDArray[np.intp]
LEAST_SHARE = 1e-8


@dataclass(frozen=True, eq=False)
class Completed(Mapping[str, Vector]):
    """Complete columns of n rows by name; derived columns are made when they are read.

    Attributes:
        plan: What is imputed.
        held: Name → n values, of the plan's columns.
        organisations: Number of each row's organisation from 0, n; all 0 without levels.
        n_organisations: Organisations.
        is_part: Whether some rows were left out, so that means over organisations are not known.
    """

    plan: ImputationPlan
    held: dict[str, Vector]
    organisations: Codes
    n_organisations: int
    is_part: bool = False

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
            return self.organisation_means(self[derived.source])[self.organisations]
        return np.asarray(derived.of(self), dtype=float)

    def __iter__(self) -> Iterator[str]:
        """Iterate over names."""
        return iter((*self.held, *(each.name for each in self.plan.derived)))

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(self.held) + len(self.plan.derived)

    def organisation_means(self, values: Vector) -> Vector:
        """Return the mean of n values in each organisation."""
        counts = np.bincount(self.organisations, minlength=self.n_organisations)
        return np.bincount(self.organisations, values, self.n_organisations) / counts

    def at(self, rows: Codes) -> "Completed":
        """Return the same columns of some rows, repeated rows allowed."""
        values = {name: column[rows] for name, column in self.held.items()}
        return Completed(self.plan, values, self.organisations[rows], self.n_organisations, is_part=True)

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
