"""The saturated model: how precisely the sample itself tells means and covariances.

Moments are in the order means, then covariances on and below the diagonal, row by row; a model without means leaves
the first out.
"""

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.likelihood import scores_by_moments
from models.measurement.confirmatory.sample import Sample


def saturated_information(sample: Sample, *, has_means: bool) -> Matrix:
    """Return the observed information of a group's moments at their estimates, summed over responses, k x k."""
    information = moments_information(sample, sample.mean, sample.covariance)
    return information if has_means else information[len(sample.mean) :, len(sample.mean) :]


def moments_information(sample: Sample, mean: Vector, covariance: Matrix) -> Matrix:
    """Return the observed information of a group's moments at given ones, summed over responses, k x k.

    With d the distance of a pattern's means, O its covariance plus ``d d'`` and S its part of the covariance, all zero
    where items were not answered: ``S^-1`` for two means, ``tr(S^-1 E S^-1 F (2 O S^-1 - I)) / 2`` for two covariances,
    ``S^-1 F S^-1 d`` for one of each.
    """
    p = len(mean)
    inverses, pulls, turned = (np.zeros((len(sample.patterns), *shape)) for shape in ((p, p), (p,), (p, p)))
    for place, each in enumerate(sample.patterns):
        inner = np.ix_(each.items, each.items)
        inverses[place][inner] = np.linalg.inv(covariance[inner])
        distance, observed = np.zeros(p), np.zeros((p, p))
        distance[each.items] = each.mean - mean[each.items]
        observed[inner] = each.covariance
        observed += np.outer(distance, distance)
        pulls[place] = inverses[place] @ distance
        turned[place] = inverses[place] @ observed @ inverses[place] - inverses[place] / 2
    weighted = inverses * np.array([each.n_obs for each in sample.patterns])[:, None, None]
    crossed = np.tensordot(weighted, pulls, (0, 0))
    rows, columns = np.tril_indices(p)
    crossed = (crossed[:, rows, columns] + crossed[:, columns, rows]) / (1 + (rows == columns))
    return np.block([[weighted.sum(axis=0), crossed], [crossed.T, trace_products(weighted, turned)]])


def trace_products(left: Matrix, right: Matrix) -> Matrix:
    """Return ``sum_g tr(left_g E right_g F)`` for all symmetric unit matrices E and F on and below the diagonal.

    A unit matrix has a one in its cell and in the mirrored cell.

    Args:
        left: Symmetric matrices, G x p x p.
        right: The same number of them.

    Returns:
        p(p + 1)/2 square, cells row by row.
    """
    p = left.shape[-1]
    products = (left.reshape(-1, p * p).T @ right.reshape(-1, p * p)).reshape(p, p, p, p)
    i, j = np.tril_indices(p)
    a, b = i[:, None], j[:, None]
    total = products[a, i, b, j] + products[a, j, b, i] + products[b, i, a, j] + products[b, j, a, i]
    once = 1.0 + (i == j)
    return total / np.outer(once, once)


def saturated_scores(sample: Sample, *, has_means: bool) -> Matrix:
    """Return the gradient of every response's log likelihood by the group's moments at their estimates, n x k."""
    by_mean, by_covariance = scores_by_moments(sample, sample.mean, sample.covariance)
    return np.concatenate([by_mean, by_covariance], axis=1) if has_means else by_covariance


def normal_weights(covariance: Matrix, *, has_means: bool) -> Matrix:
    """Return the expected information of a complete response about its moments, k x k."""
    inverse: Matrix = np.asarray(np.linalg.inv(covariance), dtype=float)
    of_covariances = trace_products(inverse[None], inverse[None]) / 2
    if not has_means:
        return of_covariances
    p, k = len(inverse), len(of_covariances)
    weights = np.zeros((p + k, p + k))
    weights[:p, :p], weights[p:, p:] = inverse, of_covariances
    return weights


def moment_covariance(sample: Sample, *, has_means: bool) -> Matrix:
    """Return n times the covariance of the moments of a complete sample, whatever the distribution, k x k."""
    centred = sample.data - sample.mean
    rows, columns = np.tril_indices(centred.shape[1])
    products = centred[:, rows] * centred[:, columns]
    products = products - products.mean(axis=0)
    values = np.concatenate([centred, products], axis=1) if has_means else products
    return values.T @ values / len(values)
