"""Releases of one scale, group and wave as the suppression makes them, or a version of it with a rule off. No test."""

import numpy as np
import pandas as pd

from pipelines.steps.audit.publications import Publication
from pipelines.steps.lattice.earlier import Earlier, told_apart
from pipelines.steps.lattice.figures import UNKNOWN, ScaleOf, people_of, unit_means
from pipelines.steps.lattice.suppression import units_of_small_classes
from pipelines.steps.lattice.units import unit_tree
from pipelines.tables.released import ITEMS, SCALE_MEANS_RELEASED, SCALES, UNIT_MEANS

KEY = {"wave": "spring", "respondent_group": "FRL"}
CELL = ("spring", "FRL", "trust")
TRUST = ScaleOf("trust", 3.5)
N_ITEMS = 4
SCALE = {
    "scale": "trust",
    "position": 0,
    "instrument": "trust",
    "status": "draft",
    "score": "mean",
    "lowest": 1.0,
    "highest": 5.0,
}


def answers(sizes, regions=None, seed=0, scores=None):
    """One row a person of organisations of these sizes, in regions by letter; scores are means of four answers."""
    rng = np.random.default_rng(seed)
    names = np.repeat([f"org{place}" for place in range(len(sizes))], sizes)
    drawn = rng.integers(1, 6, (len(names), N_ITEMS)).mean(axis=1)
    of_region = pd.NA if regions is None else np.repeat(list(regions), sizes)
    columns = {
        "response_id": pd.Series([f"r{place}" for place in range(len(names))], dtype="str"),
        "organisation_id": pd.Series(names, dtype="str"),
        "region": pd.Series(of_region, index=range(len(names)), dtype="string"),
        "trust": drawn if scores is None else np.asarray(scores, dtype=float),
    }
    return pd.DataFrame(columns).assign(**KEY)


def tree_of(rows):
    """Every organisation of the rows in its region, and the unknown one."""
    known = rows.dropna(subset=["region"]).drop_duplicates("organisation_id")
    regions = dict(zip(known["organisation_id"], known["region"], strict=True))
    return unit_tree([*sorted(rows["organisation_id"].dropna().unique()), UNKNOWN], regions)


def release(rows, policy, number=1, before=None):
    """Publish means of units as the suppression has it, whatever was published earlier unless classes are given."""
    classes = 0 if before is None else before
    return published(rows, unit_means(rows.assign(before=classes), TRUST, tree_of(rows), policy, KEY), number)


def published(rows, means, number=1):
    """Publish these means of units, and everybody's among the means of scales."""
    everybody = means[means["level"] == "all"].assign(alpha=pd.NA, omega=pd.NA)
    tables = {
        SCALES.name: SCALES.typed(pd.DataFrame([SCALE])),
        ITEMS.name: ITEMS.typed(
            pd.DataFrame({"item": [f"t{k}" for k in range(N_ITEMS)], "position": range(N_ITEMS)}).assign(
                scale="trust", is_reverse_scored=False, midpoint=3
            )
        ),
        SCALE_MEANS_RELEASED.name: SCALE_MEANS_RELEASED.typed(everybody),
        UNIT_MEANS.name: UNIT_MEANS.typed(means),
    }
    return Publication(number, tables, rows)


def release_after(rows, earlier, policy):
    """Publish as a slice is: anew where the earlier releases allow it, else with the figures of the last."""
    of_past = [Earlier(each.rows, each.shown(CELL)) for each in earlier]
    before = told_apart(rows, "trust", of_past, policy)
    everybody = rows.assign(organisation_id=UNKNOWN, before=before.classes)
    people = people_of(everybody, TRUST, unit_tree([UNKNOWN]))
    has_shown = any(each.shown for each in of_past)
    if before.few_left or (has_shown and len(units_of_small_classes(people, np.array([True, False]), policy))):
        return None
    made = release(rows, policy, len(earlier) + 1, before.classes)
    if ("all", "") not in made.shown(CELL) and any(("all", "") in each.shown for each in of_past):
        return None
    return made
