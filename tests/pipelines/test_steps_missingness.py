"""Shares of missing answers: by reason, with the denominators that a reader needs."""

import duckdb
import pandas as pd

from pipelines.steps.missingness import shares_by_reason
from pipelines.tables.out import MISSING

RESPONSES = [
    ("r1", "spring", "A", "complete"),
    ("r2", "spring", "A", "break_off"),
    ("r3", "spring", "A", "partial"),
    ("r4", "spring", "B", "complete"),
    ("r5", "spring", "A", "not_eligible"),
    ("r6", "removed", "A", "complete"),
]
GAPS = [
    ("r1", "spring", "v1", "refused"),
    ("r2", "spring", "v1", "not_reached"),
    ("r3", "spring", "v1", "not_administered"),
    ("r1", "spring", "v2", "seen_unanswered"),
    ("r3", "spring", "v2", "seen_unanswered"),
    ("r4", "spring", "v1", "refused"),
    ("r5", "spring", "v1", "refused"),
    ("r6", "removed", "v1", "refused"),
]


def test_each_reason_has_its_count_share_and_denominators():
    responses = pd.DataFrame(RESPONSES, columns=["response_id", "wave", "respondent_group", "disposition"])
    gaps = pd.DataFrame(GAPS, columns=["response_id", "wave", "item", "reason"])
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core")
        for name, rows in (("responses", responses), ("missing", gaps)):
            connection.register("rows", rows)
            connection.execute(f"CREATE TABLE core.{name} AS FROM rows")
            connection.unregister("rows")
        found = MISSING.typed(connection.sql(shares_by_reason(["spring"])).df())
    MISSING.schema().validate(found)
    columns = ["item", "respondent_group", "reason", "n", "n_responses", "n_administered", "share"]
    assert sorted(found[columns].itertuples(index=False, name=None)) == [
        ("v1", "A", "not_administered", 1, 3, 1, 1 / 3),
        ("v1", "A", "not_reached", 1, 3, 1, 1 / 3),
        ("v1", "A", "refused", 1, 3, 1, 1 / 3),
        ("v1", "B", "refused", 1, 1, 1, 1.0),
        ("v2", "A", "seen_unanswered", 2, 3, 3, 2 / 3),
    ]
