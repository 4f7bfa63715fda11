"""What every estimator hands back, whatever it estimates: a fit with labelled estimates and diagnostics.

Put here the result's form and its digest; not where a result comes from (``origin``) nor how it is computed.
"""

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

RESULT_COLUMNS = ("estimate", "std_error", "df", "statistic", "p_value", "conf_low", "conf_high")
PREDICTION_COLUMNS = (
    "held",
    "position",
    "focal",
    "focal_value",
    "focal_category",
    "category",
    "estimate",
    "std_error",
    "conf_low",
    "conf_high",
    "boot_low",
    "boot_high",
)
JOINT_TEST_COLUMNS = ("regressor", "statistic", "df_num", "df_denom", "p_value", "method")


@dataclass(frozen=True, eq=False)
class Shapes:
    """How effects depend on other variables and outcomes bend, as labelled rows; no row where a model has none.

    Attributes:
        slopes: One row a focal term, moderator and value of it: focal_term, moderator, at, value, estimate, std_error,
            df, p_value, conf_low, conf_high.
        slope_regions: One row a stretch of the moderator (Johnson and Neyman): focal_term, moderator, position, low,
            high, is_significant, share_of_responses.
        curves: One row a point of a curve: curve, over, moderator, at, focal_term, position, value, estimate,
            std_error, conf_low, conf_high, unit.
        surface: One row a feature of a response surface: feature, estimate, std_error, df, p_value, conf_low,
            conf_high, against, expected_sign, verdict.
    """

    slopes: pd.DataFrame
    slope_regions: pd.DataFrame
    curves: pd.DataFrame
    surface: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Fit:
    """One model fitted to one set of responses.

    Attributes:
        model: Name of the model.
        variant: Name of the variant; ``main`` is the model as written.
        estimator: Such as ``OLS``.
        covariance: Covariance of the estimates, as the specification calls it.
        outcome: Variable that is explained.
        n_obs: Responses used.
        n_clusters: Clusters; None without clusters.
        df_resid: Responses minus coefficients.
        r_squared: Explained share of the outcome's variance, 0 to 1.
        estimates: One row a term: term, estimate, std_error, df, statistic, p_value, conf_low, conf_high.
        diagnostics: One row a diagnostic: diagnostic, value, threshold (NaN when there is none), verdict
            (``ok``, ``look`` or ``none``).
        readings: One row a term and reading: term, reading, value, conf_low, conf_high (NaN where there is none),
            verdict; see ``models.regression.reading.of_fit``.
        predictions: Of a categorical outcome what is expected along the focal regressor: held, position, focal,
            focal_value, focal_category, category, estimate, std_error, conf_low, conf_high, boot_low, boot_high.
        joint_tests: Tests of several coefficients at once: regressor, statistic, df_num, df_denom, p_value, method.
        shapes: How effects depend on other variables; see ``models.regression.moderation.of_fit``.
        data: The responses used, sorted by response_id, with the columns that the model reads and no other; the same
            model fitted to them gives the same estimates. Without a row where they stayed in a database.
        engine: What computed it: ``rows`` in memory, ``counted_patterns`` or ``blocks`` in a database.
        engine_reason: Why, and what is not told therefore, in sentences; of many responses in memory, why not in a
            database; empty of few.
        data_hash: SHA-256 of the responses used where they stayed in a database; else empty.
    """

    model: str
    variant: str
    estimator: str
    covariance: str
    outcome: str
    n_obs: int
    n_clusters: int | None
    df_resid: float
    r_squared: float
    estimates: pd.DataFrame
    diagnostics: pd.DataFrame
    readings: pd.DataFrame
    shapes: Shapes
    data: pd.DataFrame
    predictions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(PREDICTION_COLUMNS)))
    joint_tests: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(JOINT_TEST_COLUMNS)))
    engine: str = "rows"
    engine_reason: str = ""
    data_hash: str = ""


def result_digest(fit: Fit) -> str:
    """Return the SHA-256 of the terms of a fit and of the bits of its results, in hexadecimal."""
    return estimates_digest(fit.estimates)


def estimates_digest(estimates: pd.DataFrame) -> str:
    """Return the SHA-256 of terms and results in the order of the terms' names, in hexadecimal.

    Args:
        estimates: One row a term, in any order, with the columns of ``Fit.estimates``; missing as NA or NaN.

    Returns:
        64 hexadecimal digits; equal exactly when terms and all float64 bits are.
    """
    ordered = estimates.sort_values("term")
    digest = hashlib.sha256("\n".join(ordered["term"]).encode())
    digest.update(result_numbers(ordered).astype("<f8").tobytes())
    return digest.hexdigest()


def result_numbers(estimates: pd.DataFrame) -> Matrix:
    """Return the results of each term as float64, one row a term, one column each of ``RESULT_COLUMNS``."""
    numbers = estimates[list(RESULT_COLUMNS)].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(numbers), np.nan, numbers)
