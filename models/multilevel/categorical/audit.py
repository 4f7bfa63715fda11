"""How sure it is that the largest likelihood was found: several searches, and Laplace beside quadrature."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from models.multilevel.categorical.search import Run

SAME_LIKELIHOOD = 1e-6


@dataclass(frozen=True, eq=False)
class Audit:
    """Searches with the quadrature asked for, and one with another quadrature.

    Attributes:
        runs: All searches with the quadrature asked for, and the model without random intercepts.
        kept: The one of them whose estimates are reported.
        other: The search by Laplace beside quadrature, or by quadrature beside Laplace; None with several random
            intercepts, for which there is Laplace only.
        largest_change: Largest difference between both in a coefficient or the standard deviation, in standard
            errors; without the deviation where its variance is nought; NaN without another search.
    """

    runs: tuple[Run, ...]
    kept: Run
    other: Run | None = None
    largest_change: float = np.nan

    @property
    def disagreement(self) -> float:
        """How far the worst search stopped below the best, in log-likelihood."""
        return max(self._below(run) for run in self._searches())

    @property
    def n_short(self) -> int:
        """Searches that stopped more than 1e-6 below the best."""
        return sum(self._below(run) > SAME_LIKELIHOOD for run in self._searches())

    def table(self) -> pd.DataFrame:
        """Return one row a search: its attributes, how far it stopped below the kept one, and whether it is kept.

        Likelihoods of two quadratures are not compared: below_kept of the other one is NaN.
        """
        rows = [{**asdict(run), "below_kept": self._below(run), "is_kept": run is self.kept} for run in self.runs]
        if self.other is not None:
            rows.append({**asdict(self.other), "below_kept": np.nan, "is_kept": False})
        return pd.DataFrame(rows)

    def _searches(self) -> list[Run]:
        return [run for run in self.runs if run.n_points > 0]

    def _below(self, run: Run) -> float:
        return self.kept.log_likelihood - run.log_likelihood
