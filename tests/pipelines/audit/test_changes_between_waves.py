"""Averages of two waves side by side: an attacker who knows who stayed learns too little of the few who came or went.

Property P8 of the design. The attacker takes those who stayed to have answered alike in both waves, knows exactly how
many stayed, left and joined, and has a linear programme; he is written apart from the audit, of which he uses nothing
but the tables.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from pipelines.release_audit import waves_apart
from pipelines.steps.audit.findings import findings
from pipelines.steps.audit.polygons import LESS, LESS_HIGH, MORE, MORE_HIGH
from pipelines.steps.audit.publications import Publication
from pipelines.steps.audit.waves import changes_that_tell, sums_of_those_who_moved
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.released import COMPARISONS_RELEASED, SCALE_MEANS_RELEASED, UNIT_MEANS
from tests.pipelines.audit.attacker import Scale
from tests.pipelines.audit.small_releases import TRUST, answers, published

POLICY = Policy(least_cell_size=10)
WAVES = ("autumn", "spring")
SHOWN = {"scale": "trust", "respondent_group": "FRL", "over": "wave", "verdict": "shown", "level_asked": "scalar",
         "level_reached": "scalar", "n_differing": 0, "compared": "; ".join(WAVES)}  # fmt: skip
STAYED, LEFT, JOINED, AGAIN = range(4)


def two_waves(stayed, left, joined, seed=0, moved_by=0.0, lowest=1.0):
    """Publish two waves of four organisations, side by side: those who stayed answered alike, but for ``moved_by``."""
    n = stayed + left + joined
    people = answers([n // 4, n // 4, n // 4, n - 3 * (n // 4)], seed=seed)
    people = people.assign(trust=people["trust"].clip(lower=lowest)).sample(frac=1, random_state=seed)
    before, after = people.iloc[: stayed + left], people.drop(index=people.index[stayed : stayed + left])
    is_staying = after["response_id"].isin(before["response_id"])
    trust = after["trust"].where(~is_staying, (after["trust"] + moved_by).clip(1, 5))
    waves = [before, after.assign(trust=trust, response_id=after["response_id"] + "-again")]
    rows = [each.assign(wave=wave).reset_index(drop=True) for wave, each in zip(WAVES, waves, strict=True)]
    made = [published(each, everybody(each)) for each in rows]
    tables = dict(made[0].tables)
    for table in (SCALE_MEANS_RELEASED, UNIT_MEANS):
        tables[table.name] = pd.concat([each.tables[table.name] for each in made], ignore_index=True)
    tables[COMPARISONS_RELEASED.name] = COMPARISONS_RELEASED.typed(pd.DataFrame([SHOWN]))
    every = pd.concat(rows, ignore_index=True)
    persons = pd.Series(every["response_id"].str.removesuffix("-again").to_numpy(), index=every["response_id"])
    return Publication(1, tables, every, persons=persons)


def everybody(rows):
    """Make the figures of everybody in a wave, as ``unit_means`` does."""
    n, percent = len(rows), np.round(100 * (rows["trust"] >= TRUST.least_high).mean())
    mean = round(rows["trust"].mean(), 2)
    figures = {"n_obs": 5 * ((n + 2) // 5), "mean": mean, "conf_low": mean - 1, "conf_high": mean + 1}
    shown = {"percent_high": np.clip(percent, 5, 95), "level": "all", "unit": "", "is_hidden": False}
    key = {"wave": rows["wave"].iloc[0], "respondent_group": "FRL", "scale": "trust"}
    return UNIT_MEANS.typed(pd.DataFrame([{**key, **figures, **shown}]))


def told(release, policy=POLICY):
    return [reason for _, reason in changes_that_tell(release, policy)]


def is_side_by_side(release):
    return (release.tables[COMPARISONS_RELEASED.name]["verdict"] == "shown").all()


def with_the_rule(release):
    telling = {where for where, _ in changes_that_tell(release, POLICY)}
    comparisons = waves_apart(release.tables[COMPARISONS_RELEASED.name], telling)
    tables = {**release.tables, COMPARISONS_RELEASED.name: comparisons}
    return Publication(1, tables, release.rows, persons=release.persons)


class Attacker:
    """Knows who stayed, left and joined, reads some waves, and takes those who stayed to have answered alike.

    Or, told ``changed``, only that their mean changed by no more than that; infinite when he takes nothing for granted.
    """

    def __init__(self, release, waves=WAVES, changed=0.0):
        persons = [set(rows["response_id"].map(release.persons)) for _, rows in release.rows.groupby("wave", sort=True)]
        before, after = persons
        self.counts = np.array([len(before & after), len(before - after), len(after - before)])
        self.n = self.counts[[STAYED, LEFT, JOINED, STAYED]]
        scale = Scale()
        rows, most = [], []
        for wave, groups in zip(WAVES, [(STAYED, LEFT), (AGAIN, JOINED)], strict=True):
            own = np.isin(range(4), groups).astype(float)
            n = own @ self.n
            figures = release.figures((wave, "FRL", "trust"))
            for figure in figures[figures["level"] == "all"].to_dict("records") if wave in waves else []:
                of_sum = np.concatenate([0 * own, own, own])
                rows += [of_sum, -of_sum]
                most += [(figure["mean"] + 0.005) * n, -(figure["mean"] - 0.005) * n]
                if pd.notna(percent := figure["percent_high"]):
                    of_high = np.concatenate([own, 0 * own, 0 * own])
                    rows += [of_high, -of_high]
                    most.append(n if percent == 95 else np.floor((percent + 0.5) * n / 100 + 1e-6))
                    most.append(0 if percent == 5 else -np.ceil((percent - 0.5) * n / 100 - 1e-6))
        for place, n in enumerate(self.n):
            one, none = np.eye(4)[place], np.zeros(4)
            rows += [
                np.concatenate([-scale.highest * one, one, none]),
                np.concatenate([scale.least_high * one, -one, none]),
                np.concatenate([scale.highest_other * one, none, one]),
                np.concatenate([-scale.lowest * one, none, -one]),
            ]
            most += [0, 0, scale.highest_other * n, -scale.lowest * n]
        apart, none = np.eye(4)[AGAIN] - np.eye(4)[STAYED], np.zeros(4)
        alike = [np.concatenate(each) for each in ((apart, none, none), (none, apart, none), (none, none, apart))]
        for each in alike if changed == 0 else [alike[1] + alike[2]] if np.isfinite(changed) else []:
            rows += [each, -each]
            most += [changed * self.n[STAYED]] * 2
        self.rows, self.most = np.array(rows), np.array(most)

    def mean(self, group, *, of_high=False):
        """Bound mean or share of high scores of a group; None where those who stayed cannot have answered so."""
        own = np.eye(4)[group]
        wanted = np.concatenate([own, 0 * own, 0 * own] if of_high else [0 * own, own, own])
        limits = [*((0, each) for each in self.n), *[(None, None)] * 8]
        ends = []
        for sign in (1, -1):
            found = linprog(sign * wanted, self.rows, self.most + 1e-9, bounds=limits)
            if found.status == 2:
                return None
            assert found.status == 0, found.message
            ends.append(sign * found.fun / self.n[group])
        return ends


MOVES = st.tuples(st.integers(0, 60), st.integers(0, 14), st.integers(0, 14), st.integers(0, 9_999))
MOVED_BY = st.sampled_from([0.0, 0.0, 0.25, -0.5])


def enough(moves):
    stayed, left, joined, _ = moves
    return min(stayed + left, stayed + joined) >= POLICY.least_cell_size


@given(MOVES.filter(enough), MOVED_BY, st.sampled_from([1.0, 1.0, 4.0]))
@settings(max_examples=25)
def test_waves_side_by_side_tell_little_of_the_few_who_stayed_left_or_joined(moves, moved_by, lowest):
    release = with_the_rule(two_waves(*moves, moved_by=moved_by, lowest=lowest))
    assert told(release) == []
    if not is_side_by_side(release):
        return
    attacker = Attacker(release)
    for group in np.flatnonzero((attacker.counts > 0) & (attacker.counts < POLICY.least_cell_size)):
        for of_high, least in ((False, POLICY.least_width), (True, POLICY.least_share_width)):
            if (ends := attacker.mean(group, of_high=of_high)) is not None:
                assert ends[1] - ends[0] >= least - 1e-5


@given(MOVES.filter(enough), MOVED_BY)
@settings(max_examples=10)
def test_what_is_told_of_those_who_moved_is_what_a_linear_programme_finds(moves, moved_by):
    release = two_waves(*moves, moved_by=moved_by)
    attacker, scores = Attacker(release), release.scores["trust"]
    known = []
    for wave in WAVES:
        figures = release.figures((wave, "FRL", "trust"))
        if figures.empty:
            return
        known.append(_known(figures[figures["level"] == "all"], len(release.people((wave, "FRL", "trust")))))
    reach = sums_of_those_who_moved(scores, attacker.counts.astype(float), *known)
    for group in np.flatnonzero(attacker.counts):
        n, bounds = attacker.counts[group], attacker.mean(group)
        if bounds is None:
            return
        assert [-reach[group, LESS] / n, reach[group, MORE] / n] == pytest.approx(bounds, abs=1e-5)
        shares = attacker.mean(group, of_high=True)
        assert [-reach[group, LESS_HIGH] / n, reach[group, MORE_HIGH] / n] == pytest.approx(shares, abs=1e-5)


@given(MOVES.filter(enough), MOVED_BY)
@settings(max_examples=20)
def test_two_waves_tell_no_more_of_anybody_than_one_unless_something_is_taken_for_granted_of_those_who_stayed(
    moves, moved_by
):
    """Both averages stay published where their change is not said: one wave is no equation about another's answers."""
    release = two_waves(*moves, moved_by=moved_by)
    in_wave = {LEFT: WAVES[:1], JOINED: WAVES[1:], STAYED: WAVES[:1], AGAIN: WAVES[1:]}
    both = Attacker(release, changed=np.inf)
    for group in np.flatnonzero(both.n):
        alone = Attacker(release, waves=in_wave[group], changed=np.inf)
        for of_high in (False, True):
            assert both.mean(group, of_high=of_high) == pytest.approx(alone.mean(group, of_high=of_high), abs=1e-6)


