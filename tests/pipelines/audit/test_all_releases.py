"""Whatever is published of small studies, one release after another: an attacker who pools it all learns too little."""

from unittest.mock import patch

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.steps.audit.findings import findings
from pipelines.steps.lattice import figures
from pipelines.steps.lattice.policy import Policy
from tests.pipelines.audit.attacker import Attacker
from tests.pipelines.audit.small_releases import CELL, answers, release, release_after, tree_of
from tests.pipelines.lattice.attacker import Attacker as Reader
from tests.pipelines.lattice.attacker import Published

SLACK = 1e-5


@st.composite
def histories(draw):
    """Answers behind up to three releases: people join, leave, move and are corrected between them."""
    n = draw(st.integers(3, 7))
    sizes = draw(st.lists(st.integers(0, 25), min_size=n, max_size=n).filter(any))
    regions = draw(st.one_of(st.none(), st.lists(st.sampled_from("ab"), min_size=n, max_size=n)))
    lowest = draw(st.sampled_from([1.0, 1.0, 4.0, 4.75]))
    found = [_at_least(answers(sizes, regions, seed=draw(st.integers(0, 9_999))), lowest)]
    for number in range(draw(st.integers(0, 2))):
        rows = found[-1].iloc[draw(st.sampled_from([0, 0, 0, 1, 15])) :]
        joining = draw(st.lists(st.sampled_from([0, 0, 1, 14]), min_size=n, max_size=n))
        late = _at_least(answers(joining, regions, seed=draw(st.integers(0, 9_999))), draw(st.sampled_from([1.0, 5.0])))
        late["response_id"] = f"late{number}" + late["response_id"]
        rows = pd.concat([rows, late], ignore_index=True)
        if draw(st.booleans()) and len(rows):
            corrected = rows.index < draw(st.sampled_from([1, 12]))
            rows = rows.assign(trust=rows["trust"].mask(corrected, 6 - rows["trust"]))
        found.append(rows)
    return [rows for rows in found if len(rows)]


def _at_least(rows, lowest):
    return rows.assign(trust=rows["trust"].clip(lower=lowest))


def releases_of(history, policy):
    releases = []
    for rows in history:
        if (made := release_after(rows, releases, policy)) is not None:
            releases.append(made)
    return releases


POLICIES = st.builds(Policy, least_cell_size=st.integers(5, 12))


@given(histories(), POLICIES)
@settings(max_examples=25)
def test_what_suppression_publishes_passes_the_audit(history, policy):
    releases = releases_of(history, policy)
    for place, each in enumerate(releases):
        assert list(findings(each, releases[:place], policy)) == []


@given(histories(), POLICIES)
@settings(max_examples=10)
def test_no_hidden_mean_or_share_and_no_single_score_is_known_from_all_releases(history, policy):
    releases = [each for each in releases_of(history, policy) if each.shown(CELL)]
    if not releases:
        return
    attacker = Attacker.of(releases, CELL)
    for place, each in enumerate(releases):
        for level, unit in hidden_units(each):
            own = attacker.within(level, unit, place)
            assert width(attacker.bounds(own)) >= policy.least_width - SLACK
            assert width(attacker.bounds(own, of_high=True)) >= policy.least_share_width - SLACK
    values = np.unique(np.concatenate([each.people(CELL)["score"] for each in releases]))
    for group in range(len(attacker.groups)):
        alone = attacker.with_one_apart(group)
        lowest, highest = alone.bounds(np.arange(len(alone.groups)) == len(alone.groups) - 1)
        assert ((values > lowest - SLACK) & (values < highest + SLACK)).sum() >= 2


@given(histories(), POLICIES)
@settings(max_examples=10)
def test_no_hidden_number_of_people_or_mean_is_known_to_a_reader(history, policy):
    for each in releases_of(history, policy):
        figures = each.figures(CELL).drop_duplicates(["level", "unit"]).set_index(["level", "unit"])
        tree = tree_of(each.rows)
        places = {unit: place for place, unit in enumerate(zip(tree.levels, tree.names, strict=True))}
        is_shown = np.array([unit in figures.index for unit in places])
        columns = (figures[name].reindex(list(places)).to_numpy(dtype=float, na_value=0) for name in ("n_obs", "mean"))
        reader = Reader(tree, Published(is_shown, *columns), (1.0, 5.0))
        for unit in hidden_units(each):
            least, most = reader.count(places[unit])
            assert most >= policy.least_cell_size - SLACK
            assert most - least >= policy.least_cell_size - SLACK
            assert width(reader.mean(places[unit])) >= policy.least_width - SLACK


def width(bounds):
    return bounds[1] - bounds[0]


def hidden_units(release):
    """Units that are hidden within shown ones and have people whose organisation is hidden."""
    shown, people = release.shown(CELL), release.people(CELL)
    hidden = people[[("organisation", name) not in shown for name in people["organisation"]]]
    everywhere = ("all", "") in shown
    found = [
        ("organisation", name)
        for name, region in sorted(set(zip(hidden["organisation"], hidden["region"], strict=True)))
        if everywhere or ("region", region) in shown
    ]
    if everywhere:
        found += [("region", name) for name in sorted(set(hidden["region"]) - {""}) if ("region", name) not in shown]
    return found


def test_the_attacker_finds_what_a_threshold_alone_leaves_open():
    rows = answers([4, 15, 20, 30], seed=3)
    with patch.object(figures, "shown_units", lambda _people, _policy, may_be: may_be):
        careless = release(rows, Policy(least_cell_size=10))
    assert hidden_units(careless) == [("organisation", "org0")]
    attacker = Attacker.of([careless], CELL)
    assert width(attacker.bounds(attacker.within("organisation", "org0", 0))) < 0.5
