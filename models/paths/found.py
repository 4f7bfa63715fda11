"""What an estimator of paths hands back, and how its terms are called."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from models.estimates import JOINT_TEST_COLUMNS, Vector
from models.regression.columns import column_of
from models.regression.inference import Uncertainty, label_estimates
from models.regression.reading.of_coefficients import COLUMNS
from models.sections.paths import MEDIATIONS, Paths
from models.sections.regressors import focal_variable
from models.spec import RegressionSpec

ARROW = " <- "
ROUTE = " -> "
WAVE_BEFORE = " one wave before"
COMPONENTS = ("variance", "covariance")
"""What terms of variances and covariances begin with."""
Reading = tuple[str, str, float, float, float, str]
JointTest = tuple[str, float, float, float, float, str]


@dataclass(frozen=True, eq=False)
class FoundPaths:
    """What was found.

    Attributes:
        estimates: One row a term; columns as ``models.estimates.Fit``.
        diagnostics: Diagnostic → value.
        n_obs: Rows, or units followed over waves.
        n_clusters: None without clusters.
        n_parameters: Estimated.
        r_squared: Share of the outcome that is explained; NaN where no such share is told.
        readings: Rows of ``Fit.readings``.
        joint_tests: Rows of ``Fit.joint_tests``.
    """

    estimates: pd.DataFrame
    diagnostics: dict[str, float]
    n_obs: int
    n_clusters: int | None
    n_parameters: int
    r_squared: float = np.nan
    readings: tuple[Reading, ...] = ()
    joint_tests: tuple[JointTest, ...] = field(default=())

    def reading_table(self) -> pd.DataFrame:
        """Return the readings as a table."""
        return pd.DataFrame(list(self.readings), columns=list(COLUMNS))

    def joint_test_table(self) -> pd.DataFrame:
        """Return the joint tests as a table."""
        return pd.DataFrame(list(self.joint_tests), columns=list(JOINT_TEST_COLUMNS))


def path_term(outcome: str, cause: str, level: str = "") -> str:
    """Return the term of a path, such as ``forwarding <- sensegiving``."""
    return f"{level}{': ' if level else ''}{outcome}{ARROW}{cause}"


def normal_rows(terms: tuple[str, ...], values: Vector, errors: Vector, confidence_level: float) -> pd.DataFrame:
    """Return one row a term with normal tests and intervals."""
    covariance = np.diag(np.asarray(errors, dtype=float) ** 2)
    return label_estimates(terms, values, Uncertainty(covariance, np.full(len(values), np.inf)), confidence_level)


def term_of_interest(spec: RegressionSpec) -> str | None:
    """Return the term that answers what a path model asks; None where no single one does.

    Of a mediation the indirect effect (all together where there are several), moderated its index; across levels the
    one between. Of a cross-lagged panel the lag of the outcome on the focal regressor; of growth the slope's path from
    it; of two outcomes the difference of its coefficients.

    Args:
        spec: The model, variant applied; its focal regressor has one coefficient.
    """
    paths = spec.paths or Paths()
    focal = column_of(focal_variable(spec.focal))
    if spec.estimator in MEDIATIONS:
        return _of_mediation(spec, paths, focal)
    if spec.estimator == "cross_lagged_panel":
        is_steady = "lags" in paths.steady
        return f"{path_term(spec.outcome, focal)}{WAVE_BEFORE}" if is_steady else None
    if spec.estimator == "latent_growth":
        return path_term("slope", focal)
    return f"difference: {focal}"


def _of_mediation(spec: RegressionSpec, paths: Paths, focal: str) -> str | None:
    mediators = [column_of(each) for each in paths.between()]
    route = [focal, *(mediators if len(mediators) == 1 else []), spec.outcome]
    if paths.moderator is None:
        level = " between" if spec.estimator == "mediation_across_levels" else ""
        return f"indirect{level}: {ROUTE.join(route)}"
    is_line = len(set(paths.moderated) & {"first", "second"}) == 1 and len(mediators) == 1
    return f"index: {ROUTE.join(route)}" if is_line else None
