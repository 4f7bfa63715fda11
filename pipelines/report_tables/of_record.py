"""A row of fits, and the terms of one, → the part of a reported fit that is the same wherever the figures come from."""

import math
from collections.abc import Mapping

import pandas as pd

from models.spec import RegressionSpec
from pipelines.report_tables.terms import Naming, places_of


def of_every_source(
    row: Mapping[str, object], spec: RegressionSpec, rows: pd.DataFrame, naming: Naming, estimates: pd.DataFrame
) -> dict[str, object]:
    """Return arguments of ``ReportedFit``.

    Args:
        row: The fit: fit_id, variant, label, estimator, covariance, n_obs, n_clusters, r_squared.
        spec: The model as fitted.
        rows: The responses used.
        naming: What its terms are named by.
        estimates: Its terms, with their position.
    """
    ordered = estimates.sort_values("position").reset_index(drop=True)
    ordered = ordered.reindex(columns=[*dict.fromkeys([*ordered.columns, "df", "statistic"])])
    return {
        "fit_id": str(row["fit_id"]),
        "spec": spec,
        "variant": str(row["variant"]),
        "label": str(row["label"]),
        "estimator": str(row["estimator"]),
        "covariance": str(row["covariance"]),
        "n_obs": int(str(row["n_obs"])),
        "n_clusters": whole(row["n_clusters"]),
        "r_squared": figure(row["r_squared"]),
        "estimates": ordered,
        "places": places_of(spec, rows, naming, ordered["term"].astype(str)),
    }


def known_diagnostics(diagnostics: pd.DataFrame) -> dict[str, float]:
    """Return the diagnostics of a fit that have a value."""
    known = diagnostics.dropna(subset=["value"])
    return dict(zip(known["diagnostic"].astype(str), known["value"].astype(float), strict=True))


def figure(value: object) -> float | None:
    """Return a figure of a table; None where it is missing."""
    number = math.nan if value is None or value is pd.NA else float(str(value))
    return None if math.isnan(number) else number


def whole(value: object) -> int | None:
    """Return a count of a table; None where it is missing."""
    number = figure(value)
    return None if number is None else int(number)
