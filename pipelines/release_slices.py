"""Waves and respondent groups of a release: published anew where that tells nobody apart, else as published before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.load import Study
from pipelines.release_anew import OneSlice
from pipelines.release_gates import ReleaseRefused
from pipelines.release_past import Past, Slice, earlier_releases, of_slice, scored_rows
from pipelines.steps.lattice.figures import UNKNOWN
from pipelines.steps.lattice.intervals import Ends
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import UnitTree, unit_tree
from pipelines.store import Store
from pipelines.tables.base import Table
from pipelines.tables.linking import LINKS
from pipelines.tables.released import UNIT_MEANS, UNITS


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
        intervals: Scale and slice → ends of everybody's interval, rounded as they are published.
        persons: Person of each response that is linked to other waves, by ``response_id``.
    """

    policy: Policy
    past: Sequence[Past]
    units: pd.DataFrame
    unit_means: pd.DataFrame
    rows: pd.DataFrame
    sizes: Mapping[Slice, int]
    carried: Mapping[Slice, Past]
    hidden: frozenset[tuple[str, Slice]]
    intervals: Mapping[tuple[str, Slice], Ends]
    persons: pd.Series


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
    intervals: dict[tuple[str, Slice], Ends] = {}
    rows: list[pd.DataFrame] = []
    sizes: dict[Slice, int] = {}
    for where in _slices(study):
        tree = _tree(now, where[0])
        before = [each.narrowed(where) for each in past]
        made = OneSlice(study, policy, tree, where, of_slice(now, where), before).made()
        if made is None:
            last = carried[where] = _to_carry(where, past, policy)
            rows.append(last.of(where))
            sizes[where] = last.sizes[where]
            continue
        found.append(made.unit_means)
        hidden |= {(scale, where) for scale in made.hidden}
        intervals |= {(scale, where): ends for scale, ends in made.intervals.items()}
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
        intervals=intervals,
        persons=_persons(store),
    )


def _persons(store: Store) -> pd.Series:
    """Return whose each response is that stands for somebody in its wave, by ``response_id``."""
    links = store.read(LINKS)
    return links[links["is_used"].astype(bool)].set_index("response_id")["person_id"].astype(object)


def _to_carry(where: Slice, past: list[Past], policy: Policy) -> Past:
    """Return the newest release whose figures of a slice may stand again; those of a withdrawn one may not.

    Nor may those of one that was asked for less: the policy of a release holds for all that it shows.
    """
    found = [each for each in past if not each.is_withdrawn and each.sizes.get(where)]
    if not found:
        raise ReleaseRefused(
            [
                f"{', '.join(where)}: fewer people changed since the withdrawn releases than may be told apart, and no "
                "other release has figures of them; release again when more people have changed"
            ]
        )
    _refuse_what_was_asked_less(where, found[-1], policy)
    return found[-1]


def _refuse_what_was_asked_less(where: Slice, past: Past, policy: Policy) -> None:
    for name in policy.asks_more_than(past.asked):
        few = f"{', '.join(where)}: fewer people changed since release {past.number} than may be told apart"
        raise ReleaseRefused(
            [
                f"{few}, so that its figures would stay, and these were made with {name} {past.asked[name]}, less than "
                f"the {getattr(policy, name)} asked for now; set it back in study.yaml, or release again when more "
                "people have changed"
            ]
        )


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
