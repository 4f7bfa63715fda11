"""What the demonstration study must show, worked out from its equations without drawing a number.

Latent covariances follow from the equations by linear algebra, covariances of codes from Mehler's formula: for two
standard normal variables with correlation r, cut at thresholds t, ::

    cov(code_i, code_j) = sum over n >= 1 of  r^n c_in c_jn / n!,   c_in = sum over t of  He_(n-1)(t) phi(t)

The equations are written out again here, with their numbers, so that a change of either side is noticed.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import eval_hermitenorm, gammaln
from scipy.stats import norm

from instruments.spec import Instrument

LOADINGS, REVERSE_LOADING, PART = (0.80, 0.75, 0.70, 0.65), 0.55, 0.85
METHOD_VARIANCE, AGREEING_VARIANCE = 0.04, 0.0225
THRESHOLDS = {
    "agree5": (-1.6, -0.8, 0.1, 1.1),
    "extent5": (-1.6, -0.8, 0.1, 1.1),
    "freq5": (-1.2, -0.3, 0.6, 1.5),
}
HIGHEST_ORDER = 80


@dataclass(frozen=True)
class Latent:
    """Covariances of latent values in all and between organisations, in the order of ``names``."""

    names: tuple[str, ...]
    total: np.ndarray
    between: np.ndarray


@dataclass(frozen=True)
class Theory:
    """Covariances of scores, in all and between organisations, and alphas, in the order of the latent values."""

    names: tuple[str, ...]
    total: np.ndarray
    between: np.ndarray
    alpha: np.ndarray

    def slopes(self, outcome: str, *regressors: str, within: bool = False) -> np.ndarray:
        """Regression coefficients of an outcome, in all or within organisations."""
        covariances = self.total - self.between if within else self.total
        y, x = self.names.index(outcome), [self.names.index(name) for name in regressors]
        return np.linalg.solve(covariances[np.ix_(x, x)], covariances[x, y])

    def icc_1(self) -> np.ndarray:
        """Share of score variance between organisations."""
        return np.diag(self.between) / np.diag(self.total)


def managers() -> Latent:
    """Managers' latent values in the first wave; between organisations is not worked out."""
    sources = np.eye(7)
    sources[3, 3] = sources[2, 3] = sources[3, 2] = 1 / 8
    culture, shared, own, mean_own, other_state, other_tension, other_report = np.eye(7)
    enabler = -0.20 * culture + np.sqrt(0.96) * (np.sqrt(0.30) * shared + np.sqrt(0.70) * own)
    mean_enabler = -0.20 * culture + np.sqrt(0.96) * (np.sqrt(0.30) * shared + np.sqrt(0.70) * mean_own)
    tension = 0.25 * culture - 0.15 * enabler + np.sqrt(0.90) * other_tension
    vertical = 0.35 * mean_enabler - 0.25 * culture + 0.85 * other_state
    report = 0.40 * vertical + 0.30 * enabler - 0.10 * tension + 0.80 * other_report
    rows = np.array([enabler, tension, report])
    names = ("enabler_identity", "identity_tension", "vertical_integration")
    return Latent(names, rows @ sources @ rows.T, np.zeros((3, 3)))


def staff() -> Latent:
    """Staff's latent values in the first wave; the product in leadership counts by its variance."""
    sources = np.diag([1.0, 1.0, 1 / 8, 1.0, 1.0])
    culture, shared, mean_own, first, second = np.eye(5)
    mean_enabler = -0.20 * culture + np.sqrt(0.96) * (np.sqrt(0.30) * shared + np.sqrt(0.70) * mean_own)
    vertical = 0.35 * mean_enabler - 0.25 * culture + 0.85 * first
    horizontal = 0.25 * mean_enabler - 0.15 * culture + 0.92 * (0.30 * first + np.sqrt(0.91) * second)
    linear = 0.20 * mean_enabler + 0.20 * vertical + 0.15 * horizontal - 0.10 * culture
    rows = np.array([0.40 * vertical, 0.40 * horizontal, np.sqrt(0.15) / 0.501 * linear])
    between = rows @ sources @ rows.T
    variance_of_product = vertical @ sources @ vertical * (horizontal @ sources @ horizontal)
    variance_of_product += (vertical @ sources @ horizontal) ** 2
    between[2, 2] += 0.15 / 0.501**2 * (0.10**2 * variance_of_product + 0.30**2)
    reports = np.array([[0.90, 0.0], [0.0, 0.90], [0.25, 0.10]])
    own = reports @ reports.T + np.diag([0.0, 0.0, 0.30 + 0.4775])
    names = ("vertical_integration", "horizontal_integration", "collective_leadership_intensity")
    return Latent(names, between + own, between)


