"""Parameters of a factor model with mean structure, in one or several groups, and where each stands in its matrices.

Put here what a model consists of; moments that follow from it are in ``implied``, how a team states a model in
``model``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from models.estimates import Vector

Kind = Literal[
    "loading",
    "regression",
    "factor_covariance",
    "residual_covariance",
    "intercept",
    "factor_mean",
    "threshold",
    "response_scale",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Index = NDArray[np.intp]


@dataclass(frozen=True)
class Parameter:
    """One parameter of one group.

    Attributes:
        kind: Which matrix it stands in.
        left: Factor of a loading, outcome of a regression, first variable of a covariance, else the variable.
        right: Item of a loading, predictor of a regression, second variable of a covariance, number of a threshold
            from 1, else empty.
        group: Number of the group, from 0.
        fixed: Its value where it is not estimated.
        label: Free parameters with the same label are equal; without one a parameter stands alone.
    """

    kind: Kind
    left: str
    right: str = ""
    group: int = 0
    fixed: float | None = None
    label: str = ""

    @property
    def name(self) -> str:
        """The parameter in words, such as ``visual -> x2``."""
        link = {"loading": " -> ", "regression": " <- ", "threshold": " at "}.get(self.kind, " ~ ")
        return f"{self.left}{link}{self.right}" if self.right else f"{self.kind} of {self.left}"


@dataclass(frozen=True)
class Cells:
    """Where the parameters of one kind and group stand.

    Attributes:
        places: Numbers of the parameters in the layout.
        rows: Row of each in its matrix.
        columns: Column of each; 0 in a vector.
    """

    places: Index
    rows: Index
    columns: Index


@dataclass(frozen=True)
class Layout:
    """Parameters in order, with the variables that they connect.

    Attributes:
        items: Observed variables (p).
        factors: Latent variables (m).
        n_groups: Groups.
        parameters: All parameters, fixed and free.
        n_thresholds: Thresholds of each item; empty where items are continuous.
    """

    items: tuple[str, ...]
    factors: tuple[str, ...]
    n_groups: int
    parameters: tuple[Parameter, ...]
    n_thresholds: tuple[int, ...] = ()

    @cached_property
    def free(self) -> Index:
        """Number of the free value of every parameter, in order of first occurrence; -1 where it is fixed."""
        known: dict[object, int] = {}
        return np.array(
            [
                -1 if each.fixed is not None else known.setdefault(each.label or place, len(known))
                for place, each in enumerate(self.parameters)
            ],
            dtype=np.intp,
        )

    @cached_property
    def n_free(self) -> int:
        """Values that are estimated."""
        return int(self.free.max(initial=-1)) + 1

    @cached_property
    def fixed(self) -> Vector:
        """Value of every fixed parameter; 0 where a parameter is free."""
        return np.array([each.fixed or 0.0 for each in self.parameters])

    @cached_property
    def is_ordinal(self) -> bool:
        """Whether items are ordered categories."""
        return bool(self.n_thresholds)

    @cached_property
    def has_means(self) -> bool:
        """Whether the model says something about the means of the items."""
        return any(each.kind in ("intercept", "factor_mean") for each in self.parameters)

    @cached_property
    def has_response_scale(self) -> bool:
        """Whether residual variances follow from the scale of the latent responses (delta parameterisation)."""
        return any(each.kind == "response_scale" for each in self.parameters)

    @cached_property
    def threshold_items(self) -> Index:
        """Number of the item of every threshold."""
        return np.repeat(np.arange(len(self.n_thresholds)), self.n_thresholds).astype(np.intp)

    def values(self, theta: Vector) -> Vector:
        """Return the value of every parameter, given the free ones."""
        return np.where(self.free >= 0, theta[self.free], self.fixed) if self.n_free else self.fixed

    def cells(self, kind: Kind, group: int) -> Cells:
        """Return where the parameters of a kind and group stand."""
        return self._cells[kind, group]

    @cached_property
    def _cells(self) -> dict[tuple[Kind, int], Cells]:
        item = {name: place for place, name in enumerate(self.items)}
        factor = {name: place for place, name in enumerate(self.factors)}
        first = np.concatenate([[0], np.cumsum(self.n_thresholds)]).astype(int)
        found: dict[tuple[Kind, int], list[tuple[int, int, int]]] = {
            (kind, group): [] for kind in KINDS for group in range(self.n_groups)
        }
        for place, each in enumerate(self.parameters):
            match each.kind:
                case "loading":
                    row, column = item[each.right], factor[each.left]
                case "regression" | "factor_covariance":
                    row, column = factor[each.left], factor[each.right]
                case "residual_covariance":
                    row, column = item[each.left], item[each.right]
                case "factor_mean":
                    row, column = factor[each.left], 0
                case "threshold":
                    row, column = int(first[item[each.left]]) + int(each.right) - 1, 0
                case _:
                    row, column = item[each.left], 0
            found[each.kind, each.group].append((place, row, column))
        return {key: _cells(each) for key, each in found.items()}


def _cells(found: Sequence[tuple[int, int, int]]) -> Cells:
    table = np.array(found, dtype=np.intp).reshape(-1, 3)
    return Cells(table[:, 0], table[:, 1], table[:, 2])
