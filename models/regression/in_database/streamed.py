"""Linear regressions of a relation of any length, its rows passing by in blocks: memory does not grow with them.

Put here how rows become blocks and what is asked of them; not the numerics (``blocks``, ``residual_sums``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa

from models.one_thread import on_one_thread
from models.regression.columns import Labels
from models.regression.covariance import LEVERAGE_OF_ONE, undefined_for_lonely
from models.regression.identification import (
    dependencies_of,
    refuse_constant,
    refuse_dependencies,
    refuse_few,
    refuse_few_clusters,
)
from models.regression.in_database.blocks import Block, Blocks, Factored, factor
from models.regression.in_database.cluster_sums import needs_order
from models.regression.in_database.connection import batches
from models.regression.in_database.group_codes import GroupCodes
from models.regression.in_database.layout import Layout, layout_of
from models.regression.in_database.overview import look_over
from models.regression.in_database.query import quoted
from models.regression.in_database.residual_sums import Streamed, solve_blocks
from models.regression.in_database.responses import Responses, Selected
from models.regression.in_database.result import TableFit
from models.regression.profile import Profile
from models.sections.inference import Covariance
from models.spec import RegressionSpec

ROWS_OF_A_BLOCK = 65_536
NO_LABELS: Labels = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Rows:
    """The complete responses of a model in a database, and how they become blocks.

    Attributes:
        responses: The responses.
        profile: What had to be known of all of them to lay them out.
        labels: Variable → code → label, for the names of terms.
        groups: Column whose values become codes; None for none.
        rows_of_a_block: At most as many rows at a time.
        codes: The values of the column of groups in the blocks read so far.
    """

    responses: Selected
    profile: Profile
    labels: Labels
    groups: str | None = None
    rows_of_a_block: int = ROWS_OF_A_BLOCK
    codes: GroupCodes = field(default_factory=GroupCodes)

    @property
    def spec(self) -> RegressionSpec:
        """The model."""
        return self.responses.spec

    def blocks(self, *, with_groups: bool = False, is_sorted: bool = False) -> Blocks:
        """Return the rows in blocks, in the order of the table, or sorted by group (and then by all they hold).

        Codes of groups are in order only if no blocks with groups were read before these.
        """
        grouped = [self.groups, *self._names] if with_groups and self.groups else self._names
        listed = ", ".join(map(quoted, dict.fromkeys(grouped)))
        order = f" ORDER BY {listed}" if is_sorted else ""
        query = self.responses.query.then(f"SELECT {listed} FROM responses{order}")  # noqa: S608
        layout = self.layout

        def read() -> Iterator[Block]:
            for batch in batches(self.responses.connection, query, self.rows_of_a_block):
                if batch.num_rows:
                    yield self._block(layout, batch, with_groups=with_groups)

        return read

    @property
    def _names(self) -> list[str]:
        return list(dict.fromkeys([self.spec.outcome, *self.responses.keys]))

    @cached_property
    def layout(self) -> Layout:
        """How rows are laid out."""
        return layout_of(self.spec, self.labels, self.profile)

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the coefficients."""
        return self.layout.terms

    def _block(self, layout: Layout, batch: pa.RecordBatch, *, with_groups: bool) -> Block:
        rows = {name: _values(batch.column(name)) for name in self._names}
        return Block(
            layout.matrix(rows, batch.num_rows),
            np.asarray(rows[self.spec.outcome], dtype=float),
            np.asarray(rows[self.spec.weights], dtype=float) if self.spec.weights else None,
            self.codes.of(batch.column(self.groups)) if with_groups and self.groups else None,
        )


def _values(column: pa.Array) -> Any:  # noqa: ANN401 - pandas' series of text, numpy's arrays of numbers
    is_number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    return column.to_numpy(zero_copy_only=False) if is_number else column.to_pandas()


def fit_in_blocks(
    responses: Responses,
    labels: Labels = NO_LABELS,
    covariances: Collection[Covariance] = (),
    fewest_beyond: int = 1,
    rows_of_a_block: int = ROWS_OF_A_BLOCK,
) -> TableFit:
    """Fit a linear regression to the complete responses of a relation in two readings of them.

    Args:
        responses: Of a linear model that is clustered in one way at most.
        labels: Variable → code → label, for the names of terms.
        covariances: Those wanted; none: that of the model.
        fewest_beyond: How many more responses than coefficients are asked for.
        rows_of_a_block: At most as many rows at a time.

    Returns:
        What ``models.regression.fit.fit_regression`` finds of the same rows, but for rounding.

    Raises:
        ModelDataError: As ``fit_regression``.
    """
    spec = responses.spec
    wanted = tuple(covariances) or (spec.covariance_used(),)
    groups = spec.clusters()[0] if spec.clusters() else None
    rows = Rows(responses, look_over(responses), labels, groups, rows_of_a_block)
    with on_one_thread():
        factored = factor(rows.blocks())
        refuse_unfit(rows, factored, fewest_beyond)
        reread = rows.blocks(with_groups=groups is not None, is_sorted=needs_order(wanted))
        found = solve_blocks(reread, factored, wanted)
        if groups:
            refuse_few_clusters(groups, rows.codes.n_groups, found.n_obs)
        _refuse_lonely(rows, found, wanted)
    k = len(rows.terms)
    return TableFit(
        engine="blocks",
        reason="its regressors take too many values to count patterns; two readings in blocks",
        terms=rows.terms,
        coefficients=found.coefficients,
        n_obs=found.n_obs,
        n_clusters=rows.codes.n_groups or None,
        r_squared=1 - found.squares / found.total,
        df_resid=float(found.n_obs - k),
        uncertainties={kind: found.uncertainty(kind, k) for kind in wanted},
        factored=factored,
    )


def refuse_unfit(rows: Rows, factored: Factored, fewest_beyond: int) -> None:
    """Raise ModelDataError as ``refuse_unidentified`` does of rows in memory."""
    k, n = len(rows.terms), factored.n_obs
    refuse_few(n, k, fewest_beyond)
    refuse_constant(rows.spec.outcome, n, factored.least, factored.largest)
    raw = factored.triangle[:k, :k] @ factored.standard.raw(has_intercept=True)
    lengths = np.linalg.norm(raw, axis=0)[1:]
    refuse_dependencies(dependencies_of(raw[1:, 1:], lengths, list(rows.terms[1:])))


def _refuse_lonely(rows: Rows, found: Streamed, wanted: tuple[Covariance, ...]) -> None:
    """Raise ModelDataError when a single response decides a coefficient by itself and HC2 or HC3 is wanted."""
    undefined: Covariance | None = next((kind for kind in wanted if kind in ("HC2", "HC3")), None)
    if undefined is None or found.sums.max_leverage <= LEVERAGE_OF_ONE:
        return
    largest, total = np.zeros(len(rows.terms)), np.zeros(len(rows.terms))
    for block in rows.blocks()():
        columns = block.columns if block.weights is None else block.columns * np.sqrt(block.weights)
        sizes, is_full = np.abs(columns), ((found.root.T @ columns) ** 2).sum(axis=0) > LEVERAGE_OF_ONE
        largest = np.maximum(largest, sizes[:, is_full].max(axis=1, initial=0.0))
        total += sizes.sum(axis=1)
    raise undefined_for_lonely(undefined, rows.terms, (largest > 0) & (largest == total))
