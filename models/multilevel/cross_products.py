"""What the likelihood of a linear mixed model needs of the rows: cross-products, summed up once.

The factor with the most effects comes first: its groups are eliminated each by itself. Effects of the other factors
that meet in a group of the first lie in one component; nested groups make many small components, crossed ones make one.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix, Vector
from models.multilevel.random_terms import Factor

Blocks = NDArray[np.float64]
VALUES_AT_ONCE = 20_000_000


@dataclass(frozen=True, eq=False)
class Placed:
    """Where the effects of a factor beside the first lie.

    Attributes:
        component: Component of each of its G groups.
        start: Place of a group's first effect within its component, G.
    """

    component: NDArray[np.intp]
    start: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class CrossProducts:
    """Sums over rows; m fixed columns, the outcome last; G groups of the first factor with q effects.

    Attributes:
        own: G x q x q, Z_g'Z_g of the first factor.
        to_rest: G x q x r, Z_g'Z of the other factors' effects in the group's component.
        to_fixed: G x q x m.
        rest: C x r x r of C components, padded with nought to the largest.
        rest_to_fixed: C x r x m.
        fixed: m x m.
        order: Groups of the first factor sorted by component.
        starts: Where each component starts in ``order``, C.
        component: Component of each group of the first factor, G.
        placed: Where the effects of the other factors lie.
        n_obs: Rows.
    """

    own: Blocks
    to_rest: Blocks
    to_fixed: Blocks
    rest: Blocks
    rest_to_fixed: Blocks
    fixed: Matrix
    order: NDArray[np.intp]
    starts: NDArray[np.intp]
    component: NDArray[np.intp]
    placed: tuple[Placed, ...]
    n_obs: int

    @property
    def n_components(self) -> int:
        """Components."""
        return len(self.starts)

    def summed(self, left: Blocks, right: Blocks) -> Blocks:
        """Return the sum of left_g'right_g over the groups of each component, C x a x b."""
        a, b = left.shape[2], right.shape[2]
        if self.n_components == 1:
            return (left.reshape(-1, a).T @ right.reshape(-1, b))[None]
        if len(left) * a * b <= VALUES_AT_ONCE:
            products = left.transpose(0, 2, 1) @ right
            return np.add.reduceat(products[self.order], self.starts, axis=0)
        pieces = np.split(self.order, self.starts[1:])
        return np.stack([left[each].reshape(-1, a).T @ right[each].reshape(-1, b) for each in pieces])

    def times(self, left: Blocks, of_components: Blocks) -> Blocks:
        """Return left_g times its component's matrix: G x q x r by C x r x b."""
        if self.n_components == 1:
            flat = left.reshape(-1, left.shape[2]) @ of_components[0]
            return flat.reshape(*left.shape[:2], of_components.shape[2])
        if len(left) * of_components.shape[1] * of_components.shape[2] <= VALUES_AT_ONCE:
            return left @ of_components[self.component]
        found = np.empty((*left.shape[:2], of_components.shape[2]))
        for place, each in enumerate(np.split(self.order, self.starts[1:])):
            found[each] = left[each] @ of_components[place]
        return found


def cross_products(factors: Sequence[Factor], fixed: Matrix, roots: Vector) -> CrossProducts:
    """Sum up what the likelihood needs.

    Args:
        factors: As ``factors_of`` returns them.
        fixed: n x m regressors and, last, the outcome; rows times the roots of their weights.
        roots: Roots of the weights, n.
    """
    first, others = factors[0], factors[1:]
    placed, component, n_components, width = _components(first, others)
    order = np.argsort(component, kind="stable")
    values = [factor.columns * roots[:, None] for factor in factors]
    to_rest, rest, rest_to_fixed = _of_rest(factors, values, fixed, placed, (n_components, width))
    return CrossProducts(
        own=_by_group(values[0], values[0], first.codes, first.n_levels),
        to_rest=to_rest,
        to_fixed=_by_group(values[0], fixed, first.codes, first.n_levels),
        rest=rest,
        rest_to_fixed=rest_to_fixed,
        fixed=fixed.T @ fixed,
        order=order,
        starts=np.searchsorted(component[order], np.arange(n_components)),
        component=component,
        placed=placed,
        n_obs=len(fixed),
    )


