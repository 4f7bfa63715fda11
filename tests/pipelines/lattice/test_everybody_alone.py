"""Everybody's mean where units have no figures: it tells of no organisation, and of regions nothing is asked."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps.lattice.figures import UNKNOWN, everybody_may_be_shown
from pipelines.steps.lattice.people import People
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import unit_tree
from tests.pipelines.lattice.attacker import Attacker, published

POLICY = Policy(least_cell_size=10)
WITHOUT_RULE = Policy(
    least_cell_size=1, least_hidden_units=1, least_differing=0, least_width=0.0, least_share_width=0.0
)
WIDE = (1.0, 2.0, 3.0, 4.0, 5.0)
HIGH = 3.5


def people_of(sizes, scores, regions=None):
    tree = unit_tree(list(sizes), regions)
    places = [tree.names.index(name) for name in sizes]
    units = np.repeat(places, list(sizes.values()))
    values = np.resize(np.asarray(scores, dtype=float), len(units))
    return People(tree, units, values, values >= HIGH, np.zeros(len(units), dtype=int))


CASES = {
    "several organisations": ({"a": 9, "b": 12, "c": 8}, True),
    "one of them has nearly everybody": ({"a": 57, "b": 1, "c": 1, "d": 1}, False),
    "one has everybody": ({"a": 30, "b": 0}, False),
    "nobody's is known": ({UNKNOWN: 30, "a": 0}, True),
    "of most it is not known": ({UNKNOWN: 57, "a": 2, "b": 1}, False),
}


@pytest.mark.parametrize("case", CASES)
def test_everybody_is_shown_where_no_organisation_follows(case):
    sizes, expected = CASES[case]
    assert everybody_may_be_shown(people_of(sizes, WIDE), POLICY) == expected


def test_everybody_is_hidden_where_one_person_could_tell_the_scores_of_all_others():
    sizes = {"a": 15, "b": 15}
    few_differ = people_of(sizes, [1.0] + [3.0] * 29)
    wide = replace(POLICY, least_width=0.0, least_share_width=0.0)
    assert not everybody_may_be_shown(few_differ, wide)
    assert everybody_may_be_shown(few_differ, replace(wide, least_differing=1))


def widths(people):
    attacker = Attacker(people.tree, published(people, np.arange(len(people.tree)) == 0), (1.0, 5.0), people.counts[1:])
    there = np.flatnonzero(people.tree.is_leaf & (people.counts > 0))
    return np.array([np.subtract(*attacker.mean(place)[::-1]) for place in there])


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6), st.lists(st.sampled_from(WIDE), min_size=5, max_size=30))
def test_no_mean_of_an_organisation_is_bounded_more_narrowly_than_asked(sizes, scores):
    people = people_of({f"o{place}": size for place, size in enumerate(sizes)}, scores)
    if people.counts[0] and everybody_may_be_shown(people, POLICY):
        assert (widths(people) >= POLICY.least_width - 1e-6).all()


def test_without_the_rule_the_attacker_bounds_an_organisation():
    people = people_of(CASES["one of them has nearly everybody"][0], WIDE)
    assert everybody_may_be_shown(people, WITHOUT_RULE)
    assert widths(people).min() < POLICY.least_width
