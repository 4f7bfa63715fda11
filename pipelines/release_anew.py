"""One wave and respondent group: published anew where that tells nobody apart from what earlier releases showed.

Put here what is compared with what; the rules are in ``steps.lattice``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.load import Study
from pipelines.release_past import EVERYBODY_UNIT, PEOPLE, PastSlice, Slice
from pipelines.steps.lattice.earlier import PERSON, Before, Earlier, told_apart
from pipelines.steps.lattice.figures import (
    UNKNOWN,
    ScaleOf,
    everybody_may_be_shown,
    hidden_beside,
    interval_of_everybody,
    people_of,
    unit_means,
)
from pipelines.steps.lattice.intervals import Ends
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.suppression import units_of_small_classes
from pipelines.steps.lattice.units import Truths, UnitTree, unit_tree
from pipelines.tables.released import UNIT_MEANS


@dataclass(frozen=True, eq=False)
class Made:
    """What is published anew.

    Attributes:
        unit_means: Rows of ``out.unit_means``.
        hidden: Scales whose mean of everybody is hidden too.
        intervals: Scale → ends of everybody's interval.
    """

    unit_means: pd.DataFrame
    hidden: frozenset[str]
    intervals: Mapping[str, Ends]


@dataclass(frozen=True, eq=False)
class OneSlice:
    """One wave and respondent group, now and before."""

    study: Study
    policy: Policy
    tree: UnitTree
    where: Slice
    now: pd.DataFrame
    past: list[PastSlice]

    def made(self) -> Made | None:
        """Return what is published anew; None where the slice stays as it was."""
        if any(len(each.rows) < each.size for each in self.past):
            return None
        answers = self._earlier_answers()
        if any(self._before(_of_nowhere(self.now, item), item, earlier) is None for item, earlier in answers):
            return None
        befores: dict[str, Before] = {}
        for scale in self._scales():
            rows = self.now[[*PERSON, scale.name]]
            if (before := self._before(rows, scale.name, self._earlier(scale))) is None:
                return None
            befores[scale.name] = before
        return self._made(befores)

    def _made(self, befores: Mapping[str, Before]) -> Made | None:
        found: list[pd.DataFrame] = [UNIT_MEANS.empty()]
        hidden: set[str] = set()
        intervals: dict[str, Ends] = {}
        hidden_units = self._hidden_units(befores)
        for scale in self._scales():
            means = self._unit_means(scale, befores[scale.name], hidden_units.get(scale.name))
            everybody = means[means["level"] == "all"]
            if self._is_hidden(scale, befores[scale.name], everybody):
                if any(EVERYBODY_UNIT in each.shown for each in self._earlier(scale)):
                    return None
                hidden.add(scale.name)
            else:
                intervals[scale.name] = self._interval(scale, everybody)
            found.append(means)
        return Made(pd.concat(found, ignore_index=True), frozenset(hidden), intervals)

    def _hidden_units(self, befores: Mapping[str, Before]) -> dict[str, Truths]:
        """Return the units that a scale hides because another with items in common does."""
        items = {name: set(each.scales[name].items) for name, each in self.study.scales().items()}
        left = {scale.name: scale for scale in self._scales() if self._has_units(scale)}
        found: dict[str, Truths] = {}
        while left:
            family = [left.pop(next(iter(left)))]
            for scale in family:
                family += [left.pop(name) for name in list(left) if items[name] & items[scale.name]]
            people = [people_of(self._rows(each, befores[each.name].classes), each, self.tree) for each in family]
            asked = [self._asked_of(each) for each in family]
            hidden = hidden_beside(list(zip(people, asked, strict=True)))
            found |= {each.name: own for each, own in zip(family, hidden, strict=True)}
        return found

    def _earlier(self, scale: ScaleOf) -> list[Earlier]:
        return [Earlier(each.rows, each.shown.get(scale.name, frozenset())) for each in self.past]

    def _scales(self) -> Iterator[ScaleOf]:
        for name, instrument in self.study.scales().items():
            points, rule = instrument.points_of(name), instrument.scales[name]
            weight = len(rule.items) if rule.score == "sum" else 1
            if self.now[name].notna().any() or any(each.rows[name].notna().any() for each in self.past):
                yield ScaleOf(name, (points.lowest + points.highest + 1) / 2 * weight, float(weight))

    def _earlier_answers(self) -> Iterator[tuple[str, list[Earlier]]]:
        """Yield the items of which some answers are not those of an earlier release that shows how they are spread.

        They may differ without any score, as where somebody answered too little to have one.
        """
        items = {item for scale, each in self.study.scales().items() for item in each.scales[scale].items}
        now, *past = (
            rows.set_index("response_id").sort_index() for rows in (self.now, *(each.rows for each in self.past))
        )
        for item in sorted(items):
            shown = [(each.rows, rows) for each, rows in zip(self.past, past, strict=True) if item in each.items]
            if not all(_answers(rows, item).equals(_answers(now, item)) for _, rows in shown):
                yield item, [Earlier(_of_nowhere(rows, item), frozenset({EVERYBODY_UNIT})) for rows, _ in shown]

    def _before(self, rows: pd.DataFrame, column: str, earlier: Sequence[Earlier]) -> Before | None:
        """Say whom earlier releases tell apart by scores or answers; None where they are few.

        That is so where few have left, or few of everybody stood elsewhere, or nowhere, in an earlier release.
        """
        before = told_apart(rows, column, earlier, self.policy)
        if before.few_left:
            return None
        if not any(each.shown for each in earlier):
            return before
        together = rows.assign(organisation_id=UNKNOWN, before=before.classes)
        people = people_of(together, ScaleOf(column, 0.0), unit_tree([UNKNOWN]))
        return None if len(units_of_small_classes(people, np.array([True, False]), self.policy)) else before

    def _is_hidden(self, scale: ScaleOf, before: Before, everybody: pd.DataFrame) -> bool:
        """Tell whether everybody's mean is hidden; where no unit is shown, for what it tells of units by itself."""
        if len(everybody):
            return bool(everybody["is_hidden"].astype(bool).any())
        people = people_of(self._rows(scale, before.classes), scale, self.tree.without_regions())
        return not everybody_may_be_shown(people, self._asked_of(scale))

    def _interval(self, scale: ScaleOf, everybody: pd.DataFrame) -> Ends:
        """Return the ends of everybody's interval, the same among the units and among the scales."""
        if len(everybody):
            return float(everybody["conf_low"].iloc[0]), float(everybody["conf_high"].iloc[0])
        return interval_of_everybody(self._rows(scale, 0), scale, self.tree, self._asked_of(scale))

    def _rows(self, scale: ScaleOf, before: pd.Series | int) -> pd.DataFrame:
        """Return organisation and score of everybody, and who cannot be told apart by what was published before."""
        return self.now[["organisation_id", scale.name]].assign(before=before)

    def _asked_of(self, scale: ScaleOf) -> Policy:
        return replace(self.policy, least_width=self.policy.least_width * scale.weight)

    def _has_units(self, scale: ScaleOf) -> bool:
        units = self.study.spec.release.units
        if units is None or self.where[1] not in units.respondent_groups:
            return False
        return not units.scales or scale.name in units.scales

    def _unit_means(self, scale: ScaleOf, before: Before, hidden: Truths | None) -> pd.DataFrame:
        if not self._has_units(scale):
            return UNIT_MEANS.empty()
        key = dict(zip(PEOPLE, self.where, strict=True))
        return unit_means(self._rows(scale, before.classes), scale, self.tree, self._asked_of(scale), key, hidden)


def _of_nowhere(rows: pd.DataFrame, item: str) -> pd.DataFrame:
    return rows[["response_id", "region", item]].assign(organisation_id=UNKNOWN)


def _answers(rows: pd.DataFrame, item: str) -> pd.Series:
    return rows[item].dropna().astype(float)
