"""Z'V^-1Z and Z'V^-1X in full, of rows that share groups: what inference about variances needs beyond the optimum.

With one kind of groups all groups are done at once; with several, each component by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.estimates import Matrix
from models.multilevel.criterion import Solved
from models.multilevel.cross_products import Blocks
from models.multilevel.random_terms import Factor
from models.regression.identification import ModelDataError

MOST_EFFECTS = 4000


@dataclass(frozen=True, eq=False)
class Inverse:
    """Of B blocks of rows with k random effects each, in the units of the transformed rows.

    Attributes:
        own: B x k x k, Z'H^-1Z.
        to_fixed: B x k x p, Z'H^-1X.
        places: Of each factor and effect, the places among the k effects, group after group.
    """

    own: Blocks
    to_fixed: Blocks
    places: tuple[tuple[NDArray[np.intp], ...], ...]

    def picked(self, element: tuple[int, int, int], values: Blocks) -> Blocks:
        """Multiply B x k x c values from the left with E of an element (factor, row, column) of a covariance."""
        factor, a, b = element
        found = np.zeros_like(values)
        found[:, self.places[factor][a]] = values[:, self.places[factor][b]]
        if a != b:
            found[:, self.places[factor][b]] = values[:, self.places[factor][a]]
        return found


def elements_of(factors: tuple[Factor, ...]) -> list[tuple[int, int, int]]:
    """List the free elements of all covariances of effects: factor, row, column."""
    return [
        (place, int(row), int(column))
        for place, factor in enumerate(factors)
        for column, row in zip(*np.nonzero(factor.is_free.T), strict=True)
    ]


def inverses_of(solved: Solved, factors: tuple[Factor, ...]) -> Iterator[Inverse]:
    """Return what groups that share no row have, block by block.

    Raises:
        ModelDataError: If one block has more than 4000 effects.
    """
    if len(factors) == 1:
        own, to_fixed = solved.of_groups[0]
        every = tuple(np.array([effect]) for effect in range(factors[0].n_effects))
        yield Inverse(own, to_fixed[:, :, :-1], (every,))
        return
    sums = solved.sums
    shrunk = solved.shrink_rest.transpose(0, 2, 1) @ solved.shrink_rest
    for component, groups in enumerate(np.split(sums.order, sums.starts[1:])):
        k = len(groups) * factors[0].n_effects + sums.rest.shape[1]
        if k > MOST_EFFECTS:
            raise ModelDataError(
                f"{k} random effects over {' and '.join(factor.group for factor in factors)} go together; Kenward and "
                f"Roger's degrees of freedom are computed for at most {MOST_EFFECTS}; use satterthwaite"
            )
        yield _of_component(solved, factors, (component, groups), shrunk[component])


def _of_component(
    solved: Solved, factors: tuple[Factor, ...], which: tuple[int, NDArray[np.intp]], shrunk: Matrix
) -> Inverse:
    component, groups = which
    first, sums = factors[0], solved.sums
    n_first, q = len(groups) * first.n_effects, first.n_effects
    to_rest = solved.left_to_rest[groups].reshape(n_first, -1)
    rest, passed = solved.rest[component], solved.rest[component] @ shrunk
    alone = sums.own - sums.own @ solved.shrink.transpose(0, 2, 1) @ solved.shrink @ sums.own
    own = np.zeros((n_first + len(rest), n_first + len(rest)))
    for place, group in enumerate(groups):
        own[place * q : (place + 1) * q, place * q : (place + 1) * q] = alone[group]
    own[:n_first, :n_first] -= to_rest @ shrunk @ to_rest.T
    own[:n_first, n_first:] = to_rest - to_rest @ passed.T
    own[n_first:, :n_first] = own[:n_first, n_first:].T
    own[n_first:, n_first:] = rest - passed @ rest
    fixed = solved.rest_to_fixed[component]
    to_fixed = np.concatenate([solved.of_groups[0][1][groups].reshape(n_first, -1), fixed - passed @ fixed])
    places = [tuple(np.arange(len(groups)) * q + effect for effect in range(q))]
    for factor, placed in zip(factors[1:], sums.placed, strict=True):
        starts = n_first + placed.start[placed.component == component]
        places.append(tuple(starts + effect for effect in range(factor.n_effects)))
    return Inverse(own[None], to_fixed[None, :, :-1], tuple(places))
