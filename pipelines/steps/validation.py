"""Tables → every rule they break, by row; and the decision whether a run may go on. Never the value of a cell."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from instruments.faults import DataError
from instruments.sections.response_scale import ResponseScale
from instruments.spec import Item
from pipelines.tables.base import Table
from pipelines.tables.raw import FAILURES

MOST_EXAMPLES = 50
MOST_CODES = 12
MISSING = "must_not_be_missing"
_PLACE = "file_sha256, row_number, response_id"
ANSWER_RULES = (
    "not_an_answer_option",
    "ambiguous_options",
    "not_a_number",
    "not_a_date",
    "not_a_time",
    "outside_response_scale",
    "outside_range",
)
HARMLESS_REJECTS = (
    "blank_row", "preview_without_group", "superseded_by_later_export", "row_of_another_source",
    "deleted_on_platform", "opt_out_beside_answers",
)  # fmt: skip


class BlockingFailure(DataError):
    """The data broke a blocking rule: nothing was written, earlier tables and releases are as they were.

    Attributes:
        wave: The wave that was validated.
        failures: One row a failure, as ``raw.failures``.
        file_names: SHA-256 → name of each export of the wave, for those who read of a failure.
        expected: Item → answers it may have, in words.
    """

    def __init__(
        self,
        wave: str,
        failures: pd.DataFrame,
        file_names: Mapping[str, str] | None = None,
        expected: Mapping[str, str] | None = None,
    ) -> None:
        self.wave = wave
        self.failures = failures
        self.file_names = file_names or {}
        self.expected = expected or {}
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
        for column, rule, n in self.counts():
            expected = self.expected.get(column, "") if rule in ANSWER_RULES else ""
            lines.append(f"  {column}: {rule.replace('_', ' ')}: {n}" + (f"; expected {expected}" if expected else ""))
        return "\n".join(lines)


def find_failures(table: Table, relation: str, fetch: Callable[[str], pd.DataFrame], wave: str) -> pd.DataFrame:
    """Validate a relation against a table's description: what its pandera schema says, as SQL.

    One pass over all columns finds the rules that may be broken; only those are looked at row by row.

    Args:
        table: Its description.
        relation: Query of the rows, with response_id, file_sha256 and row_number.
        fetch: Runs a query.
        wave: The wave, for the report.

    Returns:
        One row a failure, as ``raw.failures``; never the value of a cell.
    """
    rules = rules_of(table)
    extremes = fetch(find_extremes(table, relation)).iloc[0]
    broken = [rule for rule in rules if rule.may_be_broken(extremes)]
    found = [fetch(report(relation, broken))] if broken else []
    if table.key:
        found.append(fetch(report_duplicates(table, relation)))
    if not any(map(len, found)):
        return FAILURES.empty()
    return FAILURES.typed(pd.concat(found, ignore_index=True).assign(wave=wave, table_name=table.name))


@dataclass(frozen=True)
class Rule:
    """One rule of a column.

    Attributes:
        column: The column.
        name: ``must_not_be_missing``, ``outside_response_scale`` or ``outside_range``.
        condition: SQL that holds for a cell that breaks it.
        lowest: Smallest value that keeps it; None where the condition itself has to be counted.
        highest: Largest value that keeps it.
    """

    column: str
    name: str
    condition: str
    lowest: float | None = None
    highest: float | None = None

    def may_be_broken(self, extremes: pd.Series) -> bool:
        """Say from the smallest and largest value, or the number of broken cells, whether a row has to be found."""
        if self.lowest is None and self.highest is None:
            return bool(extremes[f"{self.name} {self.column}"] > 0)
        least, most = extremes[f"least {self.column}"], extremes[f"most {self.column}"]
        below = self.lowest is not None and not pd.isna(least) and least < self.lowest
        return bool(below or (self.highest is not None and not pd.isna(most) and most > self.highest))


def rules_of(table: Table) -> list[Rule]:
    """Derive the rules of every column from a table's description."""
    found: list[Rule] = []
    for name, column in table.columns.items():
        cell = _quoted(name)
        if not column.may_be_missing:
            found.append(Rule(name, MISSING, f"{cell} IS NULL"))
        if column.is_among:
            listed = ", ".join(_literal(value) for value in column.is_among)
            whole = sorted(value for value in column.is_among if isinstance(value, int))
            is_closed = len(whole) == len(column.is_among) and whole[-1] - whole[0] == len(whole) - 1
            limits = (whole[0], whole[-1]) if is_closed else (None, None)
            found.append(Rule(name, "outside_response_scale", f"{cell} NOT IN ({listed})", *limits))
        if column.least is not None:
            found.append(Rule(name, "outside_range", f"{cell} < {column.least}", lowest=column.least))
        if column.most is not None:
            found.append(Rule(name, "outside_range", f"{cell} > {column.most}", highest=column.most))
    return found


