"""Models of a sample whose weights were calibrated: the rows they were calibrated among, who misses an answer too.

What auxiliaries explain has no error where all of whom weights were calibrated are at hand; rows without an answer, or
outside the model's population, tell by their weights and margins, and stay in the sample as a part outside its domain.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence
from dataclasses import dataclass

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
    lay_out,
    refuse_absent,
    refuse_weights,
    uses_of,
)
from models.regression.focal_columns import focal_terms
from models.regression.identification import ModelDataError, refuse_unidentified
from models.regression.outcome import outcome_of
from models.regression.profile import finite_numbers, profile_of
from models.regression.rows_without import rows_without
from models.regression.sampled import columns_of_calibration, columns_of_sample, sample_of, with_units_sampled
from models.regression.silent_rows import none_complete
from models.sections.inference import FIGURES
from models.sections.sample_design import BEFORE_CALIBRATION, GROUPS_OF_WEIGHTS, IS_TRIMMED, SampleDesign
from models.spec import RegressionSpec
from models.survey_design.design import LEAST_PART, SurveyDesign

SAME = 1e-6
Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class CalibratedRows:
    """The responses that weights were calibrated among, n.

    Attributes:
        rows: Of the model's groups and waves, sorted by response_id.
        in_population: Whether a row is in the population of the model, n.
        is_member: Whether it answered every variable of the model too, n.
    """

    rows: pd.DataFrame
    in_population: "pd.Series[bool]"
    is_member: "pd.Series[bool]"


def build_calibrated_design(
    spec: RegressionSpec, analysis: pd.DataFrame, labels: Labels, fewest_beyond: int = 1
) -> Design:
    """Select the responses that weights were calibrated among, and lay out those who belong to the model.

    Args:
        spec: A model whose design names margins, variant applied.
        analysis: ``core.analysis``: one row an analysed response, in any order, missing as NA.
        labels: Variable → code → label.
        fewest_beyond: How many more responses than figures or coefficients are asked for.

    Returns:
        Of a regression the rows of the population with every answer, of figures all rows of the calibrated sample,
        with values of the outcome outside the domain that have no weight. The sample is of all rows in both; its
        domain are those of the population with every answer.

    Raises:
        ModelDataError: If a column is absent, no response is left, coefficients cannot be told apart, or the weights
            are no calibration to these margins.
    """
    found = calibrated_rows(spec, with_units_sampled(spec.design, analysis))
    rows, is_member = found.rows, found.is_member
    members = rows[is_member].reset_index(drop=True)
    outcome, profile = outcome_of(spec, members, labels), profile_of(uses_of(spec), members)
    is_of_figures = spec.estimator in FIGURES
    constant = pd.DataFrame({INTERCEPT: 1.0}, index=members.index)
    matrix = constant if is_of_figures else lay_out(spec, members, labels, profile)
    focal = () if is_of_figures else focal_terms(spec, members, labels, profile)
    refuse_unidentified(outcome, matrix, members[[]], fewest_beyond)
    weights = finite_numbers(rows, str(spec.weights))
    sample = _calibrated(spec, found, weights)
    n_without = rows_without(spec, rows[found.in_population])
    told = (int(found.in_population.sum()), rows, 0, sample, n_without)
    if not is_of_figures:
        own = weights[is_member].reset_index(drop=True)
        return Design(outcome, matrix, members[[]], own, profile, focal, members, *told)
    spread = pd.Series(float(outcome.min()), index=rows.index, name=outcome.name)
    spread[is_member] = outcome.to_numpy()
    matrix = pd.DataFrame({INTERCEPT: 1.0}, index=rows.index)
    return Design(spread, matrix, rows[[]], weights, profile, focal, rows, *told)


def calibrated_rows(spec: RegressionSpec, analysis: pd.DataFrame) -> CalibratedRows:
    """Return the calibrated rows of the model's groups and waves, and which of them belong to it.

    Raises:
        ModelDataError: If a column is absent, or no response belongs to it.
    """
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
    is_missing = rows[[name for name in dict.fromkeys(columns_read(spec)) if name in rows]].isna()
    is_member = in_population & ~is_missing.any(axis=1)
    if not is_member.any():
        lost = is_missing[in_population].sum()
        raise none_complete(int(in_population.sum()), {str(name): int(n) for name, n in lost.items()})
    return CalibratedRows(rows, in_population, is_member)


def _calibrated(spec: RegressionSpec, found: CalibratedRows, weights: pd.Series) -> SurveyDesign | None:
    """Return the design of the whole sample with its calibrated weights; its domain are those of the model."""
    before = finite_numbers(found.rows, BEFORE_CALIBRATION)
    for name, each in ((str(spec.weights), weights), (BEFORE_CALIBRATION, before)):
        refuse_weights(name, int((each <= 0).sum()))
    auxiliaries = _auxiliaries(spec.design or SampleDesign(), found.rows)
    _refuse_other_margins(spec, found.rows, auxiliaries, before.to_numpy(), weights.to_numpy())
    sample = sample_of(spec.design, found.rows, before)
    if sample is None:
        return None
    return sample.calibrated(weights.to_numpy(), auxiliaries).domain(found.is_member.to_numpy())


def _auxiliaries(design: SampleDesign, rows: pd.DataFrame) -> Matrix:
    """Return a column of 0 and 1 for every category of every margin, and every number, in every wave and group, n x q.

    Without margins the sum of the weights of each was kept.
    """
    groups = _joined(rows, GROUPS_OF_WEIGHTS)
    of_group = (groups[:, None] == np.unique(groups)).astype(float)
    found: list[Matrix] = [] if design.calibrated else [of_group]
    for margin in design.margins():
        codes = _joined(rows, margin)
        cells = groups * (codes.max() + 1) + codes
        found.append((cells[:, None] == np.unique(cells)).astype(float))
    found += [of_group * finite_numbers(rows, name).to_numpy()[:, None] for name in design.calibrated_totals]
    return np.hstack(found)


def _joined(rows: pd.DataFrame, names: Sequence[str]) -> Codes:
    """Return the place of each row's combination of values; a missing one is a category, as in weighting."""
    return np.asarray(rows.groupby(list(names), sort=True, dropna=False).ngroup(), dtype=np.intp)


