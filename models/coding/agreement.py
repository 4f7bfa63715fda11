"""Agreement of coders who give units values without order: percent agreement, kappa, alpha, PABAK, AC1.

A table of ratings has one row a unit and one column a coder; NaN where a coder did not rate the unit. Put here point
estimates and their formulas; intervals by resampling are in ``resampling``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from models.estimates import Matrix, Vector

FEWEST_RATINGS = 2


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of two coders.

    Attributes:
        estimate: Kappa; NaN where agreement by chance is certain.
        std_error: Asymptotic standard error.
        conf_low: Lower end of the interval, cut at -1.
        conf_high: Upper end of the interval, cut at 1.
    """

    estimate: float
    std_error: float
    conf_low: float
    conf_high: float


def count_values(ratings: Matrix) -> NDArray[np.int64]:
    """Count the values of each unit that at least two coders rated.

    Args:
        ratings: n units, one column a coder, NaN for no rating.

    Returns:
        One row a unit with two or more ratings, one column a value that occurs among them, in the order of the values.
    """
    pairable = ratings[np.sum(~np.isnan(ratings), axis=1) >= FEWEST_RATINGS]
    values: Vector = np.unique(pairable[~np.isnan(pairable)])
    counts = np.zeros((len(pairable), len(values)), dtype=np.int64)
    for place, value in enumerate(values):
        counts[:, place] = np.count_nonzero(pairable == value, axis=1)
    return counts


def percent_agreement(counts: NDArray[np.int64]) -> float:
    """Return the mean over units of the share of pairs of coders that agree, 0 to 1; NaN without units.

    Formula:
        p_o = mean of sum_k r_k (r_k - 1) / (r (r - 1)) over units, r_k ratings of value k, r of all.

    References:
        Fleiss (1971), Psychological Bulletin 76, 378-382.
    """
    if not len(counts):
        return math.nan
    n_ratings = counts.sum(axis=1)
    agreeing: Vector = (counts * (counts - 1)).sum(axis=1) / (n_ratings * (n_ratings - 1))
    return float(agreeing.mean())


def krippendorff_alpha(counts: NDArray[np.int64]) -> float:
    """Return Krippendorff's alpha for values without order: any number of coders, missing ratings allowed.

    Formula:
        alpha = 1 - (n - 1) * sum_u [sum_k n_uk (m_u - n_uk) / (m_u - 1)] / sum_k n_k (n - n_k), with n_uk ratings of
        value k in unit u, m_u of the unit, n_k of the value and n in all. NaN where no value differs.

    References:
        Krippendorff (2011), Computing Krippendorff's alpha-reliability.
    """
    alpha = alphas_of_weights(np.ones((1, len(counts))), disagreement_within(counts), counts)
    return float(alpha[0])


def disagreement_within(counts: NDArray[np.int64]) -> Vector:
    """Return of each unit the disagreement in it: sum_k n_uk (m_u - n_uk) / (m_u - 1)."""
    of_unit = counts.sum(axis=1, keepdims=True)
    return (counts * (of_unit - counts) / np.maximum(of_unit - 1, 1)).sum(axis=1)


def alphas_of_weights(weights: Matrix, within: Vector, counts: NDArray[np.int64]) -> Vector:
    """Return alpha once for each row of weights of the units.

    Args:
        weights: One row a draw, one column a unit: how often the unit counts.
        within: Disagreement in each unit; a unit may be several put together, by adding up.
        counts: Ratings of each value in each unit, added up likewise.

    Returns:
        One alpha a draw; NaN where no value differs.
    """
    of_value = weights @ counts
    n = of_value.sum(axis=1)
    expected = (of_value * (n[:, None] - of_value)).sum(axis=1) / np.maximum(n - 1, 1)
    is_defined = expected > 0
    return np.where(is_defined, 1 - (weights @ within) / np.where(is_defined, expected, 1.0), np.nan)


def cohen_kappa(ratings: Matrix, confidence_level: float = 0.95) -> Kappa:
    """Return Cohen's kappa of two coders over the units that both rated.

    Formula:
        kappa = (p_o - p_e) / (1 - p_e). Variance, with p_ij the share of units that the first coder gave i and the
        second j, and p_i., p_.j the margins: {sum_i p_ii [(1 - p_e) - (p_.i + p_i.)(1 - p_o)]^2
        + (1 - p_o)^2 sum_{i != j} p_ij (p_.i + p_j.)^2 - (p_o p_e - 2 p_e + p_o)^2} / [n (1 - p_e)^4]. The interval
        is kappa -/+ z times its root.

    Args:
        ratings: n units, two columns, NaN for no rating.
        confidence_level: Of the interval.

    References:
        Cohen (1960), Educational and Psychological Measurement 20, 37-46; Fleiss, Cohen and Everitt (1969),
        Psychological Bulletin 72, 323-327, formula 13.
    """
    both = ratings[~np.isnan(ratings).any(axis=1)]
    values = np.unique(both)
    if not len(both):
        return Kappa(math.nan, math.nan, math.nan, math.nan)
    table: Matrix = np.mean((both[:, 0, None, None] == values[:, None]) & (both[:, 1, None, None] == values), axis=0)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    agreed, by_chance = float(np.trace(table)), float(rows @ columns)
    if by_chance >= 1:
        return Kappa(math.nan, math.nan, math.nan, math.nan)
    kappa = (agreed - by_chance) / (1 - by_chance)
    diagonal = np.diag(table) @ ((1 - by_chance) - (rows + columns) * (1 - agreed)) ** 2
    beside = (table - np.diag(np.diag(table))) * (columns[:, None] + rows[None, :]) ** 2
    middle = (agreed * by_chance - 2 * by_chance + agreed) ** 2
    variance = (diagonal + (1 - agreed) ** 2 * beside.sum() - middle) / (len(both) * (1 - by_chance) ** 4)
    error = math.sqrt(max(float(variance), 0.0))
    half = float(ndtri(0.5 + confidence_level / 2)) * error
    return Kappa(kappa, error, max(kappa - half, -1.0), min(kappa + half, 1.0))


def prevalence(counts: NDArray[np.int64]) -> Vector:
    """Return of each value the mean over units of its share of the unit's ratings; the shares add up to 1."""
    return (counts / counts.sum(axis=1, keepdims=True)).mean(axis=0) if len(counts) else np.zeros(0)


def pabak(agreed: float, n_values: int) -> float:
    """Return kappa adjusted for prevalence and bias: kappa if every value were as frequent as the others.

    Formula:
        (k p_o - 1) / (k - 1) with k values that coders could give; 2 p_o - 1 for present and absent.

    References:
        Byrt, Bishop and Carlin (1993), Journal of Clinical Epidemiology 46, 423-429.
    """
    return (n_values * agreed - 1) / (n_values - 1)


def gwet_ac1(counts: NDArray[np.int64], n_values: int) -> float:
    """Return Gwet's AC1, whose agreement by chance stays small where one value is rare.

    Formula:
        (p_o - p_e) / (1 - p_e), p_e = sum_k pi_k (1 - pi_k) / (K - 1), pi_k the prevalence of value k, K values that
        coders could give.

    References:
        Gwet (2008), British Journal of Mathematical and Statistical Psychology 61, 29-48.
    """
    if not len(counts):
        return math.nan
    shares = prevalence(counts)
    by_chance = float((shares * (1 - shares)).sum()) / (n_values - 1)
    return (percent_agreement(counts) - by_chance) / (1 - by_chance)
