"""Which units of one scale may be shown together: too few people, and what would follow from the others.

Properties P2 to P5 of the design, exactly: with figures of units within units, who is left in each shown unit when all
shown units within it are taken away (``remainders``) is all that can be worked out, so that these are asked for as much
as the units themselves.

References:
    Hundepool et al. (2012), Statistical Disclosure Control, sections 4.3 and 4.4 (secondary suppression, audit).
"""

import numpy as np
import pandas as pd

from pipelines.steps.lattice.earlier import sizes_and_differing
from pipelines.steps.lattice.people import Exchangeable, People, exchangeable, remainders
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import NOWHERE, Places, Truths


def may_be_shown(people: People, policy: Policy) -> Truths:
    """Tell which units have enough people, from enough organisations, whose scores differ.

    Args:
        people: n people.
        policy: What is asked.

    Returns:
        U truths.
    """
    several = np.array([level != "organisation" for level in people.tree.levels])
    is_of_few = several & (people.n_organisations < policy.least_organisations)
    return (people.counts >= policy.least_cell_size) & ~is_of_few & (people.n_differing >= policy.least_differing)


def shown_units(people: People, policy: Policy, may_be: Truths) -> Truths:
    """Choose units that may be shown together, so that nothing small or narrow follows from them.

    As long as a remainder is too small, of a single hidden unit, or pins the mean or the share of high scores of a
    hidden unit to less than the widths asked for, the smallest unit that is shown next within it is hidden too; where
    there is none, the unit itself.

    Args:
        people: n people.
        policy: What is asked.
        may_be: Units that may be shown by themselves, U.

    Returns:
        U truths.
    """
    is_shown = may_be.copy()
    while True:
        too_telling = telling_units(exchangeable(people, is_shown), is_shown, policy)
        too_telling = np.union1d(too_telling, units_of_small_classes(people, is_shown, policy))
        if not len(too_telling):
            return is_shown
        around = people.tree.lowest_around(is_shown)
        for place in too_telling.tolist():
            within = np.flatnonzero(is_shown & (around == place))
            is_shown[_smallest(people, within) if len(within) else place] = False


def units_of_small_classes(people: People, is_shown: Truths, policy: Policy) -> Places:
    """Return the shown units in which a few people are left who stood elsewhere, or nowhere, in earlier releases.

    Differences between releases add up to no fewer people than the least cell size when every class of them, by where
    they are left now and were left before, is that large. People of whom all, or all but one, have one score count as
    few: their mean tells the score of each, to the one at least.

    Args:
        people: n people, with their classes of earlier releases.
        is_shown: Which of U units are shown.
        policy: What is asked.
    """
    left_in = remainders(people, is_shown)
    cells = pd.DataFrame({"left_in": left_in, "before": people.classes, "score": people.scores})
    of_class = sizes_and_differing(cells, ["left_in", "before"]).reset_index()
    is_few = (of_class["size"] < policy.least_cell_size) | (of_class["differing"] < policy.least_differing)
    is_small = (of_class["left_in"] != NOWHERE) & is_few
    return np.unique(of_class.loc[is_small, "left_in"].to_numpy(dtype=np.intp))


def _smallest(people: People, places: Places) -> int:
    return int(places[np.argmin(people.counts[places])])


def telling_units(found: Exchangeable, is_shown: Truths, policy: Policy) -> Places:
    """Return the shown units from which, less those shown within them, too much follows.

    Args:
        found: Who cannot be told apart.
        is_shown: Which of U units are shown.
        policy: What is asked.

    Returns:
        Their places, in order.
    """
    people, tree = found.people, found.people.tree
    left_in = tree.lowest(is_shown)
    is_hidden = ~is_shown & (people.counts > 0)
    hidden_leaves = np.flatnonzero(is_hidden & tree.is_leaf & (left_in != NOWHERE))
    if not len(hidden_leaves):
        return hidden_leaves
    n_people = np.bincount(left_in[hidden_leaves], people.counts[hidden_leaves], len(tree))
    n_units = np.bincount(left_in[hidden_leaves], minlength=len(tree))
    is_telling = (n_units > 0) & ((n_people < policy.least_cell_size) | (n_units < policy.least_hidden_units))
    is_pinned = found.widths(people.scores) < policy.least_width
    is_pinned |= found.widths(people.is_high) < policy.least_share_width
    is_narrow = is_hidden & (left_in != NOWHERE) & is_pinned
    for place in np.flatnonzero(is_narrow).tolist():
        within = hidden_leaves[tree.is_within[place, hidden_leaves]]
        is_telling[left_in[within]] = True
    return np.flatnonzero(is_telling)
