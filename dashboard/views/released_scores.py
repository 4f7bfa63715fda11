"""What the first page shows of scores, worked out once a page: the scores, what changed, what must stand apart."""

from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from dashboard import findings, queries
from dashboard.comparisons import SHOWN, reasons_apart
from dashboard.views.page import Page


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of all groups and waves.

    Attributes:
        means: See ``queries.scale_means``, in the page's order.
        apart: Why the waves of each row must not stand side by side; see ``comparisons.reasons_apart``.
        changes: Of scales whose waves may be compared, see ``findings.change``; None when there is one wave only.
    """

    means: pd.DataFrame
    apart: pd.Series
    changes: pd.DataFrame | None

    def of_group(self, group: str, *, together: bool) -> pd.DataFrame:
        """Return the scores of a respondent group whose waves may stand side by side, or those that may not."""
        is_wanted = (self.means["respondent_group"] == group) & ((self.apart == SHOWN) == together)
        return self.means[is_wanted]


@lru_cache(maxsize=32)
def scores_of(page: Page) -> Scores:
    """Return the scores that a page shows."""
    means = page.arranged(queries.scale_means(page.release)).sort_values("position", kind="stable")
    apart = reasons_apart(queries.comparisons(page.release), means)
    changes = None
    if len(page.waves) > 1:
        changes = findings.change(means[apart == SHOWN], page.waves[-2], page.waves[-1])
    return Scores(means, apart, changes)
