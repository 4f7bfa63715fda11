"""Disclosure: what is withheld, what is shown and how, and that every single rule bites.

A rule bites when its case is withheld with the rule and shown without it: a version of the software without the rule
fails here. P1, P2, P9 are the properties of the design that the cases belong to. The rules for fits are in
``test_fit_disclosure``.
"""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps import disclosure
from pipelines.steps.release_rounding import round_to_five
from pipelines.tables import released
from pipelines.tables.base import TEXT, ColumnOf, Table
from pipelines.tables.out import DISTRIBUTIONS, RELIABILITY, RESPONSE_RATES, SCALE_MEANS

KEY = {"respondent_group": "MGR", "wave": "spring"}
COUNTS = st.lists(st.integers(0, 40) | st.integers(0, 3), min_size=2, max_size=7)
LEAST = st.integers(5, 15)


def scale_mean(n_obs=40, n_organisations=8, std_dev=0.9, mean=3.14159):
    row = {"scale": "voice", **KEY, "exclusions": "", "n_obs": n_obs, "n_organisations": n_organisations, "mean": mean}
    error = {"std_dev": std_dev, "std_error": 0.1, "conf_low": mean - 0.2, "conf_high": mean + 0.2}
    return SCALE_MEANS.typed(pd.DataFrame([{**row, **error}]))


def coefficients(n_obs=40):
    row = {
        "scale": "voice",
        **KEY,
        "exclusions": "",
        "n_obs": n_obs,
        "n_items": 3,
        "reason": "",
        "conf_low": 0.7,
        "conf_high": 0.9,
    }
    estimates = ({"coefficient": "alpha", "estimate": 0.81234}, {"coefficient": "omega", "estimate": 0.83456})
    return RELIABILITY.typed(pd.DataFrame([row | each for each in estimates]))


def distribution(counts, n_organisations=8, item="v1"):
    rows = pd.DataFrame({"code": range(1, len(counts) + 1), "n_answers": counts})
    n_obs = max(sum(counts), 1)
    return DISTRIBUTIONS.typed(
        rows.assign(
            item=item,
            **KEY,
            exclusions="",
            n_obs=n_obs,
            n_organisations=n_organisations,
            share=rows["n_answers"] / n_obs,
        )
    )


def response_rate(n_complete=30, n_partial=10, n_invited=123):
    row = dict.fromkeys(RESPONSE_RATES.columns, 0) | KEY | {"n_invited": n_invited, "n_complete": n_complete}
    return RESPONSE_RATES.typed(pd.DataFrame([{**row, "n_partial": n_partial, "response_rate_2": 0.98765}]))


def shown_rate(n_responses, n_invited, least=10):
    rates = response_rate(n_responses, 0, n_invited)
    return disclosure.protect_response_rates(rates, pd.Series([8], dtype="Int64"), least).iloc[0]


def means_are_hidden(means, least=10, reliability=None):
    shown = disclosure.protect_scale_means(means, coefficients() if reliability is None else reliability, least)
    return bool(shown["is_hidden"].iloc[0])


def distribution_is_hidden(counts, n_organisations=8, least=10):
    return bool(disclosure.protect_distributions(distribution(counts, n_organisations), least)["is_hidden"].iloc[0])


def rates_are_hidden(n_complete=30, n_partial=10, n_organisations=8, least=10):
    organisations = pd.Series([n_organisations], dtype="Int64")
    shown = disclosure.protect_response_rates(response_rate(n_complete, n_partial), organisations, least)
    return bool(shown["is_hidden"].iloc[0])


