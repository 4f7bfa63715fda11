"""A recorded fit that heeds people who kept silent → the fit of those who answered that it is."""

import json

import pandas as pd

from models.regression.design import select_rows
from models.sections.imputation import LISTWISE
from models.sections.nonresponse import nonresponse_of
from models.spec import RegressionSpec

WEIGHT = "weight_of_response"


def is_of_silence(fits: pd.DataFrame) -> pd.Series:
    """Tell which rows of ``out.fits`` weight for people who kept silent, or look at their selection."""
    methods = [json.loads(str(text)).get("missing") for text in fits["spec_json"]]
    named = [isinstance(each, dict) and each.get("method") in ("response_weights", "selection") for each in methods]
    return pd.Series(named, index=fits.index, dtype=bool)


def as_weighted(spec: RegressionSpec, rows: pd.DataFrame) -> tuple[RegressionSpec, pd.DataFrame]:
    """Return a model without silent people, and its complete rows with their whole weight; others as they are.

    Args:
        spec: The model, variant applied.
        rows: The responses behind it, as they were kept.
    """
    if nonresponse_of(spec.missing) is None:
        return spec, rows
    silent = select_rows(spec, rows).silent
    if silent is None or silent.weighted is None:
        kept = rows if silent is None else silent.rows
        return spec.model_copy(update={"missing": LISTWISE}), kept
    weights = silent.weighted.weights
    if spec.weights is not None:
        weights = weights * silent.rows[spec.weights].to_numpy(dtype=float)
    return spec.model_copy(update={"missing": LISTWISE, "weights": WEIGHT}), silent.rows.assign(**{WEIGHT: weights})
