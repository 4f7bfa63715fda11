"""Coefficients beside shown means: what follows of hidden organisations from regressors that tell of organisations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps import fit_equations
from pipelines.steps.fit_equations import hidden_cells, sums_that_follow, tells

SIZES = {"a": 6, "b": 7, "c": 20, "d": 25, "e": 30, "f": 19}
HIDDEN = ["a", "b"]


def people_of(seed=0, sizes=SIZES):
    names = np.repeat(list(sizes), list(sizes.values()))
    scores = np.random.default_rng(seed).integers(4, 21, len(names)) / 4
    rows = pd.DataFrame({"organisation": names, "score": scores}, index=[f"r{place}" for place in range(len(names))])
    return rows.assign(wave="spring", respondent_group="FRL", region="")


def shown_of(people):
    units = [("all", ""), *(("organisation", name) for name in sorted(set(people["organisation"]) - {*HIDDEN}))]
    return pd.DataFrame(units, columns=["level", "unit"]).assign(wave="spring", respondent_group="FRL")


def design_of(people, **columns):
    facts = {name: people["organisation"].map(of).astype(float) for name, of in columns.items()}
    return pd.DataFrame({"intercept": 1.0, **facts}, index=people.index)


BUDGET = {name: place for place, name in enumerate(SIZES)}


def means_turned_back(design, people):
    """Work out the means of the two hidden organisations from coefficients with three decimals, and what is shown."""
    matrix, scores = design.to_numpy(), people["score"].to_numpy()
    coefficients = np.linalg.lstsq(matrix, scores, rcond=None)[0].round(3)
    is_hidden = people["organisation"].isin(HIDDEN).to_numpy()
    by_name = people.groupby("organisation")["score"]
    shown = by_name.transform("mean").round(2).to_numpy()[~is_hidden]
    of_hidden = matrix.T @ matrix @ coefficients - matrix[~is_hidden].T @ shown
    own = np.array([[row[column] for column in design] for row in design[is_hidden].to_dict("records")])
    weights = np.array([own[people["organisation"].to_numpy()[is_hidden] == name].sum(axis=0) for name in HIDDEN]).T
    return np.linalg.solve(weights, of_hidden)


@pytest.mark.parametrize("seed", range(3))
def test_one_number_about_organisations_pins_two_hidden_means(seed):
    people = people_of(seed)
    design = design_of(people, budget=BUDGET)
    true = people.groupby("organisation")["score"].mean()[HIDDEN].to_numpy()
    assert np.abs(means_turned_back(design, people) - true).max() < 0.25
    hidden = hidden_cells(people, shown_of(people))
    assert (hidden.widths(np.arange(2)) > 0.5).all()
    equations = hidden.news(sums_that_follow(design, people, hidden))
    assert len(equations) == 1
    assert hidden.with_known(equations).widths(np.arange(2)) == pytest.approx([0, 0], abs=1e-6)


def test_an_intercept_tells_no_more_than_everybody_and_a_number_about_people_nothing():
    people = people_of()
    hidden = hidden_cells(people, shown_of(people))
    of_people = design_of(people).assign(age=np.arange(len(people), dtype=float))
    assert len(hidden.news(sums_that_follow(of_people, people, hidden))) == 0
    nobody_shown = hidden_cells(people, shown_of(people).iloc[1:])
    assert len(nobody_shown.news(sums_that_follow(of_people, people, nobody_shown))) == 1


@given(st.integers(0, 99), st.lists(st.integers(0, 3), min_size=6, max_size=6))
def test_the_sums_that_follow_are_right(seed, facts):
    people = people_of(seed)
    hidden = hidden_cells(people, shown_of(people))
    design = design_of(people, fact=dict(zip(SIZES, facts, strict=True)))
    totals = hidden.cells["total"].to_numpy(dtype=float)
    for row, column in zip(sums_that_follow(design, people, hidden), design, strict=True):
        is_hidden = people["organisation"].isin(HIDDEN)
        assert row @ totals == pytest.approx((design[column] * people["score"])[is_hidden].sum())


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_own_answers_less_distances_from_the_organisation_tell_sums_that_neither_column_does(monkeypatch, is_on):
    people = people_of()
    hidden = hidden_cells(people, shown_of(people))
    own = np.random.default_rng(1).normal(size=len(people)) + people["organisation"].map(BUDGET)
    apart = own - own.groupby(people["organisation"]).transform("mean")
    design = design_of(people).assign(own=own, apart=apart)
    if not is_on:
        monkeypatch.setattr(fit_equations, "_combinations", lambda within: np.zeros((within.shape[1], 0)))
    more = hidden.with_known(hidden.news(sums_that_follow(design, people, hidden)))
    assert tells(hidden, more, 0.5) == is_on
    coefficients = np.linalg.lstsq(design.to_numpy(), people["score"].to_numpy(), rcond=None)[0]
    told = design.to_numpy().T @ design.to_numpy() @ coefficients
    assert told[1] - told[2] == pytest.approx(((own - apart) * people["score"]).sum()), "the attack"


def test_many_hidden_organisations_stay_wide_beside_a_fact_about_them():
    people = people_of(sizes={f"o{place}": 8 for place in range(12)})
    hidden = hidden_cells(people, shown_of(people).iloc[:1])
    facts = {f"o{place}": place % 3 for place in range(12)}
    more = hidden.with_known(hidden.news(sums_that_follow(design_of(people, size=facts), people, hidden)))
    assert (more.widths(np.arange(12)) > 0.5).all()


@given(
    st.integers(0, 999),
    st.lists(st.integers(1, 9), min_size=2, max_size=9),
    st.lists(st.lists(st.integers(-2, 3), min_size=9, max_size=9), max_size=4),
    st.sampled_from([0.25, 0.5, 2.0]),
)
def test_no_mean_that_is_known_too_well_is_without_doubt(seed, sizes, facts, least):
    people = people_of(seed, sizes={f"o{place}": size for place, size in enumerate(sizes)})
    hidden = hidden_cells(people, shown_of(people).iloc[:1])
    more = hidden.with_known(hidden.news(np.array(facts, dtype=float).reshape(-1, 9)[:, : len(sizes)]))
    places = np.arange(len(sizes))
    known_too_well = places[more.widths(places) < least - 1e-6]
    assert set(known_too_well) <= set(more.doubtful(places, least))


def test_of_many_hidden_organisations_beside_a_fact_none_is_in_doubt():
    people = people_of(sizes={f"o{place}": 8 for place in range(12)})
    hidden = hidden_cells(people, shown_of(people).iloc[:1])
    facts = np.array([[float(place % 3) for place in range(12)]])
    assert len(hidden.with_known(hidden.news(facts)).doubtful(np.arange(12), 0.5)) == 0
