"""Stages of sampling: which units were drawn within which strata, and of how many.

Put here what a stage says and how it is checked and numbered; not how variances are computed from it
(``linearisation``).
"""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.counted import counted
from models.estimates import Vector
from models.regression.identification import ModelDataError

Codes = NDArray[np.intp]
SIZES, SAMPLED = "population sizes", "numbers of units drawn"


@dataclass(frozen=True, eq=False)
class Stage:
    """What one stage of sampling says of n rows.

    Attributes:
        clusters: n codes of the units drawn at this stage, of any kind; None: every row is one (last stage only). A
            code of the second stage may come again in other clusters of the first: it stands for another unit there.
        strata: n codes of the strata they were drawn from; None: one stratum, or one in each cluster of the stage
            before.
        population: n numbers of units in the population of the stratum; None: drawn with replacement, or from so many
            that it makes no difference.
        sampled: n numbers of units that were drawn in the stratum, where some of them have no row (nobody answered,
            or rows of the subpopulation alone are at hand); None: those with rows are all.
    """

    clusters: NDArray[Any] | None = None
    strata: NDArray[Any] | None = None
    population: Vector | None = None
    sampled: Vector | None = None


@dataclass(frozen=True, eq=False)
class Level:
    """A checked stage: U units in H strata, which lie in P clusters of the stage before (one at the first).

    Attributes:
        units: n; the unit of each row, 0 to U - 1, in ascending order of the codes.
        stratum_of_unit: U; 0 to H - 1.
        parent_of_stratum: H; 0 to P - 1.
        n_units: H; units drawn.
        n_seen: H; units with rows, no more than were drawn.
        population: H; units there are; infinite where that makes no difference.
        reached: H; product of the shares drawn at the stages before; 1 at the first.
        labels: H; what a stratum is called in messages.
    """

    units: Codes
    stratum_of_unit: Codes
    parent_of_stratum: Codes
    n_units: Vector
    n_seen: Vector
    population: Vector
    reached: Vector
    labels: tuple[str, ...]

    @cached_property
    def share_drawn(self) -> Vector:
        """Share of the stratum's units that were drawn, H; 0 without a finite population."""
        return self.n_units / self.population

    @cached_property
    def is_lonely(self) -> NDArray[np.bool_]:
        """Whether the stratum has a single unit that stands for others, H."""
        return (self.n_units == 1) & (self.share_drawn < 1)


def build_levels(stages: Sequence[Stage], n: int) -> tuple[Level, ...]:
    """Check stages and number their units; the first stage first.

    Raises:
        ModelDataError: When codes are missing, lengths differ, a cluster lies in two strata, population sizes differ
            within a stratum or are below what was drawn, or a later stage has them and an earlier one has not.
    """
    if not stages:
        raise ModelDataError(
            "the design has no stage of sampling; expected at least one (Stage() where rows were drawn)"
        )
    levels: list[Level] = []
    parents, shares = np.zeros(n, dtype=np.intp), np.ones(n)
    for place, stage in enumerate(stages):
        _refuse_unusable(stage, place, n, is_last=place == len(stages) - 1)
        if stage.population is not None and place and stages[place - 1].population is None:
            raise ModelDataError(
                f"{_name(place)} has population sizes and {_name(place - 1)} has none; without them there it is taken "
                "as drawn with replacement, and later stages do not count: give them for both, or for neither"
            )
        level = _level(stage, place, parents, shares)
        levels.append(level)
        parents = level.units
        shares = shares * level.share_drawn[level.stratum_of_unit][level.units]
    return tuple(levels)


def _level(stage: Stage, place: int, parents: Codes, shares: Vector) -> Level:
    n = len(parents)
    own = np.zeros(n, dtype=np.intp) if stage.strata is None else _numbers(stage.strata)
    strata = _crossed(parents, own)
    clusters = np.arange(n, dtype=np.intp) if stage.clusters is None else _numbers(stage.clusters)
    units = _crossed(parents, clusters)
    first_of_unit, first_of_stratum = _first_rows(units), _first_rows(strata)
    labels = tuple(_label(stage, place, row) for row in first_of_stratum)
    _refuse_cut_clusters(units, strata, first_of_unit, labels, place)
    n_seen = np.bincount(strata[first_of_unit]).astype(float)
    n_units = n_seen if stage.sampled is None else _constant(stage.sampled, strata, labels, SAMPLED)
    if (n_units < n_seen).any():
        at = int(np.flatnonzero(n_units < n_seen)[0])
        raise ModelDataError(
            f"{labels[at]} has rows of {n_seen[at]:.0f} units, and {n_units[at]:g} were drawn; expected no more than "
            "were drawn; mend the column of units drawn"
        )
    return Level(
        units=units,
        stratum_of_unit=strata[first_of_unit],
        parent_of_stratum=parents[first_of_stratum],
        n_units=n_units,
        n_seen=n_seen,
        population=_populations(stage, strata, n_units, labels),
        reached=shares[first_of_stratum],
        labels=labels,
    )


