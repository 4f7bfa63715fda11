"""Which items of a set seem to be worded the other way round: a suggestion with its evidence, never a decision."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

FEWEST_RESPONSES = 30
LEAST_CORRELATION = 0.2


@dataclass(frozen=True)
class KeyingEvidence:
    """Why an item may be worded the other way round.

    Attributes:
        item: The item.
        mean_correlation: Mean correlation with the items that go together.
        n_obs: Responses in which it and at least one other item were answered.
    """

    item: str
    mean_correlation: float
    n_obs: int


def suggest_reversed(answers: pd.DataFrame) -> Iterator[KeyingEvidence]:
    """Find items that correlate negatively with the majority.

    The first eigenvector of the pairwise correlation matrix divides the items by its sign; the smaller side, where its
    mean correlation with the other side is at most -0.2, is suggested. With equal sides nothing is suggested.

    Args:
        answers: One row a response, one column an item (k of 3 or more), codes, missing as NA.

    Yields:
        The items to look at, in the order of the columns.
    """
    values = answers.astype("Float64").astype(float)
    usable = values.loc[:, values.min() < values.max()]
    if len(usable) < FEWEST_RESPONSES or usable.shape[1] < 3:  # noqa: PLR2004 - two items have no majority
        return
    correlations = usable.corr(min_periods=FEWEST_RESPONSES).fillna(0.0).to_numpy()
    signs = np.sign(np.linalg.eigh(correlations)[1][:, -1])
    if (signs > 0).sum() == (signs < 0).sum():
        return
    majority = 1.0 if (signs > 0).sum() > (signs < 0).sum() else -1.0
    together = signs == majority
    for place, item in enumerate(usable.columns):
        mean = float(correlations[place, together].mean())
        if not together[place] and mean <= -LEAST_CORRELATION:
            others = usable.drop(columns=item).notna().any(axis=1)
            yield KeyingEvidence(str(item), mean, int((usable[item].notna() & others).sum()))
