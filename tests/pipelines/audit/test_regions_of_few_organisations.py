"""Regions of one to three organisations each: hiding makes a release that the audit passes, and no hidden mean follows.

Somebody with a linear programme, who counted the heads of every organisation, tries all that is hidden.
"""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.steps.audit.findings import findings
from pipelines.steps.audit.publications import Publication
from pipelines.steps.lattice import figures
from pipelines.steps.lattice.figures import everybody_may_be_shown, people_of
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.released import UNIT_MEANS
from tests.pipelines.audit.small_releases import CELL, TRUST, answers, release, tree_of
from tests.pipelines.lattice.attacker import Attacker, published

POLICY = Policy(least_cell_size=10)
SCALE = (1.0, 5.0)
THRESHOLD_ALONE = patch.object(figures, "shown_units", lambda _people, _policy, may_be: may_be)
EVERYBODY_ALONE = patch.object(figures, "shown_units", lambda _people, _policy, may_be: np.arange(len(may_be)) == 0)
EVERY_REGION_DECLARED = patch.object(Publication, "_of_units", frozenset([CELL]))
ONE_EACH = ([4, 15, 20, 30, 12], "abcde")
THREE_AND_ONE_EACH = ([12, 13, 14, 20, 6], "aaabc")


@st.composite
def few_each(draw):
    """Rows of organisations of which one to three lie in each region."""
    of_regions = draw(st.lists(st.integers(1, 3), min_size=2, max_size=5))
    regions = "".join(name * n for name, n in zip("abcde", of_regions, strict=False))
    sizes = draw(st.lists(st.integers(1, 40), min_size=len(regions), max_size=len(regions)))
    return answers(sizes, regions, seed=draw(st.integers(0, 9_999)))


def widths(rows, made):
    """How far apart the bounds of every hidden mean lie within what is shown."""
    people = people_of(rows.assign(before=0), TRUST, tree_of(rows))
    tree, shown = people.tree, made.shown(CELL)
    is_shown = np.array([unit in shown for unit in zip(tree.levels, tree.names, strict=True)])
    attacker = Attacker(tree, published(people, is_shown), SCALE, people.counts[tree.is_leaf])
    n_hidden = tree.added_up(np.where(~is_shown & tree.is_leaf, people.counts, 0))
    places = np.flatnonzero(~is_shown & (n_hidden > 0) & (tree.lowest(is_shown) >= 0))
    return np.array([np.subtract(*attacker.mean(place)[::-1]) for place in places])


def everybody_alone(rows):
    """Release everybody's mean of a group whose units have no figures, whatever the rule says."""
    with EVERYBODY_ALONE:
        made = release(rows, POLICY)
    return Publication(made.number, {**made.tables, UNIT_MEANS.name: UNIT_MEANS.empty()}, made.rows)


@pytest.mark.slow
@given(few_each())
@settings(max_examples=20, deadline=None)
def test_a_release_of_small_regions_passes_and_no_hidden_mean_follows(rows):
    made = release(rows, POLICY)
    assert list(findings(made, [], POLICY)) == []
    assert (widths(rows, made) >= POLICY.least_width - 1e-6).all()


@pytest.mark.slow
@given(few_each())
@settings(max_examples=20, deadline=None)
def test_everybody_beside_small_regions_without_figures_passes_where_the_rule_shows_it(rows):
    everybody = people_of(rows.assign(before=0), TRUST, tree_of(rows).without_regions())
    if everybody_may_be_shown(everybody, POLICY):
        assert list(findings(everybody_alone(rows), [], POLICY)) == []


@pytest.mark.parametrize("study", [ONE_EACH, THREE_AND_ONE_EACH], ids=["one each", "three and one each"])
def test_without_the_rule_a_hidden_mean_follows_and_the_audit_refuses(study):
    rows = answers(*study)
    assert ("all", "") in release(rows, POLICY).shown(CELL)
    with THRESHOLD_ALONE:
        made = release(rows, POLICY)
    assert widths(rows, made).min() < POLICY.least_width
    assert any("which is hidden, could be worked out" in reason for reason in findings(made, [], POLICY))


def test_regions_without_figures_are_units_only_where_a_release_declares_them():
    """The exemption of undeclared regions is needed, for it alone lets this release pass, and hides no declared one."""
    rows = answers([60, 61, 62, 8], "aaab")
    assert list(findings(everybody_alone(rows), [], POLICY)) == []
    with EVERY_REGION_DECLARED:
        told = list(findings(everybody_alone(rows), [], POLICY))
    assert any("region 'a', which is hidden, could be worked out" in reason for reason in told)
    with EVERYBODY_ALONE:
        declared = release(rows, POLICY)
    assert set(told) <= set(findings(declared, [], POLICY))
    assert set(declared.people(CELL)["region"]) == {"a", "b"}


def test_the_audit_refuses_everybody_where_one_organisation_has_nearly_all_people():
    rows = answers([90, 3, 3, 3], "abcd")
    everybody = people_of(rows.assign(before=0), TRUST, tree_of(rows).without_regions())
    assert not everybody_may_be_shown(everybody, POLICY)
    made = everybody_alone(rows)
    assert ("all", "") in made.shown(CELL)
    assert any("could be worked out" in reason for reason in findings(made, [], POLICY))