# The constant, a value that switches the rule off, and a case that this rule alone withholds.
RULES = {
    "P2 organisations behind a mean": (
        "LEAST_ORGANISATIONS",
        0,
        lambda: means_are_hidden(scale_mean(n_organisations=2)),
    ),
    "P2 organisations behind a distribution": ("LEAST_ORGANISATIONS", 0, lambda: distribution_is_hidden([20, 20], 2)),
    "P2 organisations behind a rate": ("LEAST_ORGANISATIONS", 0, lambda: rates_are_hidden(n_organisations=2)),
    "P9 two bands": ("LEAST_BANDS", 1, lambda: distribution_is_hidden([40, 0, 0])),
    "P9 three answers in a band": ("LEAST_BAND", 1, lambda: distribution_is_hidden([38, 2])),
    "P9 one per cent in a band": ("LEAST_BAND_PERCENT", 0, lambda: distribution_is_hidden([996, 4])),
}
# A case that the least cell size alone withholds: hidden with 10, shown with 5.
CELL_SIZE = {
    "P2 mean": lambda least: means_are_hidden(scale_mean(n_obs=9), least),
    "P2 distribution": lambda least: distribution_is_hidden([5, 4], least=least),
    "P2 response rate": lambda least: rates_are_hidden(n_complete=6, n_partial=3, least=least),
}


@pytest.mark.parametrize(("constant", "off", "is_withheld"), RULES.values(), ids=RULES)
def test_every_rule_bites_and_no_other_rule_stands_in_for_it(monkeypatch, constant, off, is_withheld):
    assert is_withheld()
    monkeypatch.setattr(disclosure, constant, off)
    assert not is_withheld()


@pytest.mark.parametrize("is_withheld", CELL_SIZE.values(), ids=CELL_SIZE)
def test_the_least_cell_size_bites(is_withheld):
    assert is_withheld(10)
    assert not is_withheld(5)


@pytest.mark.parametrize(
    "is_withheld",
    [
        lambda: means_are_hidden(scale_mean(n_obs=10, n_organisations=3)),
        lambda: distribution_is_hidden([7, 3], n_organisations=3),
        lambda: distribution_is_hidden([990, 10]),
        lambda: rates_are_hidden(n_complete=7, n_partial=3, n_organisations=3),
    ],
    ids=[
        "mean",
        "distribution",
        "distribution with a small band of one per cent",
        "response rate",
    ],
)
def test_what_just_meets_the_rules_is_shown(is_withheld):
    assert not is_withheld()


@pytest.mark.parametrize("n_organisations", [None, pd.NA])
def test_where_organisations_are_unknown_people_alone_decide(n_organisations):
    assert not means_are_hidden(scale_mean(n_organisations=n_organisations))
    assert means_are_hidden(scale_mean(n_obs=9, n_organisations=n_organisations))


@pytest.mark.parametrize("mean", [1.0, 5.0, 3.0])
def test_a_mean_that_gives_away_everyone_s_answer_is_withheld(mean):
    assert means_are_hidden(scale_mean(mean=mean, std_dev=0.0))
    assert not means_are_hidden(scale_mean(mean=mean, std_dev=0.3))


def test_shown_means_are_rounded():
    row = disclosure.protect_scale_means(scale_mean(n_obs=43), coefficients(41), 10).iloc[0]
    figures = row[["n_obs", "mean", "conf_low", "conf_high", "alpha", "omega"]].tolist()
    assert figures == [45, 3.14, 2.94, 3.34, 0.81, 0.83]


def test_alpha_and_omega_of_few_complete_responses_is_withheld_beside_a_shown_mean():
    row = disclosure.protect_scale_means(scale_mean(), coefficients(9), 10).iloc[0]
    assert (row["mean"], row["is_hidden"]) == (3.14, False)
    assert row[["alpha", "omega"]].isna().all()


def test_a_formative_scale_has_a_mean_and_no_alpha():
    row = disclosure.protect_scale_means(scale_mean(), RELIABILITY.empty(), 10).iloc[0]
    assert row["mean"] == 3.14
    assert row[["alpha", "omega"]].isna().all()


def test_shown_response_rates_are_rounded():
    organisations = pd.Series([8], dtype="Int64")
    row = disclosure.protect_response_rates(response_rate(31, 11), organisations, 10).iloc[0]
    assert row[["n_invited", "n_responses", "n_organisations", "response_rate_2"]].tolist() == [125, 40, 10, 0.32]