def _populations(stage: Stage, strata: Codes, n_units: Vector, labels: tuple[str, ...]) -> Vector:
    if stage.population is None:
        return np.full(len(n_units), np.inf)
    found = _constant(stage.population, strata, labels, SIZES)
    if (found < n_units).any():
        at = int(np.flatnonzero(found < n_units)[0])
        raise ModelDataError(
            f"{labels[at]} has {n_units[at]:.0f} sampled units of {found[at]:g} in the population; expected no more "
            "than there are: give the number of units drawn from (clusters, where clusters were drawn), not a share"
        )
    return found


def _constant(values: Vector, strata: Codes, labels: tuple[str, ...], what: str) -> Vector:
    """Return the number of every stratum, H; ModelDataError when it differs within one."""
    numbers = np.asarray(values, dtype=float)
    found = numbers[_first_rows(strata)]
    if (differs := numbers != found[strata]).any():
        raise ModelDataError(
            f"the {what} differ within {labels[int(strata[differs][0])]}; expected one number of units in every row of "
            "a stratum; mend the column, or name the strata that it is about"
        )
    return found


def _refuse_unusable(stage: Stage, place: int, n: int, *, is_last: bool) -> None:
    """Raise ModelDataError when the codes of a stage do not fit the rows."""
    for what, codes in (
        ("clusters", stage.clusters),
        ("strata", stage.strata),
        (SIZES, stage.population),
        (SAMPLED, stage.sampled),
    ):
        if codes is None:
            continue
        if len(codes) != n:
            raise ModelDataError(
                f"{_name(place)} has {what} of {counted(len(codes), 'row')}; expected {n}, one a weight"
            )
        if (n_missing := int(pd.isna(np.asarray(codes, dtype=object)).sum())) > 0:
            raise ModelDataError(
                f"{_name(place)} has no {what} in {counted(n_missing, 'row')}; expected them in every row; find them, "
                "or leave these rows out before weights are computed"
            )
    if stage.clusters is None and not is_last:
        raise ModelDataError(f"{_name(place)} names no clusters; expected them in every stage but the last; name them")


def _refuse_cut_clusters(
    units: Codes, strata: Codes, first_of_unit: Codes, labels: tuple[str, ...], place: int
) -> None:
    home = strata[first_of_unit][units]
    if (is_elsewhere := strata != home).any():
        row = int(np.flatnonzero(is_elsewhere)[0])
        raise ModelDataError(
            f"a cluster of {_name(place)} lies in {labels[home[row]]} and in {labels[strata[row]]}; expected every "
            "cluster in one stratum; where codes start anew in every stratum, put the stratum in front of them"
        )


def _label(stage: Stage, place: int, row: int) -> str:
    if stage.strata is not None:
        return f"stratum {stage.strata[row]!s}" + ("" if place == 0 else f" of {_name(place)}")
    return "the sample" if place == 0 else f"a cluster of {_name(place - 1)}"


def _name(place: int) -> str:
    return f"stage {place + 1}"


def _numbers(codes: NDArray[Any]) -> Codes:
    """Number codes in ascending order, so that the order of rows changes nothing."""
    return np.asarray(pd.factorize(np.asarray(codes), sort=True)[0], dtype=np.intp)


def _crossed(outer: Codes, inner: Codes) -> Codes:
    """Number the pairs that occur, in ascending order."""
    pairs = outer * (int(inner.max(initial=0)) + 1) + inner
    return np.asarray(np.unique(pairs, return_inverse=True)[1], dtype=np.intp).ravel()


def _first_rows(codes: Codes) -> Codes:
    return np.asarray(np.unique(codes, return_index=True)[1], dtype=np.intp)