def _refuse_other_margins(
    spec: RegressionSpec, rows: pd.DataFrame, auxiliaries: Matrix, before: Vector, after: Vector
) -> None:
    """Raise ModelDataError where weights are neither exponentials of the auxiliaries nor linear in them, times before.

    Raked and post-stratified weights are the former, those of a linear distance the latter. Where some of a wave and
    group were trimmed, what was cut off is spread over the others, and nothing can be told.
    """
    groups = _joined(rows, GROUPS_OF_WEIGHTS)
    is_free = ~rows[IS_TRIMMED].astype(bool).groupby(groups).transform("any").to_numpy()
    if not is_free.any():
        return
    factors, lengths = after[is_free] / before[is_free], np.linalg.norm(auxiliaries[is_free], axis=0)
    basis, sizes, _ = np.linalg.svd(auxiliaries[is_free] / np.where(lengths > 0, lengths, 1.0), full_matrices=False)
    basis = basis[:, sizes > LEAST_PART * sizes.max(initial=0.0)]
    left = [each - basis @ (basis.T @ each) for each in (np.log(factors), factors / factors.mean())]
    n_off = min(int((np.abs(each) > SAME).sum()) for each in left)
    if n_off:
        said = spec.design or SampleDesign()
        names = ", ".join((*said.calibrated, *said.calibrated_totals))
        raise ModelDataError(
            f"'{spec.weights}' of {counted(n_off, 'response')} of {len(before)} is no product of "
            f"'{BEFORE_CALIBRATION}' and a factor that follows from {names}; expected weights that were calibrated "
            "to just these; name under design.calibrated the margins and under calibrated_totals the numbers of "
            "weights.calibration in study.yaml, all of them"
        )