@given(MOVES.filter(enough), MOVED_BY, st.sampled_from([0.01, 0.05, 0.2]))
@settings(max_examples=20)
def test_few_are_known_only_as_well_as_the_change_of_those_who_stayed(moves, moved_by, changed):
    """Whoever takes their mean to have changed by at most twice what it did bounds the others by no less than that."""
    release = two_waves(*moves, moved_by=moved_by)
    waves = [rows.assign(person=rows["response_id"].map(release.persons)) for _, rows in release.rows.groupby("wave")]
    before, after = (each.set_index("person")["trust"] for each in waves)
    of_stayers = (after - before).dropna()
    guess = max(changed, 2 * abs(of_stayers.mean())) if len(of_stayers) else changed
    attacker, free = Attacker(release, changed=guess), Attacker(release, changed=np.inf)
    for group in (each for each in (LEFT, JOINED) if attacker.n[each]):
        bounds, widest = attacker.mean(group), free.mean(group)
        assert bounds is not None
        assert widest is not None
        least = guess * attacker.n[STAYED] / attacker.n[group] / 2
        assert bounds[1] - bounds[0] >= min(widest[1] - widest[0], least) - 1e-5


def _known(figures, n):
    """Write down what is shown of everybody in the directions of a polygon."""
    known = np.full((1, 8), np.inf)
    for figure in figures.to_dict("records"):
        known[0, MORE] = min(known[0, MORE], (figure["mean"] + 0.005) * n)
        known[0, LESS] = min(known[0, LESS], -(figure["mean"] - 0.005) * n)
        if pd.notna(percent := figure["percent_high"]):
            known[0, MORE_HIGH] = n if percent == 95 else np.floor((percent + 0.5) * n / 100 + 1e-6)
            known[0, LESS_HIGH] = 0 if percent == 5 else -np.ceil((percent - 0.5) * n / 100 - 1e-6)
    return known


