"""Rows of a replication package: identifiers taken out, what rows tell, rows that are nobody's."""

import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.steps.deidentified_rows import RowsRefused, deidentified, refuse_unsafe_columns
from pipelines.steps.row_disclosure import joined_rows, row_disclosure
from pipelines.steps.synthetic_rows import invented

SCORES = ("trust",)


def drawn(seed, n=240, n_organisations=24):
    """Return rows of two fits that share responses, and what the study knows of all responses."""
    chance = np.random.default_rng(seed)
    organisations = np.r_[np.arange(n_organisations), chance.integers(0, n_organisations, n - n_organisations)]
    size = np.exp(chance.normal(10, 1, n_organisations))
    rows = pd.DataFrame(
        {
            "response_id": pd.Series([f"staff_w1/{place}" for place in chance.permutation(n)], dtype="str"),
            "wave": pd.Series(np.where(chance.random(n) < 0.5, "w1", "w2"), dtype="str"),
            "respondent_group": pd.Series("FRL", index=range(n), dtype="str"),
            "organisation_id": pd.Series([f"ORG{code:04d}" for code in organisations], dtype="str"),
            "respondent_key": pd.Series([f"anna{code}@kommune" for code in chance.integers(0, 150, n)], dtype="str"),
            "trust": pd.Series(chance.normal(3, 1, n) + chance.normal(0, 0.5, n_organisations)[organisations]),
            "gender": pd.Series(chance.integers(1, 3, n), dtype="Int16"),
            "population": pd.Series(size[organisations], dtype="Float64"),
        }
    )
    keys = ["response_id", "organisation_id"]
    first = rows[[*keys, "trust", "gender", "population"]].sort_values("response_id", ignore_index=True)
    second = rows[rows["wave"] == "w1"][["response_id", "respondent_key", "wave", "trust"]].reset_index(drop=True)
    return {"a" * 64: first, "b" * 64: second}, rows


def partition(column):
    """Return which places hold equal values, whatever these are."""
    return pd.factorize(column)[0]


@given(st.integers(0, 10_000), st.integers(0, 10_000))
@settings(max_examples=15, deadline=None)
def test_identifiers_become_codes_that_keep_clusters_and_links_and_nothing_else(seed, chance):
    rows, _ = drawn(seed, n=60, n_organisations=8)
    made = deidentified(rows, random.Random(chance))
    values = ["trust", "gender", "population", "wave"]
    for name, own in rows.items():
        by_answers = [each.sort_values("trust", ignore_index=True) for each in (own, made[name])]
        shared = [column for column in values if column in own]
        pd.testing.assert_frame_equal(by_answers[0][shared], by_answers[1][shared])
        for column in ("response_id", "organisation_id", "respondent_key"):
            if column in own:
                first, second = (partition(each[column]) for each in by_answers)
                assert (first == second).all()
                assert not set(own[column]) & set(made[name][column])
                assert made[name][column].str.fullmatch(r"[rop]\d+").all()
        assert made[name]["response_id"].is_monotonic_increasing
    a, b = made.values()
    both = a.merge(b, on="response_id")
    assert len(both) == len(b)
    assert (both["trust_x"] == both["trust_y"]).all()


def test_codes_tell_nothing_of_the_order_of_identifiers():
    rows, _ = drawn(1)
    own = rows["a" * 64]
    numbers = []
    for chance in range(40):
        made = deidentified(rows, random.Random(chance))["a" * 64].sort_values("trust", ignore_index=True)
        numbers.append(made["response_id"].str[1:].astype(int).to_numpy())
    ranks = own.sort_values("trust", ignore_index=True)["response_id"].argsort().argsort().to_numpy()
    relations = [np.corrcoef(each, ranks)[0, 1] for each in numbers]
    assert abs(np.mean(relations)) < 4 / np.sqrt(40 * len(own))


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("remark", pd.Series(["the mayor told me"], dtype="str")),
        ("started_at", pd.Series(pd.to_datetime(["2026-02-03T10:00"], utc=True))),
        ("unit_id", pd.Series(["u1"], dtype="str")),
        ("row_number", pd.Series([1], dtype="Int64")),
        ("anything", pd.Series([object()])),
    ],
)
def test_columns_that_may_hold_more_than_answers_in_numbers_are_refused(column, values):
    with pytest.raises(RowsRefused, match=column):
        refuse_unsafe_columns({"a": pd.DataFrame({"response_id": ["r"], column: values})})


