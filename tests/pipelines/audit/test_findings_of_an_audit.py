"""The audit refuses what the suppression would have hidden: one rule switched off at a time (mutation tests)."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest

from pipelines.steps.audit.findings import findings
from pipelines.steps.audit.publications import not_rounded
from pipelines.steps.lattice import figures
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.released import ESTIMATES_RELEASED, SCALE_MEANS_RELEASED, UNIT_MEANS
from tests.pipelines.audit.small_releases import CELL, TRUST, answers, published, release, tree_of

POLICY = Policy(least_cell_size=10)
FIVE_PEOPLE = Policy(least_cell_size=5)
NO_WIDTH = replace(POLICY, least_width=0.0, least_share_width=0.0)
FIVE = [5.0] * 3 + [4.75] + [5.0] * 6 + [4.75] * 1


def found(made, *earlier, policy=POLICY):
    return list(findings(made, earlier, policy))


def everything_large(people, policy, may_be):
    """Instead of suppression: a threshold alone."""
    return may_be


OFF = {
    "complementary suppression": (
        answers([4, 15, 20, 30]),
        POLICY,
        patch.object(figures, "shown_units", everything_large),
        "the mean of organisation 'org0', which is hidden, could be worked out",
    ),
    "complementary suppression, region": (
        answers([12, 13, 14, 4, 30, 31, 32], "aaabbbb"),
        POLICY,
        patch.object(figures, "shown_units", everything_large),
        "the share of high scores of organisation 'org3', which is hidden, could be worked out",
    ),
    "the least cell size": (
        answers([4, 15, 20, 30]),
        replace(POLICY, least_cell_size=1),
        None,
        "organisation 'org0' is shown with fewer than 10 people",
    ),
    "the width of hidden means": (
        answers([4, 7, 20, 30], scores=FIVE + [1.0, 3.0, 2.0, 4.0, 5.0] * 10),
        NO_WIDTH,
        None,
        "the mean of organisation 'org1', which is hidden, could be worked out to within 0",
    ),
    "the width of hidden shares": (
        answers([4, 90, 91], seed=1),
        NO_WIDTH,
        None,
        "the share of high scores of organisation 'org1', which is hidden, could be worked out to within",
    ),
    "scores that differ": (
        answers([12, 15, 20, 30], scores=[5.0] * 12 + [1.0, 2.0, 5.0, 4.0, 2.5] * 13),
        replace(POLICY, least_differing=0),
        None,
        "the score of single people of organisation 'org0' could be worked out",
    ),
    "scores that differ without any one of them": (
        answers([12, 15, 20, 30], scores=[4.0] + [5.0] * 11 + [1.0, 2.0, 5.0, 4.0, 2.5] * 13),
        replace(POLICY, least_differing=1),
        None,
        "one of the people of organisation 'org0' could work out the score of another",
    ),
}


@pytest.mark.parametrize("rule", OFF)
def test_without_a_rule_the_release_is_refused(rule):
    rows, policy, switched_off, told = OFF[rule]
    assert found(release(rows, POLICY)) == []
    if switched_off is None:
        made = release(rows, policy)
    else:
        with switched_off:
            made = release(rows, policy)
    reasons = found(made)
    assert any(told in reason for reason in reasons), reasons
    assert all(reason.startswith("trust, FRL, spring: ") for reason in reasons)


@pytest.mark.parametrize(
    ("table", "column", "told"),
    [
        (UNIT_MEANS, "n_obs", "out.unit_means: n_obs is not rounded to 5"),
        (UNIT_MEANS, "mean", "out.unit_means: mean is not rounded to 0.01"),
        (SCALE_MEANS_RELEASED, "mean", "out.scale_means: mean is not rounded to 0.01"),
        (SCALE_MEANS_RELEASED, "conf_high", "out.scale_means: conf_high is not rounded to 0.01"),
    ],
)
def test_without_rounding_the_release_is_refused(table, column, told):
    made = release(answers([12, 15, 20, 30]), POLICY)
    rows = made.tables[table.name]
    digits = 1 if column == "n_obs" else 0.0012
    other = replace(
        made, tables={**made.tables, table.name: table.typed(rows.assign(**{column: rows[column] + digits}))}
    )
    assert told in "\n".join(found(other))


@pytest.mark.parametrize(("estimate", "is_rounded"), [(0.123, True), (0.1234, False)])
def test_ends_that_are_infinite_hide_no_figure_that_is_not_rounded(estimate, is_rounded):
    row = {"fit_id": "h1.main.a", "model": "h1", "variant": "main", "position": 0, "term": "trust"}
    ends = {"estimate": estimate, "std_error": 0.1, "conf_low": -np.inf, "conf_high": np.inf}
    table = ESTIMATES_RELEASED.typed(pd.DataFrame([{**dict.fromkeys(ESTIMATES_RELEASED.columns), **row, **ends}]))
    told = list(not_rounded({ESTIMATES_RELEASED.name: table}))
    assert [f"{ESTIMATES_RELEASED.name}: estimate" in each for each in told] == ([] if is_rounded else [True])


def joined(rows, n, scores=None, of=3):
    late = answers([0] * of + [n], seed=5, scores=scores)
    return pd.concat([rows, late.assign(response_id="late" + late["response_id"])], ignore_index=True)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda rows: joined(rows, 3), "fewer than 10 people"),
        (lambda rows: rows.iloc[2:], "fewer than 10 people"),
        (lambda rows: rows.assign(trust=rows["trust"].mask(rows.index == 40, 5.5 - rows["trust"])), "fewer than 10"),
        (lambda rows: rows.assign(organisation_id=rows["organisation_id"].mask(rows.index < 2, "org3")), "fewer than"),
        (lambda rows: joined(rows, 12, [5.0] * 12), "the score of single people could be worked out"),
    ],
    ids=["joined", "left", "corrected", "moved", "joined with one score"],
)
def test_a_release_that_forgets_the_earlier_ones_is_refused(change, told):
    rows = answers([12, 15, 20, 30])
    first = release(rows, POLICY)
    reasons = found(release(change(rows), POLICY, 2), first)
    assert any(told in reason and "by what this release and release 1 show" in reason for reason in reasons), reasons


def test_a_release_that_shows_what_was_shown_before_passes_whoever_has_changed():
    rows = answers([12, 15, 20, 30])
    first = release(rows, POLICY)
    again = replace(first, number=2, rows=joined(rows, 3))
    assert found(again, first) == []


RAISED = replace(POLICY, least_cell_size=15)


@pytest.mark.parametrize("asked", [{}, {"least_cell_size": 10}], ids=["as now", "less"])
def test_a_raised_policy_reaches_figures_that_were_shown_before_under_a_lesser_one(asked):
    rows = answers([12, 16, 20, 30])
    first = replace(release(rows, POLICY), asked=asked)
    reasons = found(replace(first, number=2), first, policy=RAISED)
    told = "trust, FRL, spring: organisation 'org0' is shown with fewer than 15 people"
    assert (told in reasons) == bool(asked)


def test_what_passed_the_raised_policy_once_is_not_looked_at_again():
    rows = answers([12, 16, 20, 30])
    first = replace(release(rows, POLICY), asked={"least_cell_size": 10})
    second = replace(first, number=2, asked={"least_cell_size": 15})
    assert found(replace(first, number=3), first, second, policy=RAISED) == []


def test_a_raised_policy_passes_figures_that_keep_it():
    rows = answers([16, 17, 20, 30])
    first = replace(release(rows, POLICY), asked={"least_cell_size": 10})
    assert found(replace(first, number=2, asked={}), first, policy=RAISED) == []


def test_many_who_joined_are_released_beside_what_was_shown_before():
    rows = answers([12, 15, 20, 30])
    assert found(release(joined(rows, 12), POLICY, 2), release(rows, POLICY)) == []


def test_a_region_in_which_everybody_is_may_go_without_figures_of_its_own():
    rows = answers([12, 15, 20, 30], "aaaa")
    everybody = unit_means_of_everybody(rows)
    assert found(published(rows, everybody)) == []
    later = joined(rows, 12)
    assert found(published(later, unit_means_of_everybody(later), 2), published(rows, everybody)) == []


def test_a_study_that_knows_no_organisations_shows_everybody():
    rows = answers([12, 15, 20, 30])
    later = joined(rows, 12)
    first, second = (
        published(of_nowhere(each), unit_means_of_everybody(each), number)
        for number, each in enumerate((rows, later), start=1)
    )
    assert first.shown(CELL) == second.shown(CELL) == {("all", "")}
    assert found(first) == found(second, first) == []


def of_nowhere(rows):
    return rows.assign(organisation_id=pd.Series(pd.NA, index=rows.index, dtype="str"))


def unit_means_of_everybody(rows):
    means = release(rows, POLICY).tables[UNIT_MEANS.name]
    low, high = figures.interval_of_everybody(rows.assign(before=0), TRUST, tree_of(rows), POLICY)
    return means[means["level"] == "all"].assign(conf_low=low, conf_high=high)


def test_whoever_joins_an_organisation_that_was_never_shown_is_told_apart_from_nobody():
    rows, scores = answers([0, 5, 4]), {"scores": [4.0]}
    first, second = release(rows, FIVE_PEOPLE), release(joined(rows, 1, **scores, of=2), FIVE_PEOPLE, 2)
    assert ("organisation", "org2") in second.shown(CELL) - first.shown(CELL)
    assert found(second, first, policy=FIVE_PEOPLE) == []


def test_an_organisation_in_nothing_that_is_shown_may_have_been_shown_before():
    rows = answers([0, 13, 12], scores=[*[2.0, 4.0] * 12, 2.0])
    first, now = release(rows, POLICY), changed(joined(rows, 1, of=2))
    assert ("organisation", "org2") in first.shown(CELL)
    means = release(now, POLICY, 2).tables[UNIT_MEANS.name]
    assert found(published(now, means[means["unit"] == "org1"], 2), first) == []


def changed(rows):
    of_other = rows["organisation_id"] == "org1"
    return rows.assign(trust=rows["trust"].mask(of_other, 6 - rows["trust"]))


def test_people_who_were_erased_keep_a_wave_as_it_was():
    rows = answers([12, 15, 20, 30])
    first = replace(release(rows, POLICY), rows=rows.iloc[1:], with_erased=frozenset({("spring", "FRL")}))
    reasons = found(release(joined(rows.iloc[1:], 12), POLICY, 2), first)
    assert reasons == ["trust, FRL, spring: people were erased since release 1; its figures must stay as they were"]


def test_figures_that_are_not_those_of_their_people_are_refused():
    rows = answers([12, 15, 20, 30])
    made = release(rows, POLICY)
    means = made.tables[UNIT_MEANS.name]
    means = means.assign(mean=means["mean"].mask(means["unit"] == "org1", 1.5))
    assert found(published(rows, means)) == [
        "trust, FRL, spring: what is shown of organisation 'org1' is not what its people answered"
    ]
    nobody = published(rows[rows["organisation_id"] != "org1"], made.tables[UNIT_MEANS.name])
    assert found(nobody) == ["trust, FRL, spring: figures are shown of units without anybody: org1"]


def test_reasons_hold_no_figure_of_anybody():
    rows = answers([1, 15, 20, 30], scores=[4.75, *np.tile([1.0, 3.0, 2.0, 4.0, 5.0], 13)])
    with patch.object(figures, "shown_units", everything_large):
        reasons = found(release(rows, POLICY))
    assert any("single people" in reason or "org0" in reason for reason in reasons)
    assert "4.75" not in " ".join(reasons)
