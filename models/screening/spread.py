"""How much the answers of one response differ from one another: intra-individual response variability."""

import numpy as np

from models.estimates import Matrix, Vector
from models.screening.runs import highest, lowest

FEWEST_FOR_A_DEVIATION = 2


def response_variability(codes: Matrix) -> Vector:
    """Compute the standard deviation (n - 1) over the answered items of each response (IRV).

    Low values point to straight lines, high ones to random answers.

    Args:
        codes: One row a response (n), one column an item (k), not reverse-scored, missing as NaN.

    Returns:
        Length n, in points of the response scale; NaN with fewer than two answers.

    References:
        Dunn, Heggestad, Shanock and Theilgard (2018), Journal of Business and Psychology 33(1), 105-121; Marjanovic,
        Holden, Struthers, Cribbie and Greenglass (2015), Personality and Individual Differences 84, 79-83. R:
        ``careless::irv``.
    """
    is_answered = np.isfinite(codes)
    n_answered = is_answered.sum(axis=1)
    sums = np.where(is_answered, codes, 0.0).sum(axis=1)
    means = sums / np.maximum(n_answered, 1)
    squares = (np.where(is_answered, codes - means[:, np.newaxis], 0.0) ** 2).sum(axis=1)
    deviations = np.sqrt(squares / np.maximum(n_answered - 1, 1))
    deviations = np.where(highest(codes) == lowest(codes), 0.0, deviations)
    return np.where(n_answered >= FEWEST_FOR_A_DEVIATION, deviations, np.nan)


def split_variability(codes: Matrix, n_parts: int) -> Matrix:
    """Compute the variability of each response within parts of equal length of the questionnaire.

    Args:
        codes: As in ``response_variability``, columns in the order shown.
        n_parts: Parts, 1 to k; where k is no multiple, the parts differ by one item as R's ``cut`` has it.

    Returns:
        n rows, one column a part.

    References:
        R: ``careless::irv(split = TRUE, num.split = n_parts)``.
    """
    n_items = codes.shape[1]
    parts = [max(1, -(-place * n_parts // max(n_items - 1, 1))) for place in range(n_items)]
    columns = [response_variability(codes[:, np.array(parts) == part]) for part in range(1, n_parts + 1)]
    return np.column_stack(columns)
