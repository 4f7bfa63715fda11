"""Parts of a whole → shares without noughts, and log-ratios that least squares can explain.

Shares cannot move by themselves: what one gains, others lose. Log-ratios are free of that (Aitchison).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import numpy as np
import pandas as pd

from instruments.counted import counted
from models.estimates import Matrix, Vector
from models.regression.identification import ModelDataError
from models.regression.profile import finite_numbers
from models.sections.composition import Composition

OF_SMALLEST = 0.65
SAME_TOTAL = 0.01


def shares_of_parts(composition: Composition, rows: pd.DataFrame) -> Matrix:
    """Return the share of each part, n x D; every row adds up to 1.

    Args:
        composition: Its D parts.
        rows: Rows without a missing value.

    Raises:
        ModelDataError: If a part is negative, or totals are nought or differ by more than a hundredth.
    """
    parts = np.column_stack([finite_numbers(rows, part).to_numpy() for part in composition.parts])
    listed, totals = ", ".join(composition.parts), parts.sum(axis=1)
    if (parts < 0).any():
        n_negative = int((parts < 0).any(axis=1).sum())
        raise ModelDataError(
            f"{counted(n_negative, 'response')} with a negative part among {listed}; expected shares of a total, "
            "nought or more; mend the data"
        )
    low, high = float(totals.min()), float(totals.max())
    if low <= 0 or high - low > SAME_TOTAL * high:
        raise ModelDataError(
            f"the parts {listed} add up to between {low:g} and {high:g}; expected one total above nought in every "
            "response; name all parts, or mend the data"
        )
    return parts / totals[:, None]


def nought_counts_as(composition: Composition, shares: Matrix) -> float:
    """Return the share that a nought counts as: what the model says, or .65 of the smallest share above nought."""
    if composition.zeros_as is not None:
        return composition.zeros_as / 100
    return OF_SMALLEST * float(shares[shares > 0].min())


def without_noughts(shares: Matrix, nought: float) -> Matrix:
    """Replace noughts by a small share, and shrink the shares above nought in proportion.

    Args:
        shares: n x D, rows add up to 1.
        nought: What a nought counts as.

    Raises:
        ModelDataError: If noughts would count for half of a response or more.

    References:
        Martín-Fernández, Barceló-Vidal and Pawlowsky-Glahn (2003), Mathematical Geology 35, 253-278 (multiplicative
        replacement). R: ``zCompositions::multRepl``.
    """
    replaced = nought * (shares == 0).sum(axis=1, keepdims=True)
    if (replaced >= 1 / 2).any():
        raise ModelDataError(
            f"noughts that count as {100 * nought:g} points of 100 make up half of a response or more; expected a "
            "small part; write a smaller zeros_as"
        )
    return np.where(shares == 0, nought, shares * (1 - replaced))


def centred_log_ratios(shares: Matrix) -> Matrix:
    """Return ln(share / geometric mean of all shares), n x D; every row adds up to 0. R: ``compositions::clr``."""
    logs = np.log(shares)
    return logs - logs.mean(axis=1, keepdims=True)


def pivot_coordinate(shares: Matrix, place: int) -> Vector:
    """Return the isometric log-ratio of one part to all others, n values.

    Formula:
        sqrt((D - 1) / D) ln(share / geometric mean of the other D - 1).

    Args:
        shares: n x D, all above nought.
        place: Of the part.

    References:
        Egozcue and others (2003), Mathematical Geology 35, 279-300; Fišerová and Hron (2011), Mathematical Geosciences
        43, 455-468. R: ``robCompositions::pivotCoord(pivotvar = )``.
    """
    n_parts = shares.shape[1]
    return np.sqrt(n_parts / (n_parts - 1)) * centred_log_ratios(shares)[:, place]


def log_ratio_of(composition: Composition, outcome: str, rows: pd.DataFrame) -> pd.Series:
    """Return the outcome's isometric log-ratio to the other parts, noughts replaced.

    Raises:
        ModelDataError: As ``shares_of_parts`` and ``without_noughts``.
    """
    shares = shares_of_parts(composition, rows)
    free = without_noughts(shares, nought_counts_as(composition, shares))
    return pd.Series(pivot_coordinate(free, composition.parts.index(outcome)), index=rows.index, name=outcome)
