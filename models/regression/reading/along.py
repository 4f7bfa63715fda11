"""How a coefficient moves along something that is supposed, such as deltas or correlations, as readings."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from models.missing_data.sensitivity import crossings
from models.regression.reading.of_coefficients import Row


def read_along(term: str, name: str, on: str, found: pd.DataFrame) -> Iterator[Row]:
    """Yield the coefficient and its interval at every value but nought, as ``NAME VALUE on ON``.

    Args:
        term: The term.
        name: What is supposed.
        on: The variable of which it is.
        found: Columns ``delta``, ``estimate``, ``conf_low`` and ``conf_high``, one row a value.
    """
    for row in found[found["delta"] != 0].to_dict("records"):
        yield term, f"{name} {row['delta']:g} on {on}", row["estimate"], row["conf_low"], row["conf_high"], ""


def read_tipping(term: str, name: str, on: str, found: pd.DataFrame) -> Row:
    """Return the value nearest to nought at which the interval begins or ceases to hold nought.

    It lies linearly between values tried, with verdict ``look``; missing and ``ok`` where the interval does so nowhere.

    Args:
        term: The term.
        name: What the value is called.
        on: The variable of which it is.
        found: As of ``read_along``.
    """
    tips = crossings(found)
    nearest = float(tips[np.abs(tips).argmin()]) if len(tips) else np.nan
    return term, f"{name} on {on}", nearest, np.nan, np.nan, "look" if len(tips) else "ok"
