"""Shares of variance of a mixed model: between groups, by regressors, by both."""

from dataclasses import dataclass

import numpy as np

from models.multilevel.mixed_model import MixedModel


@dataclass(frozen=True)
class Explained:
    """Variances of what the model is made of, in units of the outcome squared.

    Attributes:
        fixed: Of Xb over the rows (n - 1).
        random: Mean variance of the random effects over the rows, slopes included.
        of_groups: The same by kind of groups.
        residual: Residual variance.
    """

    fixed: float
    random: float
    of_groups: dict[str, float]
    residual: float

    @property
    def intraclass_correlation(self) -> float:
        """Adjusted: share of the random effects in the variance that regressors leave; R: ``performance::icc``."""
        return self.random / (self.random + self.residual)

    @property
    def marginal_r2(self) -> float:
        """Share of the regressors in all variance."""
        return self.fixed / (self.fixed + self.random + self.residual)

    @property
    def conditional_r2(self) -> float:
        """Share of regressors and random effects in all variance."""
        return (self.fixed + self.random) / (self.fixed + self.random + self.residual)

    def intraclass_correlations(self) -> dict[str, float]:
        """Share of each kind of groups in the variance that regressors leave."""
        return {group: value / (self.random + self.residual) for group, value in self.of_groups.items()}


def explained_variance(model: MixedModel) -> Explained:
    """Divide the variance: of random effects the mean over rows of z'Sigma z, of regressors the variance of Xb.

    References:
        Nakagawa and Schielzeth (2013), Methods in Ecology and Evolution 4(2), 133-142. Johnson (2014), Methods in
        Ecology and Evolution 5(9), 944-946 (slopes). R: ``performance::r2_nakagawa``, ``performance::icc``; for slopes
        without covariances (``||``) these leave the slope's variance out (performance 0.10.2), here it counts.
    """
    of_groups: dict[str, float] = {}
    for factor, triangle in zip(model.problem.factors, model.solved.triangles, strict=True):
        effects = factor.columns @ triangle
        of_groups[factor.group] = model.sigma2 * float((effects**2).sum(axis=1).mean())
    fixed = float(np.var(model.problem.rows.matrix @ model.coefficients, ddof=1))
    return Explained(fixed, sum(of_groups.values()), of_groups, model.sigma2)
