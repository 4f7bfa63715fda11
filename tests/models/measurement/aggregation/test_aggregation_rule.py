"""The rule that says whether a scale may be averaged to the organisation, and why not."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from models.measurement.aggregation.evidence import ResponseRange, scale_agreement
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


def test_the_null_of_the_evidence_can_be_chosen():
    items = pd.DataFrame({"a": [3, 4, 2, 2], "b": [3, 4, 2, 3]})
    found = scale_agreement(items, items.mean(axis=1), pd.Series(["x", "x", "y", "y"]), ResponseRange(1, 5))
    assert found.evidence("heavy_skew").median_rwg_j < found.evidence("uniform").median_rwg_j
