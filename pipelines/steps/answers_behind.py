"""Answers → means of other people or of an earlier wave, and how many answers stand behind means, beside each response.

Put here what a response must carry so that a model can be fitted to the kept rows alone; how means are corrected is in
``models.regression.corrected``.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.measurement.score_errors import squared_errors
from models.regression.columns import column_of
from models.regression.corrected.behind import answers_behind, errors_behind, pairs_behind, squares_behind
from models.regression.design import ORDER_OF_WAVES
from models.regression.identification import ModelDataError
from models.sections.corrected import is_mean, is_of_the_rows, measured_means
from models.sections.regressors import Variable
from models.spec import RegressionSpec

ORGANISATION = "organisation_id"
PERSON = "respondent_key"
ORDER = "order"


def with_earlier_waves(rows: pd.DataFrame, model: RegressionSpec, is_used: pd.Series) -> pd.DataFrame:
    """Add values of the wave before: of the same person, or the mean or fact of the same organisation.

    Args:
        rows: ``core.analysis`` with the order of waves.
        model: The model; those of its variables that are of an earlier wave are added.
        is_used: Length n: whose answers count.

    Returns:
        The rows in the same order, with a column for each variable; missing in the first wave, and where the person or
        organisation did not answer the wave before.
    """
    added: dict[str, pd.Series] = {}
    for variable in dict.fromkeys(each for each in model.variables() if each.earlier_wave):
        given, wanted = _cells(rows, variable, model)
        is_given = is_used & _gives(rows, variable, model)
        grouped = rows[variable.variable][is_given].groupby([given[name][is_given] for name in given])
        lowest, highest = grouped.min(), grouped.max()
        means = grouped.mean().where(lowest != highest, lowest)
        added[column_of(variable)] = _found(means, wanted)
    return rows.assign(**added)


def with_answers_behind(rows: pd.DataFrame, model: RegressionSpec, is_used: pd.Series) -> pd.DataFrame:
    """Add how many people are behind the corrected means of a model, and how far their answers lie apart.

    Args:
        rows: ``core.analysis`` with the order of waves.
        model: The model.
        is_used: Length n: whose answers count.

    Returns:
        The rows in the same order, with the columns of ``models.regression.corrected.behind``; missing where nobody
        answered both.
    """
    added: dict[str, pd.Series] = {}
    for one, other in pairs_behind(model) if model.corrected else ():
        given, wanted = _cells(rows, one, model)
        is_given = is_used & _gives(rows, one, model) & rows[one.variable].notna() & rows[other.variable].notna()
        both = pd.DataFrame({"one": rows[one.variable], "other": rows[other.variable]})[is_given].astype("float64")
        keys = [given[name][is_given] for name in given]
        deviations = both - both.groupby(keys).transform("mean")
        products = (deviations["one"] * deviations["other"]).groupby(keys)
        added[answers_behind(one, other)] = _found(products.size(), wanted).astype("Float64")
        if not is_of_the_rows(one):
            added[squares_behind(one, other)] = _found(products.sum(), wanted)
    return rows.assign(**added)


def with_errors_behind(
    rows: pd.DataFrame, model: RegressionSpec, is_used: pd.Series, scales: Mapping[str, Instrument]
) -> pd.DataFrame:
    """Add the squared errors of measurement behind the means of a model that are corrected for these.

    Items are compared within a wave, so that one of them may become easier from wave to wave.

    Args:
        rows: ``core.analysis`` with the order of waves.
        model: The model.
        is_used: Length n: whose answers count.
        scales: Scale → the instrument that has it, as the model scores it.

    Returns:
        The rows in the same order, with a column for each such mean: the sum of the squared errors of the scores behind
        it, in points of the scores; missing where nobody answered.

    Raises:
        ModelDataError: If a variable is no scale of two or more items that measure one thing.
    """
    added: dict[str, pd.Series] = {}
    for mean in measured_means(model):
        _refuse_what_has_no_items(mean.variable, scales)
        given, wanted = _cells(rows, mean, model)
        is_given = is_used & _gives(rows, mean, model) & rows[mean.variable].notna()
        errors = _errors_of_scores(rows[is_given], scales[mean.variable], mean.variable)
        summed = errors.groupby([given[name][is_given] for name in given]).sum(min_count=1)
        added[errors_behind(mean)] = _found(summed, wanted)
    return rows.assign(**added)


def _refuse_what_has_no_items(name: str, scales: Mapping[str, Instrument]) -> None:
    scale = scales[name].scales[name] if name in scales else None
    if scale is None or len(scale.items) == 1 or scale.measurement == "formative":
        found = "is no scale" if scale is None else "has one item" if len(scale.items) == 1 else "is an index"
        raise ModelDataError(
            f"'{name}' {found}, from which no error of measurement can be told; expected a scale of two or more items "
            "that measure one thing; take it out of corrected"
        )


def _errors_of_scores(rows: pd.DataFrame, instrument: Instrument, scale: str) -> pd.Series:
    items = keyed_items(rows, instrument, scale).astype("float64")
    points = len(items.columns) if instrument.scales[scale].score == "sum" else 1
    errors = pd.Series(np.nan, index=rows.index)
    for _, own in items.groupby(rows["wave"]):
        errors.loc[own.index] = points**2 * squared_errors(own.to_numpy())
    return errors


def _gives(rows: pd.DataFrame, variable: Variable, model: RegressionSpec) -> pd.Series:
    """Tell whose answers a value of another wave or group is made of."""
    if variable.of is not None:
        return rows["respondent_group"] == variable.of
    groups = model.population.respondent_groups
    if model.level == "response" or not groups:
        return pd.Series(data=True, index=rows.index)
    return rows["respondent_group"].isin(list(groups))


def _cells(rows: pd.DataFrame, variable: Variable, model: RegressionSpec) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return whom each response gives its answer to, and whose answers it is given: same columns, same values."""
    is_of_organisation = is_mean(variable, model.level)
    who = [ORGANISATION if is_of_organisation else PERSON]
    if is_of_organisation and variable.of is None and model.level == "response":
        who.append("respondent_group")
    order = rows[ORDER_OF_WAVES]
    later = 1 if variable.earlier_wave else 0
    return rows[who].assign(**{ORDER: order + later}), rows[who].assign(**{ORDER: order})


def _found(values: pd.Series, wanted: pd.DataFrame) -> pd.Series:
    """Return the value of each row's cell; missing where there is none."""
    cells = pd.MultiIndex.from_frame(wanted)
    places = values.index.get_indexer(cells) if len(values) else [-1] * len(wanted)
    known = pd.Series(values.reset_index(drop=True), dtype="Float64").reindex(places)
    return known.set_axis(wanted.index)
