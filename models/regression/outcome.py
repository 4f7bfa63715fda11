"""The outcome of a model: numbers as they are, categories without order as places in a list.

Put here what the left-hand side becomes; which values an estimator allows is for the estimator.
"""

from typing import Any

import pandas as pd

from models.regression.coded_columns import outcome_columns
from models.regression.columns import Labels, category_names
from models.regression.compositional import log_ratio_of
from models.regression.identification import ModelDataError
from models.regression.profile import finite_numbers
from models.sections.inference import MISCLASSIFIED
from models.spec import RegressionSpec


def outcome_of(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels) -> pd.Series:
    """Return the outcome as float64; of a multinomial model places of categories, of a part of a whole its log-ratio.

    Args:
        spec: The model, variant applied.
        rows: Rows with no missing value.
        labels: Variable → code → label.

    Raises:
        ModelDataError: If numbers are expected and absent, or the reference is not among the categories.
    """
    if spec.estimator == MISCLASSIFIED:
        given, coders = (finite_numbers(rows, column) for column in outcome_columns(spec))
        return (given / coders).rename(spec.outcome)
    if spec.composition is not None:
        return log_ratio_of(spec.composition, spec.outcome, rows)
    if spec.estimator != "multinomial":
        return finite_numbers(rows, spec.outcome).rename(spec.outcome)
    places = {code: place for place, code in enumerate(_names(spec, rows, labels))}
    return rows[spec.outcome].map(places).astype("float64").rename(spec.outcome)


def categories_of(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels) -> tuple[str, ...]:
    """Name the categories of an outcome in the order of their places, in words where they have labels.

    Values of an ordered outcome are named by their numbers, as its thresholds are.
    """
    if spec.estimator == MISCLASSIFIED:
        return "0", "1"
    if spec.estimator != "multinomial":
        return tuple(f"{value:g}" for value in sorted(finite_numbers(rows, spec.outcome).unique()))
    return tuple(_names(spec, rows, labels).values())


def _names(spec: RegressionSpec, rows: pd.DataFrame, labels: Labels) -> dict[Any, str]:
    """Return code → name of the categories that rows answered, the reference first, the others in order."""
    names = category_names(sorted(rows[spec.outcome].dropna().unique().tolist()), labels.get(spec.outcome, {}))
    if spec.outcome_reference is None:
        return names
    for code, name in names.items():
        if spec.outcome_reference in (code, name, str(code)):
            return {code: name, **names}
    found = ", ".join(f"{code} ({name})" if str(code) != name else name for code, name in names.items())
    raise ModelDataError(
        f"the outcome_reference '{spec.outcome_reference}' of '{spec.outcome}' is not among the responses used; found "
        f"{found}; name one of these"
    )
