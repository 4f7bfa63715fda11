r"""Covariances between and within organisations by maximum likelihood: means of organisations as latent variables.

``z_ij = mu + b_j + w_ij`` with covariances B of b and W of w; what is the same for all members of an organisation has
no part in w. The mean of n members has covariance ``V_n = B + W / n``, so that sampling a few members is allowed for,
and the deviations from it have W. Errors come from the inverse information, or its sandwich with the scores of
organisations times ``G / (G - 1)``.

References:
    Muthen (1994), Sociological Methods and Research 22, 376-398; Ludtke et al. (2008), Psychological Methods 13,
    203-229; Preacher, Zyphur and Zhang (2010), Psychological Methods 15, 209-233.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.optimise import minimise
from models.measurement.confirmatory.saturated import trace_products
from models.regression.cluster_moments import grouped_products, grouped_sums
from models.regression.identification import ModelDataError

MOST_LIFTS = 40
LARGEST_GAP = 1e-7
LEAST_CURVATURE = 1e-10
LEAST_SPREAD = 1e-6
LEAST_WITHIN = 1e-12


@dataclass(frozen=True, eq=False)
class TwoLevelSample:
    """What rows in organisations say about covariances at two levels.

    Attributes:
        is_row: Whether each of q variables differs between members; r of them do.
        means: Mean of every organisation, G x q.
        sizes: Members, G.
        squares: Cross-products of deviations from them, G x r x r.
    """

    is_row: NDArray[np.bool_]
    means: Matrix
    sizes: Vector
    squares: NDArray[np.float64]

    @property
    def n_groups(self) -> int:
        """Organisations (G)."""
        return len(self.sizes)

    @property
    def n_obs(self) -> int:
        """Rows (N)."""
        return int(self.sizes.sum())

    @property
    def within(self) -> Matrix:
        """Pooled covariance within organisations, over N - G."""
        return self.squares.sum(axis=0) / (self.n_obs - self.n_groups)

    @property
    def spread(self) -> Vector:
        """Standard deviations of organisations' means, q; 1 where they do not differ."""
        deviations = self.means.std(axis=0)
        return np.where(deviations > 0, deviations, 1.0)

    @property
    def lower(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns of the cells of B on and below the diagonal, and the numbers of those that W has too."""
        i, j = np.tril_indices(len(self.is_row))
        return i, j, np.flatnonzero(self.is_row[i] & self.is_row[j])


def two_level_sample(values: Matrix, codes: NDArray[np.intp], is_row: NDArray[np.bool_]) -> TwoLevelSample:
    """Summarise rows by organisation.

    Args:
        values: N x q, none missing.
        codes: Organisation of each row, 0 to G - 1, each at least once.
        is_row: Whether each variable differs between members, q.
    """
    sizes = np.bincount(codes).astype(float)
    means = grouped_sums(values, codes) / sizes[:, None]
    deviations = (values - means[codes])[:, is_row]
    return TwoLevelSample(is_row, means, sizes, grouped_products(deviations, codes)[0])


@dataclass(frozen=True, eq=False)
class TwoLevel:
    """The likelihood of a sample. Parameters: q means, cells of B and cells of W below the diagonal, row by row.

    Attributes:
        sample: Of whom.
    """

    sample: TwoLevelSample

    def split(self, theta: Vector) -> tuple[Vector, Matrix, Matrix]:
        """Return mu, B and W."""
        q, r = len(self.sample.is_row), int(self.sample.is_row.sum())
        n_between = q * (q + 1) // 2
        return theta[:q], _square(theta[q : q + n_between], q), _square(theta[q + n_between :], r)

    def joined(self, mean: Vector, between: Matrix, within: Matrix) -> Vector:
        """Return the parameters of mu, B and W."""
        return np.concatenate([mean, between[np.tril_indices(len(between))], within[np.tril_indices(len(within))]])

    def _of_means(self, theta: Vector) -> tuple[NDArray[np.float64], Matrix] | None:
        """Return inverse covariances and distances of every organisation's mean; None where there is no covariance.

        Where sizes differ and B is not positive, the likelihood grows without end as the covariance of the largest
        organisation's mean vanishes; one that small does not count as a covariance.
        """
        mean, between, within = self.split(theta)
        spread = np.zeros_like(between)
        spread[np.ix_(self.sample.is_row, self.sample.is_row)] = within
        covariances = between + spread / self.sample.sizes[:, None, None]
        scaled = covariances / np.outer(self.sample.spread, self.sample.spread)
        own = np.sqrt(np.maximum(np.diagonal(within), np.finfo(float).tiny))
        is_within = np.linalg.eigvalsh(within / np.outer(own, own))[0] > LEAST_WITHIN
        if not is_within or np.linalg.eigvalsh(scaled)[:, 0].min() <= LEAST_SPREAD:
            return None
        return np.asarray(np.linalg.inv(covariances), dtype=float), self.sample.means - mean

    def evaluate(self, theta: Vector) -> tuple[float, Vector]:
        """Return minus the log likelihood of an organisation, and its gradient; infinite where there is none."""
        found = self._of_means(theta)
        if found is None:
            return np.inf, np.zeros_like(theta)
        inverses, distances = found
        within, r = self.split(theta)[2], int(self.sample.is_row.sum())
        sizes = self.sample.sizes
        inverse = np.linalg.inv(within)
        rest = self.sample.n_obs - self.sample.n_groups
        deviance = rest * float(np.linalg.slogdet(within)[1]) + float((inverse * self.sample.squares.sum(axis=0)).sum())
        deviance += float(np.einsum("gi,gij,gj->", distances, inverses, distances))
        deviance -= float(np.linalg.slogdet(inverses)[1].sum())
        n_values = r * self.sample.n_obs + (len(distances[0]) - r) * self.sample.n_groups
        deviance += n_values * np.log(2 * np.pi) + r * float(np.log(sizes).sum())
        return deviance / 2 / self.sample.n_groups, -self.scores(theta).sum(axis=0) / self.sample.n_groups

    def scores(self, theta: Vector) -> Matrix:
        """Return the gradient of every organisation's log likelihood, G x k; the covariance must exist."""
        (inverses, distances, inverse), sizes = self._inverses(theta), self.sample.sizes
        i, j, of_both = self.sample.lower
        pulls = np.einsum("gij,gj->gi", inverses, distances)
        by_between = (pulls[:, i] * pulls[:, j] - inverses[:, i, j]) / (1 + (i == j))
        a, b = np.tril_indices(len(inverse))
        turned = inverse @ self.sample.squares @ inverse
        by_within = (turned[:, a, b] - (sizes - 1)[:, None] * inverse[a, b]) / (1 + (a == b))
        return np.concatenate([pulls, by_between, by_within + by_between[:, of_both] / sizes[:, None]], axis=1)

    def curvature(self, theta: Vector) -> Matrix:
        """Return the expected information of an organisation, k x k."""
        inverses, _, inverse = self._inverses(theta)
        rest = self.sample.n_obs - self.sample.n_groups
        blank = np.zeros_like(self.sample.means)
        return self._information(inverses, inverses / 2, blank, trace_products(inverse[None], rest * inverse[None] / 2))

    def observed(self, theta: Vector) -> Matrix:
        """Return the observed information of an organisation, k x k; cells as ``saturated.moments_information``."""
        inverses, distances, inverse = self._inverses(theta)
        rest = self.sample.n_obs - self.sample.n_groups
        pulls = np.einsum("gij,gj->gi", inverses, distances)
        turned = pulls[:, :, None] * pulls[:, None, :] - inverses / 2
        of_members = inverse @ self.sample.squares.sum(axis=0) @ inverse - rest * inverse / 2
        return self._information(inverses, turned, pulls, trace_products(inverse[None], of_members[None]))

    def _inverses(self, theta: Vector) -> tuple[NDArray[np.float64], Matrix, Matrix]:
        found = self._of_means(theta)
        if found is None:
            raise _no_peak(self.sample)
        return (*found, np.asarray(np.linalg.inv(self.split(theta)[2]), dtype=float))

    def _information(
        self, inverses: NDArray[np.float64], turned: NDArray[np.float64], pulls: Matrix, of_members: Matrix
    ) -> Matrix:
        """Join the information of means of organisations about mu, B and W with that of members about W."""
        i, j, of_both = self.sample.lower
        shares = [self.sample.sizes[:, None, None] ** -power for power in (0, 1, 2)]
        spread = [trace_products(inverses * share, turned) for share in shares]
        crossed = [np.tensordot(inverses * share, pulls, (0, 0)) for share in shares[:2]]
        by_mean = [(each[:, i, j] + each[:, j, i]) / (1 + (i == j)) for each in crossed]
        first, second = by_mean[0], by_mean[1][:, of_both]
        own = spread[2][np.ix_(of_both, of_both)] + of_members
        total = np.block(
            [
                [inverses.sum(axis=0), first, second],
                [first.T, spread[0], spread[1][:, of_both]],
                [second.T, spread[1][of_both], own],
            ]
        )
        return total / self.sample.n_groups

    def starts(self) -> tuple[Vector, Vector]:
        """Return two starting points: B by moments, lifted until a covariance exists, and B of the plain means."""
        sample = self.sample
        mean = sample.means.mean(axis=0)
        centred = sample.means - mean
        plain = centred.T @ centred / sample.n_groups
        between, both = plain.copy(), np.ix_(sample.is_row, sample.is_row)
        spread = np.zeros_like(plain)
        spread[both] = sample.within * float((1 / sample.sizes).mean())
        between -= spread
        for _ in range(MOST_LIFTS):
            if np.isfinite(self.evaluate(self.joined(mean, between, sample.within))[0]):
                break
            between += 0.05 * np.diag(np.diagonal(plain + spread))
        return self.joined(mean, between, sample.within), self.joined(mean, plain, sample.within)


@dataclass(frozen=True, eq=False)
class TwoLevelEstimate:
    """Covariances at two levels.

    Attributes:
        likelihood: Of which sample.
        theta: Parameters at the better of two ends.
        covariance: Of the parameters.
        log_likelihood: Of all rows.
        has_converged: Whether the search ended at an optimum.
        gap: How far the log likelihoods of the two ends lie apart.
    """

    likelihood: TwoLevel
    theta: Vector
    covariance: Matrix
    log_likelihood: float
    has_converged: bool
    gap: float

    @property
    def between(self) -> Matrix:
        """B, q x q."""
        return self.likelihood.split(self.theta)[1]

    @property
    def within(self) -> Matrix:
        """W, r x r."""
        return self.likelihood.split(self.theta)[2]

    @property
    def starts_agree(self) -> bool:
        """Whether both searches ended equally high."""
        return self.gap <= LARGEST_GAP * max(1.0, abs(self.log_likelihood))


def estimate_two_level(
    sample: TwoLevelSample, *, is_robust: bool, outer: NDArray[np.intp] | None = None
) -> TwoLevelEstimate:
    """Estimate mu, B and W.

    Args:
        sample: Rows by organisation.
        is_robust: Whether errors come from the scores of organisations, whatever the distribution.
        outer: Cluster of each organisation from 0, whose scores are added up, as of one organisation in several waves;
            None where organisations are independent.

    Raises:
        ModelDataError: If the likelihood has no peak where both searches end.
    """
    likelihood = TwoLevel(sample)
    ends = [minimise(likelihood.evaluate, likelihood.curvature, start) for start in likelihood.starts()]
    best = min(ends, key=lambda each: each.value)
    inverse = _inverse(likelihood.observed(best.theta), sample) / sample.n_groups
    if is_robust:
        scores = likelihood.scores(best.theta)
        if outer is not None:
            scores = grouped_sums(scores, outer)
        inverse = inverse @ (scores.T @ scores) @ inverse * (len(scores) / (len(scores) - 1))
    heights = [-each.value * sample.n_groups for each in ends]
    height = max(heights)
    return TwoLevelEstimate(likelihood, best.theta, inverse, height, best.has_converged, height - min(heights))


def _inverse(information: Matrix, sample: TwoLevelSample) -> Matrix:
    """Return the inverse of an information matrix that is curved in every direction, whatever the units."""
    curved = np.sqrt(np.maximum(np.diagonal(information), 0.0))
    if (curved > 0).all():
        scaled = information / np.outer(curved, curved)
        if np.linalg.eigvalsh(scaled)[0] > LEAST_CURVATURE:
            return np.asarray(np.linalg.inv(scaled), dtype=float) / np.outer(curved, curved)
    raise _no_peak(sample)


def _no_peak(sample: TwoLevelSample) -> ModelDataError:
    return ModelDataError(
        f"the likelihood of {len(sample.is_row)} variables within and between {sample.n_groups} organisations has no "
        "peak: organisations are too few or hardly differ; expected more of them than these variables need; take "
        "variables out, or report effects within organisations alone"
    )


def _square(lower: Vector, size: int) -> Matrix:
    matrix = np.empty((size, size))
    i, j = np.tril_indices(size)
    matrix[i, j] = matrix[j, i] = lower
    return matrix
