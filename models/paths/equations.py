r"""Several regressions whose coefficients are multiplied: estimated one by one, with one covariance for all.

In a recursive model with uncorrelated errors least squares in each equation is maximum likelihood for all. The
covariance of coefficients of two equations is nought under that model (``normal``: ``s^2 = e'e / n``, lavaan's ML;
``classical``: ``e'e / (n - k)``), or the cross-product of what rows (HC) or clusters (CR) add to either (``HC0`` is
lavaan's MLR).

References:
    Bollen (1989), Structural equations with latent variables, ch. 4. R: ``lavaan::sem``, ``clubSandwich::vcovCR``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments, cluster_moments
from models.regression.clustered import cluster_covariance, cluster_influence
from models.regression.heteroskedastic import POWER_OF_LEVERAGE
from models.regression.identification import ModelDataError, refuse_unidentified
from models.regression.inference import Uncertainty, label_estimates
from models.regression.least_squares import LeastSquares, solve_least_squares

PathCovariance = Literal["normal", "classical", "HC0", "HC2", "HC3", "CR0", "CR1", "CR1S", "CR2", "CR3"]
INTERCEPT = "Intercept"


@dataclass(frozen=True)
class Equation:
    """One regression.

    Attributes:
        outcome: What is explained.
        regressors: What explains it, besides the intercept; ``a:b`` is the product of two columns.
    """

    outcome: str
    regressors: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients, the intercept first."""
        return (INTERCEPT, *self.regressors)


@dataclass(frozen=True)
class Equations:
    """Regressions whose coefficients stand one after another.

    Attributes:
        equations: Of a recursive model.
    """

    equations: tuple[Equation, ...]

    @property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """Outcome and term of each of the K coefficients."""
        return tuple((each.outcome, term) for each in self.equations for term in each.terms)

    @property
    def variables(self) -> tuple[str, ...]:
        """Columns of the data that take part, in order of first mention."""
        named = (name for each in self.equations for name in (each.outcome, *each.regressors))
        return tuple(dict.fromkeys(part for name in named for part in name.split(":")))

    def number(self, outcome: str, term: str) -> int:
        """Return the number of a coefficient."""
        return self.terms.index((outcome, term))


@dataclass(frozen=True, eq=False)
class Rows:
    """Complete rows, in an order that their values decide.

    Attributes:
        columns: Names of the q columns: intercept, variables, products.
        values: n x q.
        clusters: Number of the cluster of each row from 0, n; each row its own without clusters.
        has_clusters: Whether clusters were given.
        weights: n positive weights; None: 1 each.
        n_dropped: Rows left out because a value, a cluster or a weight is missing.
    """

    columns: tuple[str, ...]
    values: Matrix
    clusters: NDArray[np.intp]
    has_clusters: bool
    weights: Vector | None
    n_dropped: int

    def of(self, terms: tuple[str, ...]) -> Matrix:
        """Return columns by name, n x k."""
        return self.values[:, [self.columns.index(each) for each in terms]]

    @property
    def n_clusters(self) -> int | None:
        """Clusters; None without."""
        return int(self.clusters.max()) + 1 if self.has_clusters else None


@dataclass(frozen=True, eq=False)
class Solved:
    """Equations estimated.

    Attributes:
        equations: Which.
        rows: From which rows.
        coefficients: K.
        uncertainty: Their covariance, K x K, and degrees of freedom.
        covariance: Kind of covariance.
    """

    equations: Equations
    rows: Rows
    coefficients: Vector
    uncertainty: Uncertainty
    covariance: PathCovariance

    def path_table(self, confidence_level: float) -> pd.DataFrame:
        """Return one row a coefficient: equation, term, estimate, std_error, df, statistic, p_value and interval."""
        terms = self.equations.terms
        table = label_estimates(tuple(term for _, term in terms), self.coefficients, self.uncertainty, confidence_level)
        table.insert(0, "equation", [outcome for outcome, _ in terms])
        return table


