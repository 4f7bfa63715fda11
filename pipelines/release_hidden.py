"""Why cells of a release are hidden, for whoever signs it off; the release itself tells no reason."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from pipelines.release_past import OF_SLICES, PEOPLE
from pipelines.steps.lattice.earlier import sizes_and_differing
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.base import Table
from pipelines.tables.released import DISTRIBUTIONS_RELEASED, RESPONSE_RATES_RELEASED, UNIT_MEANS

NOBODY, BESIDE, ALIKE = "nobody answered", "others would follow from it", "too few answers differ"
ONE_OF_ALL = "the mean of one organisation would follow from it, for nearly all people are of that one"
COUNTED = ("size", "differing", "organisation_id")
UNIT_OF = {"all": None, "region": "region", "organisation": "organisation_id"}
"""Level → column of rows that names the unit."""


@dataclass(frozen=True)
class Hidden:
    """Cells that are hidden for the same reason.

    Attributes:
        table: Name of their table.
        wave: Their wave.
        respondent_group: Their respondent group.
        reason: Why, in words.
        n_cells: How many.
    """

    table: str
    wave: str
    respondent_group: str
    reason: str
    n_cells: int


def hidden_because(tables: list[tuple[Table, pd.DataFrame]], rows: pd.DataFrame, policy: Policy) -> list[Hidden]:
    """Say how many cells of every table, wave and respondent group are hidden for which reason.

    Args:
        tables: Those of the release.
        rows: Scores and answers behind it, one row a response.
        policy: What was asked of every figure.
    """
    found: list[Hidden] = []
    with_units = _with_units(tables)
    for table, cells in tables:
        if table not in OF_SLICES or not cells["is_hidden"].any():
            continue
        hidden = cells[cells["is_hidden"].astype(bool)]
        told = pd.concat(list(_reasons(table, hidden.assign(has_units=_has_units(hidden, with_units)), rows, policy)))
        counts = told.groupby([*PEOPLE, "reason"]).size().reset_index(name="n_cells")
        found += [
            Hidden(table.name, str(row["wave"]), str(row["respondent_group"]), str(row["reason"]), int(row["n_cells"]))
            for row in counts.to_dict("records")
        ]
    return found


def _with_units(tables: list[tuple[Table, pd.DataFrame]]) -> frozenset[tuple[str, ...]]:
    """Return the scales, waves and respondent groups of which units have figures, shown or hidden."""
    means = [rows[[*PEOPLE, "scale"]].astype(str) for table, rows in tables if table is UNIT_MEANS]
    return frozenset(each for rows in means for each in rows.itertuples(index=False, name=None))


def _has_units(cells: pd.DataFrame, with_units: frozenset[tuple[str, ...]]) -> list[bool]:
    if "scale" not in cells:
        return [True] * len(cells)
    named = cells[[*PEOPLE, "scale"]].astype(str).itertuples(index=False, name=None)
    return [each in with_units for each in named]


def _reasons(table: Table, hidden: pd.DataFrame, rows: pd.DataFrame, policy: Policy) -> Iterator[pd.DataFrame]:
    """Yield wave, respondent group and reason of every hidden cell."""
    column = next((name for name in ("scale", "item") if name in hidden), None)
    for name, cells in hidden.groupby(column) if column else [("", hidden)]:
        scores = rows[str(name)] if column else pd.Series(range(len(rows)), index=rows.index)
        people = rows[["organisation_id", "region", *PEOPLE]].assign(score=scores).dropna(subset="score")
        key = [*PEOPLE, "level", "unit"] if table is UNIT_MEANS else PEOPLE
        of_units = [people.assign(level=level, unit=people[unit] if unit else "") for level, unit in UNIT_OF.items()]
        known = (pd.concat(of_units) if table is UNIT_MEANS else of_units[0]).dropna(subset="unit")
        figures = sizes_and_differing(known, key).join(known.groupby(key)["organisation_id"].nunique())
        reasons = (
            cells[[*key, "has_units"]]
            .merge(figures.reset_index(), on=key, how="left")
            .fillna(dict.fromkeys(COUNTED, 0))
        )
        yield reasons.assign(reason=[_reason(each, table, policy) for each in reasons.to_dict("records")])


def _reason(cell: dict[object, object], table: Table, policy: Policy) -> str:
    size, differing, n_organisations = (int(float(str(cell[name]))) for name in COUNTED)
    if not size:
        return NOBODY
    if cell.get("level", "all") != "organisation" and 0 < n_organisations < policy.least_organisations:
        return f"fewer than {policy.least_organisations} organisations"
    if size < policy.least_cell_size or table is RESPONSE_RATES_RELEASED:
        return f"fewer than {policy.least_cell_size} people"
    if differing < policy.least_differing or table is DISTRIBUTIONS_RELEASED:
        return ALIKE
    return BESIDE if cell["has_units"] else ONE_OF_ALL
