"""A mixed model whose residuals within a group go together the more, the closer they are in time (AR(1)).

Rows are turned into such with independent residuals, at each correlation looked at; the best correlation is sought.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.criterion import Method
from models.multilevel.mixed_model import MixedModel, fit_problem
from models.multilevel.optimise import lowest_value
from models.multilevel.problem import Problem, Rows, build_problem, standardised
from models.multilevel.random_terms import RandomTerm
from models.regression.identification import ModelDataError

PLACES = np.array([-0.9, -0.6, -0.3, 0.0, 0.3, 0.6, 0.9])
LARGEST = 0.995


@dataclass(frozen=True, eq=False)
class AutoregressiveModel:
    """A fitted model with autoregressive residuals.

    Attributes:
        phi: Correlation of residuals one unit of time apart.
        whitened: The model of the rows turned to independent residuals; its coefficients, variances and predicted
            effects are those of the model, its likelihood is not.
        log_determinant: Of the residuals' correlations.
        at_nought: -2 log-likelihood with independent residuals.
    """

    phi: float
    whitened: MixedModel
    log_determinant: float
    at_nought: float

    @property
    def criterion(self) -> float:
        """-2 log-likelihood, restricted by REML."""
        return self.whitened.criterion + self.log_determinant

    @property
    def log_likelihood(self) -> float:
        """Logarithm of the likelihood; R: ``logLik(lme(...))``."""
        return -self.criterion / 2

    @property
    def p_value(self) -> float:
        """Of the likelihood-ratio test that phi is nought, chi-square with one degree of freedom."""
        from scipy.special import chdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

        return float(chdtrc(1, max(0.0, self.at_nought - self.criterion)))


def fit_autoregressive(
    outcome: pd.Series,
    matrix: pd.DataFrame,
    terms: Sequence[RandomTerm],
    times: pd.Series,
    method: Method = "REML",
) -> AutoregressiveModel:
    """Fit a linear mixed model with residuals of correlation phi^|t - s| at times t and s of the same group.

    Args:
        outcome: n values, none missing.
        matrix: n rows, one column a coefficient, the intercept first.
        terms: Random effects; the first term's groups are followed through time and lie within all others.
        times: Whole numbers, n, each once within a group.
        method: ``REML`` or ``ML``.

    Raises:
        ModelDataError: If the data cannot carry the model, or times are not such.

    References:
        Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, section 5.3. R:
        ``nlme::lme(y ~ x, random = ~ x | g, correlation = corAR1(form = ~ t | g), method = )``.
    """
    problem = build_problem(outcome, matrix, terms, None, method)
    chain = _chain(problem.rows, terms[0], times)

    def criterion(phi: float) -> float:
        whitened = _whitened(problem, chain, phi)
        return lowest_value(whitened) + whitened.constant() + chain.log_determinant(phi)

    phi = _lowest(criterion)
    return AutoregressiveModel(
        phi, fit_problem(_whitened(problem, chain, phi)), chain.log_determinant(phi), criterion(0.0)
    )


@dataclass(frozen=True, eq=False)
class _Chain:
    """Rows that have one before them in their group: their places, those before them, and the time between."""

    places: NDArray[np.intp]
    before: NDArray[np.intp]
    gaps: Vector

    def correlations(self, phi: float) -> Vector:
        """Return the correlation of each row with the one before."""
        return np.sign(phi) ** self.gaps * np.abs(phi) ** self.gaps

    def log_determinant(self, phi: float) -> float:
        """Return the log determinant of the correlations of all residuals."""
        return float(np.log1p(-(self.correlations(phi) ** 2)).sum())

    def turned(self, values: Matrix, phi: float) -> Matrix:
        """Return each row less what the one before foretells, at its own variance; first rows as they are."""
        shares = self.correlations(phi)[:, None]
        found = values.copy()
        found[self.places] = (values[self.places] - shares * values[self.before]) / np.sqrt(1 - shares**2)
        return found


def _chain(rows: Rows, term: RandomTerm, times: pd.Series) -> _Chain:
    codes = np.asarray(pd.factorize(term.labels)[0])
    for factor in rows.factors:
        if len(np.unique(np.stack([codes, factor.codes]), axis=1).T) > codes.max() + 1:
            raise ModelDataError(
                f"groups of '{term.group}' lie in several of '{factor.group}'; autoregressive residuals need groups "
                "that are followed within all others; name the innermost groups first"
            )
    when = times.to_numpy(dtype=float)
    if not (np.isfinite(when) & (when == np.round(when))).all():
        raise ModelDataError("times of autoregressive residuals must be whole numbers, none missing; number the waves")
    order = np.lexsort((when, codes))
    is_next = codes[order][1:] == codes[order][:-1]
    places, before = order[1:][is_next], order[:-1][is_next]
    gaps = when[places] - when[before]
    if (gaps == 0).any():
        raise ModelDataError(
            f"{int((gaps == 0).sum())} rows of a group of '{term.group}' at a time that has one already; expected each "
            "time once in a group; leave repeated rows out"
        )
    if len(places) == 0:
        raise ModelDataError(f"no group of '{term.group}' has two rows; expected groups that are followed through time")
    return _Chain(places, before, gaps)


def _whitened(problem: Problem, chain: _Chain, phi: float) -> Problem:
    rows = problem.rows
    factors = tuple(replace(factor, columns=chain.turned(factor.columns, phi)) for factor in rows.factors)
    outcome, matrix = chain.turned(rows.outcome[:, None], phi)[:, 0], chain.turned(rows.matrix, phi)
    return standardised(replace(rows, outcome=outcome, matrix=matrix, factors=factors), problem.method)


def _lowest(criterion: Any) -> float:  # noqa: ANN401 - a function of one number
    """Return where the criterion is lowest: around the best of seven places."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - slow to import

    best = int(np.argmin([criterion(float(phi)) for phi in PLACES]))
    low = float(PLACES[best - 1]) if best > 0 else -LARGEST
    high = float(PLACES[best + 1]) if best < len(PLACES) - 1 else LARGEST
    found: Any = minimize_scalar(criterion, bounds=(low, high), method="bounded", options={"xatol": 1e-8})
    return float(found.x)
