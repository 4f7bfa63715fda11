"""Polynomial regression of two views of one thing, such as self and other, and the surface it draws.

z = b0 + b1 x + b2 y + b3 x^2 + b4 x y + b5 y^2; x and y on one scale, centred at one value (the scale's midpoint).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments
from models.regression.identification import ModelDataError
from models.regression.moderation.combinations import Coefficients, Combinations, combine, with_intervals

Surface = Literal["peak", "valley", "saddle"]
STEP = 1e-30
VALUES_AT_ONCE = 2_000_000
FLAT = 1e-12
N_COEFFICIENTS = 6
N_SLOPES = N_COEFFICIENTS - 1
FEWEST_DRAWS_SHARE = 0.95

LINES = ("a1", "a2", "a3", "a4", "a5")
LINE_CONTRASTS: Matrix = np.array(
    [
        [0, 1, 1, 0, 0, 0],
        [0, 0, 0, 1, 1, 1],
        [0, 1, -1, 0, 0, 0],
        [0, 0, 0, 1, -1, 1],
        [0, 0, 0, 1, 0, -1],
    ],
    dtype=float,
)
PLANE = ("a1", "a3", "difference")
PLANE_CONTRASTS: Matrix = np.array([[1, 1], [1, -1], [0.5, -0.5]])
FEATURES = ("x0", "y0", "p10", "p11", "p20", "p21", "as1", "as2", "as3", "as4")


def surface_matrix(x: Vector, y: Vector) -> Matrix:
    """Return the n x 6 regressors 1, x, y, x^2, x y, y^2 of two centred views."""
    return np.column_stack([np.ones(len(x)), x, y, x**2, x * y, y**2])


def surface_lines(
    coefficients: Coefficients, places: tuple[int, ...] = (0, 1, 2, 3, 4, 5), confidence_level: float = 0.95
) -> Combinations:
    """Estimate slopes and curvatures along the lines of congruence (x = y) and of incongruence (x = -y).

    a1 = b1 + b2 and a2 = b3 + b4 + b5 along congruence; a3 = b1 - b2 and a4 = b3 - b4 + b5 along incongruence; a5 =
    b3 - b5, which is nought when the line of incongruence is parallel to an axis of the surface.

    Args:
        coefficients: Of the whole regression, with any covariance.
        places: Places of b0 to b5 in it, or of b1 to b5 where b0 is taken out; controls may stand beside them.
        confidence_level: Of each interval.

    Returns:
        Five combinations in the order of ``LINES``.

    References:
        Edwards (1994), Organizational Behavior and Human Decision Processes 58(1), 51-100. Shanock et al. (2010),
        Journal of Business and Psychology 25(4), 543-554. R: ``RSA::RSA(model = "full")``, a1 to a5.
    """
    contrasts = np.zeros((len(LINES), len(coefficients.estimates)))
    contrasts[:, list(places[-N_SLOPES:])] = LINE_CONTRASTS[:, 1:]
    return combine(coefficients, contrasts, confidence_level)


def plane_lines(coefficients: Coefficients, places: tuple[int, ...], confidence_level: float = 0.95) -> Combinations:
    """Estimate the slopes of a plane over two views along agreement and disagreement, and of their difference.

    z = b0 + b1 x + b2 y is also z = b0 + a1 (x + y) / 2 + d (x - y), with a1 = b1 + b2, a3 = b1 - b2 and d = a3 / 2:
    the slope of the mean of both views, and that of their difference where their mean stays.

    Args:
        coefficients: Of the whole regression, with any covariance.
        places: Places of b1 and b2 in it.
        confidence_level: Of each interval.

    Returns:
        Three combinations in the order of ``PLANE``.

    References:
        Cheung (2009), Journal of Management 35(1), 6-33 (level and difference as predictors); Edwards (1994).
    """
    contrasts = np.zeros((len(PLANE), len(coefficients.estimates)))
    contrasts[:, list(places)] = PLANE_CONTRASTS
    return combine(coefficients, contrasts, confidence_level)


@dataclass(frozen=True, eq=False)
class SurfaceShape:
    """Stationary point and principal axes of a surface.

    Attributes:
        features: In the order of ``FEATURES``: stationary point x0, y0; first principal axis y = p10 + p11 x, second y
            = p20 + p21 x; slope and curvature of the surface along the first (as1, as2) and second (as3, as4), in x.
        kind: ``peak``, ``valley`` or ``saddle`` at the stationary point.
    """

    features: Combinations
    kind: Surface


def surface_shape(
    coefficients: Coefficients, places: tuple[int, ...] = (0, 1, 2, 3, 4, 5), confidence_level: float = 0.95
) -> SurfaceShape:
    """Estimate stationary point and principal axes with delta intervals.

    With D = 4 b3 b5 - b4^2: x0 = (b2 b4 - 2 b1 b5) / D, y0 = (b1 b4 - 2 b2 b3) / D; p11, p21 = (b5 - b3 +-
    sqrt((b3 - b5)^2 + b4^2)) / b4, p10 = y0 - p11 x0, p20 = y0 - p21 x0; as1 = b1 + p11 b2 + b4 p10 + 2 b5 p10 p11, as2
    = b3 + b4 p11 + b5 p11^2, as3 and as4 with p20, p21. Derivatives by a complex step, exact to rounding.

    Raises:
        ModelDataError: If b4 or D is nought, so that there are no such axes or no such point.

    References:
        Edwards and Parry (1993), Academy of Management Journal 36(6), 1577-1613. R: ``RSA::RSA`` (X0, Y0, p10 to p21).
    """
    places_list = list(places[-N_SLOPES:])
    b: Vector = np.concatenate([[0.0], coefficients.estimates[places_list]])
    _refuse_flat(b)
    covariance = coefficients.covariance[np.ix_(places_list, places_list)]
    steps = b + 1j * STEP * np.eye(N_COEFFICIENTS)[1:]
    jacobian: Matrix = np.imag(surface_features(steps)).T / STEP
    std_error = np.sqrt(np.einsum("qa,ab,qb->q", jacobian, covariance, jacobian))
    contrasts = np.zeros((len(FEATURES), len(coefficients.estimates)))
    contrasts[:, places_list] = jacobian
    df = coefficients.degrees_of_freedom(contrasts)
    features = with_intervals(surface_features(b[None, :])[0], std_error, df, confidence_level)
    return SurfaceShape(features, _kind(b))


def surface_features(b: NDArray[Any]) -> NDArray[Any]:
    """Return draws x 10 features of draws x 6 coefficients b0 to b5, real or complex; see ``surface_shape``."""
    _, b1, b2, b3, b4, b5 = b.T
    below = 4 * b3 * b5 - b4**2
    x0, y0 = (b2 * b4 - 2 * b1 * b5) / below, (b1 * b4 - 2 * b2 * b3) / below
    root = np.sqrt((b3 - b5) ** 2 + b4**2)
    p11, p21 = (b5 - b3 + root) / b4, (b5 - b3 - root) / b4
    p10, p20 = y0 - p11 * x0, y0 - p21 * x0
    return np.stack(
        [
            x0,
            y0,
            p10,
            p11,
            p20,
            p21,
            b1 + p11 * b2 + b4 * p10 + 2 * b5 * p10 * p11,
            b3 + b4 * p11 + b5 * p11**2,
            b1 + p21 * b2 + b4 * p20 + 2 * b5 * p20 * p21,
            b3 + b4 * p21 + b5 * p21**2,
        ],
        axis=1,
    )


def bootstrap_coefficients(
    moments: ClusterMoments, coefficients: Vector, rng: np.random.Generator, n_draws: int = 2_000
) -> Matrix:
    """Refit to clusters drawn with replacement, from their cross-products alone; every row its own cluster: to rows.

    b* = (sum w_g X_g'X_g)^-1 sum w_g X_g'y with multinomial w.

    Args:
        moments: Of the fit to all clusters.
        coefficients: k, of the same fit.
        rng: Source of the draws.
        n_draws: Draws.

    Returns:
        Draws x k; a draw whose clusters cannot tell the coefficients apart is left out.

    Raises:
        ModelDataError: If that is so in more than one draw of 20.

    References:
        Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90(3), 414-427 (pairs cluster bootstrap).
    """
    n_clusters, k = moments.n_clusters, moments.n_coefficients
    at_once = max(1, VALUES_AT_ONCE // n_clusters)
    sizes = [min(at_once, n_draws - first) for first in range(0, n_draws, at_once)]
    draws: Matrix = np.concatenate([_drawn(moments, coefficients, rng, size) for size in sizes])
    if len(draws) < FEWEST_DRAWS_SHARE * n_draws:
        raise ModelDataError(
            f"{n_draws - len(draws)} of {n_draws} draws of the {n_clusters} clusters cannot tell the {k} "
            "coefficients apart; expected at most one of 20; use the delta intervals, or take out regressors"
        )
    return draws


def _drawn(moments: ClusterMoments, coefficients: Vector, rng: np.random.Generator, n_draws: int) -> Matrix:
    n_clusters, root = moments.n_clusters, moments.root
    weights: Matrix = rng.multinomial(n_clusters, np.full(n_clusters, 1 / n_clusters), size=n_draws).astype(float)
    products = root.T @ np.einsum("dg,gab->dab", weights, moments.products, optimize=True) @ root
    is_known = np.linalg.eigvalsh(products)[:, 0] > FLAT
    with_outcome = moments.scores + moments.products @ coefficients
    sums: Matrix = weights[is_known] @ with_outcome @ root
    turned: Matrix = np.linalg.solve(products[is_known], sums[:, :, None])[:, :, 0]
    return turned @ root.T


def percentile_intervals(draws: Matrix, confidence_level: float = 0.95) -> Matrix:
    """Return q x 2 percentile intervals of draws x q values; R: ``boot::boot.ci(type = "perc")``."""
    tail = (1 - confidence_level) / 2
    return np.asarray(np.quantile(draws, [tail, 1 - tail], axis=0)).T


def surface_table(
    coefficients: Coefficients, places: tuple[int, ...], reach: tuple[float, float], n_points: int = 21
) -> pd.DataFrame:
    """Return what a surface plot draws, controls at nought, over the scale's centred range in both views.

    Returns:
        One row a point of the grid: x, y, fitted, std_error.
    """
    line = np.linspace(*reach, n_points)
    x, y = (part.ravel() for part in np.meshgrid(line, line))
    contrasts = np.zeros((len(x), len(coefficients.estimates)))
    contrasts[:, list(places)] = surface_matrix(x, y)
    found = combine(coefficients, contrasts)
    return pd.DataFrame({"x": x, "y": y, "fitted": found.estimate, "std_error": found.std_error})


def _kind(b: Vector) -> Surface:
    below = 4 * b[3] * b[5] - b[4] ** 2
    if below < 0:
        return "saddle"
    return "peak" if b[3] < 0 else "valley"


def _refuse_flat(b: Vector) -> None:
    size = float(np.abs(b[3:]).max())
    if size == 0 or abs(b[4]) <= FLAT * size:
        raise ModelDataError(
            "the product of the two views has no coefficient, so that the axes of the surface are the views "
            "themselves; expected b4 other than nought; read a1 to a5"
        )
    if abs(4 * b[3] * b[5] - b[4] ** 2) <= FLAT * size**2:
        raise ModelDataError(
            "the surface is a ridge without a stationary point (4 b3 b5 = b4^2); expected curvature both ways; "
            "read a1 to a5"
        )
