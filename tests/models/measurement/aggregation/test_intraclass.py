"""ICC(1) and ICC(2) with exact intervals: against R, by coverage, and where they are undefined."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import f as f_distribution

from models.measurement.aggregation.evidence import scores_by_group
from models.measurement.aggregation.intraclass import intraclass_correlation, variance_table, wald_statistic


@pytest.mark.reference
def test_one_way_icc_equals_shrout_and_fleiss(reference):
    # R 4.2.2, psych 2.2.9 ICC() types ICC1 and ICC1k; values in oracles/06_aggregation.json, made 2026-11-22
    expected = json.loads((reference / "oracles/06_aggregation.json").read_text())
    about, tolerance = expected["shrout_fleiss"], expected["tolerance"]["closed_form"]
    one, mean = ({row["type"]: row for row in about["rows"]}[name] for name in ("ICC1", "ICC1k"))
    found = intraclass_correlation(variance_table(np.ravel(about["data"]).astype(float), np.repeat(np.arange(6), 4)))
    assert [found.icc_1, found.icc_1_low, found.icc_1_high] == pytest.approx(
        [one["ICC"], one["lower bound"], one["upper bound"]], abs=tolerance
    )
    assert [found.icc_2, found.icc_2_low, found.icc_2_high] == pytest.approx(
        [mean["ICC"], mean["lower bound"], mean["upper bound"]], abs=tolerance
    )
    assert [found.f_statistic, found.df_between, found.df_within, found.p_value] == pytest.approx(
        [one["F"], one["df1"], one["df2"], one["p"]], abs=tolerance
    )


@pytest.mark.reference
def test_icc_of_army_companies_of_unequal_size_equals_r(reference):
    # R 4.2.2, 2026-11-26: multilevel 2.7 ICC1, ICC2 of aov(LEAD ~ as.factor(COMPID), lq2002); ends by uniroot of
    # function(t) sum(w * (y - weighted.mean(y, w))^2) / 48 / MSW - qf(c(.975, .025), 48, 1993), w being n / (1 + n t)
    companies = pd.read_csv(reference / "data/substantive/lq2002/lq2002.csv")
    _, table = scores_by_group(companies["LEAD"], companies["COMPID"])
    found = intraclass_correlation(table)
    assert [found.icc_1, found.icc_2] == pytest.approx([0.0879562185219268, 0.800754373013908], abs=1e-10)
    assert found.f_statistic == pytest.approx(5.01893, abs=5e-6)
    assert [found.icc_1_low, found.icc_1_high] == pytest.approx([0.0693796014006158, 0.179242561624178], abs=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize("icc", [0.0, 0.1, 0.5])
def test_intervals_of_unequal_organisations_cover_at_their_level(icc):
    random = np.random.default_rng(20261126)
    sizes = np.array([2, 2, 3, 4, 6, 9, 15, 30])
    groups = np.repeat(np.arange(len(sizes)), sizes)
    covered = 0
    for _ in range(4000):
        level = random.normal(0, np.sqrt(icc), len(sizes))[groups]
        found = intraclass_correlation(variance_table(level + random.normal(0, np.sqrt(1 - icc), len(groups)), groups))
        covered += found.icc_1_low <= icc <= found.icc_1_high
    # 99.9 % of a binomial share of .95 in 4000
    assert abs(covered / 4000 - 0.95) < 3.3 * np.sqrt(0.95 * 0.05 / 4000)


@pytest.mark.parametrize(
    ("scores", "groups", "reason"),
    [
        ([1, 2, 3], [0, 0, 0], "one_group"),
        ([1, 2, 3], [0, 1, 2], "groups_of_one"),
        ([0.1, 0.1, 0.1, 0.1], [0, 0, 1, 1], "no_variance"),
        ([1, 1, 2, 2], [0, 0, 1, 1], "none_within"),
        ([], [], "one_group"),
    ],
    ids=["one organisation", "one member each", "all alike", "alike within", "nobody"],
)
def test_an_undefined_icc_says_why(scores, groups, reason):
    found = intraclass_correlation(variance_table(np.array(scores, dtype=float), np.array(groups, dtype=np.intp)))
    assert found.reason == reason
    assert np.isnan([found.icc_1_low, found.icc_2_low]).all()
    assert np.isnan(found.icc_1) == (reason != "none_within")


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 50), st.floats(-100, 100))
def test_icc_and_its_interval_do_not_depend_on_unit_and_zero_of_the_scale(seed, unit, zero):
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(6), random.integers(2, 9, 6))
    scores = random.normal(size=len(groups)) + random.normal(size=6)[groups]
    first = intraclass_correlation(variance_table(scores, groups))
    other = intraclass_correlation(variance_table(zero - unit * scores, groups))
    names = ("icc_1", "icc_1_low", "icc_1_high", "icc_2", "icc_2_low", "icc_2_high", "p_value")
    assert [getattr(other, each) for each in names] == pytest.approx([getattr(first, each) for each in names], abs=1e-7)


@given(st.integers(0, 2**32 - 1))
def test_ends_of_the_interval_are_where_wald_s_statistic_is_the_quantile(seed):
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(5), random.integers(1, 12, 5) + (np.arange(5) == 0))
    table = variance_table(random.normal(size=len(groups)), groups)
    found = intraclass_correlation(table, 0.9)
    for end, quantile in ((found.icc_1_low, 0.95), (found.icc_1_high, 0.05)):
        if end == pytest.approx(-1 / (table.sizes.max() - 1), abs=1e-6):
            continue  # the least there is; the statistic begins below the quantile
        statistic = wald_statistic(table, end / (1 - end))
        assert f_distribution.cdf(statistic, table.df_between, table.df_within) == pytest.approx(quantile, abs=1e-6)
