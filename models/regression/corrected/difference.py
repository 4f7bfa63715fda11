r"""Two views of one thing, corrected for their errors → how they differ where neither errs (latent difference).

Of the latent views x and y with the corrected moments of the rows: mean and variance of d = x - y, the correlation of
both, and ``var(d) / observed var(d)``, how reliable the difference is. The slope of the mean of both views is b1 +
b2, that of their difference (b1 - b2) / 2; see ``moderation.surface_of_fit``. Intervals by the jackknife over
organisations, t on G - 1, the correlation by Fisher's z.

References:
    Cheung (2009), Journal of Management 35(1), 6-33 (latent congruence model); Edwards (1994), Organizational Behavior
    and Human Decision Processes 58(1), 51-100 (unreliable differences).
"""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Vector
from models.regression.columns import column_of
from models.regression.corrected.moments import Moments
from models.regression.inference import t_quantiles
from models.regression.reading.of_coefficients import COLUMNS
from models.spec import RegressionSpec

MEAN, VARIANCE = "latent_difference_mean", "latent_difference_variance"
RELIABILITY, CORRELATION = "latent_difference_reliability", "latent_views_correlation"
READINGS = (MEAN, VARIANCE, RELIABILITY, CORRELATION)


def latent_views(spec: RegressionSpec, terms: tuple[str, ...], moments: Moments) -> Iterator[pd.DataFrame]:
    """Yield the readings of a surface's latent views; nothing for a model without a surface.

    Args:
        spec: The model, variant applied.
        terms: Names of the k columns, intercept first.
        moments: Of the columns and the outcome.

    Returns:
        Rows of ``READINGS`` under the term of the first report, in points and squared points of the scale.
    """
    surface = spec.surface()
    if surface is None:
        return
    names = [column_of(each) for each in surface.surface.reports]
    places = [0, *(terms.index(name) for name in names)]
    figures = _figures(*(each[:, places][:, :, places] for each in (moments.corrected, moments.plain)))
    rows = [(names[0], name, *_with_interval(figures[name], name, spec.confidence_level), "") for name in READINGS]
    yield pd.DataFrame(rows, columns=list(COLUMNS))


def _figures(corrected: NDArray[np.float64], plain: NDArray[np.float64]) -> Mapping[str, Vector]:
    """Return each figure of all organisations and without each, 1 + G; moments of 1, x and y."""
    means = corrected[:, 1:, 0] / corrected[:, :1, 0]
    latent, observed = (
        each[:, 1:, 1:] / each[:, :1, :1] - means[:, :, None] * means[:, None, :] for each in (corrected, plain)
    )
    differs, seen = (each[:, 0, 0] + each[:, 1, 1] - 2 * each[:, 0, 1] for each in (latent, observed))
    return {
        MEAN: means[:, 0] - means[:, 1],
        VARIANCE: differs,
        RELIABILITY: differs / seen,
        CORRELATION: latent[:, 0, 1] / np.sqrt(latent[:, 0, 0] * latent[:, 1, 1]),
    }


def _with_interval(values: Vector, name: str, confidence_level: float) -> tuple[float, float, float]:
    """Return a figure and its interval: of the correlation by Fisher's z."""
    turned = np.arctanh(values) if name == CORRELATION else values
    n = len(values) - 1
    error = np.sqrt((n - 1) / n * ((turned[1:] - turned[1:].mean()) ** 2).sum())
    half = float(t_quantiles(confidence_level, np.array([n - 1.0]))[0] * error)
    ends = turned[0] - half, turned[0] + half
    low, high = np.tanh(ends) if name == CORRELATION else ends
    return float(values[0]), float(low), float(high)
