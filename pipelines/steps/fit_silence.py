"""A recorded fit that heeds people who kept silent → the fit of those who answered that it is, and what it rests on.

Weights of response are the inverse of what a logit of answering expects. Whoever has the coefficients of that logit and
knows what explains answering has the weights. So a weighted fit tells no more than two fits do: a weighted one of
those who answered, its weights known, and the logit of who did. Both are asked what fits of their kind are.
"""

import json

import pandas as pd

from models.regression.design import select_rows
from models.regression.silent_rows import Silent
from models.sections.imputation import LISTWISE
from models.sections.nonresponse import ResponseWeights, nonresponse_of
from models.sections.panel import NUMBER_OF_ANSWERS
from models.spec import RegressionSpec
from pipelines.steps.fit_equations import CELL

WEIGHT, ANSWERED = "weight_of_response", "has_answered"
Answering = tuple[RegressionSpec, pd.DataFrame]


def method_of(fits: pd.DataFrame) -> pd.Series:
    """Return how rows of ``out.fits`` heed people who kept silent: response_weights, selection, or nothing."""
    said = [json.loads(str(text)).get("missing") for text in fits["spec_json"]]
    named = [str(each["method"]) if isinstance(each, dict) else "" for each in said]
    silent = [each if each in ("response_weights", "selection") else "" for each in named]
    return pd.Series(silent, index=fits.index, dtype=object)


def as_weighted(spec: RegressionSpec, rows: pd.DataFrame) -> tuple[RegressionSpec, pd.DataFrame]:
    """Return a model without silent people, and its complete rows with their whole weight; others as they are.

    Args:
        spec: The model, variant applied.
        rows: The responses behind it, as they were kept.
    """
    if (silent := silent_of(spec, rows)) is None:
        return spec, rows
    if silent.weighted is None:
        return spec.model_copy(update={"missing": LISTWISE}), silent.rows
    weights = silent.weighted.weights
    if spec.weights is not None:
        weights = weights * silent.rows[spec.weights].to_numpy(dtype=float)
    return spec.model_copy(update={"missing": LISTWISE, "weights": WEIGHT}), silent.rows.assign(**{WEIGHT: weights})


def models_of_answering(spec: RegressionSpec, rows: pd.DataFrame) -> list[Answering]:
    """Return the logits behind weights of response as models, one a step; none of a model without such weights.

    Args:
        spec: The model, variant applied.
        rows: The responses behind it, silent people among them.

    Returns:
        Each with those who could answer: what explains it, and ``has_answered``, 1 for those who did.
    """
    silent = silent_of(spec, rows)
    if silent is None or silent.weighted is None or not isinstance(spec.missing, ResponseWeights):
        return []
    explains = tuple(spec.missing.variables())
    said = {name: getattr(spec, name) for name in ("name", "kind", "title", "estimand", "population")}
    logit = RegressionSpec(**said, estimator="logit", outcome=ANSWERED, focal=explains[0], regressors=explains)
    by_response = rows.set_index("response_id", drop=False)
    return [
        (
            logit,
            by_response.loc[each.units["response_id"]]
            .reset_index(drop=True)
            .assign(**{ANSWERED: each.model.has_responded.astype(float)}),
        )
        for each in silent.weighted.steps
    ]


def with_even_weights(spec: RegressionSpec, rows: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Give everybody the mean weight of their organisation, wave and respondent group.

    ``sum w y`` of an organisation is its mean weight times its total, plus ``sum (w - mean w)(y - mean y)``, which
    somebody may know who knows by how much people differ. So weights that differ within organisations leave a mean no
    less told than even ones.

    Args:
        spec: The model, weights of response written out.
        rows: Its rows.
        people: As of ``fit_equations.hidden_cells``.
    """
    if spec.weights in (None, NUMBER_OF_ANSWERS):
        return rows
    cells = people.reindex(rows["response_id"])[CELL]
    weights = rows[str(spec.weights)].astype(float)
    even = weights.groupby([cells[name].to_numpy() for name in CELL], dropna=False).transform("mean")
    return rows.assign(**{str(spec.weights): even})


def silent_of(spec: RegressionSpec, rows: pd.DataFrame) -> Silent | None:
    """Return who could have been among the rows of a model; None where it does not heed people who kept silent."""
    return None if nonresponse_of(spec.missing) is None else select_rows(spec, rows).silent
