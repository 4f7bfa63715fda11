"""Two releases and more of the same people: whoever joined, left, moved or was corrected cannot be worked out."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.steps.lattice.earlier import Earlier, told_apart
from pipelines.steps.lattice.figures import UNKNOWN, ScaleOf, people_of, shown_together
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import unit_tree
from tests.pipelines.lattice.test_suppression import rank_of

POLICY = Policy(least_cell_size=10)
TRUST = ScaleOf("trust", 3.5)


def rows_of(sizes, seed=1):
    """People of organisations of these sizes."""
    rng = np.random.default_rng(seed)
    names = np.repeat([f"org{place}" for place in range(len(sizes))], sizes)
    return pd.DataFrame(
        {
            "response_id": pd.Series([f"r{place}" for place in range(len(names))], dtype="str"),
            "organisation_id": pd.Series(names, dtype="str"),
            "region": pd.Series(pd.NA, index=range(len(names)), dtype="str"),
            "trust": rng.integers(4, 21, len(names)) / 4,
        }
    )


def released(rows, earlier, policy=POLICY):
    """Which units are shown of the rows after some releases; nothing when few have left."""
    before = told_apart(rows, "trust", earlier, policy)
    tree = unit_tree([*sorted(rows["organisation_id"].unique()), UNKNOWN])
    if before.few_left:
        return frozenset()
    is_shown = shown_together(people_of(rows.assign(before=before.classes), TRUST, tree), policy)
    return frozenset((tree.levels[place], tree.names[place]) for place in np.flatnonzero(is_shown))


SIZES = [12, 15, 20, 30]
EVERY = {("all", ""), *(("organisation", f"org{place}") for place in range(4))}


def changed(rows, case):
    joined = rows.tail(3).assign(response_id=["new1", "new2", "new3"])
    corrected, moved = rows.copy(), rows.copy()
    corrected.loc[40, "trust"] = 6 - corrected.loc[40, "trust"] + 0.25
    moved.loc[40, "organisation_id"] = "org0"
    many = rows[rows["organisation_id"] == "org3"].iloc[:12]
    return {
        "nothing": rows,
        "another order": rows.sample(frac=1, random_state=2),
        "three joined": pd.concat([rows, joined], ignore_index=True),
        "one left": rows.drop(index=5),
        "one was corrected": corrected,
        "one moved": moved,
        "twelve of one organisation joined": pd.concat(
            [rows, many.assign(response_id=[f"late{place}" for place in range(12)])], ignore_index=True
        ),
    }[case]


@pytest.mark.parametrize(
    ("case", "is_shown"),
    [
        ("nothing", True), ("another order", True), ("twelve of one organisation joined", True),
        ("three joined", False), ("one left", False), ("one was corrected", False), ("one moved", False),
    ],
)  # fmt: skip
def test_few_people_between_two_releases_keep_the_second_from_being_shown(case, is_shown):
    rows = rows_of(SIZES)
    first = released(rows, [])
    assert first == EVERY
    second = released(changed(rows, case), [Earlier(rows, first)])
    assert second == (EVERY if is_shown else frozenset())


def test_an_organisation_that_grew_is_not_shown_beside_what_tells_its_former_company():
    rows = rows_of([4, 12, 20, 30])
    first = released(rows, [])
    assert first == {("all", ""), ("organisation", "org2"), ("organisation", "org3")}
    # Now org1 might be shown; but org0 and org1 together are known from the first release.
    late = rows_of([12], seed=3).assign(organisation_id="org0")
    late["response_id"] = "late" + late["response_id"]
    second = released(pd.concat([rows, late], ignore_index=True), [Earlier(rows, first)])
    assert second == {("all", ""), ("organisation", "org2"), ("organisation", "org3")}


@st.composite
def histories(draw):
    """Rows of up to three releases: people leave, join, and answer otherwise between them."""
    sizes = draw(st.lists(st.integers(0, 25), min_size=3, max_size=6).filter(any))
    rows = rows_of(sizes, seed=draw(st.integers(0, 99)))
    found = [rows]
    for number in range(draw(st.integers(1, 2))):
        kept = found[-1]
        leave = draw(st.sampled_from([0, 0, 1, 12]))
        kept = kept.iloc[leave:] if len(kept) > leave else kept
        join = draw(st.lists(st.integers(0, 14), min_size=6, max_size=6))
        late = rows_of(join, seed=draw(st.integers(0, 99)))
        late["response_id"] = f"late{number}" + late["response_id"]
        late = late[late["organisation_id"].isin(rows["organisation_id"].unique())]
        found.append(pd.concat([kept, late.head(draw(st.sampled_from([0, 0, 3, 80])))], ignore_index=True))
    return found


@given(histories(), st.integers(5, 12))
@settings(max_examples=40)
def test_no_few_people_are_a_combination_of_all_releases(history, least):
    policy, releases = Policy(least_cell_size=least), []
    for rows in history:
        if len(rows):
            releases.append(Earlier(rows, released(rows, releases, policy)))
    people = pd.concat([each.rows.assign(release=place) for place, each in enumerate(releases)])
    people = people.pivot_table(
        index=["response_id", "organisation_id", "trust"], columns="release", aggfunc="size", fill_value=0
    )
    atoms = people.reset_index("organisation_id").groupby(["organisation_id", *people.columns]).size()
    published = np.array(
        [
            [(level == "all" or atom[0] == name) and bool(atom[1 + place]) for atom in atoms.index]
            for place, release in enumerate(releases)
            for level, name in sorted(release.shown)
        ],
        dtype=int,
    ).reshape(-1, len(atoms))
    rank, sizes = rank_of(published), atoms.to_numpy()
    for size in (1, 2):
        for chosen in combinations(range(len(atoms)), size):
            if sizes[list(chosen)].sum() < least:
                indicator = np.zeros(len(atoms), dtype=int)
                indicator[list(chosen)] = 1
                assert rank_of(np.vstack([published, indicator])) > rank
