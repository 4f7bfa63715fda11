"""Rows in groups: put in order once, then summed over the groups at once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.categorical.responses import Responses
from models.regression.identification import ModelDataError


@dataclass(frozen=True, eq=False)
class Groups:
    """G groups of n rows that lie one after the other.

    Attributes:
        labels: G labels in rising order.
        codes: Group of each row, 0 to G - 1, rising.
        starts: First row of each group, G.
    """

    labels: NDArray[np.object_]
    codes: NDArray[np.intp]
    starts: NDArray[np.intp]

    @property
    def n_groups(self) -> int:
        """Groups."""
        return len(self.starts)

    def sums(self, values: Matrix) -> Matrix:
        """Sum the rows of each group: n or n x m values → G or G x m sums."""
        return np.add.reduceat(values, self.starts, axis=0)

    def spread(self, values: Vector) -> Vector:
        """Give each row the value of its group."""
        return values[self.codes]


def put_in_groups(responses: Responses, labels: pd.Series) -> tuple[Responses, Groups]:
    """Sort rows by group and by what they hold, so that their order as given changes no bit of a result.

    Args:
        responses: n rows.
        labels: Group of each row, in the same order.

    Raises:
        ModelDataError: If a group is missing.
        ValueError: If there are not as many groups as rows.
    """
    counts = responses.counts()
    if len(labels) != len(counts):
        raise ValueError(f"{len(labels)} groups for {len(counts)} rows; give each row its group")
    n_missing = int(labels.isna().sum())
    if n_missing:
        raise ModelDataError(
            f"{n_missing} of {len(labels)} responses have no '{labels.name}'; a random intercept expects the group of "
            "every response; leave these responses out, or give them a group"
        )
    given, found = pd.factorize(labels, sort=True)
    codes = np.asarray(given, dtype=np.intp)
    order = np.lexsort([*responses.keys(), codes])
    sorted_codes = codes[order]
    starts = np.flatnonzero(np.diff(sorted_codes, prepend=-1))
    return responses.in_order(order), Groups(np.asarray(found, dtype=object), sorted_codes, starts)
