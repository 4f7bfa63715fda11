"""Linear mixed models: outcome, regressors and groups in; coefficients, variances and the audit of the optimum out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.audit import Audit, audit_of
from models.multilevel.criterion import Method, Solved
from models.multilevel.identified import refuse_variances_unseen
from models.multilevel.optimise import Optimum, find_optimum
from models.multilevel.problem import Problem, build_problem
from models.multilevel.random_terms import RandomTerm
from models.multilevel.second_engine import SecondEngine, criteria_of_rows
from models.multilevel.singular import bounds_reached


@dataclass(frozen=True, eq=False)
class MixedEstimates:
    """A linear mixed model with p coefficients at given variances.

    Attributes:
        problem: What is fitted.
        solved: The model there.
    """

    problem: Problem
    solved: Solved

    @property
    def method(self) -> Method:
        """``REML`` or ``ML``."""
        return self.problem.method

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the p coefficients."""
        return self.problem.rows.terms

    @cached_property
    def coefficients(self) -> Vector:
        """Generalised least squares at the variances found, p."""
        return self.problem.coefficients(self.solved)

    @cached_property
    def covariance(self) -> Matrix:
        """Covariance of the coefficients given the variances, p x p; R: ``vcov(lmer(...))``."""
        return self.problem.covariance(self.solved)

    @property
    def sigma2(self) -> float:
        """Residual variance; of a row with a weight that over its weight."""
        return self.problem.sigma2(self.solved)

    @property
    def n_obs(self) -> int:
        """Rows."""
        return self.problem.sums.n_obs

    @property
    def n_groups(self) -> dict[str, int]:
        """Groups by their name."""
        return {factor.group: factor.n_levels for factor in self.problem.factors}

    @property
    def criterion(self) -> float:
        """-2 log-likelihood, restricted by REML; R: ``REMLcrit``, ``deviance``."""
        return self.solved.value + self.problem.constant()

    @property
    def log_likelihood(self) -> float:
        """Logarithm of the likelihood, restricted by REML; R: ``logLik``."""
        return -self.criterion / 2

    @property
    def n_parameters(self) -> int:
        """Coefficients, variances and covariances."""
        return len(self.terms) + self.problem.n_parameters + 1

    @property
    def aic(self) -> float:
        """Akaike's criterion; R: ``AIC``. By REML comparable between models with the same regressors only."""
        return self.criterion + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion with the number of rows; R: ``BIC``."""
        return self.criterion + float(np.log(self.n_obs)) * self.n_parameters

    @cached_property
    def group_covariances(self) -> dict[str, Matrix]:
        """Covariance of the effects of each kind of groups, q x q, in units of the outcome over the effect's column."""
        relative = self.problem.relative_covariances(self.solved)
        return {factor.group: self.sigma2 * each for factor, each in zip(self.problem.factors, relative, strict=True)}

    def components(self) -> pd.DataFrame:
        """Return one row a variance or covariance, the residual last.

        Columns: group, effect, with_effect (empty of a variance), covariance, deviation_or_correlation (NaN of a
        covariance with a variance of nought). R: ``as.data.frame(VarCorr(lmer(...)))``.
        """
        found: list[tuple[str, str, str, float, float]] = []
        for factor in self.problem.factors:
            covariance = self.group_covariances[factor.group]
            deviations = np.sqrt(np.diag(covariance))
            places = [(a, a) for a in range(factor.n_effects) if factor.is_free[a, a]]
            places += [(b, a) for a in range(factor.n_effects) for b in range(a) if factor.is_free[a, b]]
            for a, b in places:
                value = float(covariance[a, b])
                size = float(deviations[a] * deviations[b])
                shown = float(deviations[a]) if a == b else (value / size if size > 0 else np.nan)
                found.append((factor.group, factor.effects[a], "" if a == b else factor.effects[b], value, shown))
        found.append(("residual", "", "", self.sigma2, float(np.sqrt(self.sigma2))))
        columns = ["group", "effect", "with_effect", "covariance", "deviation_or_correlation"]
        return pd.DataFrame(found, columns=columns)

    def random_effects(self) -> dict[str, pd.DataFrame]:
        """Return the best predictions of the effects of each group, G x q, groups as index; R: ``ranef``."""
        left = [each @ np.append(-self.solved.coefficients, 1.0) for _, each in self.solved.of_groups]
        found: dict[str, pd.DataFrame] = {}
        for factor, triangle, each in zip(self.problem.factors, self.solved.triangles, left, strict=True):
            effects = self.problem.scale * each @ (triangle @ triangle.T) / factor.scales
            found[factor.group] = pd.DataFrame(effects, index=list(factor.levels), columns=list(factor.effects))
        return found

    def conditional_variances(self) -> dict[str, NDArray[np.float64]]:
        """Return the covariances of the predicted effects given outcome, coefficients and variances, G x q x q.

        sigma2 (Omega - Omega Z_g'H^-1Z_g Omega). R: ``attr(ranef(model, condVar = TRUE)[[1]], "postVar")``.
        """
        found: dict[str, NDArray[np.float64]] = {}
        parts = zip(self.problem.factors, self.solved.triangles, self.solved.of_groups, strict=True)
        for factor, triangle, (own, _) in parts:
            relative = triangle @ triangle.T
            spread = relative - relative @ own @ relative
            found[factor.group] = self.sigma2 * spread / np.outer(factor.scales, factor.scales)
        return found


@dataclass(frozen=True, eq=False)
class MixedModel(MixedEstimates):
    """A fitted linear mixed model.

    Attributes:
        optimum: Where the criterion is lowest.
        audit: What speaks for that being the optimum.
        singular: Variances and correlations at their bounds, in words; empty when the fit is not singular.
    """

    optimum: Optimum
    audit: Audit
    singular: tuple[str, ...]


def fit_mixed(
    outcome: pd.Series,
    matrix: pd.DataFrame,
    terms: Sequence[RandomTerm],
    weights: Vector | None = None,
    method: Method = "REML",
) -> MixedModel:
    """Fit a linear mixed model y = Xb + Zu + e by (restricted) maximum likelihood.

    Args:
        outcome: n values, none missing.
        matrix: n rows, one column a coefficient, the intercept first.
        terms: Random intercepts and slopes over one or more kinds of groups, nested or crossed.
        weights: n positive weights: the residual variance of a row is sigma2 over its weight; ones when None.
        method: ``REML`` or ``ML``.

    Returns:
        The model at the lowest criterion that two optimisers and Newton's method found, with their disagreement.

    Raises:
        ModelDataError: If the data cannot carry the model.

    References:
        Bates, Maechler, Bolker and Walker (2015), Journal of Statistical Software 67(1). R:
        ``lme4::lmer(y ~ x + (x | g), weights = , REML = )``.
    """
    return fit_problem(build_problem(outcome, matrix, terms, weights, method))


def fit_problem(problem: Problem, second: SecondEngine = criteria_of_rows, found: Vector | None = None) -> MixedModel:
    """Fit a model whose cross-products are summed up, and look at its optimum with a second engine.

    Args:
        problem: The likelihood.
        second: Another way to compute it.
        found: Parameters that a search along all variance ratios came to, None without one.

    Raises:
        ModelDataError: If the variances cannot be told apart.
    """
    refuse_variances_unseen(problem)
    optimum = find_optimum(problem, found)
    solved = problem.solve(optimum.theta)
    singular = bounds_reached(problem.factors, solved.triangles)
    return MixedModel(problem, solved, optimum, audit_of(problem, optimum, second), singular)