@pytest.mark.parametrize(("n_responses", "n_invited"), [(38, 98), (42, 102), (40, 101)])
def test_a_response_rate_tells_no_more_than_the_rounded_counts(n_responses, n_invited):
    assert shown_rate(n_responses, n_invited)["response_rate_2"] == 0.4


@pytest.mark.parametrize(
    ("n_responses", "n_invited", "is_shown"),
    [(40, 49, False), (40, 50, True), (40, 40, False), (41, 40, False), (10, 5000, False), (4990, 5000, False)],
    ids=[
        "nine silent",
        "ten silent",
        "all answered",
        "more answered than invited",
        "rounds to nought",
        "rounds to one",
    ],
)
def test_a_rate_that_tells_of_few_who_did_not_answer_is_missing_beside_its_counts(n_responses, n_invited, is_shown):
    row = shown_rate(n_responses, n_invited)
    assert pd.notna(row["response_rate_2"]) == is_shown
    assert row[["n_invited", "n_responses"]].notna().all()
    assert not row["is_hidden"]


def test_the_least_cell_size_decides_how_many_must_be_silent():
    assert pd.isna(shown_rate(40, 49, least=10)["response_rate_2"])
    assert shown_rate(40, 49, least=9)["response_rate_2"] == 0.8


def test_without_a_list_of_invited_units_there_are_counts_and_no_rate():
    row = shown_rate(40, pd.NA)
    assert row["n_responses"] == 40
    assert row[["n_invited", "response_rate_2"]].isna().all()


@pytest.mark.parametrize(
    ("counts", "bands"),
    [
        ([10, 20, 30], [(1, 1, 10), (2, 2, 20), (3, 3, 30)]),
        ([1, 1, 8, 9], [(1, 3, 10), (4, 4, 9)]),
        ([9, 8, 1, 1], [(1, 1, 9), (2, 4, 10)]),
        ([0, 12, 0, 12, 0], [(1, 2, 12), (3, 5, 12)]),
        ([20, 2], [(1, 2, 22)]),
        ([1, 1], []),
        ([500, 4, 3, 3, 490], [(1, 1, 500), (2, 4, 10), (5, 5, 490)]),
    ],
)
def test_rare_options_are_joined_with_their_neighbours(counts, bands):
    assert disclosure.join_rare_options(list(range(1, len(counts) + 1)), counts) == bands


@given(COUNTS)
def test_bands_cover_all_options_in_order_and_keep_every_answer(counts):
    codes = [2 * k - 3 for k in range(len(counts))]
    bands = disclosure.join_rare_options(codes, counts)
    if sum(counts) < 3:
        assert bands == []
        return
    covered = [code for first, last, _ in bands for code in codes if first <= code <= last]
    assert covered == codes
    assert sum(total for _, _, total in bands) == sum(counts)
    assert all(total >= 3 and 100 * total >= sum(counts) for _, _, total in bands)


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=9).filter(any))
def test_whole_percents_add_to_100_and_stay_within_one_of_the_share(counts):
    percents = disclosure.whole_percents(counts)
    assert sum(percents) == 100
    assert all(abs(percent - 100 * n / sum(counts)) < 1 for percent, n in zip(percents, counts, strict=True))


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000)), min_size=1, max_size=9))
def test_counts_are_rounded_to_the_nearest_five(counts):
    rounded = round_to_five(pd.Series(counts, dtype="Int64"))
    for n, shown in zip(counts, rounded, strict=True):
        assert (n is None and pd.isna(shown)) or (shown % 5 == 0 and abs(shown - n) <= 2)


