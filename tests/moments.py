"""Time stamps read as the scan of an export reads them, for tests of their forms alone."""

from collections.abc import Sequence
from typing import Any

import duckdb
import pandas as pd

from pipelines.readers.cells.keys import moment, moved_minutes, needs_zone, scanned_keys
from pipelines.readers.plan import PlannedColumn, ReadingPlan


def read_moments(texts: Sequence[str], zone: str, formats: Sequence[str] = ()) -> list[Any]:
    """Return a time stamp in UTC for every text, None where it is none."""
    column = PlannedColumn(1, "at", "at", "metadata", time_formats=tuple(formats))
    plan = ReadingPlan("generic", "", "utf-8", ",", ".", zone, 1, (column,), {"started_at": "at"})
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.register("texts", pd.DataFrame({"place": range(len(texts)), "c1": list(texts)}))
        connection.execute(f"CREATE TABLE cells AS SELECT place, {', '.join(scanned_keys(plan))} FROM texts")
        joined = ""
        if needs_zone(plan):
            minutes = connection.sql("SELECT DISTINCT date_trunc('minute', l_started_at) AS minute FROM cells").df()
            connection.register("zone", moved_minutes(minutes["minute"].dropna(), zone))
            joined = "LEFT JOIN zone AS zone_started_at ON zone_started_at.minute = date_trunc('minute', l_started_at)"
        found = connection.sql(f"SELECT {moment(plan, 'started_at')} AS at FROM cells {joined} ORDER BY place").df()[
            "at"
        ]
    return [None if pd.isna(each) else each.tz_convert("UTC") for each in found]
