"""Whether two responses gave the same answers."""

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.screening.runs import highest, lowest

FEWEST_COMPARED = 20
MOST_COMPARED_PAIRWISE = 20_000
_ROWS_AT_ONCE = 500


def largest_match(codes: Matrix, fewest_compared: int = FEWEST_COMPARED) -> Vector:
    """Find for each response the largest share of identical answers with any other response.

    Two responses are compared over the items that both answered. A response whose answers are all the same is left
    out, since straight lines are alike without being copies.

    Args:
        codes: One row a response (n), one column an item (k), missing as NaN.
        fewest_compared: Fewest items over which two responses are compared.

    Returns:
        Length n, 0 to 1; NaN for a response that cannot be compared with any other. With more than
        ``MOST_COMPARED_PAIRWISE`` responses only identical vectors are looked for: 1 for those, NaN for all others.

    References:
        Kuriakose and Robbins (2016), Statistical Journal of the IAOS 32(3), 283-291 (percent match).
    """
    is_answered = np.isfinite(codes)
    is_used = (highest(codes) > lowest(codes)) & (is_answered.sum(axis=1) >= fewest_compared)
    found = np.full(len(codes), np.nan)
    used = codes[is_used]
    found[is_used] = _pairwise(used, fewest_compared) if len(used) <= MOST_COMPARED_PAIRWISE else _identical(used)
    return found


def _identical(codes: Matrix) -> Vector:
    _, which, sizes = np.unique(np.nan_to_num(codes, nan=np.inf), axis=0, return_inverse=True, return_counts=True)
    return np.where(sizes[which.ravel()] > 1, 1.0, np.nan)


def _pairwise(codes: Matrix, fewest_compared: int) -> Vector:
    """Count matches as products of indicators, one an item and code, some rows at a time."""
    indicators = _indicators(codes)
    is_answered = np.isfinite(codes).astype(np.float32)
    best = np.full(len(codes), np.nan)
    for start in range(0, len(codes), _ROWS_AT_ONCE):
        stop = min(start + _ROWS_AT_ONCE, len(codes))
        matches = indicators[start:stop] @ indicators.T
        compared = is_answered[start:stop] @ is_answered.T
        compared[np.arange(stop - start), np.arange(start, stop)] = 0
        enough = compared >= fewest_compared
        shares = np.divide(matches, compared, out=np.full(matches.shape, -1.0), where=enough, dtype=np.float64)
        shares = shares.max(axis=1, initial=-1.0)
        best[start:stop] = np.where(shares < 0, np.nan, shares)
    return best


def _indicators(codes: Matrix) -> NDArray[np.float32]:
    columns = [codes == code for code in np.unique(codes[np.isfinite(codes)])]
    return np.concatenate(columns, axis=1).astype(np.float32) if columns else np.zeros((len(codes), 0), np.float32)
