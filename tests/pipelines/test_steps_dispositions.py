"""Dispositions: from which share answered a response is complete, partial or a break-off, and what counts as asked."""

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.sections.fieldwork import Dispositions
from pipelines.steps.dispositions import classify_dispositions, count_gaps, share_answered
from pipelines.tables.core import DISPOSITIONS, MISSING

ITEMS = ["a", "b", "c", "d"]
SHARES = st.one_of(st.none(), st.floats(0, 1))


def missing(**reasons_by_response):
    rows = [
        {"response_id": response, "wave": "spring", "item": item, "reason": reason}
        for response, reasons in reasons_by_response.items()
        for item, reason in reasons.items()
    ]
    return MISSING.typed(pd.DataFrame(rows, columns=list(MISSING.columns)))


def shares_of(missing_rows):
    """Count the gaps in DuckDB, then compute the shares."""
    listed = ", ".join(f"'{item}'" for item in ITEMS)
    gaps = f"SELECT response_id, reason FROM missing_rows WHERE item IN ({listed})"
    counts = duckdb.sql(count_gaps(gaps, "response_id")).df().set_index("response_id")
    return share_answered(counts.reindex(sorted(set(missing_rows["response_id"]) | {"r1"}), fill_value=0), len(ITEMS))


def share_of(reasons):
    return shares_of(missing(r1=reasons)).tolist()


@pytest.mark.parametrize(
    ("reasons", "share"),
    [
        ({}, 1.0),
        ({"a": "seen_unanswered"}, 0.75),
        ({"a": "dont_know", "b": "refused", "c": "not_applicable"}, 1.0),
        ({"a": "not_administered"}, 1.0),
        ({"a": "not_reached", "b": "seen_unanswered"}, 2 / 3),
        ({"a": "invalid", "b": "technical", "c": "redacted", "d": "unknown_blank"}, 0.0),
        ({"an open question": "seen_unanswered"}, 1.0),
    ],
    ids=[
        "everything answered",
        "one item left open",
        "opt-outs count as dealt with",
        "an item not asked does not count",
        "an item not reached does not count",
        "no usable answer at all",
        "other items do not count",
    ],
)
def test_the_share_answered_is_of_the_items_asked(reasons, share):
    assert share_of(reasons) == pytest.approx([share])


def test_a_respondent_who_was_asked_nothing_has_no_share():
    assert pd.isna(share_of(dict.fromkeys(ITEMS, "not_administered"))).all()


def test_shares_are_those_of_each_response():
    shares = shares_of(missing(r1={"a": "refused"}, r2={"a": "invalid", "b": "invalid"}))
    assert shares.to_dict() == {"r1": 1.0, "r2": 0.5}


@pytest.mark.parametrize(
    ("share", "is_preview", "disposition"),
    [
        (1.0, False, "complete"),
        (0.8, False, "complete"),
        (0.79, False, "partial"),
        (0.5, False, "partial"),
        (0.49, False, "break_off"),
        (0.0, False, "break_off"),
        (None, False, "break_off"),
        (1.0, True, "not_eligible"),
        (None, True, "not_eligible"),
    ],
)
def test_the_share_decides_the_disposition(share, is_preview, disposition):
    responses = pd.DataFrame({"share_answered": pd.Series([share], dtype="Float64"), "is_preview": [is_preview]})
    assert classify_dispositions(responses, Dispositions())["disposition"].tolist() == [disposition]


def test_someone_who_answered_nothing_is_a_break_off_under_any_rule():
    rules = Dispositions(complete_if_share_answered_at_least=0.0, partial_if_share_answered_at_least=0.0)
    responses = pd.DataFrame({"share_answered": [0.0], "is_preview": [False]})
    assert classify_dispositions(responses, rules)["disposition"].tolist() == ["break_off"]


@given(st.lists(st.tuples(SHARES, st.booleans()), max_size=10), st.floats(0, 1), st.floats(0, 1))
def test_only_complete_and_partial_responses_are_analysed(rows, one, other):
    rules = Dispositions(
        complete_if_share_answered_at_least=max(one, other), partial_if_share_answered_at_least=min(one, other)
    )
    responses = pd.DataFrame(rows, columns=["share_answered", "is_preview"])
    classified = classify_dispositions(responses.astype({"share_answered": "Float64", "is_preview": "boolean"}), rules)
    assert set(classified["disposition"]) <= set(DISPOSITIONS)
    assert (classified["is_analysed"] == classified["disposition"].isin(["complete", "partial"])).all()
    previews = classified[classified["is_preview"]]
    assert set(previews["disposition"]) <= {"not_eligible"}
