"""Later exports replace the rows they repeat, lose no response and leave duplicates in a file to validation."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps.supersede import superseded_rows

FILES = ["monday", "tuesday", "wednesday"]
ROWS = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(FILES)), max_size=12)


def rows_of(pairs):
    return pd.DataFrame(pairs, columns=["response_id", "file_sha256"], dtype="str")


def test_a_later_export_replaces_the_rows_it_repeats():
    rows = rows_of([("a", "monday"), ("b", "monday"), ("a", "tuesday"), ("c", "tuesday")])
    assert superseded_rows(rows, FILES).tolist() == [True, False, False, False]


def test_rows_repeated_within_one_file_are_left_to_validation():
    assert superseded_rows(rows_of([("a", "monday"), ("a", "monday")]), FILES).tolist() == [False, False]


@given(ROWS, st.permutations(FILES))
def test_every_response_is_kept_from_its_latest_file_and_no_other(pairs, order):
    rows = rows_of(pairs)
    kept = rows[~superseded_rows(rows, order)]
    assert set(kept["response_id"]) == set(rows["response_id"])
    for response, own in rows.groupby("response_id"):
        latest = max(own["file_sha256"], key=order.index)
        assert kept.loc[kept["response_id"] == response, "file_sha256"].tolist() == [
            file for file in own["file_sha256"] if file == latest
        ]