@given(COUNTS, LEAST, st.one_of(st.none(), st.integers(0, 6)))
def test_a_distribution_is_shown_whole_and_safe_or_hidden_without_any_value(counts, least, n_organisations):
    shown = disclosure.protect_distributions(distribution(counts, n_organisations), least)
    too_few = sum(counts) < least or (n_organisations is not None and n_organisations < 3)
    assert shown["code_from"].iloc[0] == 1
    assert shown["code_to"].iloc[-1] == len(counts)
    assert (shown["code_from"].to_numpy()[1:] == shown["code_to"].to_numpy()[:-1] + 1).all()
    if shown["is_hidden"].any():
        assert len(shown) == 1
        assert shown[["n_obs", "percent"]].isna().all(axis=None)
    else:
        assert not too_few
        assert shown["percent"].sum() == 100
        assert shown["percent"].between(1, 99).all()
        for first, last in zip(shown["code_from"], shown["code_to"], strict=True):
            assert sum(counts[first - 1 : last]) >= 3
    disclosure.audit_released([(released.DISTRIBUTIONS_RELEASED, shown)])


@given(st.integers(0, 60), st.one_of(st.none(), st.integers(0, 6)), LEAST)
def test_a_hidden_mean_or_rate_has_no_value_and_a_shown_one_enough_people(n, n_organisations, least):
    means = disclosure.protect_scale_means(scale_mean(n, n_organisations), coefficients(n), least)
    organisations = pd.Series([n_organisations], dtype="Int64")
    rates = disclosure.protect_response_rates(response_rate(n, 0), organisations, least)
    too_few = n < least or (n_organisations is not None and n_organisations < 3)
    for table, shown, key in (
        (released.SCALE_MEANS_RELEASED, means, ["scale", "respondent_group", "wave", "is_hidden"]),
        (released.RESPONSE_RATES_RELEASED, rates, ["respondent_group", "wave", "is_hidden"]),
    ):
        assert shown["is_hidden"].tolist() == [too_few]
        values = shown.drop(columns=key).iloc[0]
        assert values.isna().all() if too_few else values.notna().sum() >= 3
        disclosure.audit_released([(table, shown)])


def test_no_results_give_empty_released_tables():
    assert disclosure.protect_distributions(DISTRIBUTIONS.empty(), 10).empty
    assert disclosure.protect_scale_means(SCALE_MEANS.empty(), RELIABILITY.empty(), 10).empty
    assert disclosure.protect_response_rates(RESPONSE_RATES.empty(), pd.Series(dtype="Int64"), 10).empty


@pytest.mark.parametrize("column", disclosure.FORBIDDEN_COLUMNS)
def test_the_audit_refuses_columns_of_single_units(column):
    table = Table("out.scale_means", "One row a unit", (column,), {column: ColumnOf(TEXT, "Unit")})
    with pytest.raises(disclosure.DisclosureError, match=f"out.scale_means has a column {column}"):
        disclosure.audit_released([(table, pd.DataFrame({column: ["North"]}))])


@pytest.mark.parametrize("column", ["organisation_id", "respondent_key", "response_id", "collaboration_id"])
def test_columns_of_single_units_are_forbidden(column):
    assert column in disclosure.FORBIDDEN_COLUMNS


@pytest.mark.parametrize("column", ["mean", "n_obs", "alpha", "omega", "conf_low"])
def test_the_audit_refuses_a_value_in_a_hidden_cell(column):
    hidden = disclosure.protect_scale_means(scale_mean(n_obs=3), coefficients(3), 10)
    disclosure.audit_released([(released.SCALE_MEANS_RELEASED, hidden)])
    leaking = hidden.assign(**{column: 3})
    with pytest.raises(disclosure.DisclosureError, match=r"out\.scale_means shows a value in a cell that is hidden"):
        disclosure.audit_released([(released.SCALE_MEANS_RELEASED, leaking)])


def test_the_audit_refuses_a_percentage_in_a_hidden_distribution():
    hidden = disclosure.protect_distributions(distribution([2, 1]), 10)
    with pytest.raises(disclosure.DisclosureError, match=r"out\.distributions"):
        disclosure.audit_released([(released.DISTRIBUTIONS_RELEASED, hidden.assign(percent=67))])
