"""A private database in which the exports of a wave are read, understood and audited before anything is stored.

It lies in memory, and what memory cannot hold in a private folder. Put here what runs SQL over scanned cells; the SQL's
text is in ``pipelines.readers``.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pandas as pd
import pyarrow as pa

from instruments.spec_file import closest
from pipelines.readers.cells import results
from pipelines.readers.cells.conservation import account, audit
from pipelines.readers.cells.empty import EMPTY
from pipelines.readers.cells.keys import minutes_to_move, moved_minutes, needs_zone, scanned_keys
from pipelines.readers.cells.marks import REASONS
from pipelines.readers.cells.paradata import paradata_columns, paradata_rows
from pipelines.readers.cells.person_texts import columns_of_people, dyad_rows, link_code_rows
from pipelines.readers.cells.repeats import repeats, superseded, winners
from pipelines.readers.cells.resolve import understand_texts
from pipelines.readers.cells.rows import read_rows, responses, rows_of
from pipelines.readers.cells.scan import read_cells
from pipelines.readers.cells.scanned import ReceiveContext, ScannedFile, union
from pipelines.readers.cells.texts import is_list, is_opt_out, literal
from pipelines.readers.opening import OpenedExport
from pipelines.readers.plan import PlannedColumn, ReadingError, ReadingPlan
from pipelines.receive.counting import count_cells
from pipelines.receive.scanning import SETTINGS, FilledCells, OtherCountError, Scan, bytes_to_scan, scan
from pipelines.store import Query

LEAST_MEGABYTES = 700
MEGABYTES_TO_SCAN_ABREAST = 16
_NULLABLE = {
    pa.bool_(): pd.BooleanDtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.float64(): pd.Float64Dtype(),
}
_OF_A_RESPONSE = (
    "response_id", "wave", "source", "respondent_group", "organisation_id", "respondent_key", "language", "started_at",
    "ended_at", "response_seconds", "is_finished", "is_preview", "platform_disposition", "file_sha256", "row_number",
)  # fmt: skip


class Staging:
    """A private database in which the exports of one wave are read, understood and audited before anything is stored.

    Attributes:
        files: The exports that were read, those that count less first.
    """

    def __init__(self, folder: Path) -> None:
        """Open an empty database.

        Args:
            folder: Takes what memory cannot hold; whoever made it removes it.
        """
        self.files: list[ScannedFile] = []
        self._megabytes = 0
        self._connection = duckdb.connect(":memory:", config=dict(SETTINGS))
        self._connection.execute(f"SET TimeZone = 'UTC'; SET temp_directory = {literal(str(folder / 'spill'))}")

    def __enter__(self) -> Self:
        """Return the database."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the database; nothing of it stays."""
        self._connection.close()

    def rows(self, query: str) -> Query:
        """Return a query as rows that can be stored while the database is open."""
        return Query(query, self._connection)

    def fetch(self, query: str) -> pd.DataFrame:
        """Return the rows of a query, in types that know missing values."""
        return self._connection.sql(query).to_arrow_table().to_pandas(types_mapper=_NULLABLE.get)

    def count(self, query: str) -> int:
        """Return the only number of a query, or the rows that a statement changed."""
        return int(self._connection.execute(query).fetchall()[0][0])

    def create(self, name: str, content: str | pd.DataFrame | pa.Table) -> None:
        """Make a table from a query or from rows."""
        if isinstance(content, str):
            self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS {content}")
            return
        rows = pa.Table.from_pandas(content, preserve_index=False) if isinstance(content, pd.DataFrame) else content
        self._connection.register("content", rows)
        self._connection.execute(f"CREATE OR REPLACE TABLE {name} AS FROM content")
        self._connection.unregister("content")

    def add(
        self,
        export: OpenedExport,
        plan: ReadingPlan,
        context: ReceiveContext,
        filled: FilledCells | None = None,
    ) -> None:
        """Read an export; one that is added later counts over the ones before.

        Args:
            export: The opened file.
            plan: How to read it.
            context: Whose it is.
            filled: What lies in the file, as ``count_filled_cells`` found it; counted now by default.

        Raises:
            ReadingError: When the file cannot be cut into cells.
        """
        file_name = context.file_name or export.head.file_name
        context = replace(context, file_name=file_name)
        _refuse_what_is_not_there(plan, context)
        self._give_memory(len(plan.columns), bytes_to_scan(export))
        file = scan(self._connection, export, plan, file_name, partial(_scanned, context, len(self.files), filled))
        self._give_memory(len(plan.columns))
        self.files.append(self._resolved(file))
        self._add_rows(self.files[-1])

    def settle(self, item_numbers: Mapping[str, int], *, set_missing: bool = False) -> None:
        """Decide which export a response is taken from, find what is missing, and audit every cell.

        Afterwards the tables ``missing_numbers``, ``gaps_<n>``, ``rejects`` and ``conservation`` are there.

        Args:
            item_numbers: Item → its number.
            set_missing: Whether answers that their item does not allow become missing.

        Raises:
            ReadingError: When no file has any answer, or the audit finds a cell unaccounted for.
        """
        filled = (f"SELECT count(*) FROM {file.cells} WHERE NOT is_blank" for file in self.files)  # noqa: S608 - ours
        if not any(map(self.count, filled)):
            message = "the file has headers but no answers; export it again or take it out of exports/"
            raise ReadingError(self.files[0].context.file_name, message)
        self._supersede()
        if set_missing:
            self.files = [self._with_invalid_set_aside(file) for file in self.files]
        names = pd.DataFrame({"item": list(item_numbers), "item_no": list(item_numbers.values())})
        self.create("item_numbers", names.astype({"item": "str", "item_no": "uint16"}))
        accounted: list[pd.DataFrame] = []
        for file in self.files:
            self.create(f"gaps_{file.number}", results.gaps(file, item_numbers))
            counts = count_cells(self._connection, file)
            accounted.append(account(file, counts))
            audit(file, counts, accounted[-1])
        self.create("conservation", pd.concat(accounted, ignore_index=True))
        self.create("rejects", union([f"FROM ({results.rejects(file)})" for file in self.files]))

    def relation(self, name: str, more: Sequence[str] = ()) -> str:
        """Return the query of one of the relations that are to be stored.

        Args:
            name: ``responses`` (without disposition), ``answers``, ``missing``, ``open_answers``, ``repeats``,
                ``paradata``, ``link_codes``, ``dyads``, ``rejects`` or ``conservation``.
            more: Further columns of the rows, for ``answers``.
        """
        if name in ("rejects", "conservation"):
            return f"SELECT * FROM {name}"  # noqa: S608 - name is ours
        if name == "responses":
            return union([responses(file, _OF_A_RESPONSE) for file in self.files])
        if name == "answers":
            return union([results.answers(file, more) for file in self.files])
        if name == "missing":
            return union([self._missing(file) for file in self.files])
        return union([each for file in self.files for each in _MAKERS[name](file)]) or EMPTY[name]

    def gaps(self, items: Sequence[str]) -> str:
        """Return the query of the gaps of some items in all kept rows: file, place, reason."""
        names, listed = ", ".join(map(literal, REASONS)), ", ".join(map(literal, items))
        return union(
            [
                f"SELECT {file.number} AS file, place, [{names}][reason_no + 1] AS reason FROM gaps_{file.number} "  # noqa: S608
                f"JOIN item_numbers USING (item_no) WHERE item IN ({listed})"
                for file in self.files
            ]
        )

    def _give_memory(self, n_columns: int, n_bytes: int | None = None) -> None:
        """Limit the memory to what the widest export needs; the rest of a long one goes to the folder.

        DuckDB scans on one processor unless it might take far more than it does. Where what is scanned has room within
        the limit anyway, it is told that it might.
        """
        self._megabytes = limit = max(self._megabytes, LEAST_MEGABYTES + n_columns)
        if n_bytes is not None and n_bytes * 2 < limit * 1_000_000:
            limit += MEGABYTES_TO_SCAN_ABREAST * n_columns
        has = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
        self._connection.execute(f"SET memory_limit = '{min(limit, has * 8 // 10)}MB'")

    def _missing(self, file: ScannedFile) -> str:
        names = ", ".join(map(literal, REASONS))
        return (
            f"SELECT rows.response_id, rows.wave, item_numbers.item, [{names}][reason_no + 1] AS reason "  # noqa: S608
            f"FROM gaps_{file.number} AS gaps JOIN {file.rows} AS rows USING (place) JOIN item_numbers USING (item_no)"
        )

    def _resolved(self, file: ScannedFile) -> ScannedFile:
        """Look at every different text that the scan set aside, once, and put its meaning in its cells."""
        left = f"left_{file.number}"
        unnested = f"SELECT rowid AS place, unnest(left_over) AS cell FROM {file.cells} WHERE left_over IS NOT NULL"  # noqa: S608
        self.create(left, f"SELECT place, cell.position AS position, cell.text AS text FROM ({unnested})")  # noqa: S608
        texts = f"SELECT position, text, count(*) AS n FROM {left} GROUP BY ALL ORDER BY ALL"  # noqa: S608 - name is ours
        meanings = understand_texts(file.plan, self._connection.execute(texts).fetchall())
        if meanings.columns:
            self.create("meanings", meanings.rows)
            resolved = f"SELECT * FROM {left} JOIN meanings USING (position, text) WHERE meanings.text IS NOT NULL"  # noqa: S608
            self.create("resolved", resolved)
            for statement in meanings.updates(file.cells, "resolved"):
                self._connection.execute(statement)
        broken = {*meanings.may_be_broken, *(each.position for each in file.columns_of_items if is_opt_out(each))}
        for column in file.columns_of_items:
            if is_list(column):
                broken |= self._with_picks(file, column)
        return replace(file, n_blank_texts=meanings.n_blank, may_be_broken=frozenset(broken))

    def _with_picks(self, file: ScannedFile, column: PlannedColumn) -> frozenset[int]:
        """Look at every different list of options once; return the position where some text breaks a rule."""
        cell = f"v{column.position}"
        texts = f"SELECT DISTINCT {column.position}, {cell}, 1 FROM {file.cells} WHERE {cell} IS NOT NULL"  # noqa: S608
        picks = understand_texts(file.plan, self._connection.execute(texts).fetchall())
        self.create(file.picks(column), picks.rows)
        return picks.may_be_broken

    def _add_rows(self, file: ScannedFile) -> None:
        numbers, zone = None, f"zone_{file.number}"
        if file.odd:
            numbers = f"numbers_{file.number}"
            rows = range(file.plan.header_rows + 1, file.plan.header_rows + 1 + file.n_records + len(file.odd))
            regular = [row for row in rows if row not in file.odd]
            self.create(file.odd_rows, pd.DataFrame({"row_number": list(file.odd), "rule": list(file.odd.values())}))
            self.create(numbers, pd.DataFrame({"place": range(len(regular)), "row_number": regular}))
        if needs_zone(file.plan):
            minutes = self.fetch(minutes_to_move(file.plan, file.cells))["minute"].astype("datetime64[us]")
            self.create(zone, moved_minutes(minutes, file.plan.time_zone))
        self.create(file.changing_rows, read_rows(file, numbers, zone))
        self._connection.execute(f"CREATE VIEW {file.rows} AS {rows_of(file)}")

    def _supersede(self) -> None:
        by_source: dict[str, list[ScannedFile]] = {}
        for file in self.files:
            by_source.setdefault(file.context.source_name, []).append(file)
        for files in by_source.values():
            if len(files) > 1:
                self.create("winners", winners(files))
                for file in files:
                    self._connection.execute(superseded(file, "winners"))

    def _with_invalid_set_aside(self, file: ScannedFile) -> ScannedFile:
        broken = set(file.may_be_broken)
        for position, statement in results.invalid_set_aside(file):
            if self.count(statement):
                broken.add(position)
        return replace(file, may_be_broken=frozenset(broken))