def told(rows, known, least=10):
    return row_disclosure({"a": rows}, known, SCORES, least)


def plain(n=120, n_organisations=4, **columns):
    """Return rows of which nothing can be known but the organisation, and everything may be told."""
    numbers = np.arange(n)
    rows = pd.DataFrame(
        {
            "response_id": [f"s/{number:04d}" for number in numbers],
            "organisation_id": [f"O{number % n_organisations}" for number in numbers],
            "trust": numbers / 7,
            **columns,
        }
    )
    return rows, rows.assign(wave="w1", respondent_group="FRL")[
        ["response_id", "organisation_id", "wave", "respondent_group"]
    ]


def test_rows_of_large_organisations_with_nothing_to_know_may_leave():
    found = told(*plain())
    assert (found.k, found.n_unique, found.smallest_organisation) == (30, 0, 30)
    assert found.reasons() == ()


def with_fact(values):
    rows, known = plain(n=240, n_organisations=6)
    return rows.assign(population=[values[int(each[1])] for each in rows["organisation_id"]]), known


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (plain(n=36), "the smallest organisation has 9 rows"),
        (
            plain(gender=np.where(np.arange(120) < 4, 3, 1)),
            "4 of 120 rows have a combination of organisation_id, gender",
        ),
        (with_fact([1, 1, 1, 2, 2, 9]), "population tell organisations apart: 1 are alone"),
        (plain(n=12, n_organisations=6), "FRL are one to four in the typical organisation"),
        (plain(n=20, trust_organisation_mean=np.arange(20.0)), "trust_organisation_mean come from so few"),
        (
            plain(n=20, errors_behind_trust_organisation_mean_of_FRL=np.arange(20.0)),
            "errors_behind_trust_organisation_mean_of_FRL come from so few",
        ),
    ],
    ids=["small organisation", "rare answer", "unique fact", "top managers", "means", "errors behind means"],
)
def test_what_tells_of_somebody_is_a_reason(rows, reason):
    assert reason in "\n".join(told(*rows).reasons())


def test_facts_that_three_organisations_share_tell_none_apart():
    found = told(*with_fact([1, 1, 1, 2, 2, 2]))
    assert (found.facts, found.fewest_organisations, found.reasons()) == (("population",), 3, ())


def test_columns_of_one_name_with_other_values_stand_side_by_side():
    first = pd.DataFrame({"response_id": ["1", "2"], "x": [1.0, 2.0], "y": [5.0, 6.0]})
    second = pd.DataFrame({"response_id": ["2", "3"], "x": [7.0, 3.0], "y": [6.0, 8.0]})
    joined = joined_rows({"a": first, "b": second})
    assert list(joined) == ["x", "y", "x@b"]
    assert joined["y"].tolist() == [5.0, 6.0, 8.0]
    assert joined["x@b"].tolist()[1:] == [7.0, 3.0]


