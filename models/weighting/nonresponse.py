"""Nonresponse: by which factor a respondent's weight grows to stand for those like them who did not answer."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.weighting.faults import WeightingError

Values = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Cell = tuple[str, ...]


@dataclass(frozen=True)
class Sample:
    """The units of one wave and respondent group.

    Attributes:
        design_weights: Length n, above 0.
        eligibility: Length n; 1 for a unit known to be eligible, 0 for one known not to be, else the estimated share
            of eligible units among the unknown ones.
        has_responded: Length n.
    """

    design_weights: Values
    eligibility: Values
    has_responded: Truths


@dataclass(frozen=True)
class AdjustedCell:
    """One weighting cell after collapsing.

    Attributes:
        cells: The cells it was made of, each as one category a variable.
        n_units: Units, whether eligible or not.
        n_responses: Respondents.
        response_rate: Design-weighted respondents over eligible units; 1 for a cell without eligible units.
    """

    cells: tuple[Cell, ...]
    n_units: int
    n_responses: int
    response_rate: float

    @property
    def factor(self) -> float:
        """By which the design weights of the respondents are multiplied, at least 1."""
        return 1 / self.response_rate if self.response_rate > 0 else float("inf")


@dataclass(frozen=True)
class Adjustment:
    """Factors of a nonresponse adjustment.

    Attributes:
        factors: Length n; by which a respondent's design weight is multiplied, 0 for everyone else.
        cells: The cells they come from, in ascending order.
    """

    factors: Values
    cells: tuple[AdjustedCell, ...]


def adjust_in_cells(
    sample: Sample, cells: list[Cell], *, least_responses: int = 1, largest_factor: float = np.inf
) -> Adjustment:
    """Adjust for nonresponse within weighting cells.

    The factor of a cell is the design-weighted number of eligible units over that of respondents. A cell with too few
    responses or too large a factor is joined with another, the one with fewest responses first: with the cell that
    shares most leading categories, and among these the one whose factor is nearest. So variables that stand first are
    kept apart longest.

    Args:
        sample: The units (n).
        cells: Length n; the category of every variable, most important variable first.
        least_responses: Fewest responses of a cell, at least 1.
        largest_factor: Largest factor of a cell.

    Returns:
        The factors; the sum of the respondents' adjusted weights is that of the eligible units' design weights.

    Raises:
        WeightingError: When nobody responded, or all units in one cell still have too large a factor.

    References:
        Little (1986), International Statistical Review 54(2), 139-157; Kalton and Flores-Cervantes (2003), Journal of
        Official Statistics 19(2), 81-97.
    """
    if not sample.has_responded.any():
        raise WeightingError("nobody responded, so there are no weights")
    names, places = _numbered(cells)
    found = [_adjusted(sample, places, names, [k]) for k in range(len(names))]
    groups: list[list[int]] = [[k] for k in range(len(names))]
    while len(groups) > 1:
        at = _worst(found, least_responses, largest_factor)
        if at is None:
            break
        partner = _partner(found, at)
        joined = sorted([*groups[at], *groups[partner]])
        kept = [k for k in range(len(groups)) if k not in (at, partner)]
        groups = [groups[k] for k in kept] + [joined]
        found = [found[k] for k in kept] + [_adjusted(sample, places, names, joined)]
    if len(found) == 1 and found[0].factor > largest_factor:
        raise WeightingError(
            f"the factor of all units together is {found[0].factor:.3g}, above the largest factor "
            f"{largest_factor:g}; allow a larger one"
        )
    factors = np.zeros(len(cells))
    for cell, group in zip(found, groups, strict=True):
        factors[np.isin(places, group) & sample.has_responded] = cell.factor
    return Adjustment(factors, tuple(sorted(found, key=lambda cell: cell.cells)))


def _numbered(cells: list[Cell]) -> tuple[list[Cell], npt.NDArray[np.intp]]:
    names = sorted(set(cells))
    place = {name: k for k, name in enumerate(names)}
    return names, np.array([place[cell] for cell in cells], dtype=np.intp)


def _adjusted(sample: Sample, places: npt.NDArray[np.intp], names: list[Cell], group: list[int]) -> AdjustedCell:
    is_in = np.isin(places, group)
    responded = is_in & sample.has_responded
    eligible = float((sample.design_weights * sample.eligibility)[is_in].sum())
    return AdjustedCell(
        cells=tuple(names[k] for k in group),
        n_units=int(is_in.sum()),
        n_responses=int(responded.sum()),
        response_rate=float(sample.design_weights[responded].sum()) / eligible if eligible > 0 else 1.0,
    )


def _worst(cells: list[AdjustedCell], least_responses: int, largest_factor: float) -> int | None:
    """Find the cell that breaks a rule and has fewest responses; None when all keep the rules.

    A cell whose units are all known not to be eligible needs no weights and breaks no rule.
    """

    def breaks(cell: AdjustedCell) -> bool:
        needs_none = cell.n_responses == 0 and cell.response_rate == 1
        return not needs_none and (cell.n_responses < least_responses or cell.factor > largest_factor)

    broken = [k for k, cell in enumerate(cells) if breaks(cell)]
    return min(broken, key=lambda k: (cells[k].n_responses, cells[k].response_rate, cells[k].cells), default=None)


def _partner(cells: list[AdjustedCell], at: int) -> int:
    """Find the cell that shares most leading categories with one, and among these has the nearest response rate."""
    own = cells[at]

    def distance(k: int) -> tuple[int, float, tuple[Cell, ...]]:
        shared = max(_shared(a, b) for a in own.cells for b in cells[k].cells)
        return -shared, abs(own.response_rate - cells[k].response_rate), cells[k].cells

    return min((k for k in range(len(cells)) if k != at), key=distance)


def _shared(one: Cell, other: Cell) -> int:
    """Count how many leading categories two cells share."""
    count = 0
    for a, b in zip(one, other, strict=True):
        if a != b:
            break
        count += 1
    return count
