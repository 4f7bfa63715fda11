"""What multiple imputation hands back: completed sets, the course of the chains, and what is to be known."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from models.estimates import Matrix, Vector
from models.missing_data.completed import Completed, groups_of
from models.missing_data.plan import ImputationPlan
from models.missing_data.pooling import CompletedEstimates, PooledEstimates, pool_estimates


@dataclass(frozen=True, eq=False)
class Imputations:
    """Multiple imputations.

    Attributes:
        data: As given; n rows in their order.
        plan: What was imputed and how.
        imputed: Columns with missing values, in the order in which they were drawn.
        drawn: For each of m chains, column → n values sorted by index, observed ones included.
        means: Means of the drawn values: m x iterations x imputed columns.
        variances: Their variances, of the same shape.
        left_out: Column → draws in which predictors that say the same as others, or nothing, were left out.
        n_unaccepted: Values for which the substantive model accepted no proposal, over all chains and iterations; they
            moved by Metropolis steps.
    """

    data: pd.DataFrame
    plan: ImputationPlan
    imputed: tuple[str, ...]
    drawn: tuple[dict[str, Vector], ...]
    means: Matrix
    variances: Matrix
    left_out: dict[str, int]
    n_unaccepted: int

    def completed(self, number: int) -> pd.DataFrame:
        """Return completed set ``number`` (from 0): the data's rows and columns, then the derived columns."""
        filled = self.data.sort_index().assign(**self.drawn[number])
        values = {each.name: filled[each.name].to_numpy(dtype=float) for each in self.plan.columns}
        columns = Completed(self.plan, values, groups_of(filled, self.plan))
        derived = {each.name: columns[each.name] for each in self.plan.derived}
        return filled.assign(**derived).loc[self.data.index]

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Iterate over completed sets."""
        return (self.completed(number) for number in range(len(self.drawn)))

    def pool(self, fit: Callable[[pd.DataFrame], CompletedEstimates]) -> PooledEstimates:
        """Fit a model to every completed set and pool what it finds."""
        return pool_estimates([fit(each) for each in self])
