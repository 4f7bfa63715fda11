"""Units within units: everybody, regions, organisations; and what their people add up to.

Put here the tree and sums along it; not which units may be shown (``suppression``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Level = Literal["all", "region", "organisation"]
Places = NDArray[np.intp]
Truths = NDArray[np.bool_]

EVERYBODY = ""
NOWHERE = -1


@dataclass(frozen=True, eq=False)
class UnitTree:
    """U units, each after the one around it; the first is everybody.

    Attributes:
        names: Of the units; everybody's is empty.
        levels: Of the units.
        parents: Place of the unit around each; -1 around everybody.
    """

    names: tuple[str, ...]
    levels: tuple[Level, ...]
    parents: Places

    def __len__(self) -> int:
        return len(self.names)

    def without_regions(self) -> "UnitTree":
        """Return everybody and the organisations."""
        return unit_tree([name for name, level in zip(self.names, self.levels, strict=True) if level == "organisation"])

    @cached_property
    def depths(self) -> Places:
        """Units around each unit."""
        found = np.zeros(len(self), dtype=np.intp)
        for place in range(1, len(self)):
            found[place] = found[self.parents[place]] + 1
        return found

    @cached_property
    def layers(self) -> tuple[Places, ...]:
        """Places of the units by how many are around them, everybody first."""
        return tuple(np.flatnonzero(self.depths == depth) for depth in range(int(self.depths.max()) + 1))

    @cached_property
    def is_leaf(self) -> Truths:
        """Whether no unit lies within the unit."""
        found = np.ones(len(self), dtype=bool)
        found[self.parents[1:]] = False
        return found

    def added_up(self, of_units: NDArray[Any]) -> NDArray[np.float64]:
        """Return of every unit, the first axis, what it and all units within it come to."""
        found = of_units.astype(float)
        for layer in reversed(self.layers[1:]):
            np.add.at(found, self.parents[layer], found[layer])
        return found

    def lowest(self, marked: Truths) -> Places:
        """Return for every unit itself if it is marked, else the nearest marked unit around it; -1 without any."""
        found = np.where(marked, np.arange(len(self)), NOWHERE)
        for layer in self.layers[1:]:
            unmarked = layer[~marked[layer]]
            found[unmarked] = found[self.parents[unmarked]]
        return found

    def lowest_around(self, marked: Truths) -> Places:
        """Return for every unit the nearest marked unit around it, not itself; -1 without any."""
        found = self.lowest(marked)[self.parents]
        found[0] = NOWHERE
        return found

    @cached_property
    def is_within(self) -> Truths:
        """U x U: whether the unit of the column is that of the row or lies within it."""
        found = np.eye(len(self), dtype=bool)
        for layer in reversed(self.layers[1:]):
            for place in layer.tolist():
                found[self.parents[place]] |= found[place]
        return found


def unit_tree(organisations: Sequence[str], regions: Mapping[str, str] | None = None) -> UnitTree:
    """Put organisations into regions, and regions into everybody.

    Args:
        organisations: Their names, each once.
        regions: Organisation → region, for those that have one; None without regions.
    """
    around = regions or {}
    of_regions = sorted(set(around.values()))
    place_of = {name: place for place, name in enumerate(of_regions, start=1)}
    parents = [NOWHERE, *(0 for _ in of_regions), *(place_of.get(around.get(each, ""), 0) for each in organisations)]
    levels: tuple[Level, ...] = ("all", *("region" for _ in of_regions), *("organisation" for _ in organisations))
    return UnitTree((EVERYBODY, *of_regions, *organisations), levels, np.array(parents, dtype=np.intp))
