"""The interval of everybody or a region: somebody who takes shown organisations away from it learns too little.

The attacker knows how many people of every organisation answered, the means of the shown ones and of the whole, and
what the interval is made of. Of two hidden organisations that leaves two values for each.
"""

from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from models.measurement.means import scale_mean
from pipelines.steps.audit.findings import findings
from pipelines.steps.lattice import intervals
from pipelines.steps.lattice.figures import ScaleOf, interval_of_everybody
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import unit_tree
from pipelines.tables.released import UNIT_MEANS
from tests.pipelines.audit.small_releases import answers, release

POLICY = Policy(least_cell_size=10)
TO_HUNDREDTHS = patch.multiple(intervals, _widths=lambda *_: (), LEAST_STEP_OF_REGIONS=0.01)
STUDIES = {
    "everybody": ([4, 8, 20, 30], None, ("all", "")),
    "a region": ([4, 8, 20, 15, 20, 30, 17], "aaabbbb", ("region", "a")),
}


def pairs_of_means(rows, made, unit, hidden):
    """Return the means of the first of two hidden organisations that the interval allows; n values, sorted."""
    table = made.tables[UNIT_MEANS.name].set_index(["level", "unit"])
    own = rows if unit == ("all", "") else rows[rows["region"] == unit[1]]
    n = own.groupby("organisation_id").size()
    figure = table.loc[unit]
    added = {name: n[name] * (table.loc[("organisation", name), "mean"] - figure["mean"]) for name in n.index}
    known = [float(added[name]) for name in n.index if name not in hidden]
    low, high = (float(figure[end]) for end in ("conf_low", "conf_high"))
    ends = [(a, b) for a in around(low) for b in around(high)]
    rest, n_clusters = -sum(known), len(n)
    found = []
    for a, b in ends:
        reach = (b - a) / 2
        if abs((a + b) / 2 - float(figure["mean"])) > 0.0051:
            continue
        squares = (reach / stdtrit(n_clusters - 1, 0.975) * n.sum()) ** 2 * (n_clusters - 1) / n_clusters
        apart = 2 * (squares - sum(each**2 for each in known)) - rest**2
        if apart >= 0:
            found += [float(figure["mean"]) + (rest + sign * np.sqrt(apart)) / 2 / n[hidden[0]] for sign in (-1, 1)]
    return np.sort(found)


def around(end):
    """Return what may have been rounded to an end, which is a multiple of a coarse step or else of a hundredth."""
    for step in (1.0, 0.5, 0.25, 0.1, 0.05):
        if abs(end / step - round(end / step)) < 1e-6:
            return np.arange(end - step, end + step + 1e-9, 0.005)
    return np.arange(end - 0.005, end + 0.0051, 0.0025)


@pytest.mark.parametrize("study", STUDIES)
@pytest.mark.parametrize("seed", range(3))
def test_what_two_hidden_organisations_add_to_an_interval_pins_neither(study, seed):
    sizes, regions, unit = STUDIES[study]
    rows = answers(sizes, regions, seed=seed)
    true = rows.loc[rows["organisation_id"] == "org0", "trust"].mean()
    with TO_HUNDREDTHS:
        fine = pairs_of_means(rows, release(rows, POLICY), unit, ["org0", "org1"])
    assert room(fine) < POLICY.least_width
    assert np.abs(fine - true).min() < 0.1
    assert room(pairs_of_means(rows, release(rows, POLICY), unit, ["org0", "org1"])) >= POLICY.least_width


def room(values):
    """Add up how much of the line lies near one of some values."""
    gaps = np.diff(values)
    return gaps[gaps < 0.2].sum()


