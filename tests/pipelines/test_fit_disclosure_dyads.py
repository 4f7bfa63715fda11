"""Fits with the answers of other members (P11 of the design): these are people behind a fit, and no answer follows.

Every rule has its attack, which succeeds without the rule and not with it.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps.fit_rows import behind_a_fit
from pipelines.steps.fits_to_withhold import HIGHEST_LEVERAGE, too_alike
from pipelines.steps.others_behind import alike_in_others, holds_answers_of, others_behind
from tests.models.regression.people_in_dyads import OTHER, dyadic, people, prepared

LEAST = 5
OTHER_BELIEF = "belief_other_member"
OF_STAFF = {"population": {"respondent_groups": ("FRL",)}}


def rows_of(n_managers=12, n_staff=6, seed=3):
    """Return rows of staff as a fit keeps them."""
    rows, dyads = people(np.random.default_rng(seed), n_managers, n_staff)
    table = prepared(rows, dyads, dyadic())
    return table[table["respondent_group"] == "FRL"].assign(organisation_id="o" + table["dyad_id"].str[-1])


def behind(rows, **changes):
    units = rows.set_index("response_id")[["organisation_id", "respondent_key"]]
    return behind_a_fit(dyadic(*changes.pop("regressors", ("belief", OTHER)), **changes), rows, {}, units, {})


def responses_and_others(**fits):
    used = {name: frozenset(rows["response_id"]) for name, rows in fits.items()}
    return used, {name: others_behind(rows) for name, rows in fits.items()}


@given(st.integers(1, 15), st.integers(1, 4), st.integers(0, 99))
def test_whom_dyads_share_are_counted_once_however_many_staff_they_have(n_managers, n_staff, seed):
    if n_managers * n_staff < 4:
        return
    found = behind(rows_of(n_managers, n_staff, seed))
    assert found["n_dyads"] == n_managers


def test_a_category_counts_whom_the_dyads_in_and_out_of_it_share():
    rows = rows_of()
    rows["hosted"] = (rows["dyad_id"].isin(["km000", "km001", "km002"])).astype(float)
    found = behind(rows, regressors=("belief", OTHER, "hosted"))
    assert (found["least_category_n"], found["least_category_dyads"]) == (18.0, 3.0)


def test_one_manager_of_many_staff_nearly_decides_a_coefficient_though_no_response_does():
    rows = rows_of()
    rows.loc[rows["dyad_id"] == "km000", OTHER_BELIEF] = 60.0
    found = behind(rows)
    assert found["dyad_leverage"] > HIGHEST_LEVERAGE
    assert behind(rows_of())["dyad_leverage"] < HIGHEST_LEVERAGE


def moments(rows):
    """Return sums that a fit and means beside it tell: of the outcome, and of its products with the other answer."""
    other = rows[OTHER_BELIEF].astype(float)
    return rows["taking_part"].sum(), (other * rows["taking_part"]).sum()


@pytest.mark.parametrize(("n_apart", "is_withheld"), [(1, True), (LEAST - 1, True), (LEAST, False)])
def test_fits_that_differ_by_the_staff_of_few_managers_are_withheld(n_apart, is_withheld):
    """Six staff of one manager are enough people by themselves; what they have in common is the manager's answer."""
    rows = rows_of(n_managers=20)
    gone = [f"km{number:03d}" for number in range(n_apart)]
    rest = rows[~rows["dyad_id"].isin(gone)]
    used, others = responses_and_others(all=rows, rest=rest)
    assert too_alike(used, LEAST, {}) == {}
    assert list(alike_in_others(others, LEAST)) == (["rest"] if is_withheld else [])
    if n_apart == 1:
        (of_all, products), (of_rest, products_of_rest) = moments(rows), moments(rest)
        told = (products - products_of_rest) / (of_all - of_rest)
        assert told == pytest.approx(float(rows.loc[rows["dyad_id"] == gone[0], OTHER_BELIEF].iloc[0]))


def test_a_mean_of_staff_that_lost_one_of_them_tells_the_one():
    """The same managers in both fits; one of them has a mean over one person fewer."""
    rows, dyads = people(np.random.default_rng(3), 12, 4)
    model = dyadic(population={"respondent_groups": ("MID",)})
    is_used = rows["response_id"] != "s0000"
    every, fewer = (
        prepared(each, dyads, model).pipe(lambda found: found[found["respondent_group"] == "MID"])
        for each in (rows, rows[is_used])
    )
    used, others = responses_and_others(every=every, fewer=fewer)
    assert too_alike(used, LEAST, {}) == {}
    assert list(alike_in_others(others, LEAST)) == ["fewer"]
    means = [float(each.loc[each["response_id"] == "m000", OTHER_BELIEF].iloc[0]) for each in (every, fewer)]
    assert 4 * means[0] - 3 * means[1] == pytest.approx(rows.set_index("response_id").loc["s0000", "belief"])


def test_fits_of_the_same_dyads_or_without_any_are_not_alike():
    rows = rows_of()
    _, others = responses_and_others(one=rows, same=rows, without=rows.drop(columns=["dyad_id", OTHER_BELIEF]))
    assert alike_in_others(others, LEAST) == {}
    assert (
        "fewer than 5 other members"
        in alike_in_others(responses_and_others(one=rows, some=rows[rows["dyad_id"] != "km000"])[1], LEAST)["some"]
    )


DYADS = pd.DataFrame(
    {"response_id": ["s1", "s2", "s3"], "kind": "staff_manager", "other_response_id": ["m1", "m1", "m2"]}
)
KEPT = pd.DataFrame(
    {"response_id": ["m1", "s1", "s2", "s3"], "dyad_id": ["a", "a", "a", "b"], OTHER_BELIEF: [2.0, 4.0, 4.0, 3.0]}
)


@pytest.mark.parametrize(
    ("responses", "people_erased", "expected"),
    [
        (["m1"], ["a"], ["m1", "s1", "s2"]),
        (["m1"], [], ["s1", "s2"]),
        ([], ["a"], ["m1", "s1", "s2"]),
        (["s1"], ["k1"], ["m1"]),
        (["x9"], ["k9"], []),
    ],
)
def test_rows_that_hold_somebody_s_answer_as_the_other_member_are_found(responses, people_erased, expected):
    is_held = holds_answers_of(KEPT, DYADS, responses, people_erased)
    assert KEPT.loc[is_held, "response_id"].tolist() == expected


def test_rows_with_dyads_as_groups_alone_hold_nobody_else_s_answers():
    assert not holds_answers_of(KEPT.drop(columns=OTHER_BELIEF), DYADS, ["m1"], ["a"]).any()