def rows_of(
    data: pd.DataFrame, equations: Equations, clusters: pd.Series | None = None, weights: pd.Series | None = None
) -> Rows:
    """Take the complete rows of the variables, sorted by cluster and values, with intercept and products.

    Args:
        data: One row a response, numbers, missing as NA.
        equations: Which variables and products are needed.
        clusters: Cluster of each row; None where rows are independent.
        weights: Weight of each row; None: 1 each.

    Raises:
        ModelDataError: If a variable is not among the columns, no row is complete, or a weight is not positive.
    """
    names = equations.variables
    absent = [each for each in names if each not in data]
    if absent:
        raise ModelDataError(f"the data have no column {', '.join(absent)}; expected {', '.join(names)}")
    values = data[list(names)].to_numpy(dtype=float, na_value=np.nan)
    is_used = np.asarray(np.isfinite(values).all(axis=1), dtype=np.bool_)
    for each in (clusters, weights):
        if each is not None:
            is_used &= each.notna().to_numpy()
    if not is_used.any():
        raise ModelDataError(f"no row has all of {', '.join(names)}; expected complete rows; see which are missing")
    codes = np.zeros(len(data), dtype=np.intp) if clusters is None else _codes(clusters, is_used)
    weighted = np.ones(len(data)) if weights is None else weights.to_numpy(dtype=float, na_value=np.nan)
    if (weighted[is_used] <= 0).any():
        raise ModelDataError("a weight is nought or negative; expected positive weights; leave such rows out")
    order = np.lexsort((*values[is_used].T[::-1], weighted[is_used], codes[is_used]))
    used, products = values[is_used][order], _products(equations)
    place = {name: at for at, name in enumerate(names)}
    made = [used[:, [place[part] for part in name.split(":")]].prod(axis=1) for name in products]
    return Rows(
        columns=(INTERCEPT, *names, *products),
        values=np.column_stack([np.ones(len(used)), used, *made]),
        clusters=np.arange(len(used)) if clusters is None else codes[is_used][order],
        has_clusters=clusters is not None,
        weights=None if weights is None else weighted[is_used][order],
        n_dropped=int((~is_used).sum()),
    )


def _codes(clusters: pd.Series, is_used: NDArray[np.bool_]) -> NDArray[np.intp]:
    codes = np.zeros(len(clusters), dtype=np.intp)
    codes[is_used] = pd.factorize(clusters[is_used], sort=True)[0]
    return codes


def _products(equations: Equations) -> tuple[str, ...]:
    named = (name for each in equations.equations for name in each.regressors)
    return tuple(dict.fromkeys(name for name in named if ":" in name))


def solve_equations(equations: Equations, rows: Rows, covariance: PathCovariance) -> Solved:
    """Estimate every equation and the covariance of all coefficients.

    Raises:
        ModelDataError: If an equation cannot be identified, or clusters are asked for and there are none or too few.
    """
    if covariance.startswith("CR") and not rows.has_clusters:
        raise ModelDataError(f"covariance {covariance} needs clusters and none were given; name them or use HC3")
    fits: list[LeastSquares] = []
    for each in equations.equations:
        target = rows.of((each.outcome,))[:, 0]
        matrix = pd.DataFrame(rows.of(each.terms), columns=list(each.terms))
        ways = pd.DataFrame({"cluster": rows.clusters}) if covariance.startswith("CR") else pd.DataFrame()
        refuse_unidentified(pd.Series(target, name=each.outcome), matrix, ways)
        fits.append(solve_least_squares(matrix.to_numpy(dtype=float), target, rows.weights))
    matrix, df = _covariance(fits, rows, covariance)
    coefficients = np.concatenate([each.coefficients for each in fits])
    return Solved(equations, rows, coefficients, Uncertainty(matrix, df, rows.n_clusters), covariance)


def _covariance(fits: list[LeastSquares], rows: Rows, kind: PathCovariance) -> tuple[Matrix, Vector]:
    sizes = [each.n_coefficients for each in fits]
    if kind in ("normal", "classical"):
        return _independent(fits, is_normal=kind == "normal")
    if kind in ("HC0", "HC2", "HC3"):
        parts = [_row_influence(each, POWER_OF_LEVERAGE[kind]) for each in fits]
        stacked = np.concatenate(parts, axis=1)
        return stacked.T @ stacked, np.repeat([float(each.df_resid) for each in fits], sizes)
    moments = [cluster_moments(each, rows.clusters) for each in fits]
    stacked = np.concatenate([cluster_influence(each, kind) for each in moments], axis=1)
    if kind in ("CR2", "CR3"):
        df = np.concatenate([_satterthwaite(each, kind) for each in moments])
    else:
        df = np.full(sum(sizes), float(moments[0].n_clusters - 1))
    return stacked.T @ stacked, df


def _satterthwaite(moments: ClusterMoments, kind: Literal["CR2", "CR3"]) -> Vector:
    return cluster_covariance(moments, kind).satterthwaite_df(np.eye(moments.n_coefficients))


def _independent(fits: list[LeastSquares], *, is_normal: bool) -> tuple[Matrix, Vector]:
    k = sum(each.n_coefficients for each in fits)
    matrix, df, first = np.zeros((k, k)), np.full(k, np.inf), 0
    for each in fits:
        last = first + each.n_coefficients
        share = each.df_resid / each.n_obs if is_normal else 1.0
        matrix[first:last, first:last] = share * each.sigma2 * each.bread
        if not is_normal:
            df[first:last] = each.df_resid
        first = last
    return matrix, df


def _row_influence(fit: LeastSquares, power: int) -> Matrix:
    shrunk = fit.residuals / (1 - fit.leverage) ** (power / 2)
    return (fit.basis * shrunk[:, None]) @ fit.root.T
