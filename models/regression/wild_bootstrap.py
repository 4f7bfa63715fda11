"""Wild cluster bootstrap of one coefficient: what few clusters say without leaning on a t distribution."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from models.estimates import Matrix, Vector
from models.regression.cluster_moments import ClusterMoments

MOST_CLUSTERS_ENUMERATED = 12
DRAWS = 9_999
TIE = 1e-9
BISECTIONS = 50
DOUBLINGS = 15
VALUES_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class WildBootstrap:
    """A bootstrap test of one coefficient.

    Attributes:
        statistic: t of the coefficient against the null value, with CR1S.
        p_value: Share of draws with abs(t*) >= abs(t).
        conf_low, conf_high: Null values with a p-value above 1 - confidence level; infinite where no value is rejected.
        n_draws: Draws of signs.
        is_enumerated: Whether the draws are all 2^G there are, so that no chance is left.
    """

    statistic: float
    p_value: float
    conf_low: float
    conf_high: float
    n_draws: int
    is_enumerated: bool


def wild_cluster_bootstrap(
    moments: ClusterMoments,
    coefficients: Vector,
    place: int,
    rng: np.random.Generator,
    null: float = 0.0,
    confidence_level: float = 0.95,
) -> WildBootstrap:
    """Test a coefficient by turning the signs of whole clusters' residuals under the null (WCR-C, Rademacher).

    Residuals come from the fit with the coefficient held at the null value; t* is computed with the covariance that t
    is. Up to 12 clusters all 2^G sign vectors are used, else 9,999 drawn ones. A draw within 1e-9 of abs(t) counts as
    equal: the vectors of equal signs give t itself.

    Args:
        moments: Of the unrestricted fit.
        coefficients: k, of the unrestricted fit.
        place: Which coefficient.
        rng: Source of the signs where they are drawn.
        null: Value under the null.
        confidence_level: Of the interval, found by inverting the test.

    References:
        Cameron, Gelbach and Miller (2008), Review of Economics and Statistics 90(3), 414-427; MacKinnon (2023),
        Econometrics and Statistics. R: ``fwildclusterboot::boottest(type = "rademacher", impose_null = TRUE)``.
    """
    signs, is_enumerated = _signs(moments.n_clusters, rng)
    test = _Test(moments, coefficients, place, signs)
    statistic, p_value = test.against(null)
    can_reject = not is_enumerated or 2 / len(signs) <= 1 - confidence_level
    low, high = (test.bound(side, 1 - confidence_level) if can_reject else side * np.inf for side in (-1.0, 1.0))
    return WildBootstrap(statistic, p_value, low, high, len(signs), is_enumerated)


def _signs(n_clusters: int, rng: np.random.Generator) -> tuple[Matrix, bool]:
    if n_clusters <= MOST_CLUSTERS_ENUMERATED:
        return np.array(list(product((1.0, -1.0), repeat=n_clusters))), True
    return rng.choice((1.0, -1.0), size=(DRAWS, n_clusters)), False


class _Test:
    """The test as a function of the null value.

    Scores under the null are linear in it, so that of every draw t* is (a + b d) / sqrt(c + 2 e d + f d^2) at the
    distance d of estimate and null value, with a to f computed once.
    """

    def __init__(self, moments: ClusterMoments, coefficients: Vector, place: int, signs: Matrix) -> None:
        self.estimate = float(coefficients[place])
        direction = moments.bread[place]
        n_clusters = moments.n_clusters
        self.factor = n_clusters / (n_clusters - 1) * (moments.n_obs - 1) / moments.df_resid
        self.std_error = float(np.sqrt(self.factor * ((moments.scores @ direction) ** 2).sum()))
        change = moments.products @ (direction / moments.bread[place, place])
        n_blocks = 1 + signs.size // VALUES_AT_ONCE
        parts = [_terms(part, moments, (moments.scores, change), place) for part in np.array_split(signs, n_blocks)]
        self.base, self.slope, self.square, self.cross, self.square_of_slope = np.concatenate(parts, axis=1)

    def against(self, null: float) -> tuple[float, float]:
        """Return t and the p-value against a null value."""
        distance = self.estimate - null
        statistic = distance / self.std_error
        variances = self.square + 2 * distance * self.cross + distance**2 * self.square_of_slope
        drawn = (self.base + distance * self.slope) / np.sqrt(self.factor * variances)
        return statistic, float((np.abs(drawn) >= abs(statistic) * (1 - TIE)).mean())

    def bound(self, side: float, level: float) -> float:
        """Return the end of the interval on one side of the estimate, -1 or 1."""
        inside, step = self.estimate, 2 * self.std_error
        for _ in range(DOUBLINGS):
            outside = inside + side * step
            if self.against(outside)[1] <= level:
                break
            inside, step = outside, 2 * step
        else:
            return side * np.inf
        for _ in range(BISECTIONS):
            middle = (inside + outside) / 2
            if self.against(middle)[1] <= level:
                outside = middle
            else:
                inside = middle
        return inside


def _terms(signs: Matrix, moments: ClusterMoments, scores: tuple[Matrix, Matrix], place: int) -> Matrix:
    """Return what t* of each draw is made of, 5 x draws, from scores at the estimate and their change with the null."""
    direction = moments.bread[place]
    pulls = moments.products @ direction
    moved = [signs @ each @ moments.bread for each in scores]
    first, second = (signs * (each @ direction) - moves @ pulls.T for each, moves in zip(scores, moved, strict=True))
    return np.stack(
        [
            moved[0][:, place],
            moved[1][:, place],
            (first**2).sum(axis=1),
            (first * second).sum(axis=1),
            (second**2).sum(axis=1),
        ]
    )
