"""The rule that says whether a scale may be averaged to the organisation, and why not."""

from dataclasses import replace
from time import perf_counter

import numpy as np
import pandas as pd
import pytest

from models.measurement.aggregation.evidence import ResponseRange, scale_agreement
from models.measurement.aggregation.organisation_means import organisation_means, variance_components
from models.measurement.aggregation.rule import AggregationRule, Evidence, judge_aggregation

GOOD = Evidence(icc_1=0.15, icc_2=0.75, p_value=0.001, median_rwg_j=0.85, median_members=8, n_organisations=40)
STRICT = AggregationRule(least_icc_2=0.70, fewest_members=3, fewest_organisations=10)


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"icc_1": 0.049}, ["icc_1_too_low"]),
        ({"icc_1": 0.05}, []),
        ({"p_value": 0.05}, ["organisations_do_not_differ"]),
        ({"median_rwg_j": 0.69}, ["agreement_too_low"]),
        ({"icc_2": 0.6}, ["icc_2_too_low"]),
        ({"median_members": 2.5}, ["too_few_members"]),
        ({"n_organisations": 9}, ["too_few_organisations"]),
        ({"icc_1": np.nan, "p_value": np.nan}, ["icc_1_too_low", "organisations_do_not_differ"]),
    ],
)
def test_every_condition_that_fails_is_named(changes, codes):
    verdict = judge_aggregation(replace(GOOD, **changes), STRICT)
    assert [each.code for each in verdict.reasons] == codes
    assert verdict.may_be_averaged == (not codes)


def test_a_reason_carries_the_figure_and_what_was_asked_for():
    (reason,) = judge_aggregation(replace(GOOD, icc_2=0.6), STRICT).reasons
    assert (reason.value, reason.threshold, reason.asked) == (0.6, 0.70, "at_least")


def test_a_condition_that_is_left_out_is_not_judged():
    silent = AggregationRule(least_icc_1=None, alpha=None, least_median_rwg_j=None, fewest_organisations=0)
    undefined = Evidence(np.nan, np.nan, np.nan, np.nan, np.nan, 0)
    assert judge_aggregation(undefined, silent).may_be_averaged


def test_answers_that_differ_only_within_organisations_may_not_be_averaged():
    items = pd.DataFrame({"a": [1, 5, 1, 5, 1, 5], "b": [1, 5, 1, 5, 1, 5]})
    groups = pd.Series(["x", "x", "y", "y", "z", "z"])
    evidence = scale_agreement(items, items.mean(axis=1), groups, ResponseRange(1, 5)).evidence()
    codes = [each.code for each in judge_aggregation(evidence, AggregationRule()).reasons]
    assert codes == ["icc_1_too_low", "organisations_do_not_differ", "agreement_too_low"]


def test_organisations_of_one_member_may_not_be_averaged():
    items = pd.DataFrame({"a": [1, 2, 3], "b": [1, 3, 3]})
    found = scale_agreement(items, items.mean(axis=1), pd.Series(["x", "y", "z"]), ResponseRange(1, 5))
    codes = [each.code for each in judge_aggregation(found.evidence(), STRICT).reasons]
    assert codes == [
        "too_few_organisations", "too_few_members", "icc_1_too_low", "organisations_do_not_differ", "agreement_too_low",
        "icc_2_too_low",
    ]  # fmt: skip
    assert (len(found.by_group), found.intraclass.reason) == (0, "one_group")


@pytest.mark.slow
@pytest.mark.alone
def test_a_million_responses_of_5000_organisations_take_less_than_two_seconds():
    random = np.random.default_rng(20261126)
    organisation = random.integers(0, 5000, 1_000_000)
    latent = 3 + 0.4 * random.normal(size=5000)[organisation]
    items = pd.DataFrame(
        {f"i{place}": np.clip(np.round(latent + random.normal(size=len(latent))), 1, 5) for place in range(5)}
    )
    scores, groups = items.mean(axis=1), pd.Series(organisation)
    begun = perf_counter()
    found = scale_agreement(items, scores, groups, ResponseRange(1, 5))
    means = organisation_means(found.table, variance_components(found.table, "reml"))
    assert perf_counter() - begun < 2
    assert judge_aggregation(found.evidence(), AggregationRule()).may_be_averaged
    assert np.corrcoef(means.latent_mean, latent[np.unique(organisation, return_index=True)[1]])[0, 1] > 0.95


def test_the_null_of_the_evidence_can_be_chosen():
    items = pd.DataFrame({"a": [3, 4, 2, 2], "b": [3, 4, 2, 3]})
    found = scale_agreement(items, items.mean(axis=1), pd.Series(["x", "x", "y", "y"]), ResponseRange(1, 5))
    assert found.evidence("heavy_skew").median_rwg_j < found.evidence("uniform").median_rwg_j
