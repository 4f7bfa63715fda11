"""The saturated model: how precisely the sample itself tells means and covariances.

Moments are in the order means, then covariances on and below the diagonal, row by row; a model without means leaves
the first out.
"""

import numpy as np

from models.estimates import Matrix
from models.measurement.confirmatory.likelihood import scores_by_moments
from models.measurement.confirmatory.sample import Sample


def observed_information(sample: Sample, *, has_means: bool) -> Matrix:
    """Return the observed information of the group's moments at their estimates, summed over responses, k x k."""
    p = len(sample.mean)
    rows, columns = np.tril_indices(p)
    k = len(rows)
    total = np.zeros((p + k, p + k))
    for each in sample.patterns:
        inverse = np.zeros((p, p))
        inner = np.ix_(each.items, each.items)
        inverse[inner] = np.linalg.inv(sample.covariance[inner])
        distance = np.zeros(p)
        distance[each.items] = each.mean - sample.mean[each.items]
        observed = np.outer(distance, distance)
        observed[inner] += each.covariance
        pull = inverse @ distance
        total[:p, :p] += each.n_obs * inverse
        crossed = inverse[:, rows] * pull[columns] + inverse[:, columns] * pull[rows]
        total[:p, p:] += each.n_obs * crossed / (1 + (rows == columns))
        turned = inverse @ observed @ inverse
        total[p:, p:] += each.n_obs * (trace_products(inverse, turned) - trace_products(inverse, inverse) / 2)
    total[p:, :p] = total[:p, p:].T
    return total if has_means else total[p:, p:]


def trace_products(left: Matrix, right: Matrix) -> Matrix:
    """Return ``tr(left E right F)`` for all symmetric unit matrices E and F below and on the diagonal, row by row.

    A unit matrix has a one in its cell and in the mirrored cell; the result is p(p + 1)/2 square.
    """
    i, j = np.tril_indices(len(left))
    a, b = i[:, None], j[:, None]
    products = left[a, i] * right[b, j] + left[a, j] * right[b, i] + left[b, i] * right[a, j] + left[b, j] * right[a, i]
    once = 1.0 + (i == j)
    return products / np.outer(once, once)


def saturated_scores(sample: Sample, *, has_means: bool) -> Matrix:
    """Return the gradient of every response's log likelihood by the group's moments at their estimates, n x k."""
    by_mean, by_covariance = scores_by_moments(sample, sample.mean, sample.covariance)
    return np.concatenate([by_mean, by_covariance], axis=1) if has_means else by_covariance


def normal_weights(covariance: Matrix, *, has_means: bool) -> Matrix:
    """Return the expected information of a complete response about its moments, k x k."""
    inverse: Matrix = np.asarray(np.linalg.inv(covariance), dtype=float)
    of_covariances = trace_products(inverse, inverse) / 2
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
