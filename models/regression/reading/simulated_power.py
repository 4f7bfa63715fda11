"""Power by simulation from a fitted model with cluster effects, tested as the study will test (CR2, Satterthwaite)."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments, grouped_sums
from models.regression.clustered import adjustment_of, cluster_covariance, directions_of
from models.regression.least_squares import LeastSquares

VALUES_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class ErrorVariances:
    """Variances of what a regression leaves: of organisations' own level, and of persons within them.

    Attributes:
        cluster: Between clusters, 0 or more.
        residual: Within clusters.
    """

    cluster: float
    residual: float

    @property
    def intraclass(self) -> float:
        """Share of the cluster variance."""
        return self.cluster / (self.cluster + self.residual)


def error_variances(fit: LeastSquares, codes: NDArray[np.intp]) -> ErrorVariances:
    """Estimate the error variances of an unweighted fit by equating two squares of residuals to their expectations.

    With M = I - H and Z the n x G membership: E(e'e) = s2 (n - k) + t2 tr(Z'MZ); E(e'ZZ'e) = s2 tr(Z'MZ) + t2
    tr((Z'MZ)^2). A negative cluster variance is set to nought and all goes to the residual.

    Args:
        fit: n rows.
        codes: Cluster of each row, 0 to G - 1, each at least once.

    References:
        Rao (1971), Journal of Multivariate Analysis 1(3), 257-275 (MINQUE with nought a priori cluster variance).
        Searle, Casella and McCulloch (1992), Variance Components, chapter 11.
    """
    sums = grouped_sums(fit.rows, codes)
    of_residuals = grouped_sums(fit.residuals[:, None], codes)[:, 0]
    sizes = np.bincount(codes).astype(float)
    within = sums @ fit.bread
    own = (within * sums).sum(axis=1)
    crossed = sums.T @ within
    once = float(sizes.sum() - own.sum())
    twice = float((sizes**2).sum() - 2 * sizes @ own + np.trace(crossed @ crossed))
    squares = np.array([fit.residuals @ fit.residuals, of_residuals @ of_residuals])
    residual, cluster = np.linalg.solve(np.array([[fit.df_resid, once], [once, twice]]), squares).tolist()
    if cluster <= 0:
        return ErrorVariances(0.0, fit.sigma2)
    return ErrorVariances(cluster, residual)


@dataclass(frozen=True)
class SimulatedPower:
    """How often a test rejects in studies drawn from a model.

    Attributes:
        power: Share of draws with p below the level.
        std_error: Monte Carlo error of the share, sqrt(p (1 - p) / draws).
        n_draws: Draws.
        df: Satterthwaite's degrees of freedom of the test.
        mean_estimate: Of the coefficient over draws; near the effect drawn with.
    """

    power: float
    std_error: float
    n_draws: int
    df: float
    mean_estimate: float


@dataclass(frozen=True)
class DrawnDesign:
    """The design that studies are drawn with.

    Attributes:
        moments: Of the fit to the clusters at hand; only cross-products and bread are used.
        sums: G x k sums of the clusters' rows.
        variances: Of the errors.
    """

    moments: ClusterMoments
    sums: Matrix
    variances: ErrorVariances


def simulate_power(
    design: DrawnDesign, place: int, effect: float, rng: np.random.Generator, n_draws: int = 2_000, level: float = 0.05
) -> SimulatedPower:
    """Draw studies with the regressors and clusters at hand, and test the coefficient with CR2 and Satterthwaite's df.

    Errors are cluster effect + residual, both normal. As the coefficients and CR2 need only X_g'y of each cluster, and
    X_g'(error) is normal with covariance s2 X_g'X_g + t2 (X_g'1)(X_g'1)', these are drawn, whatever the number of rows.
    The other coefficients do not matter to the test and are nought.

    Args:
        design: Clusters, cross-products and error variances.
        place: Which coefficient.
        effect: Its true value; nought gives the size of the test.
        rng: Source of the draws.
        n_draws: Studies drawn.
        level: Of the two-sided test.

    References:
        Arnold and others (2011), BMC Medical Research Methodology 11, 94 (power by simulation). Pustejovsky and Tipton
        (2018), Journal of Business and Economic Statistics 36(4), 672-683 (the test).
    """
    from scipy.special import stdtr  # noqa: PLC0415 - scipy.stats takes a second to import

    moments = design.moments
    unit = np.eye(moments.n_coefficients)[place]
    df = float(cluster_covariance(moments, "CR2").satterthwaite_df(unit[None, :])[0])
    weights, roots = _weights(moments, place), _roots(moments.products)
    at_once = max(1, VALUES_AT_ONCE // design.sums.size)
    n_rejected, total = 0, 0.0
    for first in range(0, n_draws, at_once):
        scores = _drawn(design, roots, rng, min(at_once, n_draws - first))
        change = scores.sum(axis=1) @ moments.bread
        left = scores - np.einsum("gab,sb->sga", moments.products, change, optimize=True)
        spread = np.sqrt(((left * weights).sum(axis=2) ** 2).sum(axis=1))
        estimates = effect + change[:, place]
        n_rejected += int((2 * stdtr(df, -np.abs(estimates) / spread) < level).sum())
        total += float(estimates.sum())
    power = n_rejected / n_draws
    return SimulatedPower(power, float(np.sqrt(power * (1 - power) / n_draws)), n_draws, df, total / n_draws)


def error_of_draws(design: DrawnDesign, place: int) -> float:
    """Return the standard deviation of a coefficient over drawn studies: what its standard error estimates.

    (s2 M + t2 M (sum (X_g'1)(X_g'1)') M)^1/2 on the diagonal. The squared CR2 standard error of one study scatters
    about the square of this with a coefficient of variation of about (2 / df)^1/2: with 20 degrees of freedom by a
    third.
    """
    direction = design.moments.bread[place]
    between = float(((design.sums @ direction) ** 2).sum())
    return float(np.sqrt(design.variances.residual * direction[place] + design.variances.cluster * between))


def _roots(products: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return G x k x k matrices whose products with their transposes are the cross-products."""
    values, vectors = np.linalg.eigh(products)
    return vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]


def _weights(moments: ClusterMoments, place: int) -> Matrix:
    """Return G x k weights w_g with w_g'X_g'e_g the cluster's part of the coefficient's CR2 variance."""
    leverages, vectors = directions_of(moments)
    turned = np.einsum("gab,a->gb", vectors, moments.root[place]) * adjustment_of(leverages, "CR2")
    return np.einsum("gab,gb->ga", vectors, turned) @ moments.root.T


def _drawn(
    design: DrawnDesign, roots: NDArray[np.float64], rng: np.random.Generator, n_draws: int
) -> NDArray[np.float64]:
    """Return draws x G x k products X_g'(error)."""
    n_clusters, k = design.sums.shape
    persons = rng.normal(size=(n_draws, n_clusters, k)) * np.sqrt(design.variances.residual)
    levels: Vector = rng.normal(size=(n_draws, n_clusters)) * np.sqrt(design.variances.cluster)
    return np.einsum("gab,sgb->sga", roots, persons, optimize=True) + levels[:, :, None] * design.sums
