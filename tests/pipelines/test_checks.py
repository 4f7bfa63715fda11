"""What Dagster keeps of a wave that failed validation: where the failures lie, never whose they are."""

import dagster as dg
import pandas as pd

from pipelines.checks import failed
from pipelines.steps.validation import BlockingFailure
from pipelines.tables.raw import FAILURES

ADDRESS = "someone@example.org"
ROW = "Row of the file, headers counted"


def test_failed_check_says_where_failures_lie_and_not_whose_they_are():
    rows = pd.DataFrame(
        {
            "wave": "spring",
            "table_name": "core.answers",
            "column_name": ["TW_1", None],
            "rule": ["outside_response_scale", "duplicated_key"],
            "response_id": ADDRESS,
            "file_sha256": "a" * 64,
            "row_number": [2, 5],
        }
    )
    failure = BlockingFailure("spring", FAILURES.typed(rows))
    result = failed(dg.AssetKey(["small", "core", "responses"]), failure)
    records = [record.data for record in result.metadata["Where the first of them lie"].records]
    place = {"File (first digits of its SHA-256)": "a" * 12, "Table": "core.answers"}
    assert records == [
        {**place, ROW: "2", "Column": "TW_1", "Rule": "outside_response_scale"},
        {**place, ROW: "5", "Column": "(whole row)", "Rule": "duplicated_key"},
    ]
    assert ADDRESS not in str(result)
