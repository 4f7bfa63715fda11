"""Deltas added to imputed values: how the coefficient of interest moves, and where a conclusion tips.

Each delta is imputed and fitted anew with the random numbers of the fit itself, so that results differ by the delta
alone. Put here what is told of it; how values are shifted is in ``models.missing_data``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from models.estimates import Fit
from models.focal_term import focal_term, is_of_focal
from models.regression.columns import product_term
from models.regression.identification import ModelDataError
from models.regression.imputed_rows import Shift
from models.regression.reading.along import read_along, read_tipping
from models.regression.reading.of_coefficients import COLUMNS, Row
from models.sections.imputation import DELTA, TIPPING_POINT, imputation_of
from models.sections.regressors import parts_of
from models.spec import RegressionSpec

ENDS = ["conf_low", "conf_high"]


def with_deltas(fit: Fit, spec: RegressionSpec, with_shift: Callable[[Shift], Fit]) -> Fit:
    """Add what becomes of the terms of interest when values are missing because of what they are.

    Readings: ``delta D on V``, the coefficient and its interval when D is added to what is imputed of V; and
    ``tipping_point on V``, the delta nearest to nought at which the interval begins or ceases to hold nought, linearly
    between those tried, with verdict ``look``; missing and ``ok`` where it does so nowhere.

    Args:
        fit: The pooled fit, nothing added.
        spec: The model, variant applied.
        with_shift: A column and what is added → the pooled fit.

    Raises:
        ModelDataError: If a variable misses no value, or cannot be shifted.

    References:
        As of ``models.missing_data.sensitivity.adjust_by_deltas``.
    """
    request = imputation_of(spec.missing)
    rows: list[Row] = []
    for variable, deltas in ({} if request is None else request.deltas).items():
        moved = {0.0: fit} | {delta: with_shift((variable, delta)) for delta in deltas if delta}
        for term in terms_of_interest(fit, spec):
            found = pd.DataFrame([_of_term(moved[delta], term, delta) for delta in sorted(moved)])
            rows += read_along(term, DELTA, variable, found)
            rows.append(read_tipping(term, TIPPING_POINT, variable, found))
    if not rows:
        return fit
    return replace(
        fit, readings=pd.concat([fit.readings, pd.DataFrame(rows, columns=list(COLUMNS))], ignore_index=True)
    )


def is_of_deltas(readings: pd.DataFrame) -> pd.Series:
    """Tell which readings are of deltas: they need draws, which imputed values given beforehand do not have."""
    return readings["reading"].astype(str).str.match(rf"({DELTA} \S+|{TIPPING_POINT}) on ").astype(bool)


def _of_term(fit: Fit, term: str, delta: float) -> dict[str, float]:
    (row,) = fit.estimates[fit.estimates["term"] == term].to_dict("records")
    return {"delta": delta} | {name: float(row[name]) for name in ("estimate", *ENDS)}


def terms_of_interest(fit: Fit, spec: RegressionSpec) -> Sequence[str]:
    """Return the terms of the focal regressor: one, or one a category of it or of the outcome."""
    focal = focal_term(spec)
    terms = [str(term) for term in fit.estimates["term"]]
    if focal is not None:
        return [term for term in terms if term == focal or term.endswith(f": {focal}")]
    own = [term for term in terms if is_of_focal(term.rpartition(": ")[2], spec)]
    if not own:
        name = product_term(parts_of(spec.focal))
        raise ModelDataError(f"no term of '{name}' to see move with deltas; take deltas out")
    return own