@pytest.mark.parametrize("study", STUDIES)
def test_an_interval_to_hundredths_is_refused_where_it_pins_hidden_means(study):
    sizes, regions, unit = STUDIES[study]
    rows = answers(sizes, regions)
    with TO_HUNDREDTHS:
        made = release(rows, POLICY)
    word = "everybody" if unit == ("all", "") else "region 'a'"
    reasons = list(findings(made, [], POLICY))
    assert any(reason.endswith(f"by the interval of {word}; at least 0.5 asked") for reason in reasons), reasons
    assert list(findings(release(rows, POLICY), [], POLICY)) == []


@pytest.mark.parametrize("sizes", [[12, 15, 20, 30], [4, 8, 20, 30], [30] * 12 + [4, 8]])
def test_an_interval_holds_the_one_that_it_stands_for(sizes):
    rows = answers(sizes, seed=1)
    figure = release(rows, POLICY).tables[UNIT_MEANS.name].set_index(["level", "unit"]).loc[("all", "")]
    exact = scale_mean(rows["trust"], rows["organisation_id"])
    assert figure["conf_low"] <= exact.conf_low + 0.0051
    assert figure["conf_high"] >= exact.conf_high - 0.0051
    if min(sizes) >= 10:
        assert figure["conf_low"] == pytest.approx(exact.conf_low, abs=0.0051)
        assert figure["conf_high"] == pytest.approx(exact.conf_high, abs=0.0051)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("sizes", "regions"),
    [([4, 8, 20, 15, 20, 30, 17], "aaabbbb"), ([5, 9, 12, 12, 13, 14, 30, 31, 32, 33, 40, 15], "aaaabbbbcccc")],
)
def test_intervals_of_a_region_and_of_everybody_together_pin_no_hidden_mean(sizes, regions, seed):
    # Every mean of the first of two hidden organisations is tried; that of the second follows from their known sum.
    rows = answers(sizes, regions, seed=seed)
    table = release(rows, POLICY).tables[UNIT_MEANS.name].set_index(["level", "unit"])
    by_name = rows.groupby("organisation_id")["trust"].agg(["sum", "size"])
    (first, n), (second, n_second) = by_name.loc[["org0", "org1"]].to_numpy()
    tried = np.linspace(1, 5, 4001)
    of_second = (first + second - tried * n) / n_second
    is_possible = (of_second >= 1) & (of_second <= 5)
    for unit, own in ((("all", ""), rows), (("region", "a"), rows[rows["region"] == "a"])):
        figure, mean, names = table.loc[unit], own["trust"].mean(), own["organisation_id"].unique()
        added = {name: by_name.loc[name, "sum"] - by_name.loc[name, "size"] * mean for name in names}
        known = sum(each**2 for name, each in added.items() if name not in ("org0", "org1"))
        squares = known + (n * (tried - mean)) ** 2 + (n_second * (of_second - mean)) ** 2
        n_clusters = len(names)
        reach = np.sqrt(n_clusters / (n_clusters - 1) * squares) / len(own) * stdtrit(n_clusters - 1, 0.975)
        lows, highs = (around(float(figure[end])) for end in ("conf_low", "conf_high"))
        is_possible &= reach >= max(mean - lows.max(), highs.min() - mean) - 1e-6
        is_possible &= reach <= min(mean - lows.min(), highs.max() - mean) + 1e-6
    room_of_first = is_possible.sum() * (tried[1] - tried[0])
    assert min(room_of_first, room_of_first * n / n_second) >= POLICY.least_width


def test_an_interval_that_no_rounding_makes_coarse_enough_is_not_shown():
    """Of six people, four in one hidden organisation, ends a whole scale apart still tell its mean to within 0.37."""
    scores = {"org0": [3.75], "org1": [3.0], "org2": [3.0, 3.0, 2.25, 4.25]}
    people = pd.DataFrame([(name, score, 0) for name, each in scores.items() for score in each])
    people.columns = ["organisation_id", "trust", "before"]
    ends = interval_of_everybody(people, ScaleOf("trust", 3.5), unit_tree(list(scores)), Policy(least_cell_size=5))
    assert np.isnan(ends).all()
