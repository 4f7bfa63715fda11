"""Fit logit and ordered models with a random intercept, by Laplace or adaptive quadrature."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from models.multilevel.categorical.audit import Audit
from models.multilevel.categorical.groups import Groups, put_in_groups
from models.multilevel.categorical.marginal_likelihood import Evaluated, MarginalLikelihood
from models.multilevel.categorical.plain import Plain, fit_plain
from models.multilevel.categorical.refusals import refuse_groups, refuse_unbounded, refuse_unreached
from models.multilevel.categorical.responses import Responses
from models.multilevel.categorical.search import Method, Run, Search
from models.regression.categorical.maximise import GRADIENT_TOLERANCE

USUAL_POINTS = 11
LAPLACE = 1
METHODS: tuple[Method, ...] = ("BFGS", "L-BFGS-B")
STARTS = (0.4, 1.6)
ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class RandomInterceptFit:
    """A fitted model with a random intercept.

    Attributes:
        likelihood: What was maximised; its rows lie in groups.
        name: What the groups are called.
        terms: Names of the p coefficients; thresholds first where the outcome is ordered.
        coefficients: p.
        sd: Standard deviation of the random intercept; exactly nought where its variance is.
        log_likelihood: Of the responses, with all constants.
        covariance: Inverse observed information of coefficients and standard deviation, (p + 1) x (p + 1); the
            last row and column NaN where the variance is nought.
        plain: The model without random intercept.
        audit: How it was found.
        evaluated: The likelihood at the estimates.
    """

    likelihood: MarginalLikelihood
    name: str
    terms: tuple[str, ...]
    coefficients: Vector
    sd: float
    log_likelihood: float
    covariance: Matrix
    plain: Plain
    audit: Audit
    evaluated: Evaluated

    @property
    def groups(self) -> Groups:
        """The groups."""
        return self.likelihood.groups

    @property
    def responses(self) -> Responses:
        """The rows, one group after the other."""
        return self.likelihood.responses

    @property
    def is_nought(self) -> bool:
        """Whether the variance of the random intercept is nought: no positive one has a larger likelihood."""
        return self.sd == 0

    @property
    def sds(self) -> Vector:
        """The standard deviation, as of one of several random intercepts."""
        return np.array([self.sd])

    @property
    def point(self) -> Vector:
        """Coefficients and standard deviation, p + 1."""
        return np.append(self.coefficients, self.sd)

    @property
    def covariance_of_margins(self) -> Matrix:
        """The covariance for the delta method, a variance that is nought taken as known."""
        return np.nan_to_num(self.covariance)

    @property
    def log_likelihood_of_lme4(self) -> float:
        """Log-likelihood as ``lme4::glmer`` says it: with nAGQ > 1 less that of the saturated model.

        The two are the same where every trial is a row; ``ordinal::clmm`` says the full one always.
        """
        saturated = self.responses.saturated_log_likelihood
        return self.log_likelihood - (saturated if self.likelihood.n_points > LAPLACE else 0.0)


def fit_random_intercept(
    responses: Responses, groups: pd.Series, names: Sequence[str], n_points: int = USUAL_POINTS
) -> RandomInterceptFit:
    """Maximise the marginal likelihood of a logit or ordered model with a random intercept.

    BFGS and L-BFGS-B search from a small and a large standard deviation, and Newton's method from the best of them; the
    largest likelihood is kept, that without random intercepts among them. From there Laplace is tried (quadrature where
    Laplace was asked for), and the audit says how far all of this agrees.

    Args:
        responses: n rows (``BinomialRows``, ``OrderedResponses``).
        groups: Group of each row.
        names: Names of the p coefficients.
        n_points: Points of the adaptive quadrature; 1 for Laplace.

    Raises:
        SeparationError: If regressors foretell outcomes.
        ModelDataError: If groups are missing, too few or too small, or foretell outcomes, or no maximum is reached.

    References:
        Pinheiro and Chao (2006), Journal of Computational and Graphical Statistics 15(1), 58-81. R:
        ``lme4::glmer(family = binomial, nAGQ = )``, ``ordinal::clmm(nAGQ = )``, where both converge.
    """
    rows, put = put_in_groups(responses, groups)
    name = str(groups.name)
    refuse_groups(rows, put, name)
    plain = fit_plain(rows, names)
    points, other_points = _quadratures(n_points)
    likelihood = MarginalLikelihood(rows, put, points)
    asked = _Searched.of(likelihood, plain)
    refuse_unbounded(asked.sd**2 / (asked.sd**2 + rows.latent_variance), name)
    refuse_unreached(asked.gradient_norm, GRADIENT_TOLERANCE, rows.name)
    beside = Search(MarginalLikelihood(rows, put, other_points), plain.coefficients, plain.covariance)
    other, other_point = beside.quasi_newton("BFGS", np.append(asked.point[:-1], asked.sd or STARTS[0]))
    other_point[-1] = other.sd
    changes = np.abs(other_point - asked.point) / np.sqrt(np.diag(asked.covariance))
    audit = Audit(asked.runs, asked.kept, other, float(np.nanmax(changes)))
    return RandomInterceptFit(
        likelihood=likelihood,
        name=name,
        terms=tuple(names),
        coefficients=asked.point[:-1],
        sd=asked.sd,
        log_likelihood=asked.kept.log_likelihood,
        covariance=asked.covariance,
        plain=plain,
        audit=audit,
        evaluated=likelihood.at(asked.point),
    )


def _quadratures(n_points: int) -> tuple[int, int]:
    if n_points < LAPLACE:
        raise ValueError(f"{n_points} points of quadrature; give 1 for Laplace, or more")
    return n_points, LAPLACE if n_points > LAPLACE else USUAL_POINTS


@dataclass(frozen=True, eq=False)
class _Searched:
    """The best point of several searches with one quadrature."""

    search: Search[Evaluated]
    runs: tuple[Run, ...]
    kept: Run
    point: Vector
    covariance: Matrix
    gradient_norm: float

    @property
    def sd(self) -> float:
        return float(self.point[-1])

    @classmethod
    def of(cls, likelihood: MarginalLikelihood, plain: Plain) -> "_Searched":
        search = Search(likelihood, plain.coefficients, plain.covariance)
        found = [
            search.quasi_newton(method, np.append(plain.coefficients, sd))
            for method, sd in zip(METHODS, STARTS, strict=True)
        ]
        best, point = max(found, key=lambda each: each[0].log_likelihood)
        runs = (*(run for run, _ in found), Run("none", 0, 0.0, plain.log_likelihood, 0.0, 0.0))
        if plain.log_likelihood >= best.log_likelihood - ROUNDING * max(1.0, abs(best.log_likelihood)):
            return cls._without(search, runs, plain)
        return cls._at_top(search, runs, point)

    @classmethod
    def _without(cls, search: Search[Evaluated], runs: tuple[Run, ...], plain: Plain) -> "_Searched":
        covariance = np.pad(plain.covariance, (0, 1), constant_values=np.nan)
        return cls(search, runs, runs[-1], np.append(plain.coefficients, 0.0), covariance, 0.0)

    @classmethod
    def _at_top(cls, search: Search[Evaluated], runs: tuple[Run, ...], start: Vector) -> "_Searched":
        last, maximum = search.newton(np.append(start[:-1], abs(start[-1])))
        point = search.point(maximum.point)
        signs = np.append(np.ones(len(point) - 1), np.sign(point[-1]))
        covariance = search.axes @ maximum.inverse_information @ search.axes.T * signs * signs[:, None]
        return cls(search, (*runs, last), last, point * signs, covariance, maximum.gradient_norm)
