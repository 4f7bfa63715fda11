"""Regressions of a relation of any length with a fixed effect of every group.

The groups are the clusters of the model. Put here which readings of the rows are made; not the numerics
(``group_moments``, ``fixed_effects``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Collection, Iterator
from dataclasses import replace

import numpy as np

from models.one_thread import on_one_thread
from models.regression.columns import Labels
from models.regression.identification import FEWEST_CLUSTERS, ModelDataError, refuse_constant, refuse_few_clusters
from models.regression.in_database.blocks import Block, Blocks
from models.regression.in_database.cluster_sums import needs_order
from models.regression.in_database.fixed_effects import (
    DEFINED,
    FixedEffects,
    fit_from_moments,
    fit_from_rows,
    refuse_unfit_within,
    suffice,
)
from models.regression.in_database.group_codes import GroupCodes
from models.regression.in_database.group_moments import GroupMoments, group_moments
from models.regression.in_database.overview import look_over
from models.regression.in_database.responses import Responses, Selected, look_at_responses
from models.regression.in_database.result import TableFit
from models.regression.in_database.streamed import NO_LABELS, ROWS_OF_A_BLOCK, Rows
from models.regression.profile import Profile
from models.sections.inference import Covariance


def fit_fixed_effects(
    responses: Responses,
    labels: Labels = NO_LABELS,
    covariances: Collection[Covariance] = (),
    rows_of_a_block: int = ROWS_OF_A_BLOCK,
) -> TableFit:
    """Fit a linear regression with an effect of every cluster of the model, in one reading of the rows or a few more.

    Coefficients and covariances are those of the regression with one 0/1 column a group (and no intercept); classical,
    HC1 and CR1S count the effects among the parameters. The explained share is of what the effects leave. A response
    that is alone in its group is counted, as in that regression, though it tells nothing of the coefficients.

    Args:
        responses: Of a linear model with one cluster, whose values are the groups.
        labels: Variable → code → label, for the names of terms.
        covariances: Those wanted, without HC2 and HC3; none: that of the model.
        rows_of_a_block: At most as many rows at a time.

    Raises:
        ModelDataError: If a regressor does not vary within groups or follows from others there, there are too few
            responses, or a covariance is not defined here.
    """
    wanted = tuple(covariances) or (responses.spec.covariance_used(),)
    undefined = [kind for kind in wanted if kind not in DEFINED]
    if undefined:
        raise ModelDataError(
            f"{undefined[0]} is not defined for effects that are taken out of the rows; expected one of "
            f"{', '.join(DEFINED)}"
        )
    rows = _grouped_rows(responses, labels, rows_of_a_block)
    with on_one_thread():
        moments = group_moments(rows.blocks(with_groups=True), with_products=True)
        refuse_few_clusters(str(rows.groups), moments.n_groups, moments.n_obs)
        refuse_unfit_within(moments, rows.terms[1:], rows.spec.outcome)
        if suffice(moments, wanted):
            return _of_effects(rows, moments, fit_from_moments(moments, wanted), "one reading")
        return _of_effects(rows, moments, _from_rows(rows, moments, wanted), "more readings")


def fit_fixed_effects_at_once(
    selected: Selected,
    labels: Labels = NO_LABELS,
    covariances: Collection[Covariance] = (),
    rows_of_a_block: int = ROWS_OF_A_BLOCK,
) -> TableFit | None:
    """Fit as ``fit_fixed_effects`` in one reading of the rows without a look at them, where that will do.

    Args:
        selected: Of a linear model with one cluster, whose values are the groups; those alone in theirs among them.
        labels: Variable → code → label, for the names of terms.
        covariances: Those wanted, without HC2 and HC3; none: that of the model.
        rows_of_a_block: At most as many rows at a time.

    Returns:
        None where a look is needed: for weights, for regressors that are no plain numbers, and where cross-products
        would not be exact, as of data that cannot carry the model.
    """
    spec = selected.spec
    if spec.weights is not None or not all(each.is_plain for each in spec.variables()):
        return None
    rows = Rows(selected, Profile(n_rows=0), labels, _group_of(selected), rows_of_a_block)
    wanted = tuple(covariances) or (spec.covariance_used(),)
    with on_one_thread():
        every = group_moments(refused_as_looked_at(rows.blocks(with_groups=True), selected), with_products=True)
        refuse_constant(spec.outcome, every.n_obs, every.least, every.largest)
        moments = every.without_groups_of_one()
        if moments.n_groups < FEWEST_CLUSTERS or not suffice(moments, wanted):
            return None
        refuse_unfit_within(moments, rows.terms[1:], spec.outcome)
        return _of_effects(rows, moments, fit_from_moments(moments, wanted), "one reading")


def _of_effects(rows: Rows, moments: GroupMoments, found: FixedEffects, readings: str) -> TableFit:
    return TableFit(
        engine="blocks",
        reason=f"effects of {moments.n_groups:,} groups, {readings} in blocks",
        terms=rows.terms[1:],
        coefficients=found.coefficients,
        n_obs=moments.n_obs,
        n_clusters=moments.n_groups,
        r_squared=found.r_squared,
        df_resid=float(found.df_resid),
        uncertainties=found.uncertainties,
    )


def refused_as_looked_at(blocks: Blocks, selected: Selected) -> Blocks:
    """Return blocks that refuse what a look at the responses refuses: none, and infinite numbers."""

    def read() -> Iterator[Block]:
        is_there = False
        for block in blocks():
            if not (np.isfinite(block.outcome).all() and np.isfinite(block.columns).all()):
                break
            is_there = True
            yield block
        else:
            if is_there:
                return
        look_at_responses(selected.spec, selected.connection, selected.relation)
        raise AssertionError("a look refuses infinite numbers, and none at all")

    return read


def _grouped_rows(responses: Responses, labels: Labels, rows_of_a_block: int) -> Rows:
    group = _group_of(responses)
    refuse_constant(responses.spec.outcome, responses.n_obs, responses.least, responses.largest)
    return Rows(responses, look_over(responses), labels, group, rows_of_a_block)


def _group_of(selected: Selected) -> str:
    clusters = selected.spec.clusters()
    if len(clusters) != 1:
        raise ModelDataError(
            f"the model has {len(clusters)} columns of clusters; expected one, whose values are the groups with an "
            "effect; name it in cluster"
        )
    return clusters[0]


def _from_rows(rows: Rows, moments: GroupMoments, wanted: tuple[Covariance, ...]) -> FixedEffects:
    """Read the rows again; where they must come sorted by group, their codes and moments anew."""
    if not needs_order(wanted):
        return fit_from_rows(rows.blocks(with_groups=True), moments, wanted, rows.terms[1:])
    blocks = replace(rows, codes=GroupCodes()).blocks(with_groups=True, is_sorted=True)
    return fit_from_rows(blocks, group_moments(blocks), wanted, rows.terms[1:])
