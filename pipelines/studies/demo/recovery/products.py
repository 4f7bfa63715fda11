"""Equations of organisations with products: regression on what the answers lead one to expect of the true values.

With x the true values of an organisation, of mean m and covariance S, and h what those who answered tell of them, of
error covariance V, ``x | h`` is normal with mean ``m + S (S + V)^-1 (h - m)`` and covariance
``P = S - S (S + V)^-1 S``; a product of two has the expectation of the product of both plus theirs of P. Corrected
moments of products would ask for fourth moments, which a hundred organisations do not give. What errors of the outcome
share with those of x is taken out before. Errors are those of the jackknife over organisations, m, S and V estimated
anew each time.

References:
    Carroll, Ruppert, Stefanski and Crainiceanu (2006), Measurement error in nonlinear models, ch. 4 and 8.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.corrected.moments import Moments
from models.regression.identification import ModelDataError
from pipelines.studies.demo.effects import BETWEEN_FACTORS
from pipelines.studies.demo.recovery.erring import Organisations, solved_table

LEAST_RELIABILITY = 0.02


def product_slopes(organisations: Organisations, causes: Sequence[str], outcome: str) -> pd.DataFrame:
    """Estimate an equation with products.

    Args:
        organisations: What those who answered tell of them, in units.
        causes: Single values, and products of two as ``a x b``.
        outcome: What is explained.

    Returns:
        As ``Organisations.slopes``.

    Raises:
        ModelDataError: If true values vary too little beyond errors, in all organisations or without one.
    """
    names = tuple(dict.fromkeys(part for cause in causes for part in cause.split(BETWEEN_FACTORS)))
    used = organisations.used((*names, outcome))
    moments = used.moments(names, outcome)
    pooled = _pooled_errors(used, (*names, outcome))
    values: Matrix = used.told[[*names, outcome]].to_numpy(dtype=float)
    places = [tuple(names.index(part) for part in cause.split(BETWEEN_FACTORS)) for cause in causes]
    found = [
        _slopes(values[kept], errors[kept], _true(moments, number), places)
        for number, (kept, errors) in enumerate(zip(_kept(used.blocks), pooled, strict=True))
    ]
    return solved_table(np.array(found), causes)


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


def _true(moments: Moments, number: int) -> tuple[Vector, Matrix]:
    """Return mean and covariance of the true values of the causes."""
    own = moments.corrected[number]
    mean = own[0, 1:-1] / own[0, 0]
    covariance = own[1:-1, 1:-1] / own[0, 0] - np.outer(mean, mean)
    plain = np.diag(moments.plain[number])[1:-1] / own[0, 0] - mean**2
    scale = np.sqrt(np.maximum(plain, np.finfo(float).tiny))
    if np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0] < LEAST_RELIABILITY:
        raise ModelDataError(
            "true values of organisations vary too little beyond the errors of those who answered; expected more "
            "organisations, or more answers of each"
        )
    return mean, covariance


def _slopes(values: Matrix, errors: Matrix, true: tuple[Vector, Matrix], places: Sequence[tuple[int, ...]]) -> Vector:
    """Return intercept and slopes of one set of organisations."""
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
    return np.linalg.lstsq(np.column_stack(columns), outcome, rcond=None)[0]
