"""Answers to a scale and to the scale that asks the same in another wording → one table, a row a response and form."""

from collections.abc import Mapping

import pandas as pd

from instruments.parallel import parallel_forms, parallel_items
from instruments.scoring import keyed_items
from instruments.spec import Instrument
from models.sections.measurement import BETWEEN_FORMS, MeasurementSpec

OWN_FORM = "self"


def answers_by_form(
    rows: pd.DataFrame, spec: MeasurementSpec, scales: Mapping[str, Instrument]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Set the answers of those who answered for themselves and of those who answered about others one below the other.

    The groups that are compared must hold different people, so a response with answers in several forms counts in the
    first alone: ``self``.

    Args:
        rows: ``core.analysis`` of all respondent groups.
        spec: The specification; every scale has the compared forms.
        scales: Instrument of every scale.

    Returns:
        The responses with their form in the column ``form``; and, in the same order, the items of the scales under
        their names in the form ``self``, reverse-scored items turned round.
    """
    parts: list[pd.DataFrame] = []
    is_taken = pd.Series(data=False, index=rows.index)
    for form, items in _items_by_form(rows, spec, scales).items():
        is_new = items.notna().any(axis=1) & ~is_taken
        is_taken |= is_new
        parts.append(items[is_new].assign(**{BETWEEN_FORMS: form}))
    turned = pd.concat(parts)
    responses = rows.loc[turned.index].assign(**{BETWEEN_FORMS: turned[BETWEEN_FORMS]})
    return responses.reset_index(drop=True), turned.drop(columns=BETWEEN_FORMS).reset_index(drop=True)


def _items_by_form(
    rows: pd.DataFrame, spec: MeasurementSpec, scales: Mapping[str, Instrument]
) -> dict[str, pd.DataFrame]:
    own = {scale: keyed_items(rows, scales[scale], scale) for scale in spec.scales}
    found = {OWN_FORM: pd.concat(own.values(), axis=1)}
    forms = [parallel_forms(scales[scale], scale) for scale in spec.scales]
    for form in (each for each in forms[0] if all(each in others for others in forms)):
        columns = [
            keyed_items(rows, scales[scale], of_scale[form])
            .rename(columns=dict(parallel_items(scales[scale], scale)[of_scale[form]]))
            .loc[:, list(own[scale].columns)]
            for scale, of_scale in zip(spec.scales, forms, strict=True)
        ]
        found[form] = pd.concat(columns, axis=1)
    return found