def find_extremes(table: Table, relation: str) -> str:
    """Write the query that yields, in one row, what ``Rule.may_be_broken`` looks at."""
    parts: dict[str, str] = {}
    for rule in rules_of(table):
        if rule.name == MISSING:
            # Written so, stored rows need not be read: the database knows how many are missing.
            parts[f"{rule.name} {rule.column}"] = f"count(*) - count({_quoted(rule.column)})"
        elif rule.lowest is None and rule.highest is None:
            parts[f"{rule.name} {rule.column}"] = f"count(CASE WHEN {rule.condition} THEN 1 END)"
        else:
            parts[f"least {rule.column}"] = f"min({_quoted(rule.column)})"
            parts[f"most {rule.column}"] = f"max({_quoted(rule.column)})"
    listed = ", ".join(f"{expression} AS {_quoted(name)}" for name, expression in parts.items())
    return f"SELECT {listed or '0 AS nothing'} FROM ({relation})"  # noqa: S608 - identifiers quoted


def report(relation: str, rules: Sequence[Rule]) -> str:
    """Write the query of the rows that break rules."""
    return " UNION ".join(
        f"SELECT {_literal(rule.column)} AS column_name, {_literal(rule.name)} AS rule, {_PLACE} "  # noqa: S608
        f"FROM ({relation}) WHERE {rule.condition}"
        for rule in rules
    )


def report_duplicates(table: Table, relation: str) -> str:
    """Write the query of the rows whose key is not theirs alone; a key of which nothing is there is no key."""
    key = ", ".join(map(_quoted, table.key))
    texts = ", ".join(f"CAST({name} AS VARCHAR)" for name in map(_quoted, table.key))
    same = " AND ".join(f"each.{name} IS NOT DISTINCT FROM twice.{name}" for name in map(_quoted, table.key))
    return (
        f"SELECT DISTINCT {_literal(table.key[0])} AS column_name, 'duplicated_key' AS rule, {_PLACE} "  # noqa: S608
        f"FROM ({relation}) AS each SEMI JOIN "
        f"(SELECT {key} FROM ({relation}) WHERE coalesce({texts}) IS NOT NULL GROUP BY {key} HAVING count(*) > 1) "
        f"AS twice ON {same}"
    )


def blocking_rejects(rejects: str, *, invalid_answers: str) -> str:
    """Write the query of the rejected rows and cells that block a run, as failures.

    Args:
        rejects: Query of ``core.rejects``.
        invalid_answers: ``set_missing`` lets cells through that were stored as missing; lost rows always block.
    """
    harmless = (*HARMLESS_REJECTS, *ANSWER_RULES) if invalid_answers == "set_missing" else HARMLESS_REJECTS
    listed = ", ".join(map(_literal, harmless))
    return (
        "SELECT wave, 'core.rejects' AS table_name, column_name, rule, file_sha256, row_number, "  # noqa: S608
        f"CAST(NULL AS VARCHAR) AS response_id FROM ({rejects}) WHERE rule NOT IN ({listed})"
    )


def raise_if_blocking(
    wave: str,
    failures: Sequence[pd.DataFrame],
    file_names: Mapping[str, str] | None = None,
    items: Mapping[str, tuple[Item, ResponseScale | None]] | None = None,
) -> None:
    """Raise BlockingFailure when any table has failures.

    Args:
        wave: The wave.
        failures: Of every table.
        file_names: SHA-256 → name of each export.
        items: Item → itself and its response scale; of these the failure says what was expected.
    """
    found = pd.concat(failures, ignore_index=True)
    if len(found):
        raise BlockingFailure(wave, found, file_names, {name: in_words(*each) for name, each in (items or {}).items()})


def in_words(item: Item, scale: ResponseScale | None) -> str:
    """Say which answers an item may have: codes or labels, a number between its bounds, a date; empty for any text."""
    if scale is not None:
        codes = [str(code) for code in (*scale.points, *scale.opt_outs)]
        listed = codes if len(codes) <= MOST_CODES else [*codes[: MOST_CODES - 2], "…", codes[-1]]
        return f"{', '.join(listed)}, or a label that the instrument gives them"
    if item.kind == "number":
        bounds = (("from", item.least), ("to", item.most))
        return " ".join(["a number", *(f"{word} {bound:g}" for word, bound in bounds if bound is not None)])
    return "a date such as 2026-03-31" if item.kind == "date" else ""


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(value: object) -> str:
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)
