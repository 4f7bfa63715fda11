"""Equations of organisations with products: regression on what the answers lead one to expect of the true values.

With x the true values of an organisation, of mean m and covariance S, and h what those who answered tell of them, of
error covariance V, ``x | h`` is normal with mean ``m + S (S + V)^-1 (h - m)`` and covariance
``P = S - S (S + V)^-1 S``; a product of two has the expectation of the product of both plus theirs of P. Corrected
moments of products would ask for fourth moments, which a hundred organisations do not give. What errors of the outcome
share with those of x is taken out before.

S is Fuller's, ``M - (f - a / (n - 1)) E`` of the moments M of h and the part E of errors in them, with f the smallest
root of ``|M - f E|`` less ``1 / (n - 1)``, at most 1: positive definite whatever was drawn, so that every study has an
estimate. Where those in which true values happen to vary little are left out, the estimates of the others are of
another population of studies. m, S and V are estimated anew without each organisation.

Intervals are Fieller's of ``models.regression.corrected.solved``. With x a multiple l of h that errs, N errs by l and D
by l squared; divided by the root of D, N is of the told values alone and D errs by l once, as of corrected moments.

References:
    Carroll, Ruppert, Stefanski and Crainiceanu (2006), Measurement error in nonlinear models, ch. 4 and 8; Fuller
    (1987), Measurement error models, 2.5 and 3.1.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import eigh

from models.estimates import Matrix, Vector
from models.regression.corrected.estimate import LEAST_EIGENVALUE
from models.regression.corrected.moments import Moments
from models.regression.corrected.solved import share_of_errors, solve_moments
from models.regression.identification import ModelDataError
from pipelines.studies.demo.effects import BETWEEN_FACTORS
from pipelines.studies.demo.recovery.erring import Organisations, degrees_of_freedom, slopes_of


def product_slopes(organisations: Organisations, causes: Sequence[str], outcome: str) -> pd.DataFrame:
    """Estimate an equation with products.

    Args:
        organisations: What those who answered tell of them, in units.
        causes: Single values, and products of two as ``a x b``.
        outcome: What is explained.

    Returns:
        As ``Organisations.slopes``.

    Raises:
        ModelDataError: If what those who answered tell differs too little between organisations, or without one.
    """
    names = tuple(dict.fromkeys(part for cause in causes for part in cause.split(BETWEEN_FACTORS)))
    used = organisations.used((*names, outcome))
    moments = used.moments(names, outcome)
    pooled = _pooled_errors(used, (*names, outcome))
    values: Matrix = used.told[[*names, outcome]].to_numpy(dtype=float)
    places = [tuple(names.index(part) for part in cause.split(BETWEEN_FACTORS)) for cause in causes]
    truth = _true(moments)
    found = [
        _moments(values[kept], errors[kept], true, places)
        for kept, errors, true in zip(_kept(used.blocks), pooled, truth, strict=True)
    ]
    products = np.array(found)
    solved = solve_moments(products, moments.plain[:, 0, 0], degrees_of_freedom(products))
    deviation = np.sqrt(solved.below)
    return slopes_of(replace(solved, above=solved.above / deviation, below=deviation), causes)


def _kept(blocks: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Yield the places of all organisations, then of those without each block."""
    yield np.arange(len(blocks))
    for block in range(int(blocks.max()) + 1):
        yield np.flatnonzero(blocks != block)


def _pooled_errors(used: Organisations, names: tuple[str, ...]) -> Iterator[Matrix]:
    """Yield n x p x p error covariances of the organisations, pooled over all and then without each block."""
    size = len(names)
    factors = np.zeros((len(used.told), size, size))
    spreads = np.zeros((int(used.blocks.max()) + 2, size, size))
    for pair, factor in used.errors.items():
        if set(pair) <= set(names):
            one, other = (names.index(each) for each in pair)
            spread = used.spread(pair).whole_and_without()
            factors[:, one, other] = factors[:, other, one] = factor
            spreads[:, one, other] = spreads[:, other, one] = spread
    for each in spreads:
        yield factors * each


def _true(moments: Moments) -> Iterator[tuple[Vector, Matrix]]:
    """Yield mean and covariance of the true values of the causes, of all organisations and without each."""
    n_causes, n_blocks = moments.plain.shape[1] - 2, len(moments.plain) - 1
    modified = share_of_errors(n_causes, n_blocks)
    for plain, own, share in zip(moments.plain, moments.corrected, modified, strict=True):
        number = plain[0, 0]
        mean = plain[0, 1:-1] / number
        observed = plain[1:-1, 1:-1] / number - np.outer(mean, mean)
        errors = (plain - own)[1:-1, 1:-1] / number
        _refuse_alike(observed, errors)
        root = 1 / float(eigh(errors, observed, eigvals_only=True)[-1])
        beyond = min(root - 1 / (number - 1), 1.0) - 1
        yield mean, observed - max(share + beyond, 0.0) * errors


def _refuse_alike(observed: Matrix, errors: Matrix) -> None:
    scale = np.sqrt(np.diag(observed + errors))
    if np.linalg.eigvalsh(observed / np.outer(scale, scale))[0] < LEAST_EIGENVALUE:
        raise ModelDataError(
            "organisations hardly differ in what those who answered tell, or one value follows from others; expected "
            "each to differ beyond the others; take one out"
        )


def _moments(values: Matrix, errors: Matrix, true: tuple[Vector, Matrix], places: Sequence[tuple[int, ...]]) -> Matrix:
    """Return moments of intercept, expected causes and outcome of one set of organisations."""
    mean, covariance = true
    apart = values[:, :-1] - mean
    weighed = np.linalg.solve(covariance + errors[:, :-1, :-1], apart[:, :, None])[:, :, 0]
    expected = mean + weighed @ covariance
    left = covariance - covariance @ np.linalg.solve(covariance + errors[:, :-1, :-1], covariance[None])
    outcome = values[:, -1] - np.einsum("ij,ij->i", errors[:, :-1, -1], weighed)
    columns = [np.ones(len(values))]
    for place in places:
        one, other = place[0], place[-1]
        product = expected[:, one] * expected[:, other] + left[:, one, other]
        columns.append(expected[:, one] if len(place) == 1 else product)
    known = np.column_stack([*columns, outcome])
    return known.T @ known
