"""What every estimator of a panel hands back: a least squares problem on transformed rows, and its covariances."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments, cluster_moments
from models.regression.clustered import ClusterCovariance, Clustered, cluster_covariance
from models.regression.least_squares import LeastSquares

PanelEstimator = Literal["pooling", "within", "between", "random effects", "first differences"]


@dataclass(frozen=True)
class VarianceComponents:
    """Variances of the errors of a panel.

    Attributes:
        units: Between units, 0 or more.
        residual: Within units.
    """

    units: float
    residual: float


@dataclass(frozen=True, eq=False)
class PanelFit:
    """A fitted panel regression.

    Attributes:
        estimator: How the rows were transformed.
        solved: Least squares on the transformed rows: the intercept where there is one, the k regressors, the waves.
        clusters: Unit of each transformed row, 0 to the number of units in it less 1.
        n_shown: Leading coefficients that are reported; those of waves come after.
        has_intercept: Whether the first coefficient is an intercept.
        df_resid: Transformed rows less all coefficients and unit effects.
        r_squared: Of the transformed outcome, the effects taken out: squared correlation with what is fitted.
        components: Of random effects, else None.
        shares: Share theta of its mean that was taken from each unit, N; None where all or nothing was.
    """

    estimator: PanelEstimator
    solved: LeastSquares
    clusters: NDArray[np.intp]
    n_shown: int
    has_intercept: bool
    df_resid: int
    r_squared: float
    components: VarianceComponents | None = None
    shares: Vector | None = None

    @property
    def coefficients(self) -> Vector:
        """The reported coefficients."""
        return self.solved.coefficients[: self.n_shown]

    @property
    def sigma2(self) -> float:
        """Residual variance of the transformed rows, with the degrees of freedom that unit effects take."""
        return float(self.solved.residuals @ self.solved.residuals) / self.df_resid

    @property
    def adjusted_r_squared(self) -> float:
        """1 - (1 - R2) (n - 1) / df; R: ``plm::r.squared(dfcor = TRUE)``."""
        return 1 - (1 - self.r_squared) * (self.solved.n_obs - 1) / self.df_resid

    def classical_covariance(self) -> Matrix:
        """Return s2 (X'X)^-1 of the reported coefficients; R: ``vcov(plm(...))``."""
        return self.sigma2 * self.solved.bread[: self.n_shown, : self.n_shown]

    @cached_property
    def moments(self) -> ClusterMoments:
        """Cross-products and scores of each unit, of all coefficients."""
        return cluster_moments(self.solved, self.clusters)

    def clustered_covariance(self, kind: Clustered) -> ClusterCovariance:
        """Return the covariance clustered on units, of all coefficients, the reported ones first.

        CR0 is R's ``plm::vcovHC(method = "arellano", type = "HC0")``; CR2 with Satterthwaite's degrees of freedom is
        ``clubSandwich::vcovCR(type = "CR2")``: unit effects lie within clusters, so that taking out means instead of
        fitting them changes nothing (Pustejovsky and Tipton 2018, theorem 2); waves are fitted. With random effects the
        adjustment is that of the rows less theta times their means, as for ``lm`` of those rows; clubSandwich takes it
        in the space of the rows as they are, which differs by some 1e-4.
        """
        return cluster_covariance(self.moments, kind)

    def contrasts(self) -> Matrix:
        """Return one row a reported coefficient, to pick it from all."""
        return np.eye(self.solved.n_coefficients)[: self.n_shown]
