"""What every engine hands back: a fit to a table that never came home, with as many covariances as were asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from models.estimates import Vector
from models.regression.categorical.generalised import GeneralisedFit
from models.regression.in_database.blocks import Factored
from models.regression.in_database.pattern_design import PatternDesign
from models.regression.inference import Uncertainty, label_estimates
from models.sections.inference import Covariance


@dataclass(frozen=True, eq=False)
class CountedBinary:
    """What a logit or probit on counted patterns was fitted to and came to.

    Attributes:
        design: The patterns laid out.
        fit: The model at the maximum, with its log-likelihood of all responses.
        ones: Weighted number of responses with outcome 1 of each of C patterns.
        noughts: The same with outcome 0.
    """

    design: PatternDesign
    fit: GeneralisedFit
    ones: Vector
    noughts: Vector


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
        counted: Of a logit or probit on counted patterns; else None.
        factored: Columns and outcome of rows that passed by in blocks, factored once; else None.
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
    counted: CountedBinary | None = None
    factored: Factored | None = None

    def estimates(self, covariance: Covariance, confidence_level: float = 0.95) -> pd.DataFrame:
        """Return one row a term with the standard errors of a covariance, as ``label_estimates`` lays them out."""
        return label_estimates(self.terms, self.coefficients, self.uncertainties[covariance], confidence_level)
