"""Selection on the outcome: how the coefficient of interest moves when silence goes together with what was not said.

Each correlation is fitted anew to those who answered and those who did not. Put here what is told of it; the likelihood
is in ``models.missing_data.selection``.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from models.estimates import Fit
from models.missing_data.selection import SelectedRows, SelectionFit, fit_selection
from models.regression.columns import Labels
from models.regression.delta_adjusted import terms_of_interest
from models.regression.design import Design, lay_out
from models.regression.diagnostics import judged
from models.regression.identification import ModelDataError, find_dependencies, refuse_dependencies
from models.regression.inference import t_quantiles
from models.regression.posed import codes_of
from models.regression.reading.along import read_along, read_tipping
from models.regression.reading.of_coefficients import COLUMNS, Row
from models.regression.response_rows import matrix_of
from models.sections.nonresponse import SELECTION, SELECTION_ESTIMATED, SELECTION_TIPS, Selection
from models.spec import RegressionSpec


def with_selection(fit: Fit, spec: RegressionSpec, design: Design, labels: Labels) -> Fit:
    """Add what becomes of the terms of interest when those who did not answer would have answered otherwise.

    Readings, by maximum likelihood: ``selection R on Y``, the coefficient and its interval with the correlation of the
    errors of answering and of the outcome Y held at R; ``selection_estimated on Y`` with it estimated; and
    ``selection_tips on Y``, the correlation nearest to nought at which the interval begins or ceases to hold nought,
    linearly between those tried, with verdict ``look``; missing and ``ok`` where it does so nowhere. Intervals are
    normal; with clusters of their summed scores, t on G - 1. Diagnostics ``selection_correlation`` and
    ``selection_correlation_error`` where it is estimated.

    Args:
        fit: The fit of those who answered.
        spec: The model, variant applied.
        design: What the fit was made from.
        labels: Labels of categories.

    Raises:
        ModelDataError: As of ``fit_selection``, or if a category of a regressor is that of silent people alone.

    References:
        As of ``models.missing_data.selection.fit_selection``.
    """
    if not isinstance(spec.missing, Selection) or design.silent is None:
        return fit
    request, asked = spec.missing, design.silent.asked
    rows = _rows(spec, request, design, asked, labels)
    clusters = [codes_of(asked[name]) for name in spec.clusters()]
    codes = clusters[0] if clusters else None
    df = np.inf if codes is None else float(codes.max())
    held = sorted({0.0, *request.correlations}) if request.correlations else []
    moved = {value: fit_selection(rows, value, codes) for value in held}
    free = fit_selection(rows, None, codes) if request.is_estimated else None
    told: list[Row] = []
    for term in terms_of_interest(fit, spec):
        told += _of_term(term, spec, moved, free, df)
    readings = pd.concat([fit.readings, pd.DataFrame(told, columns=list(COLUMNS))], ignore_index=True)
    if free is None:
        return replace(fit, readings=readings)
    of_correlation = {"selection_correlation": free.correlation, "selection_correlation_error": free.correlation_error}
    diagnostics = pd.concat([fit.diagnostics, judged(of_correlation)], ignore_index=True)
    return replace(fit, readings=readings, diagnostics=diagnostics)


def _rows(
    spec: RegressionSpec, request: Selection, design: Design, asked: pd.DataFrame, labels: Labels
) -> SelectedRows:
    """Return the regression of all who could answer, silence as a missing outcome, and what explains answering."""
    _refuse_silent_categories(design, asked)
    matrix = lay_out(spec, asked, labels, design.profile)
    try:
        others = matrix_of(request, asked)
    except ModelDataError as error:
        raise ModelDataError(
            f"the model of who answered the outcome: {error}; that is said of explained_by under missing"
        ) from error
    selection = pd.concat([matrix, others[[name for name in others if name not in matrix]]], axis=1)
    refuse_dependencies(find_dependencies(selection))
    outcome = asked[spec.outcome].to_numpy(dtype=float, na_value=np.nan)
    return SelectedRows(matrix, outcome, selection)


def _refuse_silent_categories(design: Design, asked: pd.DataFrame) -> None:
    for column, codes in design.profile.codes.items():
        alone = sorted({str(code) for code in asked[column].unique()} - {str(code) for code in codes})
        if alone:
            raise ModelDataError(
                f"nobody of '{column}' {', '.join(alone)} answered the outcome, so that selection there is not told; "
                "merge the category, or leave it out of the population"
            )


def _of_term(
    term: str, spec: RegressionSpec, moved: Mapping[float, SelectionFit], free: SelectionFit | None, df: float
) -> list[Row]:
    reach = float(t_quantiles(spec.confidence_level, np.array([df]))[0])
    found = pd.DataFrame(
        [(value, *_interval(each, term, reach)) for value, each in moved.items()],
        columns=["delta", "estimate", "conf_low", "conf_high"],
    )
    rows = list(read_along(term, SELECTION, spec.outcome, found))
    if free is not None:
        rows.append((term, f"{SELECTION_ESTIMATED} on {spec.outcome}", *_interval(free, term, reach), ""))
    if moved:
        rows.append(read_tipping(term, SELECTION_TIPS, spec.outcome, found))
    return rows


def _interval(fit: SelectionFit, term: str, reach: float) -> tuple[float, float, float]:
    place = fit.terms.index(term)
    value, error = float(fit.coefficients[place]), float(np.sqrt(fit.covariance[place, place]))
    return value, value - reach * error, value + reach * error
