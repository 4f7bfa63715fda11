"""Scales with items in common: a whole and all its parts but one give no hidden part away."""

from dataclasses import replace

import numpy as np

from pipelines.steps.lattice.figures import hidden_beside, shown_together
from pipelines.steps.lattice.policy import Policy
from tests.pipelines.lattice.test_suppression import people_of, with_scores

POLICY = Policy(least_cell_size=10)
SIZES = [12, 15, 20, 30]


def whole_and_parts():
    """Two parts and their average; in the first organisation all have 5 in the second part."""
    one, other = people_of(SIZES, seed=1), people_of(SIZES, seed=2)
    other = with_scores(other, np.where(np.arange(len(other.scores)) < SIZES[0], 5.0, other.scores))
    return with_scores(one, (one.scores + other.scores) / 2), one, other


def names(people, is_shown):
    return {people.tree.names[place] for place in np.flatnonzero(is_shown)}


def test_what_is_hidden_of_a_part_would_follow_from_the_whole_and_the_others():
    whole, one, other = whole_and_parts()
    alone = [names(each, shown_together(each, POLICY)) for each in (whole, one, other)]
    assert ["org0" in shown for shown in alone] == [True, True, False]
    place = whole.tree.names.index("org0")
    told = 2 * round(whole.means[place], 2) - round(one.means[place], 2)
    assert abs(told - other.means[place]) <= 0.0151


def test_a_unit_hidden_in_a_part_is_hidden_in_the_whole_and_the_other_parts():
    scales = [(each, POLICY) for each in whole_and_parts()]
    for each, hidden in zip(scales, hidden_beside(scales), strict=True):
        assert "org0" not in names(each[0], shown_together(*each, hidden))
        assert names(each[0], shown_together(*each, hidden)) >= {"", "org3"}


def test_a_unit_of_which_few_have_the_part_is_shown_in_the_whole():
    whole, one, _ = whole_and_parts()
    few = people_of([3, 15, 20, 30], seed=3)
    many = people_of([30, 15, 20, 30], seed=4)
    hidden = hidden_beside([(many, POLICY), (few, POLICY)])
    assert "org0" in names(many, shown_together(many, POLICY, hidden[0]))
    assert not hidden_beside([(whole, POLICY), (one, replace(POLICY, least_cell_size=5))])[0].any()
