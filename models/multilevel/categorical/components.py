"""How much groups differ: variance of the random intercept, its test, and the share of the latent variance."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.estimates import Vector
from models.multilevel.categorical.random_intercept import RandomInterceptFit
from models.regression.inference import Uncertainty, label_estimates


@dataclass(frozen=True)
class Component:
    """The random intercept of one grouping.

    Attributes:
        variance: Of the intercepts, on the scale of the linear predictor.
        sd: Its root.
        sd_error: Standard error of the root; NaN where the variance is nought.
        sd_low: Lower end of the interval of the standard deviation, computed on its logarithm; NaN likewise.
        sd_high: Upper end.
        icc: Variance over itself and the latent variance within groups (pi^2 / 3 for logit, 1 for probit).
        icc_low: Lower end of its interval, that of the standard deviation carried over.
        icc_high: Upper end.
        lr_statistic: Twice the likelihood gained by the random intercept.
        lr_p_value: Its p-value from equal parts of nought and chi-square with 1 df.
        is_nought: Whether the variance is nought.
    """

    variance: float
    sd: float
    sd_error: float
    sd_low: float
    sd_high: float
    icc: float
    icc_low: float
    icc_high: float
    lr_statistic: float
    lr_p_value: float
    is_nought: bool


def component_of(fit: RandomInterceptFit, confidence_level: float = 0.95) -> Component:
    """Describe the random intercept of a fit.

    Args:
        fit: The fit.
        confidence_level: Of the intervals.

    References:
        Self and Liang (1987), Journal of the American Statistical Association 82(398), 605-610; Stram and Lee (1994),
        Biometrics 50(4), 1171-1177, case 1. R: ``performance::icc(glmer)``; half of ``pchisq(2 * (logLik(glmer) -
        logLik(glm)), 1, lower.tail = FALSE)``.
    """
    from scipy.special import ndtri  # noqa: PLC0415

    error = float(np.sqrt(fit.covariance[-1, -1]))
    reach = np.nan if fit.is_nought else float(ndtri((1 + confidence_level) / 2)) * error / fit.sd
    low, high = fit.sd * np.exp(-reach), fit.sd * np.exp(reach)
    within = fit.responses.latent_variance
    statistic, p_value = variance_test(fit.log_likelihood, fit.plain.log_likelihood)
    return Component(
        variance=fit.sd**2,
        sd=fit.sd,
        sd_error=error,
        sd_low=float(low),
        sd_high=float(high),
        icc=fit.sd**2 / (fit.sd**2 + within),
        icc_low=float(low**2 / (low**2 + within)),
        icc_high=float(high**2 / (high**2 + within)),
        lr_statistic=statistic,
        lr_p_value=p_value,
        is_nought=fit.is_nought,
    )


def variance_test(log_likelihood: float, without: float) -> tuple[float, float]:
    """Return twice the gain in log-likelihood of one variance, and the p-value: half that of chi-square on 1 df.

    Where nothing is gained the p-value is 1.
    """
    from scipy.special import chdtrc  # noqa: PLC0415

    statistic = max(2 * (log_likelihood - without), 0.0)
    return statistic, float(chdtrc(1, statistic)) / 2 if statistic > 0 else 1.0


def estimates_of(fit: RandomInterceptFit, confidence_level: float = 0.95) -> pd.DataFrame:
    """Return one row a coefficient with normal intervals; effects are those given the random intercept."""
    p = len(fit.coefficients)
    uncertainty = Uncertainty(fit.covariance[:p, :p], np.full(p, np.inf), fit.groups.n_groups)
    return label_estimates(fit.terms, fit.coefficients, uncertainty, confidence_level)


def predicted_intercepts(fit: RandomInterceptFit) -> pd.DataFrame:
    """Return each group's most likely intercept given its responses.

    Returns:
        One row a group: group, n (responses), intercept (mode), conditional_sd (root of the inverse curvature there,
        parameters taken as known).

    References:
        R: ``lme4::ranef(glmer, condVar = TRUE)``, ``ordinal::ranef(clmm)``.
    """
    counts: Vector = fit.groups.sums(fit.responses.counts())
    return pd.DataFrame(
        {
            "group": fit.groups.labels,
            "n": counts.astype(int),
            "intercept": fit.sd * fit.evaluated.modes,
            "conditional_sd": fit.sd / np.sqrt(fit.evaluated.curvatures),
        }
    )


def diagnostics_of(fit: RandomInterceptFit) -> dict[str, float]:
    """Return what is to be known of a fit: diagnostic → value.

    ``likelihood_disagreement`` is how far the worst search stopped below the best, ``searches_short`` how many did by
    more than 1e-6, ``quadrature_change`` the largest change of a parameter between Laplace and quadrature in standard
    errors.
    """
    component = component_of(fit)
    return {
        "n_groups": float(fit.groups.n_groups),
        "random_intercept_sd": component.sd,
        "random_intercept_is_nought": float(component.is_nought),
        "latent_icc": component.icc,
        "random_intercept_p": component.lr_p_value,
        "log_likelihood": fit.log_likelihood,
        "likelihood_disagreement": fit.audit.disagreement,
        "searches_short": float(fit.audit.n_short),
        "quadrature_change": fit.audit.largest_change,
    }
