"""Exclusion rules: whom they leave out, whom they keep for want of data, and what the analysis then sees."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sections.screening import Exclusions
from pipelines.steps import exclusions
from pipelines.tables import core
from pipelines.tables.screening import EXCLUDED, EXCLUSIONS, QUALITY_FLAGS, SCREENING, SCREENING_OVERLAP

CHECKS = ("longstring", "straight_line", "total_duration")
DAY = dt.date(2026, 1, 15)


def rule(**content):
    return Exclusions(because="two signs agree", declared_on=DAY, **content)


def flags(*rows):
    """One entry a response: check → verdict, or a list of verdicts by block; None where a check cannot say."""
    found = [
        {"response_id": f"r{k}", "check_name": check, "block": f"b{place}", "is_flagged": verdict, "value": 1.0}
        for k, row in enumerate(rows)
        for check, verdicts in row.items()
        for place, verdict in enumerate(verdicts if isinstance(verdicts, list) else [verdicts])
    ]
    table = pd.DataFrame(found).assign(wave="w1", threshold=1.0, n_used=5, reason=None, superseded_by=None)
    return QUALITY_FLAGS.typed(table.astype({"is_flagged": "boolean"}))


def responses(n, groups=None):
    rows = pd.DataFrame({"response_id": [f"r{k}" for k in range(n)], "wave": "w1"})
    return rows.assign(respondent_group=groups or "A", is_analysed=True)


FLAGS = flags(
    {"longstring": [True, False], "straight_line": True, "total_duration": False},
    {"longstring": True, "straight_line": False, "total_duration": None},
    {"longstring": [True, True], "straight_line": False, "total_duration": False},
    {"longstring": False, "straight_line": False, "total_duration": False},
    {"longstring": None, "straight_line": None},
)


@pytest.mark.parametrize(
    ("content", "excluded", "n_not_judged"),
    [
        ({"any_of": CHECKS}, ["r0", "r1", "r2"], 1),
        ({"any_of": CHECKS, "fewest_flags": 2}, ["r0"], 2),
        ({"any_of": CHECKS, "fewest_flags": 3}, [], 1),
        ({"all_of": ("longstring", "straight_line")}, ["r0"], 1),
        ({"all_of": ("longstring",), "any_of": ("total_duration",)}, [], 2),
        ({"any_of": ("attention_check",)}, [], 5),
    ],
)
def test_a_rule_leaves_out_whom_its_checks_flag(content, excluded, n_not_judged):
    rules = {"strict": rule(**content)}
    found = exclusions.excluded_responses(FLAGS, rules)
    EXCLUSIONS.schema().validate(found)
    assert found["response_id"].tolist() == excluded
    report = exclusions.exclusions_report(FLAGS, responses(5), rules)
    EXCLUDED.schema().validate(report)
    (row,) = report.to_dict("records")
    assert (row["n_responses"], row["n_excluded"], row["n_not_judged"]) == (5, len(excluded), n_not_judged)
    assert row["share_excluded"] == len(excluded) / 5
    assert (row["declared_on"], row["because"]) == (DAY, "two signs agree")


def test_the_checks_that_met_a_rule_are_named_once_however_many_blocks_they_flag():
    found = exclusions.excluded_responses(FLAGS, {"strict": rule(any_of=CHECKS)}).set_index("response_id")
    assert found["checks"].to_dict() == {"r0": "longstring, straight_line", "r1": "longstring", "r2": "longstring"}
    assert found["n_flags"].tolist() == [2, 1, 1]


def test_without_rules_or_flags_nobody_is_left_out():
    assert exclusions.excluded_responses(FLAGS, {}).empty
    assert exclusions.excluded_responses(QUALITY_FLAGS.empty(), {"strict": rule(any_of=CHECKS)}).empty
    assert exclusions.exclusions_report(
        QUALITY_FLAGS.empty(), core.RESPONSES.empty(), {"strict": rule(any_of=CHECKS)}
    ).empty
    assert exclusions.screening_report(QUALITY_FLAGS.empty(), core.RESPONSES.empty()).empty
    assert exclusions.overlap_report(QUALITY_FLAGS.empty(), core.RESPONSES.empty()).empty


@given(
    verdicts=st.lists(st.fixed_dictionaries(dict.fromkeys(CHECKS, st.sampled_from([True, False, None]))), min_size=1),
    fewest=st.integers(1, 3),
)
def test_an_unknown_verdict_neither_excludes_nor_passes(verdicts, fewest):
    rules = {"strict": rule(any_of=CHECKS, fewest_flags=fewest)}
    rows = flags(*verdicts)
    excluded = set(exclusions.excluded_responses(rows, rules)["response_id"])
    assert excluded == {f"r{k}" for k, row in enumerate(verdicts) if list(row.values()).count(True) >= fewest}
    (report,) = exclusions.exclusions_report(rows, responses(len(verdicts)), rules).to_dict("records")
    not_judged = [
        row
        for row in verdicts
        if list(row.values()).count(True) < fewest <= sum(verdict is not False for verdict in row.values())
    ]
    assert report["n_not_judged"] == len(not_judged)


def test_counts_of_every_check_tell_judged_from_computed():
    report = exclusions.screening_report(FLAGS, responses(5, ["A", "A", "A", "B", "B"]))
    SCREENING.schema().validate(report)
    cells = report.set_index(["respondent_group", "check_name", "block"])
    row = cells.loc[("B", "longstring", "b0")]
    assert (row["n_responses"], row["n_computable"], row["n_judged"], row["n_flagged"]) == (2, 2, 1, 0)
    assert cells.loc[("A", "longstring", "b0"), "share_flagged"] == 1.0
    assert (cells.loc[("A", "total_duration", "b0"), ["n_computable", "n_judged"]] == [3, 2]).all()


def test_overlap_counts_responses_and_not_blocks():
    report = exclusions.overlap_report(FLAGS, responses(5))
    SCREENING_OVERLAP.schema().validate(report)
    row = report.set_index(["check_name", "other_check"]).loc[("longstring", "straight_line")]
    assert (row["n_flagged"], row["n_flagged_other"], row["n_flagged_both"]) == (3, 1, 1)


def test_organisation_means_are_taken_over_those_the_rule_keeps():
    analysis = responses(4).assign(organisation_id=["o", "o", "o", None], voice=[1.0, 2.0, 6.0, 4.0])
    analysis = analysis.assign(voice_organisation_mean=3.0, voice_within_organisation=0.0)
    out = exclusions.excluded_responses(flags({}, {}, {"straight_line": True}), {"strict": rule(any_of=CHECKS)})
    marked = exclusions.mark_excluded(analysis, out, "strict", ["voice"])
    assert marked["excluded_by_strict"].tolist() == [False, False, True, False]
    means = marked["voice_organisation_mean"]
    assert means.head(2).tolist() == [1.5, 1.5]
    assert means.tail(2).isna().all()
    assert marked["voice_within_organisation"].head(2).tolist() == [-0.5, 0.5]
    assert exclusions.without_excluded(analysis, out, "strict")["response_id"].tolist() == ["r0", "r1", "r3"]
    assert exclusions.without_excluded(analysis, out, "other")["response_id"].tolist() == ["r0", "r1", "r2", "r3"]