@given(st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_invented_rows_have_the_form_of_real_ones_and_none_of_their_identifiers(seed):
    rows, known = drawn(seed)
    made = invented(rows, known, 10, seed)
    for name, own in rows.items():
        table = made.rows[name]
        assert list(table) == list(own)
        assert table.dtypes.astype(str).tolist() == own.dtypes.astype(str).tolist()
        assert len(own) - made.n_left_out <= len(table) <= len(own)
        for column in ("response_id", "organisation_id", "respondent_key"):
            assert column not in own or not set(own[column]) & set(table[column])
        assert made.closeness[name].share_equal <= made.closeness[name].share_equal_real + 0.01
    a = made.rows["a" * 64]
    assert a.groupby("organisation_id")["population"].nunique().max() == 1
    assert set(a["gender"]) <= {1, 2}
    assert not set(a["population"]) & set(rows["a" * 64]["population"])
    shared = a.merge(made.rows["b" * 64], on="response_id")
    assert (shared["trust_x"] == shared["trust_y"]).all()


def test_the_same_seed_gives_the_same_invented_rows_and_another_others():
    rows, known = drawn(5)
    first, again, other = (invented(rows, known, 10, seed).rows["a" * 64] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first["trust"].equals(other["trust"])


def test_a_study_without_organisations_has_rows_to_judge_and_to_invent():
    rows, known = drawn(4)
    own = {"a": rows["a" * 64].drop(columns=["organisation_id", "population"])}
    known["organisation_id"] = pd.Series(pd.NA, index=known.index, dtype="str")
    found = row_disclosure(own, known, SCORES, 10)
    assert (found.smallest_organisation, found.fewest_organisations, found.small_groups) == (None, None, ())
    assert found.reasons() == ()
    made = invented(own, known, 10, 1).rows["a"]
    assert made["trust"].std() == pytest.approx(own["a"]["trust"].std(), rel=0.2)


def test_means_of_an_organisation_are_not_told_by_invented_rows():
    rows, known = drawn(6)
    own = rows["a" * 64].merge(known[["response_id", "wave"]], on="response_id")
    own["trust_organisation_mean"] = own.groupby(["organisation_id", "wave"])["trust"].transform("mean")
    made = invented({"a": own}, known, 10, 1).rows["a"]
    assert not set(made["trust_organisation_mean"]) & set(own["trust_organisation_mean"])


def test_an_invented_person_has_one_organisation_and_one_row_a_wave():
    rows, known = drawn(8)
    own = rows["a" * 64].merge(known[["response_id", "wave", "respondent_key"]], on="response_id")
    made = invented({"a": own}, known, 10, 1).rows["a"]
    assert not made.duplicated(["respondent_key", "wave"]).any()
    assert made.groupby("respondent_key")["organisation_id"].nunique().max() == 1
    assert made["respondent_key"].nunique() < len(made)


GROUPS = pytest.mark.parametrize("column", ["collaboration_id", "dyad_id"])


def in_groups(seed, column):
    """Return rows of one fit, three groups an organisation, and what the study knows of them."""
    rows, known = drawn(seed, n=600)
    first = rows["a" * 64]
    number = np.random.default_rng(seed).integers(0, 3, len(first))
    named = [f"{organisation}|{each}" for organisation, each in zip(first["organisation_id"], number, strict=True)]
    return {"a" * 64: first.assign(**{column: pd.Series(named, dtype="str")})}, known


@GROUPS
def test_groups_become_codes_that_keep_who_belongs_together(column):
    rows, _ = in_groups(2, column)
    (own,), (made,) = rows.values(), deidentified(rows, random.Random(4)).values()
    own, made = (each.sort_values("trust", ignore_index=True) for each in (own, made))
    assert (partition(own[column]) == partition(made[column])).all()
    assert made[column].str.fullmatch(column[0] + r"\d+").all()


@GROUPS
def test_a_small_group_is_known_of_a_person(column):
    rows, known = in_groups(2, column)
    told = row_disclosure(rows, known, SCORES, 5)
    assert column in told.quasi_identifiers
    without = {name: own.drop(columns=column) for name, own in rows.items()}
    assert told.k <= row_disclosure(without, known, SCORES, 5).k
    assert told.n_below > row_disclosure(without, known, SCORES, 5).n_below


@GROUPS
def test_invented_organisations_have_groups_of_their_own_with_several_people(column):
    rows, known = in_groups(2, column)
    made = next(iter(invented(rows, known, 5, 1).rows.values()))
    owners = made.groupby(column)["organisation_id"].nunique()
    assert (owners == 1).all()
    assert made.groupby("organisation_id")[column].nunique().between(1, 3).all()
    assert made[column].value_counts().median() > 2


def test_an_answer_of_another_member_is_one_person_s_however_many_answer_in_an_organisation():
    rows, known = in_groups(2, "dyad_id")
    others = {name: own.assign(trust_other_member=own["trust"]) for name, own in rows.items()}
    assert "trust_other_member" in row_disclosure(others, known, SCORES, 1).means_of_few
    assert "trust_other_member" not in row_disclosure(others, known, SCORES, 1).quasi_identifiers
    assert row_disclosure(rows, known, SCORES, 1).means_of_few == ()
