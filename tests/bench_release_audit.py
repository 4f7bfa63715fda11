"""Time and peak memory of the audit of a release: ``python -m tests.bench_release_audit``. No test.

A study of three groups, three waves and 16 scales of four items, in 40 organisations of 2 to 30 people a group and
wave, in five regions; then two scales in up to 500 organisations. Each size in a process of its own: the release is
made by the suppression, which is not measured, and audited as a first release and beside one before twelve people of
the largest organisation of each wave and group joined.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.steps.audit.findings import findings
from pipelines.steps.audit.publications import Publication
from pipelines.steps.lattice.earlier import Earlier, told_apart
from pipelines.steps.lattice.figures import UNKNOWN, ScaleOf, unit_means
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import unit_tree
from pipelines.tables.released import ITEMS, SCALE_MEANS_RELEASED, SCALES, UNIT_MEANS

SIZES = ((40, 16), (40, 2), (100, 2), (200, 2), (500, 2))
"""Organisations and scales; how time grows with organisations shows in two scales as well as in 16."""
GROUPS, WAVES, N_REGIONS, N_ITEMS = ("staff", "citizens", "managers"), ("first", "second", "third"), 5, 4
NAMES = [f"scale_{place}" for place in range(16)]
POLICY = Policy(least_cell_size=10)
LATE = 12


def answers(n_organisations: int) -> pd.DataFrame:
    """Return one row a person: keys, ``is_late`` and the scores of every scale."""
    rng = np.random.default_rng(20261127)
    parts = []
    for wave in WAVES:
        for group in GROUPS:
            of = np.repeat(np.arange(n_organisations), rng.integers(2, 31, n_organisations))
            scores = rng.integers(1, 6, (len(of), len(NAMES), N_ITEMS)).mean(axis=2)
            rows = pd.DataFrame(scores, columns=NAMES).assign(wave=wave, respondent_group=group)
            rows["response_id"] = [f"{wave}/{group}/{place}" for place in range(len(of))]
            rows["organisation_id"] = [f"organisation {place}" for place in of]
            rows["region"] = [f"region {place % N_REGIONS}" for place in of]
            parts.append(rows.assign(is_late=_is_late(of)))
    return pd.concat(parts, ignore_index=True)


def _is_late(organisation: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell who are the first people of the largest organisation."""
    of_largest = organisation == np.bincount(organisation).argmax()
    return of_largest & (np.cumsum(of_largest) <= LATE)


def _of(rows: pd.DataFrame, wave: str, group: str) -> pd.DataFrame:
    return rows[(rows["wave"] == wave) & (rows["respondent_group"] == group)]


def publication(rows: pd.DataFrame, number: int, earlier: Sequence[Publication]) -> Publication:
    """Publish means of units as the suppression has them beside earlier releases."""
    regions = rows.drop_duplicates("organisation_id").set_index("organisation_id")["region"].to_dict()
    tree = unit_tree([*regions, UNKNOWN], regions)
    found = []
    for (wave, group), own in rows.groupby(["wave", "respondent_group"]):
        for name in NAMES:
            cell = (str(wave), str(group), name)
            past = [Earlier(_of(each.rows, *cell[:2]), each.shown(cell)) for each in earlier]
            before = told_apart(own, name, past, POLICY)
            key = {"wave": cell[0], "respondent_group": cell[1]}
            found.append(unit_means(own.assign(before=before.classes), ScaleOf(name, 3.5), tree, POLICY, key))
    means = pd.concat(found, ignore_index=True)
    everybody = means[means["level"] == "all"].assign(alpha=pd.NA, omega=pd.NA)
    items = pd.DataFrame({"item": [f"item_{place}" for place in range(N_ITEMS)]}).assign(
        position=0, is_reverse_scored=False, midpoint=3
    )
    scales = pd.DataFrame({"scale": NAMES}).assign(
        position=0, instrument="one", status="draft", score="mean", lowest=1.0, highest=5.0
    )
    tables = {
        SCALES.name: SCALES.typed(scales),
        ITEMS.name: ITEMS.typed(scales[["scale"]].merge(items, how="cross")),
        SCALE_MEANS_RELEASED.name: SCALE_MEANS_RELEASED.typed(everybody),
        UNIT_MEANS.name: UNIT_MEANS.typed(means),
    }
    return Publication(number, tables, rows)


def measured(release: Publication, earlier: Sequence[Publication]) -> str:
    """Audit a release and say how long that took."""
    fresh = [replace(each) for each in (*earlier, release)]
    begun, begun_processor = time.perf_counter(), time.process_time()
    reasons = list(findings(fresh[-1], fresh[:-1], POLICY))
    seconds, processor = time.perf_counter() - begun, time.process_time() - begun_processor
    return f"{seconds:.2f} s, {processor:.2f} s of the processor, {len(reasons)} reasons to refuse"


def of_size(n_organisations: int, n_scales: int) -> None:
    """Print the figures of one size."""
    del NAMES[n_scales:]
    rows = answers(n_organisations)
    first = publication(rows[~rows["is_late"]].reset_index(drop=True), 1, [])
    hidden = first.tables[UNIT_MEANS.name]["is_hidden"].mean()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    alone = measured(first, [])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{n_organisations} organisations, {n_scales} scales, {len(rows)} people, {hidden:.0%} hidden: {alone}")  # noqa: T201
    print(f"  peak {peak} MiB, of which {before} before the audit")  # noqa: T201
    print(f"  beside an earlier release: {measured(publication(rows, 2, [first]), [first])}", flush=True)  # noqa: T201


def main() -> None:
    """Print the figures of every size, each from a process of its own."""
    for size in SIZES:
        subprocess.run([sys.executable, "-m", "tests.bench_release_audit", *map(str, size)], check=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        of_size(*map(int, sys.argv[1:]))
    else:
        main()
