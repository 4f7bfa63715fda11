"""Tables → every rule they break, by row; and the decision whether a run may go on. Never the value of a cell."""

from collections.abc import Sequence

import pandas as pd
from pandera.errors import SchemaErrors

from instruments.faults import DataError
from pipelines.tables.base import Table
from pipelines.tables.raw import FAILURES

MOST_EXAMPLES = 50
RULES = {
    "isin": "outside_response_scale",
    "greater_than_or_equal_to": "outside_range",
    "less_than_or_equal_to": "outside_range",
    "not_nullable": "must_not_be_missing",
    "multiple_fields_uniqueness": "duplicated_key",
    "column_in_dataframe": "column_is_missing",
    "column_in_schema": "unknown_column",
}
ANSWER_RULES = (
    "not_an_answer_option",
    "not_a_number",
    "not_a_date",
    "not_a_time",
    "outside_response_scale",
    "outside_range",
)
HARMLESS_REJECTS = ("blank_row", "preview_without_group", "superseded_by_later_export")


class BlockingFailure(DataError):
    """The data broke a blocking rule: nothing was written, earlier tables and releases are as they were.

    Attributes:
        wave: The wave that was validated.
        failures: One row a failure, as ``raw.failures``.
    """

    def __init__(self, wave: str, failures: pd.DataFrame) -> None:
        self.wave = wave
        self.failures = failures
        super().__init__(wave)

    def counts(self) -> list[tuple[str, str, int]]:
        """Return column, rule and number of failures, most first."""
        keys = [self.failures["column_name"].fillna("(whole row)"), self.failures["rule"]]
        counted = self.failures.groupby(keys).size().sort_values(ascending=False, kind="stable")
        return [(str(column), str(rule), int(n)) for (column, rule), n in counted.items()]  # pyright: ignore[reportGeneralTypeIssues]

    def examples(self) -> pd.DataFrame:
        """Return the first failures, at most 50, in the order of the files."""
        return self.failures.sort_values(["file_sha256", "row_number"], kind="stable").head(MOST_EXAMPLES)

    def __str__(self) -> str:
        """Return the counts by rule in one sentence a line."""
        lines = [f"wave {self.wave} failed validation; nothing was changed:"]
        lines += [f"  {column}: {rule.replace('_', ' ')}: {n}" for column, rule, n in self.counts()]
        return "\n".join(lines)


def find_failures(table: Table, rows: pd.DataFrame, places: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Validate a table against its pandera schema.

    Args:
        table: Its description.
        rows: The table.
        places: Same length and index as ``rows``: response_id, file_sha256, row_number.
        wave: The wave, for the report.

    Returns:
        One row a failure, as ``raw.failures``.
    """
    try:
        table.schema().validate(table.typed(rows), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return FAILURES.empty()
    positions = pd.to_numeric(cases["index"], errors="coerce").astype("Int64")
    found = pd.DataFrame(
        {
            "wave": wave,
            "table_name": table.name,
            "column_name": cases["column"].astype("str"),
            "rule": [rule_name(check) for check in cases["check"].astype("str")],
        }
    )
    at = places.reset_index(drop=True).reindex(positions).reset_index(drop=True)
    found = pd.concat([found.reset_index(drop=True), at[["file_sha256", "row_number", "response_id"]]], axis=1)
    is_key = found["rule"] == "duplicated_key"
    found.loc[is_key, "column_name"] = table.key[0]
    return FAILURES.typed(found.drop_duplicates())


def failures_of_rejects(rejects: pd.DataFrame, wave: str, *, invalid_answers: str) -> pd.DataFrame:
    """Return the rejected rows and cells that block a run, as ``raw.failures``.

    Args:
        rejects: ``core.rejects`` of the wave.
        wave: The wave.
        invalid_answers: ``set_missing`` lets cells through that were stored as missing; lost rows always block.
    """
    harmless = (*HARMLESS_REJECTS, *ANSWER_RULES) if invalid_answers == "set_missing" else HARMLESS_REJECTS
    blocking = rejects[~rejects["rule"].isin(harmless)]
    return FAILURES.typed(blocking.assign(wave=wave, table_name="core.rejects", response_id=None))


def raise_if_blocking(wave: str, failures: Sequence[pd.DataFrame]) -> None:
    """Raise BlockingFailure when any table has failures."""
    found = pd.concat(failures, ignore_index=True)
    if len(found):
        raise BlockingFailure(wave, found)


def rule_name(check: str) -> str:
    """Return our name of a pandera check: ``isin([1, 2])`` is ``outside_response_scale``."""
    name = check.split("(", maxsplit=1)[0]
    return RULES.get(name, name)
