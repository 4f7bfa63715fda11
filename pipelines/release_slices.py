"""Waves and respondent groups of a release: published anew where that tells nobody apart, else as published before.

Put here what is compared with what; the rules are in ``steps.lattice``.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.release_gates import ReleaseRefused
from pipelines.release_log import reasons_of_withdrawal
from pipelines.steps.lattice.earlier import Before, Earlier, Unit, told_apart
from pipelines.steps.lattice.figures import UNKNOWN, ScaleOf, people_of, unit_means
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.suppression import units_of_small_classes
from pipelines.steps.lattice.units import EVERYBODY, UnitTree, unit_tree
from pipelines.store import Store
from pipelines.store.released import read_release
from pipelines.tables import core
from pipelines.tables.base import Table
from pipelines.tables.released import (
    CONDITIONS_RELEASED,
    DISTRIBUTIONS_RELEASED,
    ESTIMATES_RELEASED,
    FITS_RELEASED,
    RESPONSE_RATES_RELEASED,
    SCALE_MEANS_RELEASED,
    UNIT_MEANS,
    UNITS,
)
from pipelines.tables.releases import RELEASES

Slice = tuple[str, str]
"""Wave and respondent group."""
OF_SLICES = (RESPONSE_RATES_RELEASED, SCALE_MEANS_RELEASED, DISTRIBUTIONS_RELEASED, UNIT_MEANS)
OF_FITS = (FITS_RELEASED, CONDITIONS_RELEASED, ESTIMATES_RELEASED)
EVERYBODY_UNIT: Unit = ("all", EVERYBODY)
KEYS = ["response_id", "organisation_id", "region", "wave", "respondent_group"]
PEOPLE = ["wave", "respondent_group"]


@dataclass(frozen=True, eq=False)
class Past:
    """An earlier release.

    Attributes:
        number: Its number.
        rows: The scores behind it, but for people who were erased since.
        sizes: Slice → responses behind it then.
        tables: Its rows of ``OF_SLICES`` and ``OF_FITS``, by name of the table.
        is_withdrawn: Whether it was withdrawn; what it showed stays known.
    """

    number: int
    rows: pd.DataFrame
    sizes: Mapping[Slice, int]
    tables: Mapping[str, pd.DataFrame]
    is_withdrawn: bool = False

    def of(self, where: Slice) -> pd.DataFrame:
        """Return the scores behind a slice."""
        return self.rows[(self.rows["wave"] == where[0]) & (self.rows["respondent_group"] == where[1])]

    def shown(self, where: Slice, scale: str) -> frozenset[Unit]:
        """Return the units whose mean of a scale is shown."""
        means = of_slice(self.tables[SCALE_MEANS_RELEASED.name], where)
        units = of_slice(self.tables[UNIT_MEANS.name], where)
        units = units[(units["scale"] == scale) & ~units["is_hidden"].astype(bool)]
        everybody = means[(means["scale"] == scale) & ~means["is_hidden"].astype(bool)]
        found = {(str(level), str(unit)) for level, unit in zip(units["level"], units["unit"], strict=True)}
        return frozenset(found | ({EVERYBODY_UNIT} if len(everybody) else set()))


@dataclass(frozen=True, eq=False)
class Slices:
    """What is published of waves and groups.

    Attributes:
        policy: What was asked of every figure.
        past: Earlier releases, in their order.
        units: ``meta.units``; none where nothing of single organisations is published.
        unit_means: ``out.unit_means`` of the slices that are published anew.
        rows: The scores behind the release.
        sizes: Slice → responses behind it.
        carried: Slice → earlier release that it is published from.
        hidden: Scale and slice whose mean of everybody is hidden too.
    """

    policy: Policy
    past: Sequence[Past]
    units: pd.DataFrame
    unit_means: pd.DataFrame
    rows: pd.DataFrame
    sizes: Mapping[Slice, int]
    carried: Mapping[Slice, Past]
    hidden: frozenset[tuple[str, Slice]]


def of_slice(rows: pd.DataFrame, where: Slice) -> pd.DataFrame:
    """Return the rows of a wave and respondent group."""
    return rows[(rows["wave"] == where[0]) & (rows["respondent_group"] == where[1])]


def slices_to_publish(study: Study, store: Store, policy: Policy) -> Slices:
    """Say of every wave and respondent group what is published.

    Raises:
        UsageError: When the file of an earlier release is gone or changed, so that nothing can be compared with it.
        ReleaseRefused: When figures could only be those of a withdrawn release.
    """
    now, past = scored_rows(study, store), list(earlier_releases(study, store))
    found: list[pd.DataFrame] = [UNIT_MEANS.empty()]
    carried: dict[Slice, Past] = {}
    hidden: set[tuple[str, Slice]] = set()
    rows: list[pd.DataFrame] = []
    sizes: dict[Slice, int] = {}
    for where in _slices(study):
        tree = _tree(now, where[0])
        made = _Slice(study, policy, tree, where, of_slice(now, where), past).made()
        if made is None:
            last = carried[where] = _to_carry(where, past)
            rows.append(last.of(where))
            sizes[where] = last.sizes[where]
            continue
        found.append(made.unit_means)
        hidden |= {(scale, where) for scale in made.hidden}
        rows.append(of_slice(now, where))
        sizes[where] = len(rows[-1])
    return Slices(
        policy=policy,
        past=past,
        units=_units(study, now),
        unit_means=pd.concat(found, ignore_index=True),
        rows=pd.concat(rows, ignore_index=True),
        sizes=sizes,
        carried=carried,
        hidden=frozenset(hidden),
    )


def _to_carry(where: Slice, past: list[Past]) -> Past:
    """Return the newest release whose figures of a slice may stand again; those of a withdrawn one may not."""
    found = [each for each in past if not each.is_withdrawn and each.sizes.get(where)]
    if not found:
        raise ReleaseRefused(
            [
                f"{', '.join(where)}: fewer people changed since the withdrawn releases than may be told apart, and no "
                "other release has figures of them; release again when more people have changed"
            ]
        )
    return found[-1]


def _units(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """Name the units, each organisation with its region in the last wave."""
    if study.spec.release.units is None:
        return UNITS.empty()
    tree = _tree(rows, list(study.spec.waves)[-1])
    around = ["" if place < 1 else tree.names[place] for place in tree.parents]
    made = pd.DataFrame({"level": tree.levels, "unit": tree.names, "region": around})
    return UNITS.typed(made[made["unit"] != UNKNOWN])


def _slices(study: Study) -> Iterator[Slice]:
    return ((wave, group) for wave in study.spec.waves for group in study.spec.respondent_groups)


def scored_rows(study: Study, store: Store) -> pd.DataFrame:
    """Return the scores of every analysed response with its organisation and region; one column a scale."""
    scales = list(study.scales())
    units = study.spec.release.units
    region = units.regions if units is not None else None
    analysis = store.read(core.analysis_with(study, [*scales, *([region] if region else [])]))
    regions = analysis[region].astype("string") if region else pd.Series(pd.NA, index=analysis.index, dtype="string")
    return analysis.assign(region=regions)[[*KEYS, *scales]].reset_index(drop=True)


def earlier_releases(study: Study, store: Store) -> Iterator[Past]:
    """Return the releases whose people are on record, in their order; withdrawn ones too: they stay known."""
    withdrawn = reasons_of_withdrawal(store)
    for row in store.read(RELEASES).sort_values("release").to_dict("records"):
        name, _ = rest_of_rows(store, str(row["rows_hash"]))
        number = int(row["release"])
        sizes = {tuple(key.split("/", 1)): int(n) for key, n in json.loads(str(row["sizes_json"])).items()}
        rows = store.kept_rows(name).reindex(columns=[*KEYS, *study.scales()])
        tables = read_release(study.releases, number, [*OF_SLICES, *OF_FITS], withdrawn={}).tables
        yield Past(number, rows, sizes, tables, is_withdrawn=number in withdrawn)


def sizes_json(sizes: Mapping[Slice, int]) -> str:
    """Write sizes of slices as they are recorded."""
    return json.dumps({"/".join(where): n for where, n in sorted(sizes.items())})


@dataclass(frozen=True, eq=False)
class _Made:
    unit_means: pd.DataFrame
    hidden: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Slice:
    """One wave and respondent group, now and before."""

    study: Study
    policy: Policy
    tree: UnitTree
    where: Slice
    now: pd.DataFrame
    past: list[Past]

    def made(self) -> _Made | None:
        """Return what is published anew; None where the slice stays as it was."""
        if any(len(each.of(self.where)) < each.sizes.get(self.where, 0) for each in self.past):
            return None
        found: list[pd.DataFrame] = [UNIT_MEANS.empty()]
        hidden: set[str] = set()
        for scale in self._scales():
            before = told_apart(self.now, scale.name, self._earlier(scale.name), self.policy)
            if before.few_left or self._has_small_classes(scale, before):
                return None
            means = self._unit_means(scale, before)
            is_everybody = means["level"] == "all"
            if means.loc[is_everybody, "is_hidden"].astype(bool).any():
                if any(EVERYBODY_UNIT in each.shown for each in self._earlier(scale.name)):
                    return None
                hidden.add(scale.name)
            found.append(means)
        return _Made(pd.concat(found, ignore_index=True), frozenset(hidden))

    def _scales(self) -> Iterator[ScaleOf]:
        for name, instrument in self.study.scales().items():
            points, rule = instrument.points_of(name), instrument.scales[name]
            weight = len(rule.items) if rule.score == "sum" else 1
            if self.now[name].notna().any() or any(each.of(self.where)[name].notna().any() for each in self.past):
                yield ScaleOf(name, (points.lowest + points.highest + 1) / 2 * weight, float(weight))

    def _earlier(self, scale: str) -> list[Earlier]:
        return [Earlier(each.of(self.where), each.shown(self.where, scale)) for each in self.past]

    def _has_small_classes(self, scale: ScaleOf, before: Before) -> bool:
        """Tell whether few people of everybody stood elsewhere, or nowhere, in an earlier release."""
        if not any(each.shown for each in self._earlier(scale.name)):
            return False
        together = self.now.assign(organisation_id=UNKNOWN, before=before.classes)
        people = people_of(together, scale, unit_tree([UNKNOWN]))
        return bool(len(units_of_small_classes(people, np.array([True, False]), self.policy)))

    def _unit_means(self, scale: ScaleOf, before: Before) -> pd.DataFrame:
        units = self.study.spec.release.units
        if units is None or self.where[1] not in units.respondent_groups:
            return UNIT_MEANS.empty()
        if units.scales and scale.name not in units.scales:
            return UNIT_MEANS.empty()
        policy = replace(self.policy, least_width=self.policy.least_width * scale.weight)
        key = dict(zip(PEOPLE, self.where, strict=True))
        return unit_means(self.now.assign(before=before.classes), scale, self.tree, policy, key)


def _tree(rows: pd.DataFrame, wave: str) -> UnitTree:
    """Return every organisation of the study, so that one without people looks like a hidden one, and its region."""
    organisations = sorted(rows["organisation_id"].dropna().unique())
    of_wave = rows[rows["wave"] == wave].dropna(subset=["organisation_id", "region"])
    regions = of_wave.drop_duplicates("organisation_id").set_index("organisation_id")["region"].to_dict()
    return unit_tree([*organisations, UNKNOWN], regions)


def with_carried(table: Table, rows: pd.DataFrame, carried: Mapping[Slice, Past]) -> pd.DataFrame:
    """Put the rows of earlier releases in the place of those of the slices that stay as they were."""
    parts = [rows]
    for where, past in carried.items():
        parts[0] = parts[0].drop(of_slice(parts[0], where).index)
        parts.append(of_slice(past.tables[table.name], where))
    return table.typed(pd.concat(parts, ignore_index=True))
