"""Average effects and predictions with both their intervals: delta method and bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.estimates import PREDICTION_COLUMNS, Matrix, Vector
from models.regression.categorical.effects import Wanted
from models.regression.categorical.estimated import Estimated
from models.regression.categorical.margins import delta_intervals
from models.regression.categorical.margins_bootstrap import (
    BootstrapMargins,
    DrawsRefusedError,
    bootstrap_margins,
)

READING_COLUMNS = ("term", "reading", "value", "conf_low", "conf_high", "verdict")
USUAL_DRAWS = 499
MOST_ROWS_DRAWN = 20_000


@dataclass(frozen=True, eq=False)
class Drawing:
    """How bootstrap intervals are drawn.

    Attributes:
        units: Unit of each of n rows, 0 to G - 1: whole clusters, or each row its own.
        n_draws: Draws; 0 for none.
        rng: Source of the draws.
    """

    units: NDArray[np.intp]
    n_draws: int
    rng: np.random.Generator


def draws_of(declared: int | None, n_rows: int) -> int:
    """Return how many draws a model asks for."""
    return declared if declared is not None else USUAL_DRAWS if n_rows <= MOST_ROWS_DRAWN else 0


@dataclass(frozen=True, eq=False)
class Shown:
    """Average effects as readings, predictions, and what is to be known of the draws behind them."""

    readings: pd.DataFrame
    predictions: pd.DataFrame
    diagnostics: dict[str, float]


def show(
    found: Estimated, effects: list[Wanted], predictions: list[Wanted], weights: Vector, level: float, how: Drawing
) -> Shown:
    """Compute average effects and predictions with their intervals.

    Args:
        found: The fitted model.
        effects: Average effects, labelled with their term.
        predictions: Predictions, labelled with where they are made.
        weights: n weights of the rows.
        level: Confidence level.
        how: How the bootstrap draws.
    """
    wanted = [*effects, *predictions]
    drawn, diagnostics = _drawn(found, wanted, weights, level, how)
    covariance = found.uncertainty.covariance if found.covariance_of_margins is None else found.covariance_of_margins
    n_categories = len(found.categories)
    rows: list[dict[str, Any]] = []
    points: list[dict[Any, Any]] = []
    for place, each in enumerate(wanted):
        by_delta = delta_intervals(each.of(found.model, weights), covariance, found.categories, level)
        ends = slice(place * n_categories, (place + 1) * n_categories)
        boot = [np.full(n_categories, np.nan)] * 3
        if drawn is not None:
            boot = [drawn.std_error[ends], drawn.conf_low[ends], drawn.conf_high[ends]]
        table = by_delta.assign(boot_error=boot[0], boot_low=boot[1], boot_high=boot[2])
        records = [{**each.labels, **record} for record in table.to_dict("records")]
        if place < len(effects):
            rows += _readings(records, is_drawn=drawn is not None)
        else:
            points += records
    readings = pd.DataFrame(rows, columns=list(READING_COLUMNS))
    return Shown(readings, pd.DataFrame(points, columns=list(PREDICTION_COLUMNS)), diagnostics)


def _readings(records: list[dict[Any, Any]], *, is_drawn: bool) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for each in records:
        on = f" on {each['category']}" if each["category"] else ""
        said = {"term": each["term"], "verdict": ""}
        delta = {"value": each["estimate"], "conf_low": each["conf_low"], "conf_high": each["conf_high"]}
        rows.append({**said, "reading": f"average_effect{on}", **delta})
        if is_drawn:
            boot = {"value": each["boot_error"], "conf_low": each["boot_low"], "conf_high": each["boot_high"]}
            rows.append({**said, "reading": f"average_effect_bootstrap{on}", **boot})
    return rows


def _drawn(
    found: Estimated, wanted: list[Wanted], weights: Vector, level: float, how: Drawing
) -> tuple[BootstrapMargins | None, dict[str, float]]:
    """Return the bootstrap of all that is wanted, one after the other; None where none is drawn or too many fail."""
    refitted = found.refitted
    if how.n_draws == 0 or refitted is None:
        return None, {"bootstrap_draws": 0.0}
    laid_out = [[(factor, matrix()) for factor, matrix in each.parts] for each in wanted]

    def refit(times: NDArray[np.intp]) -> Vector:
        model = refitted(times)
        shares = weights * times / (weights @ times)
        return np.concatenate(
            [
                _combined(parts, model.expected, shares if each.is_averaged else np.ones(1))
                for each, parts in zip(wanted, laid_out, strict=True)
            ]
        )

    try:
        drawn = bootstrap_margins(refit, how.units, how.rng, how.n_draws, level)
    except DrawsRefusedError as refused:
        return None, {"bootstrap_draws": 0.0, "bootstrap_failed": refused.share_failed}
    return drawn, {"bootstrap_draws": float(len(drawn.draws)), "bootstrap_failed": drawn.n_failed / how.n_draws}


def _combined(parts: list[tuple[float, Matrix]], expected: Callable[[Matrix], Matrix], shares: Vector) -> Vector:
    return np.sum([factor * (shares @ expected(matrix)) for factor, matrix in parts], axis=0)
