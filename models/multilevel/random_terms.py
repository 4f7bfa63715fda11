"""Random effects as they are asked for, and as the likelihood has them: one block of effects for each group.

Terms of the same groups are put together: ``(1 | g) + (0 + x | g)`` has two effects a group with no covariance.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.identification import FEWEST_CLUSTERS, ModelDataError

INTERCEPT_COLUMN = "intercept"


@dataclass(frozen=True, eq=False)
class RandomTerm:
    """Effects that differ between groups.

    Attributes:
        group: Name of the groups, such as organisation_id.
        labels: Group of each of n rows, none missing; groups within groups carry labels of their own.
        columns: n x q: what the effects are multiplied with, ones for the intercept.
        is_correlated: Whether the q effects have covariances.
    """

    group: str
    labels: pd.Series
    columns: pd.DataFrame
    is_correlated: bool = True


def random_intercept(group: str, labels: pd.Series) -> RandomTerm:
    """Return a term with one effect a group; R: ``(1 | group)``."""
    return RandomTerm(group, labels, pd.DataFrame({INTERCEPT_COLUMN: np.ones(len(labels))}, index=labels.index))


@dataclass(frozen=True, eq=False)
class Factor:
    """All random effects of one kind of groups.

    Attributes:
        group: Name of the groups.
        levels: Labels of the G groups, in order of appearance, so that other labels give the same bits.
        codes: Group of each of n rows, 0 to G - 1.
        effects: Names of the q effects.
        columns: n x q: what they are multiplied with, divided by ``scales``.
        scales: Root mean squares of the columns, q.
        is_free: q x q lower triangle: which elements of the relative Cholesky factor are parameters.
    """

    group: str
    levels: tuple[object, ...]
    codes: NDArray[np.intp]
    effects: tuple[str, ...]
    columns: Matrix
    scales: Vector
    is_free: NDArray[np.bool_]

    @property
    def n_levels(self) -> int:
        """Groups."""
        return len(self.levels)

    @property
    def n_effects(self) -> int:
        """Effects a group."""
        return len(self.effects)

    @property
    def n_parameters(self) -> int:
        """Free elements of the relative Cholesky factor."""
        return int(self.is_free.sum())

    def triangle(self, theta: Vector) -> Matrix:
        """Return the relative Cholesky factor T, q x q, of the scaled effects: their covariance is sigma2 TT'."""
        found = np.zeros((self.n_effects, self.n_effects))
        found.T[self.is_free.T] = theta
        return found

    def free_elements(self, values: Matrix) -> Vector:
        """Return the elements of a q x q matrix at the places of the parameters, column by column."""
        return values.T[self.is_free.T]


def factors_of(terms: Sequence[RandomTerm], n: int) -> tuple[Factor, ...]:
    """Put terms of the same groups together, groups with the most effects first.

    Args:
        terms: One or more.
        n: Rows.

    Raises:
        ModelDataError: If groups or effects cannot be told apart.
    """
    if not terms:
        raise ModelDataError("no random effect was asked for; expected one or more; use a regression without")
    groups = list(dict.fromkeys(term.group for term in terms))
    found = [_factor([term for term in terms if term.group == group]) for group in groups]
    for factor in found:
        _refuse(factor, n)
    ordered = sorted(found, key=lambda factor: -factor.n_levels * factor.n_effects)
    _refuse_alike(ordered)
    return tuple(ordered)


def split_theta(factors: Sequence[Factor], theta: Vector) -> list[Vector]:
    """Cut parameters into those of each factor."""
    return np.split(theta, np.cumsum([factor.n_parameters for factor in factors])[:-1])


def triangles_of(factors: Sequence[Factor], theta: Vector) -> list[Matrix]:
    """Return the relative Cholesky factor of each factor's scaled effects."""
    parts = split_theta(factors, theta)
    return [factor.triangle(part) for factor, part in zip(factors, parts, strict=True)]


def is_diagonal(factors: Sequence[Factor]) -> NDArray[np.bool_]:
    """Tell of each parameter whether it lies on a diagonal, where it cannot be negative."""
    return np.concatenate([factor.free_elements(np.eye(factor.n_effects)) for factor in factors]) > 0


def _factor(terms: list[RandomTerm]) -> Factor:
    labels = terms[0].labels
    if labels.isna().any():
        raise ModelDataError(
            f"{int(labels.isna().sum())} rows have no '{terms[0].group}'; expected a group a row; leave them out"
        )
    codes, levels = pd.factorize(labels)
    effects = tuple(str(name) for term in terms for name in term.columns)
    values = np.column_stack([term.columns.to_numpy(dtype=float) for term in terms])
    if not np.isfinite(values).all():
        raise ModelDataError(f"a random slope over '{terms[0].group}' has values that are missing or infinite")
    scales = np.sqrt((values**2).mean(axis=0))
    is_free = np.zeros((len(effects), len(effects)), dtype=bool)
    first = 0
    for term in terms:
        last = first + term.columns.shape[1]
        block = np.ones((last - first, last - first), dtype=bool)
        is_free[first:last, first:last] = np.tril(block) if term.is_correlated else np.eye(last - first, dtype=bool)
        first = last
    safe = np.where(scales > 0, scales, 1.0)
    return Factor(terms[0].group, tuple(levels.tolist()), np.asarray(codes), effects, values / safe, safe, is_free)


def refuse_few_groups(group: str, n_levels: int, n_effects: int, n: int) -> None:
    """Raise ModelDataError when n rows belong to one group, or have no fewer effects than rows."""
    if n_levels < FEWEST_CLUSTERS:
        raise ModelDataError(
            f"the {n} rows used belong to {n_levels} group of '{group}'; expected at least "
            f"{FEWEST_CLUSTERS}; use a regression without random effects or widen the population"
        )
    if n_levels * n_effects >= n:
        raise ModelDataError(
            f"the random effects over '{group}' are {n_levels * n_effects} ({n_levels} groups, {n_effects} each) for "
            f"{n} rows, so that they cannot be told from the residuals; expected fewer effects than rows; take out "
            "random slopes, or use a regression without random effects"
        )


def _refuse(factor: Factor, n: int) -> None:
    named = f"the random effects over '{factor.group}'"
    refuse_few_groups(factor.group, factor.n_levels, factor.n_effects, n)
    if len(set(factor.effects)) < factor.n_effects:
        raise ModelDataError(f"{named} name one effect twice: {', '.join(factor.effects)}; expected each once")
    rank = int(np.linalg.matrix_rank(factor.columns))
    if rank < factor.n_effects:
        raise ModelDataError(
            f"{named} ({', '.join(factor.effects)}) cannot be told apart: one follows from the others in all rows; "
            "take one of them out"
        )


def _refuse_alike(factors: Sequence[Factor]) -> None:
    for place, one in enumerate(factors):
        for other in factors[place + 1 :]:
            n_pairs = len(np.unique(one.codes.astype(np.int64) * other.n_levels + other.codes))
            if n_pairs == one.n_levels == other.n_levels:
                raise ModelDataError(
                    f"the groups of '{one.group}' are those of '{other.group}', so that their effects cannot be told "
                    "apart; expected groups that differ; take one of them out"
                )
