"""Which values are missing together: one row a pattern, for a table or a picture."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MissingPatterns:
    """Patterns of missing values, P of them over p variables; the variable with fewest missing values first.

    Attributes:
        variables: Names of the p variables.
        is_observed: Whether a pattern has the variable, P x p; the most complete patterns first.
        n_rows: Rows with each pattern, P.
    """

    variables: tuple[str, ...]
    is_observed: NDArray[np.bool_]
    n_rows: NDArray[np.intp]

    @property
    def n_missing(self) -> NDArray[np.intp]:
        """Missing values of each variable, p."""
        return self.n_rows @ ~self.is_observed

    def table(self) -> pd.DataFrame:
        """Return one row a pattern: pattern (from 1), n_rows, share_of_rows, n_missing, and whether each is observed.

        Columns of variables are named ``has: variable``.
        """
        total = max(int(self.n_rows.sum()), 1)
        columns = {
            "pattern": np.arange(1, len(self.n_rows) + 1),
            "n_rows": self.n_rows,
            "share_of_rows": self.n_rows / total,
            "n_missing": (~self.is_observed).sum(axis=1),
        }
        columns |= {f"has: {name}": self.is_observed[:, place] for place, name in enumerate(self.variables)}
        return pd.DataFrame(columns)

    def cells(self) -> pd.DataFrame:
        """Return one row a cell of a picture: pattern (from 1), variable, position (from 1), n_rows, is_observed."""
        n_patterns, n_variables = self.is_observed.shape
        return pd.DataFrame(
            {
                "pattern": np.repeat(np.arange(1, n_patterns + 1), n_variables),
                "variable": list(self.variables) * n_patterns,
                "position": np.tile(np.arange(1, n_variables + 1), n_patterns),
                "n_rows": np.repeat(self.n_rows, n_variables),
                "is_observed": self.is_observed.ravel(),
            }
        )


def missing_patterns(data: pd.DataFrame) -> MissingPatterns:
    """Find the patterns of missing values.

    Args:
        data: n rows, p variables of any kind, missing as NA.

    Returns:
        Patterns by the number of missing values, then by how many rows have them, then by variables; variables by the
        number of missing values, then in their order.

    References:
        R: ``mice::md.pattern``, which orders patterns otherwise.
    """
    is_observed = data.notna().to_numpy()
    order = np.argsort((~is_observed).sum(axis=0), kind="stable")
    kinds, counts = np.unique(is_observed[:, order], axis=0, return_counts=True)
    places = np.lexsort((*(~kinds).T[::-1], -counts, (~kinds).sum(axis=1)))
    return MissingPatterns(tuple(str(data.columns[place]) for place in order), kinds[places], counts[places])
