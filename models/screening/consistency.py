"""Whether the answers of one response agree with one another and with the other responses."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.screening.correlations import WithinResponse, correlate_within, pairwise_correlation

FEWEST_IN_A_SCALE = 2
STRONG_CORRELATION = 0.60


@dataclass(frozen=True)
class ItemPairs:
    """Pairs of items that go together in the sample.

    Attributes:
        first: Column of the later item of each pair.
        second: Column of the earlier item.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]


def even_odd_correlation(scales: Sequence[Matrix]) -> WithinResponse:
    """Correlate, within each response, the means of the even and of the odd items over the scales.

    Args:
        scales: One matrix a scale: n rows, one column an item in the order shown, reverse-scored items turned round,
            missing as NaN. A scale of one item has no halves and is left out.

    Returns:
        One r a response; NaN with fewer than three scales of which both halves were answered.
    """
    halved = [scale for scale in scales if scale.shape[1] >= FEWEST_IN_A_SCALE]
    if not halved:
        n_responses = len(scales[0]) if scales else 0
        return WithinResponse(np.full(n_responses, np.nan), np.zeros(n_responses))
    odd = np.column_stack([_means(scale[:, 0::2]) for scale in halved])
    even = np.column_stack([_means(scale[:, 1::2]) for scale in halved])
    return correlate_within(even, odd)


def spearman_brown(r: Vector) -> Vector:
    """Step a correlation of halves up to the whole length: ``2r / (1 + r)``; minus infinity at -1."""
    whole = np.full(len(r), -np.inf)
    np.divide(2 * r, 1 + r, out=whole, where=r != -1)
    return whole


def even_odd(scales: Sequence[Matrix]) -> WithinResponse:
    """Compute the even-odd index: minus the stepped-up correlation of the halves, so that higher means more careless.

    Args:
        scales: As in ``even_odd_correlation``.

    Returns:
        -1 (consistent) to 1 for each response, in ``r``.

    References:
        Johnson (2005), Journal of Research in Personality 39(1), 103-129. R: ``careless::evenodd`` of version 1.2.0 and
        later, which turned the sign and sets values below -1 to -1 before that.
    """
    found = even_odd_correlation(scales)
    return WithinResponse(-np.maximum(spearman_brown(found.r), -1.0), found.n_pairs)


def synonym_pairs(codes: Matrix, above: float = STRONG_CORRELATION) -> ItemPairs:
    """Find the pairs of items that correlate above a limit: psychometric synonyms.

    Args:
        codes: One row a response (n), one column an item (k), not reverse-scored, missing as NaN.
        above: The limit.

    Returns:
        Pairs below the diagonal of the pairwise complete correlations.

    References:
        Meade and Craig (2012), Psychological Methods 17(3), 437-455. R: ``careless::psychsyn_critval``.
    """
    return _pairs(pairwise_correlation(codes) > above)


def antonym_pairs(codes: Matrix, below: float = -STRONG_CORRELATION) -> ItemPairs:
    """Find the pairs of items that correlate below a limit: psychometric antonyms; see ``synonym_pairs``."""
    return _pairs(pairwise_correlation(codes) < below)


def within_pairs(codes: Matrix, pairs: ItemPairs) -> WithinResponse:
    """Correlate the answers to the first and the second items of the pairs within each response.

    A pair with a missing answer is left out; nothing is drawn at random.

    Args:
        codes: As in ``synonym_pairs``.
        pairs: The pairs.

    Returns:
        One r a response; NaN with fewer than three usable pairs.

    References:
        R: ``careless::psychsyn(resample_na = FALSE)``.
    """
    return correlate_within(codes[:, pairs.first], codes[:, pairs.second])


def person_total(codes: Matrix) -> WithinResponse:
    """Correlate the answers of each response with the item means of all other responses.

    Args:
        codes: One row a response (n), one column an item (k), not reverse-scored, missing as NaN.

    Returns:
        One r a response; NaN with fewer than three items that it and another response answered.

    References:
        Donlon and Fischer (1968), Educational and Psychological Measurement 28(1), 105-113; Meade and Craig (2012).
    """
    is_answered = np.isfinite(codes)
    filled = np.where(is_answered, codes, 0.0)
    n_others = is_answered.sum(axis=0) - is_answered
    means = (filled.sum(axis=0) - filled) / np.where(n_others > 0, n_others, np.nan)
    return correlate_within(codes, means)


def _pairs(is_pair: NDArray[np.bool_]) -> ItemPairs:
    first, second = np.nonzero(np.tril(is_pair, -1))
    return ItemPairs(first, second)


def _means(items: Matrix) -> Vector:
    is_answered = np.isfinite(items)
    n_answered = is_answered.sum(axis=1)
    sums = np.where(is_answered, items, 0.0).sum(axis=1)
    return sums / np.where(n_answered > 0, n_answered, np.nan)
