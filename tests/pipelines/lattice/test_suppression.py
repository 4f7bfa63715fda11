"""Units that are shown together: what nobody can work out, exactly, by linear programmes and by exchange."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipelines.steps.lattice.people import People, exchangeable, remainders
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.suppression import may_be_shown, shown_units, telling_units
from pipelines.steps.lattice.units import unit_tree
from tests.pipelines.lattice.attacker import Attacker, published

SCALE = (1.0, 5.0)
HIGH = 3.5


def people_of(sizes, regions=None, seed=0, scores=None):
    """Organisations of these sizes, in regions by number; scores are means of four answers from 1 to 5."""
    names = [f"org{place}" for place in range(len(sizes))]
    tree = unit_tree(names, None if regions is None else dict(zip(names, regions, strict=True)))
    units = np.repeat(np.flatnonzero(tree.is_leaf), sizes)
    drawn = np.random.default_rng(seed).integers(1, 6, (len(units), 4)).mean(axis=1)
    scores = drawn if scores is None else np.asarray(scores, float)
    return People(tree, units, scores, scores >= HIGH, np.zeros(len(units), int))


def with_scores(people, scores):
    return replace(people, scores=scores, is_high=scores >= HIGH)


def shown(people, policy):
    return shown_units(people, policy, may_be_shown(people, policy))


def names_shown(people, policy):
    return {people.tree.names[place] for place in np.flatnonzero(shown(people, policy))}


POLICY = Policy(least_cell_size=10)


@pytest.mark.parametrize(
    ("sizes", "regions", "expected"),
    [
        ([12, 15, 20, 30], None, {"", "org0", "org1", "org2", "org3"}),
        ([4, 15, 20, 30], None, {"", "org2", "org3"}),  # one small: the next smallest keeps it company
        ([4, 5, 20, 30], None, {"", "org3"}),  # two of 9 together: a third
        ([4, 7, 20, 30], None, {"", "org2", "org3"}),  # 11 of two units
        ([4, 0, 15, 16], None, {"", "org3"}),  # nobody keeps nobody company
        ([4, 0, 40, 50], None, {""}),  # of 44 people in two units the larger one's mean would be known too well
        ([4, 5], None, set()),  # nobody is shown
        ([20, 25], None, {"org0", "org1"}),  # two organisations know each other's
        ([12, 13, 14, 4, 30, 31, 32], "aaaabbb", {"", "a", "b", "org1", "org2", "org4", "org5", "org6"}),
        ([12, 13, 14, 30, 31], "aaabb", {"", "a", "org0", "org1", "org2", "org3", "org4"}),  # b of two
    ],
)
def test_small_units_are_hidden_with_as_many_others_as_it_takes(sizes, regions, expected):
    assert names_shown(people_of(sizes, regions), POLICY) == expected


def test_units_in_which_all_have_one_score_are_hidden():
    people = people_of([12, 15, 20, 30], scores=[3.0] * 12 + [1.0, 2.0, 5.0, 4.0, 2.5] * 13)
    assert "org0" not in names_shown(people, POLICY)


@pytest.mark.parametrize(("n_others", "is_shown"), [(1, False), (2, True)])
def test_units_in_which_one_person_could_tell_the_scores_of_all_others_are_hidden(n_others, is_shown):
    scores = [4.0] * n_others + [5.0] * (12 - n_others)
    people = people_of([12, 15, 20, 30], scores=scores + [1.0, 2.0, 5.0, 4.0, 2.5] * 13)
    assert ("org0" in names_shown(people, POLICY)) == is_shown
    assert "org0" in names_shown(people, replace(POLICY, least_differing=1))


def test_hidden_units_among_whom_one_person_could_tell_the_scores_of_all_others_get_company():
    people = people_of([5, 6, 20, 30], scores=[1.0] + [5.0] * 10 + [1.0, 3.0, 2.0, 4.0, 5.0] * 10)
    wide = replace(POLICY, least_width=0.0, least_share_width=0.0)
    assert names_shown(people, replace(wide, least_differing=1)) == {"", "org2", "org3"}
    assert names_shown(people, wide) == {"", "org3"}


def test_hidden_units_whose_means_would_be_pinned_get_company():
    nearly_all_five = [5.0] * 3 + [4.75] + [5.0] * 6 + [4.75] * 1
    people = people_of([4, 7, 20, 30], scores=nearly_all_five + [1.0, 3.0, 2.0, 4.0, 5.0] * 10)
    assert names_shown(people, replace(POLICY, least_width=0.0, least_share_width=0.0)) == {"", "org2", "org3"}
    assert names_shown(people, POLICY) == {"", "org3"}


@st.composite
def drawn_people(draw):
    n = draw(st.integers(3, 9))
    sizes = draw(st.lists(st.integers(0, 30), min_size=n, max_size=n))
    regions = draw(st.one_of(st.none(), st.lists(st.sampled_from("abc"), min_size=n, max_size=n)))
    assume(sum(sizes))
    lowest = draw(st.sampled_from([1.0, 4.0, 4.75]))
    people = people_of(sizes, regions, seed=draw(st.integers(0, 9_999)))
    return with_scores(people, np.maximum(people.scores, lowest))


POLICIES = st.builds(Policy, least_cell_size=st.integers(5, 15))


def hidden_units(people, is_shown):
    """Hidden units within a shown one, with people in hidden organisations."""
    is_inside = people.tree.lowest(is_shown) >= 0
    is_hidden_leaf = ~is_shown & people.tree.is_leaf
    n_hidden = people.tree.added_up(np.where(is_hidden_leaf, people.counts, 0))
    return np.flatnonzero(~is_shown & (n_hidden > 0) & is_inside)


@given(drawn_people(), POLICIES)
def test_every_shown_unit_and_what_is_left_of_it_has_people_enough(people, policy):
    is_shown = shown(people, policy)
    assert (people.counts[is_shown] >= policy.least_cell_size).all()
    left = remainders(people, is_shown)
    for place in np.flatnonzero(is_shown):
        hidden = people.units[(left == place) & (people.units != place)]
        assert not len(hidden) or (len(hidden) >= policy.least_cell_size and len(np.unique(hidden)) >= 2)


@given(drawn_people(), POLICIES)
def test_no_small_set_of_organisations_is_a_combination_of_what_is_shown(people, policy):
    is_shown = shown(people, policy)
    leaves = np.flatnonzero(people.tree.is_leaf)
    rows = people.tree.is_within[is_shown][:, leaves].astype(int)
    small = [place for place in range(len(leaves)) if 0 < people.counts[leaves[place]] < policy.least_cell_size]
    rank = rank_of(rows)
    for size in (1, 2):
        for chosen in combinations(small, size):
            if people.counts[leaves[list(chosen)]].sum() >= policy.least_cell_size:
                continue
            indicator = np.zeros(len(leaves), dtype=int)
            indicator[list(chosen)] = 1
            assert rank_of(np.vstack([rows, indicator])) > rank


def rank_of(rows):
    """Rank by exact elimination in rational numbers."""
    left, rank = [[Fraction(int(value)) for value in row] for row in rows], 0
    for column in range(rows.shape[1]):
        pivot = next((place for place in range(rank, len(left)) if left[place][column]), None)
        if pivot is None:
            continue
        left[rank], left[pivot] = left[pivot], left[rank]
        for place in range(rank + 1, len(left)):
            if factor := left[place][column] / left[rank][column]:
                left[place] = [mine - factor * its for mine, its in zip(left[place], left[rank], strict=True)]
        rank += 1
    return rank


@given(drawn_people(), POLICIES)
@settings(max_examples=25)
def test_an_attacker_bounds_no_hidden_count_below_the_least_size(people, policy):
    is_shown = shown(people, policy)
    attacker = Attacker(people.tree, published(people, is_shown), SCALE)
    for place in hidden_units(people, is_shown):
        least, most = attacker.count(place)
        assert least - 1e-6 <= people.counts[place] <= most + 1e-6
        assert most >= policy.least_cell_size - 2
        assert most - least >= policy.least_cell_size - 2


@given(drawn_people(), POLICIES)
@settings(max_examples=25)
def test_an_attacker_who_counted_heads_pins_no_hidden_mean(people, policy):
    is_shown = shown(people, policy)
    heads = people.counts[people.tree.is_leaf]
    attacker = Attacker(people.tree, published(people, is_shown), SCALE, heads)
    for place in hidden_units(people, is_shown):
        least, most = attacker.mean(place)
        assert least - 1e-6 <= people.means[place] <= most + 1e-6
        assert most - least >= policy.least_width - 1e-6


@given(drawn_people(), POLICIES)
@settings(max_examples=25)
def test_no_answer_of_a_single_person_is_pinned(people, policy):
    # Whoever is left in a shown unit shares it with people of other scores, among them high ones and others.
    found = exchangeable(people, is_shown := shown(people, policy))
    for code in range(found.counts.shape[1]):
        is_within = found.codes == code
        if people.tree.lowest(is_shown)[people.units[is_within][0]] >= 0:
            assert np.ptp(people.scores[is_within]) > 0
            assert 0 < people.is_high[is_within].mean() < 1


@given(drawn_people(), POLICIES)
@settings(max_examples=25)
def test_exchange_never_promises_more_than_a_linear_programme_allows(people, policy):
    # The widths that suppression relies on are of worlds that exist; a programme may only find more of them.
    is_shown = shown(people, replace(policy, least_width=0.0, least_share_width=0.0))
    heads = people.counts[people.tree.is_leaf]
    attacker = Attacker(people.tree, published(people, is_shown), SCALE, heads)
    widths = exchangeable(people, is_shown).widths(people.scores)
    for place in hidden_units(people, is_shown):
        least, most = attacker.mean(place)
        assert widths[place] <= most - least + 1e-6


@given(drawn_people(), st.randoms(use_true_random=False))
def test_dealing_out_scores_anew_within_a_class_changes_nothing_that_is_shown(people, random):
    is_shown = shown(people, POLICY)
    found, scores = exchangeable(people, is_shown), people.scores.copy()
    for code in range(found.counts.shape[1]):
        places = np.flatnonzero(found.codes == code)
        dealt = places.tolist()
        random.shuffle(dealt)
        scores[places] = people.scores[dealt]
    means = replace(people, scores=scores).means
    assert means[is_shown] == pytest.approx(people.means[is_shown], abs=1e-9)


@given(drawn_people())
def test_what_is_shown_does_not_depend_on_the_order_of_people(people):
    order = np.random.default_rng(1).permutation(len(people.units))
    other = with_scores(replace(people, units=people.units[order]), people.scores[order])
    assert (shown(people, POLICY) == shown(other, POLICY)).all()


WIDE = replace(POLICY, least_width=0.0, least_share_width=0.0)
RULES = {
    "people enough": (POLICY, replace(POLICY, least_cell_size=1), [4, 15, 20, 30]),
    "organisations enough": (POLICY, replace(POLICY, least_organisations=1), [20, 25]),
    "a width of hidden means": (replace(POLICY, least_share_width=0.0), WIDE, [4, 40, 50]),
    "a width of hidden shares": (replace(POLICY, least_width=0.0), WIDE, [4, 90, 91]),
}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_needed(rule):
    policy, weakened, sizes = RULES[rule]
    people = people_of(sizes)
    assert names_shown(people, weakened) > names_shown(people, policy)


def test_a_unit_that_is_hidden_for_any_reason_needs_company():
    people = people_of([10, 15, 20, 30])
    but_the_first = may_be_shown(people, WIDE) & (np.array(people.tree.names) != "org0")
    alone = shown_units(people, replace(WIDE, least_hidden_units=1), but_the_first)
    assert alone.sum() == shown_units(people, WIDE, but_the_first).sum() + 1


def test_telling_units_are_those_that_an_audit_of_what_is_shown_finds():
    people = people_of([4, 15, 20, 30])
    by_threshold = may_be_shown(people, POLICY)
    found = telling_units(exchangeable(people, by_threshold), by_threshold, POLICY)
    assert [people.tree.names[place] for place in found] == [""]
    assert shown_units(people, POLICY, by_threshold).sum() == 3
