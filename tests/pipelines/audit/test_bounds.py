"""The bounds of the audit are those of a linear programme over the same figures, neither wider nor tighter."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipelines.steps.audit.bounds import one_of
from pipelines.steps.audit.lattices import Lattice
from pipelines.steps.audit.polygons import LESS, LESS_HIGH, MORE, MORE_HIGH, Scores
from pipelines.steps.audit.publications import scores_of
from pipelines.steps.lattice.policy import Policy
from tests.pipelines.audit.attacker import Attacker
from tests.pipelines.audit.small_releases import CELL, answers, release, tree_of

SCORES = scores_of(1.0, 5.0, 4, is_sum=False)
ANY = Policy(least_cell_size=5, least_width=0.0, least_share_width=0.0)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ((1, 5, 4, False), Scores(1, 5, 3.5, 10 / 3)),
        ((1, 5, 1, False), Scores(1, 5, 3.5, 3)),
        ((1, 7, 2, False), Scores(1, 7, 4.5, 4)),
        ((4, 20, 4, True), Scores(4, 20, 14, 40 / 3)),
        ((0, 1, 1, False), Scores(0, 1, 1, 0)),
    ],
)
def test_scores_that_are_high_begin_half_an_option_above_the_middle(given_, expected):
    lowest, highest, n_items, is_sum = given_
    found = scores_of(lowest, highest, n_items, is_sum=is_sum)
    for name in ("lowest", "highest", "least_high", "highest_other"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name))
    assert found.option == (n_items if is_sum else 1)


@st.composite
def lattices(draw):
    """What is shown of organisations, some of it hidden for its size only."""
    n = draw(st.integers(3, 7))
    sizes = draw(st.lists(st.integers(0, 14), min_size=n, max_size=n))
    assume(sum(size > 0 for size in sizes) > 2)
    regions = draw(st.one_of(st.none(), st.lists(st.sampled_from("ab"), min_size=n, max_size=n)))
    rows = answers(sizes, regions, seed=draw(st.integers(0, 9_999)))
    rows["trust"] = np.maximum(rows["trust"], draw(st.sampled_from([1.0, 3.0, 4.5])))
    made = release(rows, ANY)
    assume(made.shown(CELL))
    return Lattice(made.figures(CELL), made.people(CELL), tree_of(rows), SCORES), made


@given(lattices())
@settings(max_examples=10)
def test_bounds_of_sums_and_shares_are_those_of_a_linear_programme(found):
    lattice, made = found
    reach, attacker = lattice.sums_for_insiders, Attacker.of([made], CELL)
    for place in np.flatnonzero(lattice.counts):
        own = attacker.within(lattice.tree.levels[place], lattice.tree.names[place], 0)
        for of_high, (more, less) in ((False, (MORE, LESS)), (True, (MORE_HIGH, LESS_HIGH))):
            bounds = np.array(attacker.bounds(own, of_high=of_high)) * lattice.counts[place]
            assert (-reach[place, less], reach[place, more]) == pytest.approx(tuple(bounds), abs=1e-5)


@given(lattices(), st.integers(0, 6))
@settings(max_examples=10)
def test_bounds_of_one_person_are_those_of_a_linear_programme(found, chosen):
    lattice, made = found
    attacker = Attacker.of([made], CELL)
    group = chosen % len(attacker.groups)
    alone = attacker.with_one_apart(group)
    place = lattice.tree.names.index(attacker.groups["organisation"].iloc[group], 1)
    lowest, highest = one_of(SCORES, lattice.sums_for_insiders[[place]], lattice.counts[[place]])
    is_last = np.arange(len(alone.groups)) == len(alone.groups) - 1
    assert (lowest[0], highest[0]) == pytest.approx(alone.bounds(is_last), abs=1e-5)


@given(lattices())
@settings(max_examples=10)
def test_bounds_hold_what_is_true_and_every_single_person(found):
    lattice, _ = found
    reach = lattice.sums_for_insiders
    sums, n_high = lattice.true_sums
    assert (reach[:, MORE] >= sums - 1e-6).all()
    assert (-reach[:, LESS] <= sums + 1e-6).all()
    assert (reach[:, MORE_HIGH] >= n_high - 1e-6).all()
    assert (-reach[:, LESS_HIGH] <= n_high + 1e-6).all()
    leaves = np.flatnonzero(lattice.tree.is_leaf & (lattice.counts > 0))
    lowest, highest = one_of(SCORES, reach[leaves], lattice.counts[leaves])
    for place, low, high in zip(leaves, lowest, highest, strict=True):
        own = lattice.people.loc[lattice.people["organisation"] == lattice.tree.names[place], "score"]
        assert own.between(low - 1e-6, high + 1e-6).all()


@given(lattices())
@settings(max_examples=10)
def test_bounds_of_people_are_those_of_a_linear_programme(found):
    lattice, _ = found
    leaves = np.flatnonzero(lattice.tree.is_leaf)
    within = lattice.tree.is_within[:, leaves].astype(float)
    n = lattice.figures["n_obs"].to_numpy(dtype=float)
    rows = np.vstack([within[lattice.shown], -within[lattice.shown]])
    most = np.concatenate([n + 2, -np.maximum(n - 2, 0)])
    bounds = lattice.counts_for_readers()
    for place in np.flatnonzero(lattice.is_hidden | lattice.is_shown):
        for bound, sign in zip(bounds, (1, -1), strict=True):
            programme = linprog(sign * within[place], rows, most)
            assert programme.status == 0
            assert bound[place] == pytest.approx(sign * programme.fun, abs=1e-6)
