"""Whether counts vary more than Poisson's."""

# pyright: reportMissingTypeStubs=false

from dataclasses import dataclass

import numpy as np

from models.regression.categorical.counts import NegativeBinomialFit
from models.regression.categorical.generalised import GeneralisedFit


@dataclass(frozen=True)
class OverdispersionTest:
    """A one-sided test of variance = mean against variance = m + alpha m^2.

    Attributes:
        dispersion: Pearson chi-square over residual degrees of freedom; 1 for Poisson counts.
        alpha: Estimate of the auxiliary regression; 0 for Poisson counts.
        statistic: Its t.
        p_value: Upper tail of the standard normal.
    """

    dispersion: float
    alpha: float
    statistic: float
    p_value: float


def overdispersion_test(fit: GeneralisedFit) -> OverdispersionTest:
    """Regress ((y - m)^2 - y) / m on m without constant, m the fitted means of a Poisson regression.

    Weights enter the dispersion and the auxiliary regression.

    References:
        Cameron and Trivedi (1990), Journal of Econometrics 46(3), 347-364. R: ``AER::dispersiontest(trafo = 2)`` has
        this alpha and statistic.
    """
    from scipy.special import ndtr  # noqa: PLC0415

    outcome, mean, weights = fit.rows.outcome, fit.fitted, fit.rows.weights
    n, k = fit.rows.matrix.shape
    target = ((outcome - mean) ** 2 - outcome) / mean
    alpha = float((weights * mean) @ target / (weights @ mean**2))
    variance = float(weights @ (target - alpha * mean) ** 2) / (n - 1)
    statistic = alpha / np.sqrt(variance / (weights @ mean**2))
    dispersion = float(weights @ ((outcome - mean) ** 2 / mean)) / (n - k)
    return OverdispersionTest(dispersion, alpha, float(statistic), float(ndtr(-statistic)))


def poisson_likelihood_ratio(poisson: GeneralisedFit, negative: NegativeBinomialFit) -> tuple[float, float]:
    """Test Poisson against NB2; returns the statistic and half the tail of chi-square(1), 1 / size being at its bound.

    References:
        Self and Liang (1987), Journal of the American Statistical Association 82(398), 605-610. R: ``pscl::odTest``.
    """
    from scipy.special import chdtrc  # noqa: PLC0415

    statistic = max(2 * (negative.log_likelihood - poisson.log_likelihood), 0.0)
    return statistic, 0.5 * float(chdtrc(1, statistic))