def _by_group(left: Matrix, right: Matrix, codes: NDArray[np.intp], n_levels: int) -> Blocks:
    """Return the sums of left_i'right_i by group, G x a x b."""
    found = np.empty((n_levels, left.shape[1], right.shape[1]))
    for a in range(left.shape[1]):
        for b in range(right.shape[1]):
            found[:, a, b] = np.bincount(codes, left[:, a] * right[:, b], minlength=n_levels)
    return found


def _components(first: Factor, others: Sequence[Factor]) -> tuple[tuple[Placed, ...], NDArray[np.intp], int, int]:
    """Return where the other factors' effects lie, each first group's component, components, and effects in each."""
    if not others:
        return (), np.zeros(first.n_levels, dtype=np.intp), 1, 0
    from scipy.sparse import coo_array  # noqa: PLC0415 - slow to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    offsets = np.cumsum([0, first.n_levels, *(other.n_levels for other in others)])
    rows = np.concatenate([first.codes for _ in others])
    columns = np.concatenate([other.codes + offset for other, offset in zip(others, offsets[1:-1], strict=True)])
    links = coo_array((np.ones(len(rows)), (rows, columns)), shape=(offsets[-1], offsets[-1]))
    n_components, labels = connected_components(links, directed=False)
    used = np.zeros(n_components, dtype=np.intp)
    placed: list[Placed] = []
    for other, offset in zip(others, offsets[1:-1], strict=True):
        component = np.asarray(labels[offset : offset + other.n_levels], dtype=np.intp)
        within = _counted_through(component, n_components)
        placed.append(Placed(component, used[component] + within * other.n_effects))
        used += np.bincount(component, minlength=n_components) * other.n_effects
    return tuple(placed), np.asarray(labels[: first.n_levels], dtype=np.intp), int(n_components), int(used.max())


def _counted_through(codes: NDArray[np.intp], n_codes: int) -> NDArray[np.intp]:
    """Return the place of each element among those of the same code."""
    order = np.argsort(codes, kind="stable")
    starts = np.cumsum(np.bincount(codes, minlength=n_codes)) - np.bincount(codes, minlength=n_codes)
    found = np.empty(len(codes), dtype=np.intp)
    found[order] = np.arange(len(codes)) - starts[codes[order]]
    return found


def _of_rest(
    factors: Sequence[Factor],
    values: list[Matrix],
    fixed: Matrix,
    placed: tuple[Placed, ...],
    shape: tuple[int, int],
) -> tuple[Blocks, Blocks, Blocks]:
    n_components, width = shape
    first, m = factors[0], fixed.shape[1]
    to_rest = np.zeros((first.n_levels, first.n_effects, width))
    rest = np.zeros((n_components, width, width))
    to_fixed = np.zeros((n_components, width, m))
    columns = [
        (place.component[factor.codes], place.start[factor.codes] + effect, value[:, effect])
        for factor, value, place in zip(factors[1:], values[1:], placed, strict=True)
        for effect in range(factor.n_effects)
    ]
    for component, row, left in columns:
        for a in range(first.n_effects):
            sums = np.bincount(first.codes * width + row, values[0][:, a] * left, minlength=first.n_levels * width)
            to_rest[:, a, :] += sums.reshape(first.n_levels, width)
        for _, column, right in columns:
            places = (component * width + row) * width + column
            rest += np.bincount(places, left * right, minlength=rest.size).reshape(rest.shape)
        for b in range(m):
            sums = np.bincount(component * width + row, left * fixed[:, b], minlength=n_components * width)
            to_fixed[:, :, b] += sums.reshape(n_components, width)
    return to_rest, rest, to_fixed