CASES = {
    "one joined": ((40, 0, 1), "the mean of those who joined"),
    "three left": ((40, 3, 0), "the mean of those who left"),
    "one joined and many left": ((40, 15, 1), None),
    "nobody moved": ((40, 0, 0), None),
    "many moved": ((40, 12, 15), None),
    "one joined many, whose rounding hides it": ((900, 0, 1), None),
}


@pytest.mark.parametrize("case", CASES)
def test_waves_stand_apart_where_their_change_tells_of_few(case):
    moves, reason = CASES[case]
    release = two_waves(*moves)
    assert bool(told(release)) == (reason is not None)
    assert all(each.startswith("trust, FRL: the ") and "by the change" in each for each in told(release))
    assert is_side_by_side(with_the_rule(release)) == (reason is None)
    if reason is not None:
        assert any(reason in each for each in told(release))


def test_without_the_rule_the_attacker_learns_the_answers_of_few_and_the_audit_refuses_the_release():
    careless = two_waves(40, 0, 3)
    ends = Attacker(careless).mean(JOINED)
    truth = careless.rows[(careless.rows["wave"] == "spring")]
    joined = truth[~truth["response_id"].str.removesuffix("-again").isin(
        careless.rows.loc[careless.rows["wave"] == "autumn", "response_id"]
    )]["trust"].mean()  # fmt: skip
    assert ends is not None
    assert ends[0] - 1e-6 <= joined <= ends[1] + 1e-6
    assert ends[1] - ends[0] < POLICY.least_width
    assert any("by the change" in each for each in findings(careless, [], POLICY))
    assert not any("by the change" in each for each in findings(with_the_rule(careless), [], POLICY))


def test_responses_that_nobody_linked_are_of_different_people():
    release = two_waves(40, 0, 1)
    assert told(Publication(1, release.tables, release.rows)) == []
