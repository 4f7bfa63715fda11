"""Coefficients of a fit → sums of scores of organisations that follow from them, beside what is shown of units.

Whoever knows facts about organisations can turn coefficients back (``fit_designs``): of least squares ``X'y = X'X b``.
A column of ``X``, weighted or multiplied with ``V^-1``, that is the same for all people of each organisation gives a
sum of organisations' scores, weighted by it. Beside shown means such sums can leave nothing unknown of hidden ones.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from models.estimates import Matrix, Vector
from pipelines.steps.lattice.units import Places

CELL = ["wave", "respondent_group", "organisation"]
SAME = 1e-9
SLACK = 1e-6


@dataclass(frozen=True, eq=False)
class HiddenCells:
    """Organisations whose mean of a scale is hidden, in waves and respondent groups, H of them.

    Attributes:
        cells: One row each: ``wave``, ``respondent_group``, ``organisation``, ``n``, ``total``.
        known: Sums of them that follow from shown means, one row each, R x H.
        ends: Lowest and highest score.
    """

    cells: pd.DataFrame
    known: Matrix
    ends: tuple[float, float]

    def with_known(self, equations: Matrix) -> "HiddenCells":
        """Return the same with more sums known."""
        return HiddenCells(self.cells, np.vstack([self.known, equations]), self.ends)

    def news(self, equations: Matrix) -> Matrix:
        """Return the sums that do not follow from those that are known already."""
        found = np.zeros((0, len(self.cells)))
        for row in equations[np.abs(equations).max(axis=1, initial=0.0) > SAME]:
            rows = np.vstack([self.known, found, row / np.abs(row).max()])
            if np.linalg.matrix_rank(rows) > np.linalg.matrix_rank(rows[:-1]):
                found = rows[len(self.known) :]
        return found

    def doubtful(self, places: Places, least: float) -> Places:
        """Return the cells of some whose means may not lie as far apart as asked, without a linear programme.

        Of the ways in which all sums may change and the known ones stay, one is tried for each cell: the way nearest to
        its own change, in units of the room that each cell has on either side.

        Args:
            places: Cells.
            least: Width that is asked, in points of the score.
        """
        n, total = self.cells["n"].to_numpy(dtype=float), self.cells["total"].to_numpy(dtype=float)
        room = np.maximum(np.minimum(total - n * self.ends[0], n * self.ends[1] - total), 0.0)
        rows, sizes, _ = np.linalg.svd((self.known * room).T, full_matrices=False)
        basis = rows[:, sizes > SAME * max(sizes.max(initial=0.0), 1.0)]
        ways = np.eye(len(n))[:, places] - basis @ basis[places].T
        own = ways[places, np.arange(len(places))]
        width = 2 * room[places] * own / np.maximum(np.abs(ways).max(axis=0, initial=0.0), SAME) / n[places]
        return places[width < least]

    def widths(self, places: Places) -> Vector:
        """Return how far apart the means lie that some cells may have, in points of the score."""
        n, total = self.cells["n"].to_numpy(dtype=float), self.cells["total"].to_numpy(dtype=float)
        room = list(zip(n * self.ends[0] - total, n * self.ends[1] - total, strict=True))
        nothing, found = np.zeros(len(self.known)), []
        for place in places.tolist():
            goal = np.zeros(len(n))
            goal[place] = 1.0
            least, most = (linprog(sign * goal, A_eq=self.known, b_eq=nothing, bounds=room).fun for sign in (1, -1))
            found.append((-most - least) / n[place])
        return np.array(found)


def hidden_cells(people: pd.DataFrame, shown: pd.DataFrame) -> HiddenCells:
    """Return what is hidden of a scale, and the sums of it that follow from shown means.

    Args:
        people: One row a person with a score: ``wave``, ``respondent_group``, ``organisation`` (empty for none),
            ``region`` (empty for none) and ``score``.
        shown: One row a shown unit: ``wave``, ``respondent_group``, ``level`` and ``unit``.
    """
    cells = people.groupby([*CELL, "region"])["score"].agg(n="size", total="sum").reset_index()
    of_organisations = shown[shown["level"] == "organisation"].rename(columns={"unit": "organisation"})
    marked = cells.merge(of_organisations[CELL].assign(is_shown=True), on=CELL, how="left")
    hidden = cells[marked["is_shown"].isna().to_numpy()].reset_index(drop=True)
    known = [
        (hidden["wave"] == unit["wave"])
        & (hidden["respondent_group"] == unit["respondent_group"])
        & ((unit["level"] == "all") | (hidden["region"] == unit["unit"]))
        for unit in shown[shown["level"] != "organisation"].to_dict("records")
    ]
    ends = float(people["score"].min()), float(people["score"].max())
    return HiddenCells(hidden, np.array(known, dtype=float).reshape(len(known), len(hidden)), ends)


def tells(before: HiddenCells, after: HiddenCells, least: float) -> bool:
    """Tell whether sums that became known leave a hidden mean less room than asked, and less than it had.

    Args:
        before: What is hidden, and the sums that were known.
        after: The same with more sums known.
        least: Width that is asked, in points of the score.
    """
    equations = after.known[len(before.known) :]
    if not len(equations):
        return False
    places = after.doubtful(np.flatnonzero((equations != 0).any(axis=0)), least)
    widths = after.widths(places)
    places, widths = places[widths < least - SLACK], widths[widths < least - SLACK]
    return bool((widths < before.widths(places) - SLACK).any())


def sums_that_follow(design: pd.DataFrame, people: pd.DataFrame, hidden: HiddenCells) -> Matrix:
    """Return the sums of hidden organisations' scores that coefficients tell.

    Args:
        design: ``TurnedBack.turned`` of the model, one row a person, whose numbers index it as they do ``people``.
        people: As of ``hidden_cells``; who is not in the design is behind no equation.
        hidden: What is hidden.

    Returns:
        One row a column of the design that does not differ within organisations, then one a combination of the others
        that does not, such as answers less their distances from the organisation; H columns.
    """
    cells = pd.MultiIndex.from_frame(hidden.cells[CELL])
    of_people = people.loc[design.index, CELL]
    places = [of_people[name] for name in CELL]
    grouped = design.groupby(places)
    means, apart = grouped.mean(), grouped.max() - grouped.min()
    same = [name for name in design.columns if apart[name].max() < SAME]
    others = design.drop(columns=same)
    level = _combinations((others - others.groupby(places).transform("mean")).to_numpy(dtype=float))
    found = np.hstack([means[same].to_numpy(dtype=float), means[list(others)].to_numpy(dtype=float) @ level])
    return pd.DataFrame(found, index=means.index).reindex(cells).fillna(0.0).to_numpy(dtype=float).T


def _combinations(within: Matrix) -> Matrix:
    """Return the combinations of columns that are nought, p x c; columns are compared in units of their own spread."""
    spread = np.sqrt((within**2).sum(axis=0))
    _, sizes, ways = np.linalg.svd(within / spread, full_matrices=False)
    return ways[sizes < SAME * max(sizes.max(initial=0.0), 1.0)].T / spread[:, None]