_MAKERS = {
    "open_answers": results.open_answers,
    "repeats": repeats,
    "paradata": paradata_rows,
    "link_codes": link_code_rows,
    "dyads": dyad_rows,
}


def _scanned(
    context: ReceiveContext, number: int, filled: FilledCells | None, scanned: Scan, plan: ReadingPlan
) -> ScannedFile:
    filled = scanned.count_filled(plan) if filled is None else filled
    file = ScannedFile(number, plan, context, scanned.records.odd, scanned.records.n_rows, filled.by_position)
    keys = scanned_keys(plan)
    further = {*paradata_columns(plan, context.quality_columns), *columns_of_people(plan)}
    query = read_cells(plan, scanned.table, keys, context.source.only, sorted(further), filled.digits)
    scanned.connection.execute(f"CREATE OR REPLACE TABLE {file.cells} AS {query}")
    n_read = scanned.connection.execute(f"SELECT count(*) FROM {file.cells}").fetchall()[0][0]  # noqa: S608 - name is ours
    if n_read != scanned.records.n_rows:
        raise OtherCountError
    return file


def _refuse_what_is_not_there(plan: ReadingPlan, context: ReceiveContext) -> None:
    if context.source.repeats_of and "response_id" not in plan.keys:
        message = (
            f"the rows repeat responses of {context.source.repeats_of}, but it is not known which; name the column "
            "with the id of the response in identifiers.response_id"
        )
        raise ReadingError(context.file_name, message)
    names = [column.name for column in plan.columns]
    for column in context.source.only:
        if column not in names:
            message = f"only names '{column}', but there is no such column{closest(column, names)}"
            raise ReadingError(context.file_name, message)
