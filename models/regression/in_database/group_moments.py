"""What fixed effects and a random intercept need of the rows: sizes, sums and cross-products of each group.

Memory grows with groups and columns, not with rows. Put here sums; not what is estimated from them (``fixed_effects``,
``models.multilevel.variance_ratio``).
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.regression.in_database.blocks import Block, Blocks, Standard, standard_of, triangle_of_product


@dataclass(frozen=True, eq=False)
class GroupMoments:
    """Sums over the rows of each of G groups, of m = k + 1 standardised columns, the outcome last.

    Attributes:
        standard: How the columns were moved and scaled; the first one is the intercept.
        n_obs: Rows.
        least: Smallest outcome.
        largest: Largest outcome.
        sizes: G sums of weights; rows where there are none.
        sums: m x G weighted sums.
        product: m x m weighted cross-product of all rows.
        products: m x m x G weighted cross-products of each group, those of the intercept left out as nought; None when
            not asked for.
    """

    standard: Standard
    n_obs: int
    least: float
    largest: float
    sizes: Vector
    sums: Matrix
    product: Matrix
    products: NDArray[np.float64] | None

    @property
    def n_groups(self) -> int:
        """Groups."""
        return len(self.sizes)

    @cached_property
    def means(self) -> Matrix:
        """Means of the standardised columns in each group, m x G."""
        return self.sums / self.sizes

    @cached_property
    def within(self) -> Matrix:
        """Cross-product of deviations from the means of groups, m x m; that of the intercept is nought."""
        found = self.product - self.sums @ self.means.T
        found[0] = found[:, 0] = 0.0
        return found

    @cached_property
    def triangle(self) -> Matrix | None:
        """Triangle R with R'R the cross-product of all rows; None where that would not be exact.

        It is where columns, the outcome among them, are far enough from dependent (condition up to 300).
        """
        return triangle_of_product(self.product)

    def without_groups_of_one(self) -> "GroupMoments":
        """Return the sums of unweighted rows without those that are alone in their group."""
        stays = self.sizes > 1
        if stays.all():
            return self
        alone = self.sums[:, ~stays]
        return replace(
            self,
            n_obs=self.n_obs - alone.shape[1],
            sizes=self.sizes[stays],
            sums=self.sums[:, stays],
            product=self.product - alone @ alone.T,
            products=None if self.products is None else self.products[:, :, stays],
        )

    def raw_means(self) -> Matrix:
        """Return the means of the columns as they are in each group, m x G."""
        return self.means * self.standard.scales[:, None] + self.standard.shifts[:, None]


def group_moments(blocks: Blocks, *, with_products: bool = False, standard: Standard | None = None) -> GroupMoments:
    """Add up what groups hold, in one reading of the rows.

    Args:
        blocks: The rows with the codes of their groups, 0 to G - 1, the first column the intercept; at least one row.
        with_products: Whether cross-products of each group are wanted.
        standard: How columns are moved and scaled; None: by the first block.
    """
    found = None
    for block in blocks():
        if found is None:
            found = _empty(
                standard or standard_of(next(block.parts()), has_intercept=True), with_products=with_products
            )
        found = _with_room(found, block)
        for part in block.parts():
            _add(found, part)
        found = replace(
            found,
            n_obs=found.n_obs + len(block.outcome),
            least=min(found.least, float(block.outcome.min())),
            largest=max(found.largest, float(block.outcome.max())),
        )
    if found is None:
        raise ValueError("no block; groups need rows")
    return found


def _empty(standard: Standard, *, with_products: bool) -> GroupMoments:
    m = len(standard.shifts)
    products = np.zeros((m, m, 0)) if with_products else None
    return GroupMoments(standard, 0, np.inf, -np.inf, np.zeros(0), np.zeros((m, 0)), np.zeros((m, m)), products)


def _with_room(found: GroupMoments, block: Block) -> GroupMoments:
    """Return the sums with room for the groups of a block."""
    if block.clusters is None:
        raise ValueError("sums of groups need the groups of the rows")
    further = int(block.clusters.max()) + 1 - found.n_groups
    if further <= 0:
        return found
    return replace(
        found,
        sizes=np.pad(found.sizes, (0, further)),
        sums=np.pad(found.sums, ((0, 0), (0, further))),
        products=None if found.products is None else np.pad(found.products, ((0, 0), (0, 0), (0, further))),
    )


def _add(found: GroupMoments, part: Block) -> None:
    values, codes, n_groups = found.standard.rows(part), cast("NDArray[np.intp]", part.clusters), found.n_groups
    found.product[:] += values @ values.T
    found.sizes[:] += np.bincount(codes, weights=part.weights, minlength=n_groups)
    roots = None if part.weights is None else np.sqrt(part.weights)
    for place, column in enumerate(values):
        weighted = column if roots is None else column * roots
        found.sums[place] += np.bincount(codes, weights=weighted, minlength=n_groups)
        for other in range(place, len(values)) if found.products is not None and place > 0 else ():
            _add_product(found.products, place, other, np.bincount(codes, column * values[other], n_groups))


def _add_product(products: NDArray[np.float64] | None, place: int, other: int, sums: NDArray[Any]) -> None:
    if products is None:
        return
    products[place, other] += sums
    if other != place:
        products[other, place] += sums
