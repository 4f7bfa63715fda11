"""What every engine hands back: a fit to a table that never came home, with as many covariances as were asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from models.estimates import Vector
from models.regression.inference import Uncertainty, label_estimates
from models.sections.inference import Covariance

Engine = Literal["rows", "counted_patterns", "blocks"]


@dataclass(frozen=True, eq=False)
class TableFit:
    """A model fitted to the complete responses of a relation.

    Attributes:
        engine: How it was computed.
        reason: Why so, in one sentence.
        terms: Names of the k coefficients.
        coefficients: k.
        n_obs: Responses used.
        n_clusters: Clusters; the fewer of two ways; None when the model has none.
        r_squared: Explained share of the outcome's variance, 0 to 1; NaN where the outcome is categorical.
        df_resid: Responses minus coefficients.
        uncertainties: Covariance → how sure the coefficients are by it, in the order asked for.
    """

    engine: Engine
    reason: str
    terms: tuple[str, ...]
    coefficients: Vector
    n_obs: int
    n_clusters: int | None
    r_squared: float
    df_resid: float
    uncertainties: Mapping[Covariance, Uncertainty]

    def estimates(self, covariance: Covariance, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a term with the standard errors of a covariance, as ``label_estimates`` lays them out."""
        return label_estimates(self.terms, self.coefficients, self.uncertainties[covariance], confidence_level)
