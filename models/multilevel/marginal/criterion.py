"""Quasi-likelihood information: which working correlation and which regressors."""

from dataclasses import dataclass

import numpy as np

from models.multilevel.marginal.covariances import uncertainty_of
from models.multilevel.marginal.estimating_equations import MarginalFit
from models.multilevel.marginal.outcomes import OUTCOMES


@dataclass(frozen=True)
class QuasiInformation:
    """Quasi-likelihood information criteria; the smaller the better.

    Attributes:
        quasi_likelihood: Of the rows as if independent, over the scale.
        qic: Minus twice it, and twice the trace of independent information times the sandwich.
        qic_u: Minus twice it, and twice the number of coefficients: for the choice of regressors.
    """

    quasi_likelihood: float
    qic: float
    qic_u: float


def quasi_information(fit: MarginalFit, scale: float | None = None) -> QuasiInformation:
    """Return QIC and QICu of a fit.

    Args:
        fit: The fit.
        scale: What quasi-likelihood and information are divided by; the same for all fits compared. None: that of
            the fit.

    References:
        Pan (2001), Biometrics 57(1), 120-125. R: ``MESS::QIC``, ``geepack::QIC``, with the scale as 1 in the
        quasi-likelihood of a Gaussian outcome.
    """
    outcome, phi = OUTCOMES[fit.spec.outcome], fit.scale if scale is None else scale
    quasi = outcome.quasi_likelihood(fit.rows.outcome, fit.predictor) / phi
    roots = np.sqrt(outcome.variance(fit.predictor))[:, None]
    independent = (fit.rows.matrix * roots).T @ (fit.rows.matrix * roots) / phi
    penalty = float(np.trace(independent @ uncertainty_of(fit, "robust").covariance))
    return QuasiInformation(quasi, -2 * quasi + 2 * penalty, -2 * quasi + 2 * len(fit.terms))
