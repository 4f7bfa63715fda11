"""Figures of a sample whose weights were calibrated: the rows they were calibrated among, who misses an answer too.

What auxiliaries explain has no error where all of whom weights were calibrated are at hand; rows without an answer, or
outside the model's population, tell by their weights and margins, and stay in the sample as a part outside its domain.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Matrix, Vector
from models.regression.columns import Labels
from models.regression.design import (
    INTERCEPT,
    Design,
    columns_read,
    empty_population,
    excluded_column,
    filters_of,
    none_complete,
    refuse_absent,
    refuse_weights,
    uses_of,
)
from models.regression.identification import ModelDataError, refuse_unidentified
from models.regression.outcome import outcome_of
from models.regression.profile import finite_numbers, profile_of
from models.regression.sampled import columns_of_calibration, columns_of_sample, sample_of, with_units_sampled
from models.sections.sample_design import BEFORE_CALIBRATION, GROUPS_OF_WEIGHTS, IS_TRIMMED, SampleDesign
from models.spec import RegressionSpec

SAME = 1e-6
Codes = NDArray[np.intp]


def build_calibrated_design(
    spec: RegressionSpec, analysis: pd.DataFrame, labels: Labels, fewest_beyond: int = 1
) -> Design:
    """Select the responses that weights were calibrated among, and lay out figures of those who belong to the model.

    Args:
        spec: A model of figures of the population, variant applied, whose design names margins.
        analysis: ``core.analysis``: one row an analysed response, in any order, missing as NA.
        labels: Variable → code → label.
        fewest_beyond: How many more responses than figures are asked for.

    Returns:
        Rows of the calibrated sample; its domain are those of the population with every answer. Values of the outcome
        outside the domain have no weight.

    Raises:
        ModelDataError: If a column is absent, no response is left, or the weights are no calibration to these margins.
    """
    rows, in_population = _sample(spec, with_units_sampled(spec.design, analysis))
    read = [name for name in dict.fromkeys(columns_read(spec)) if name in rows]
    is_missing = rows.loc[in_population, read].isna()
    is_member = in_population & rows[read].notna().all(axis=1)
    if not is_member.any():
        raise none_complete(int(in_population.sum()), {str(name): int(n) for name, n in is_missing.sum().items()})
    members = rows[is_member]
    known = outcome_of(spec, members, labels)
    refuse_unidentified(known, pd.DataFrame({INTERCEPT: 1.0}, index=members.index), members[[]], fewest_beyond)
    outcome = known.reindex(rows.index, fill_value=float(known.min()))
    weights = finite_numbers(rows, str(spec.weights))
    before = finite_numbers(rows, BEFORE_CALIBRATION)
    for name, each in ((str(spec.weights), weights), (BEFORE_CALIBRATION, before)):
        refuse_weights(name, int((each <= 0).sum()))
    auxiliaries = _auxiliaries(spec.design or SampleDesign(), rows)
    _refuse_other_margins(spec, rows, auxiliaries, before.to_numpy(), weights.to_numpy())
    sample = sample_of(spec.design, rows, before)
    if sample is not None:
        sample = sample.calibrated(weights.to_numpy(), auxiliaries).domain(is_member.to_numpy())
    matrix = pd.DataFrame({INTERCEPT: 1.0}, index=rows.index)
    profile = profile_of(uses_of(spec), members)
    n_in_population = int(in_population.sum())
    return Design(outcome, matrix, rows[[]], weights, profile, (), rows, n_in_population, rows, sample=sample)


def _sample(spec: RegressionSpec, analysis: pd.DataFrame) -> tuple[pd.DataFrame, "pd.Series[bool]"]:
    """Return the calibrated rows of the model's groups and waves, and which of them are in its population."""
    filters = filters_of(spec)
    needed = [BEFORE_CALIBRATION, IS_TRIMMED, str(spec.weights), *columns_of_sample(spec.design)]
    margins = [*GROUPS_OF_WEIGHTS, *columns_of_calibration(spec.design)]
    excluded = [excluded_column(rule)] if (rule := spec.population.without) else []
    columns = list(dict.fromkeys(["response_id", *filters, *excluded, *columns_read(spec), *needed, *margins]))
    refuse_absent(columns, analysis)
    is_calibrated = analysis[needed].notna().all(axis=1)
    for name in (each for each in GROUPS_OF_WEIGHTS if each in filters):
        is_calibrated &= analysis[name].isin(filters[name])
    rows = analysis.loc[is_calibrated, columns].sort_values("response_id", kind="stable").reset_index(drop=True)
    in_population = pd.Series(data=True, index=rows.index)
    for name, values in filters.items():
        in_population &= rows[name].isin(values)
    for name in excluded:
        in_population &= ~rows[name].astype(bool)
    if not in_population.any():
        raise empty_population(spec, len(analysis))
    return rows, in_population


def _auxiliaries(design: SampleDesign, rows: pd.DataFrame) -> Matrix:
    """Return a column of 0 and 1 for every category of every margin in every wave and group, n x q."""
    groups = _joined(rows, GROUPS_OF_WEIGHTS)
    found: list[Matrix] = []
    for margin in design.margins():
        codes = _joined(rows, margin)
        cells = groups * (codes.max() + 1) + codes
        found.append((cells[:, None] == np.unique(cells)).astype(float))
    return np.hstack(found)


def _joined(rows: pd.DataFrame, names: Sequence[str]) -> Codes:
    """Return the place of each row's combination of values; a missing one is a category, as in weighting."""
    return np.asarray(rows.groupby(list(names), sort=True, dropna=False).ngroup(), dtype=np.intp)


def _refuse_other_margins(
    spec: RegressionSpec, rows: pd.DataFrame, auxiliaries: Matrix, before: Vector, after: Vector
) -> None:
    """Raise ModelDataError where weights are no product of what they were before and a factor a category.

    Raked weights are, and post-stratified ones. Where some of a wave and group were trimmed, what was cut off is spread
    over the others, and nothing can be told.
    """
    groups = _joined(rows, GROUPS_OF_WEIGHTS)
    is_free = ~rows[IS_TRIMMED].astype(bool).groupby(groups).transform("any").to_numpy()
    if not is_free.any():
        return
    logs = np.log(after[is_free] / before[is_free])
    columns = auxiliaries[is_free]
    left = logs - columns @ np.linalg.lstsq(columns, logs, rcond=None)[0]
    n_off = int((np.abs(left) > SAME).sum())
    if n_off:
        names = ", ".join(spec.design.calibrated) if spec.design is not None else ""
        raise ModelDataError(
            f"'{spec.weights}' of {counted(n_off, 'response')} of {len(before)} is no product of "
            f"'{BEFORE_CALIBRATION}' and a factor for each category of {names}; expected weights that were calibrated "
            "to just these margins; name under design.calibrated those of weights.calibration in study.yaml, all of "
            "them"
        )