def of_scores(latent: Latent, instrument_of: dict[str, Instrument]) -> Theory:
    """Covariances of mean scores that the latent values and the measurement model imply."""
    items = [item for name in latent.names for item in _items(name, instrument_of[name])]
    scales = [latent.names.index(scale) for scale, *_ in items]
    dimensions = np.array([dimension for _, dimension, *_ in items])
    sign, loading = np.array([each[2:4] for each in items]).T
    part = np.where([scale != dimension for scale, dimension, *_ in items], PART, 1.0)
    on_latent = np.zeros((len(items), len(latent.names)))
    on_latent[np.arange(len(items)), scales] = sign * loading * part
    total = on_latent @ latent.total @ on_latent.T
    total += (dimensions[:, None] == dimensions) * np.outer(sign * loading * (1 - part**2), sign * loading)
    total += METHOD_VARIANCE * np.outer(sign, sign) + AGREEING_VARIANCE
    total += np.diag(1 - loading**2 - METHOD_VARIANCE - AGREEING_VARIANCE)
    between = on_latent @ latent.between @ on_latent.T
    thresholds = np.array([each[4] for each in items]) / np.sqrt(np.diag(total))[:, None]
    deviations = np.sqrt(np.diag(total))
    codes, codes_between = (
        _code_covariances(thresholds, y / np.outer(deviations, deviations), has_own=has_own)
        for y, has_own in ((total, True), (between, False))
    )
    weights = np.zeros((len(latent.names), len(items)))
    weights[scales, np.arange(len(items))] = sign
    sizes = np.abs(weights).sum(axis=1)
    sums = weights @ codes @ weights.T
    alpha = sizes / (sizes - 1) * (1 - np.abs(weights) @ np.diag(codes) / np.diag(sums))
    scale = np.outer(sizes, sizes)
    return Theory(latent.names, sums / scale, weights @ codes_between @ weights.T / scale, alpha)


def _items(name: str, instrument: Instrument) -> list[tuple[str, str, int, float, tuple[float, ...]]]:
    whole = instrument.scales[name]
    parts = [part for part, each in instrument.scales.items() if set(each.items) < set(whole.items)] or [name]
    found = []
    for part in parts:
        for place, item in enumerate(instrument.scales[part].items):
            is_reverse = item in whole.reverse_scored
            thresholds = THRESHOLDS[str(instrument.items[item].response_scale)]
            loading = REVERSE_LOADING if is_reverse else LOADINGS[place]
            found.append((name, part, -1 if is_reverse else 1, loading, thresholds))
    return found


def _code_covariances(thresholds: np.ndarray, correlations: np.ndarray, *, has_own: bool) -> np.ndarray:
    order = np.arange(1, HIGHEST_ORDER + 1)[:, None, None]
    waves = eval_hermitenorm(order - 1, thresholds) * np.exp(-gammaln(order + 1) / 2)
    weights = (waves * norm.pdf(thresholds)).sum(axis=2)
    covariances = np.einsum("nij,ni,nj->ij", correlations[None] ** order, weights, weights)
    if has_own:
        above = norm.sf(thresholds)
        second_moment = (above * (2 * np.arange(1, thresholds.shape[1] + 1) - 1)).sum(axis=1)
        np.fill_diagonal(covariances, second_moment - above.sum(axis=1) ** 2)
    return covariances
