"""Groups named by what their rows hold, so that other names, or rows in another order, change no bit of a result."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from models.estimates import Vector


def named_by_content(groups: pd.Series, values: Sequence[Vector]) -> pd.Series:
    """Rename groups 0 to G - 1 in the order of their sizes and of the sums of their rows' values.

    Groups that are alike in all of these keep the order in which they come.

    Args:
        groups: Group of each of n rows, none missing.
        values: What rows hold, n each.
    """
    codes = np.asarray(pd.factorize(groups)[0], dtype=np.intp)
    order = np.lexsort([*values, codes])
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    sums = [np.add.reduceat(each[order], starts) for each in values]
    ranked = np.lexsort([*sums, np.bincount(codes)])
    names = np.empty(len(ranked), dtype=np.intp)
    names[ranked] = np.arange(len(ranked))
    return pd.Series(names[codes], index=groups.index, name=groups.name)
