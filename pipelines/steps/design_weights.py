"""The frame's selection probabilities or stratum sizes → design weights of its units."""

import numpy as np
import pandas as pd

from instruments.counted import counted
from models.weighting.faults import WeightingError
from pipelines.sections.weighting import DesignWeights


def design_weights(units: pd.DataFrame, spec: DesignWeights | None) -> pd.Series:
    """Return one over the probability with which each unit was drawn.

    Args:
        units: One row a unit of a wave and group, with the columns that ``spec`` names as text.
        spec: How units were drawn; everybody was invited when not given.

    Returns:
        Length n, at least 1: ``1 / p``, or size of the stratum over units drawn from it.

    Raises:
        WeightingError: When a probability is not above 0 and at most 1, a size is no number, differs within its
            stratum, or is below the number of units drawn.

    References:
        Horvitz and Thompson (1952), Journal of the American Statistical Association 47(260), 663-685.
    """
    if spec is None:
        return pd.Series(1.0, index=units.index)
    if spec.selection_probability is not None:
        chances = _numbers(units, spec.selection_probability)
        if not chances.between(0, 1, inclusive="right").all():
            raise WeightingError(f"a {spec.selection_probability} is not above 0 and at most 1")
        return 1 / chances
    return _of_strata(units, str(spec.stratum), str(spec.stratum_size))


def _of_strata(units: pd.DataFrame, stratum: str, size: str) -> pd.Series:
    sizes, names = _numbers(units, size), units[stratum].fillna("")
    drawn = names.groupby(names).transform("size")
    for name, of_stratum in sizes.groupby(names):
        if of_stratum.min() < of_stratum.max():
            raise WeightingError(f"the {stratum} '{name}' has more than one {size}; give every unit of it the same")
        if of_stratum.iloc[0] < len(of_stratum):
            raise WeightingError(
                f"the {stratum} '{name}' has {counted(len(of_stratum), 'unit')} in the frame; its {size} is less"
            )
    return sizes / drawn


def _numbers(units: pd.DataFrame, column: str) -> pd.Series:
    numbers = pd.to_numeric(units[column], errors="coerce").astype(float)
    if not np.isfinite(numbers).all():
        n = int((~np.isfinite(numbers)).sum())
        raise WeightingError(
            f"{counted(n, 'unit')} of the frame without a number in {column}; fill it in for every unit"
        )
    return numbers
