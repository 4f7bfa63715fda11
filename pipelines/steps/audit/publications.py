"""Tables of releases → what each shows of one scale, respondent group and wave, as intervals; rounding looked after.

Put here what the tables say; what follows from it is in ``bounds`` and ``classes``.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from models.estimates import Vector
from pipelines.steps.audit.polygons import Scores
from pipelines.tables.base import Table
from pipelines.tables.released import ITEMS, SCALE_MEANS_RELEASED, SCALES, TABLES, UNIT_MEANS

Cell = tuple[str, str, str]
"""Wave, respondent group and scale."""
Unit = tuple[str, str]
"""Level and name of a unit."""
EVERYBODY: Unit = ("all", "")
CELL = ["wave", "respondent_group", "scale"]
FIGURES = ["n_obs", "mean", "percent_high", "conf_low", "conf_high"]
PERSON = ("response_id", "organisation", "region")
AS_PLAIN = {"level": object, "unit": object} | dict.fromkeys(FIGURES, "Float64")
OF_FITS = {"estimate", "std_error", "p_value"}
WITH_TWO_DECIMALS = {"mean", "alpha", "omega", "response_rate_2", "r_squared"}
ENDS = {"conf_low", "conf_high"}
COUNTED = {"n_obs", "n_clusters", "n_invited", "n_responses", "n_organisations"}
ROUNDED_TO = 5
MOST_OFF = 2
"""A whole number of people is off by so many at most when it is rounded to fives."""
HALF_OF_A_HUNDREDTH = 0.005
LOWEST_PERCENT, HIGHEST_PERCENT = 5, 95
SLACK = 1e-6
"""Digits that a stored number may lose."""


@dataclass(frozen=True, eq=False)
class Publication:
    """What one release shows, and whose scores are behind it.

    Attributes:
        number: Of the release.
        tables: Its tables by name.
        rows: One row a person: ``response_id``, ``organisation_id``, ``region``, ``wave``, ``respondent_group``, and
            the scales.
        with_erased: Waves and respondent groups some of whose people were erased since.
        persons: Person of each response that is linked to other waves, by ``response_id``.
        asked: What the policy of then asked of every figure, by name; what is not named was asked as it is now.
    """

    number: int
    tables: Mapping[str, pd.DataFrame]
    rows: pd.DataFrame
    with_erased: frozenset[tuple[str, str]] = frozenset()
    persons: pd.Series = field(default_factory=lambda: pd.Series(dtype=object))
    asked: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def _shown(self) -> Mapping[Cell, pd.DataFrame]:
        means = self.tables[SCALE_MEANS_RELEASED.name].assign(level="all", unit="", percent_high=pd.NA)
        kept = [*CELL, "level", "unit", *FIGURES]
        both = [frame.loc[~frame["is_hidden"].astype(bool), kept] for frame in (self.tables[UNIT_MEANS.name], means)]
        every = pd.concat([frame.astype(AS_PLAIN) for frame in both], ignore_index=True)
        return {(str(w), str(g), str(s)): rows for (w, g, s), rows in every.groupby(CELL, sort=True)}

    @cached_property
    def _of_units(self) -> frozenset[Cell]:
        cells = self.tables[UNIT_MEANS.name][CELL].drop_duplicates().astype(str)
        return frozenset(cells.itertuples(index=False, name=None))

    def cells(self) -> list[Cell]:
        """Return the scales, groups and waves of which anything is shown."""
        return list(self._shown)

    def figures(self, cell: Cell) -> pd.DataFrame:
        """Return what is shown of units, one row a figure; everybody twice.

        Its columns are level, unit, n_obs, mean, percent_high, conf_low and conf_high.
        """
        if cell in self._shown:
            return self._shown[cell]
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in AS_PLAIN.items()})

    def told(self, cell: Cell) -> frozenset[tuple[object, ...]]:
        """Return what is shown, the same for two releases that show the same."""
        rows = self.figures(cell)
        figures = rows[FIGURES].fillna(-1.0).itertuples(index=False, name=None)
        return frozenset((*unit, *of_unit) for unit, of_unit in zip(_units(rows), figures, strict=True))

    def shown(self, cell: Cell) -> frozenset[Unit]:
        """Return the units of which anything is shown."""
        return frozenset(_units(self.figures(cell)))

    @cached_property
    def _of_slices(self) -> Mapping[tuple[str, str], pd.DataFrame]:
        known = self.rows.dropna(subset=["organisation_id", "region"])
        region = known.drop_duplicates(["wave", "respondent_group", "organisation_id"])
        keys = ["wave", "respondent_group", "organisation_id"]
        rows = self.rows.drop(columns="region").merge(region[[*keys, "region"]], on=keys, how="left")
        rows = rows.rename(columns={"organisation_id": "organisation"})
        plain = {name: rows[name].astype(object).where(rows[name].notna(), "") for name in PERSON}
        rows = rows.assign(**plain)
        return {(str(w), str(g)): own for (w, g), own in rows.groupby(CELL[:2], sort=True)}

    def people(self, cell: Cell) -> pd.DataFrame:
        """Return those who have a score: ``response_id``, ``organisation``, ``region`` (empty for none), ``score``.

        A region in which all of them are is everybody by another name: where it is not shown, it counts as none. Of a
        scale and group whose units have no figures, hidden or not, no region is one of them.
        """
        rows = self._of_slices.get(cell[:2])
        if rows is None or cell[2] not in rows:
            return pd.DataFrame({**{name: pd.Series(dtype=object) for name in PERSON}, "score": pd.Series(dtype=float)})
        scores = rows[cell[2]].to_numpy(dtype=float, na_value=np.nan)
        has_score = ~np.isnan(scores)
        found = {name: rows[name].to_numpy(dtype=object)[has_score] for name in PERSON}
        regions = {("region", name) for name in found["region"]}
        if cell not in self._of_units or (len(regions) == 1 and not regions & self.shown(cell)):
            found["region"] = np.full(len(found["region"]), "", dtype=object)
        return pd.DataFrame({**{n: pd.Series(v, dtype=object) for n, v in found.items()}, "score": scores[has_score]})

    @cached_property
    def scores(self) -> Mapping[str, Scores]:
        """What each scale can have, by the tables of the release."""
        items = self.tables[ITEMS.name].groupby("scale").size()
        return {
            str(row["scale"]): scores_of(
                row["lowest"], row["highest"], int(items[row["scale"]]), is_sum=row["score"] == "sum"
            )
            for row in self.tables[SCALES.name].to_dict("records")
        }


def _units(figures: pd.DataFrame) -> list[Unit]:
    return list(zip(figures["level"], figures["unit"], strict=True))


def scores_of(lowest: float, highest: float, n_items: int, *, is_sum: bool) -> Scores:
    """Say what scores a scale can have: the mean of the answered items, or that times their number.

    Args:
        lowest: Lowest score.
        highest: Highest score.
        n_items: Items.
        is_sum: Whether the score is a sum.
    """
    weight = n_items if is_sum else 1
    of_item = (lowest / weight + highest / weight + 1) / 2
    other = max((math.ceil(of_item * n - SLACK) - 1) / n for n in range(1, n_items + 1))
    return Scores(float(lowest), float(highest), of_item * weight, max(other * weight, float(lowest)))


def intervals(figures: pd.DataFrame, counts: Vector) -> tuple[tuple[Vector, Vector], tuple[Vector, Vector]]:
    """Return least and most sums of scores, and numbers of high scores, that rounded figures allow.

    Args:
        figures: n rows of ``Publication.figures``.
        counts: The people behind each.
    """
    mean = figures["mean"].to_numpy(dtype=float)
    percent = figures["percent_high"].to_numpy(dtype=float, na_value=np.nan)
    least = np.where(percent > LOWEST_PERCENT, np.ceil((percent - 0.5) / 100 * counts - SLACK), 0.0)
    most = np.where(percent < HIGHEST_PERCENT, np.floor((percent + 0.5) / 100 * counts + SLACK), counts)
    sums = ((mean - HALF_OF_A_HUNDREDTH) * counts, (mean + HALF_OF_A_HUNDREDTH) * counts)
    return sums, (least, most)


def not_rounded(tables: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Yield a reason for every table and column that holds more digits than a release may."""
    for table in TABLES:
        rows = tables.get(table.name)
        if rows is None:
            continue
        for column, step in _steps(table):
            in_steps = rows[column].astype("Float64").dropna().to_numpy(dtype=float) / step
            in_steps = in_steps[np.isfinite(in_steps)]  # an interval of Fieller may have no ends
            if (np.abs(in_steps - np.round(in_steps)) > SLACK).any():
                yield f"{table.name}: {column} is not rounded to {step:g}; what is hidden could be worked out from it"


def _steps(table: Table) -> Iterator[tuple[str, float]]:
    is_of_fits = set(table.columns) >= OF_FITS
    for column in table.columns:
        if column in COUNTED:
            yield column, ROUNDED_TO
        elif column in OF_FITS or (column in ENDS and is_of_fits):
            yield column, 0.001
        elif column in WITH_TWO_DECIMALS or column in ENDS:
            yield column, 0.01
