"""E-values: how strongly a confounder must go with both sides, as risk ratios, to explain an association away."""

from dataclasses import dataclass

import numpy as np

LOG_RISK_PER_D = 0.91
LOG_RISK_REACH_PER_D = 1.78


@dataclass(frozen=True)
class EValue:
    """The risk ratios that a confounder needs with both focal regressor and outcome.

    Attributes:
        of_estimate: To bring the estimate to no association; 1 or more.
        of_limit: To bring the nearer limit of the interval there; 1 when the interval holds no association already.
    """

    of_estimate: float
    of_limit: float


def e_value(risk_ratio: float, conf_low: float, conf_high: float) -> EValue:
    """Return the E-value RR + sqrt(RR (RR - 1)) of a risk ratio, 1 / RR for one below 1.

    Args:
        risk_ratio: Positive; an odds ratio of a rare outcome, or the root of that of a common one.
        conf_low: Of its interval.
        conf_high: Of its interval.

    Raises:
        ValueError: If the three are not positive and in order.

    References:
        VanderWeele and Ding (2017), Annals of Internal Medicine 167(4), 268-274. R: ``EValue::evalues.RR``.
    """
    if not 0 < conf_low <= risk_ratio <= conf_high:
        raise ValueError(f"{conf_low:g}, {risk_ratio:g}, {conf_high:g}; expected positive risk ratios in this order")
    nearer = conf_low if risk_ratio >= 1 else conf_high
    holds_none = conf_low <= 1 <= conf_high
    return EValue(_needed(risk_ratio), 1.0 if holds_none else _needed(nearer))


def e_value_of_difference(difference: float, std_error: float) -> EValue:
    """Return the E-value of a standardised difference d: RR = exp(0.91 d), interval exp(0.91 d -+ 1.78 se).

    Args:
        difference: A coefficient over the standard deviation of the outcome, for the contrast of interest.
        std_error: Its standard error over the same.

    References:
        VanderWeele and Ding (2017), table 2; Chinn (2000), Statistics in Medicine 19(22), 3127-3131. R:
        ``EValue::evalues.OLS``.
    """
    middle, reach = LOG_RISK_PER_D * difference, LOG_RISK_REACH_PER_D * std_error
    return _of_logarithms(middle, middle - reach, middle + reach)


def e_value_of_logarithm(estimate: float, conf_low: float, conf_high: float, *, is_common_odds: bool) -> EValue:
    """Return the E-value of a coefficient that is the logarithm of a ratio.

    Args:
        estimate: Log odds or logarithm of a ratio of counts, for the contrast of interest.
        conf_low: Of its interval.
        conf_high: Of its interval.
        is_common_odds: Whether it is log odds of an outcome that is not rare (15 % or more); then the risk ratio is
            near the root of the odds ratio.

    References:
        VanderWeele and Ding (2017), table 2. R: ``EValue::evalues.OR(rare = )``.
    """
    power = 0.5 if is_common_odds else 1.0
    return _of_logarithms(power * estimate, power * conf_low, power * conf_high)


def _of_logarithms(middle: float, low: float, high: float) -> EValue:
    """Return the E-value of the logarithm of a risk ratio; infinite where the ratio is larger than numbers go."""
    nearer = low if middle >= 0 else high
    with np.errstate(over="ignore"):
        of_limit = 1.0 if low <= 0 <= high else _needed(float(np.exp(abs(nearer))))
        return EValue(_needed(float(np.exp(abs(middle)))), of_limit)


def _needed(risk_ratio: float) -> float:
    away = max(risk_ratio, 1 / risk_ratio)
    return float(away + np.sqrt(away * (away - 1)))
