"""Tables of what arrived: files, their columns, the audit that no cell was lost. No answers."""

from pipelines.tables.base import MOMENT, TEXT, TRUTH, WHOLE, ColumnOf, Table

FILES = Table(
    name="raw.files",
    grain="One row an accepted file, for each source it serves",
    key=("file_sha256", "source"),
    columns={
        "file_sha256": ColumnOf(TEXT, "SHA-256 of the bytes; the file is kept under this name in warehouse/raw/"),
        "file_name": ColumnOf(TEXT, "Name it arrived with"),
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "platform": ColumnOf(TEXT, "Survey platform that wrote it"),
        "layout": ColumnOf(TEXT, "Layout of the platform"),
        "wave": ColumnOf(TEXT, "Wave"),
        "n_rows": ColumnOf(WHOLE, "Rows below the headers", least=0),
        "n_columns": ColumnOf(WHOLE, "Columns", least=1),
        "received_at": ColumnOf(MOMENT, "When it was first accepted"),
    },
)

KEPT_FILES = Table(
    name="raw.kept_files",
    grain="One row a file in warehouse/raw/ and source it was accepted for, whether or not it still counts",
    key=("file_sha256", "source"),
    columns={
        "file_sha256": ColumnOf(TEXT, "File"),
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "file_name": ColumnOf(TEXT, "Name it arrived with"),
    },
)

COLUMNS = Table(
    name="raw.columns",
    grain="One row a column of a file",
    key=("file_sha256", "source", "position"),
    columns={
        "file_sha256": ColumnOf(TEXT, "File"),
        "wave": ColumnOf(TEXT, "Wave"),
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "position": ColumnOf(WHOLE, "Position from 1", least=1),
        "name": ColumnOf(TEXT, "Header, made unique"),
        "source_id": ColumnOf(TEXT, "The platform's id of the question"),
        "n_filled": ColumnOf(WHOLE, "Cells that are not empty, in rows of the right width", least=0),
        "is_digits": ColumnOf(TRUTH, "Whether these cells are one digit each"),
        "role": ColumnOf(TEXT, "What kind of column it is"),
        "item": ColumnOf(
            TEXT, "Item of the instrument; missing when the column is not read into core", may_be_missing=True
        ),
        "question_text": ColumnOf(TEXT, "Question as the export words it"),
        "response_scale": ColumnOf(TEXT, "Response scale of the item", may_be_missing=True),
        "options": ColumnOf(
            TEXT,
            "Answer options as the survey's definition has them, JSON: code → label; empty without one",
        ),
    },
)

CONSERVATION = Table(
    name="raw.conservation",
    grain="One row a column of a file: where every cell went",
    key=("file_sha256", "source", "position"),
    columns={
        "file_sha256": ColumnOf(TEXT, "File"),
        "wave": ColumnOf(TEXT, "Wave"),
        "source": ColumnOf(TEXT, "Source in study.yaml"),
        "position": ColumnOf(WHOLE, "Position from 1", least=1),
        "n_cells": ColumnOf(WHOLE, "Cells below the headers", least=0),
        "n_answered": ColumnOf(WHOLE, "Cells that became an answer, a key or a time", least=0),
        "n_missing": ColumnOf(WHOLE, "Cells that became a missing reason", least=0),
        "n_rejected": ColumnOf(WHOLE, "Cells listed in core.rejects", least=0),
        "n_superseded": ColumnOf(WHOLE, "Cells of rows whose response counts in another export", least=0),
        "n_kept_raw": ColumnOf(WHOLE, "Cells of columns that no instrument asks for, kept in the file", least=0),
    },
)

CHECKS = Table(
    name="raw.checks",
    grain="One row a blocking check and wave: its last result",
    key=("check_name", "wave"),
    columns={
        "check_name": ColumnOf(TEXT, "Check"),
        "wave": ColumnOf(TEXT, "Wave"),
        "passed": ColumnOf(TRUTH, "Whether it passed"),
        "n_failures": ColumnOf(WHOLE, "Failures found", least=0),
        "checked_at": ColumnOf(MOMENT, "When"),
    },
)

FAILURES = Table(
    name="raw.failures",
    grain="One row a failure that the last validation of a wave found",
    key=(),
    columns={
        "wave": ColumnOf(TEXT, "Wave"),
        "table_name": ColumnOf(TEXT, "Table that was validated"),
        "column_name": ColumnOf(TEXT, "Column", may_be_missing=True),
        "rule": ColumnOf(TEXT, "Rule that was broken"),
        "file_sha256": ColumnOf(TEXT, "File", may_be_missing=True),
        "row_number": ColumnOf(WHOLE, "Row of the file, headers counted", may_be_missing=True),
        "response_id": ColumnOf(TEXT, "Response", may_be_missing=True),
    },
)

WRITES = Table(
    name="raw.writes",
    grain="One row a table and slice: what the last write was made from",
    key=("table_name", "slice"),
    columns={
        "table_name": ColumnOf(TEXT, "Table"),
        "slice": ColumnOf(TEXT, "Wave or model that was replaced; empty for the whole table"),
        "input_hash": ColumnOf(TEXT, "Hash of tables read, specs used and code"),
        "content_hash": ColumnOf(TEXT, "Hash of the rows written"),
        "n_rows": ColumnOf(WHOLE, "Rows written", least=0),
        "run_id": ColumnOf(TEXT, "Run that wrote it"),
        "written_at": ColumnOf(MOMENT, "When"),
    },
)

KEYS = Table(
    name="raw.keys",
    grain="One row a purpose of pseudonyms: which key made them",
    key=("purpose",),
    columns={
        "purpose": ColumnOf(TEXT, "What the pseudonyms are for"),
        "fingerprint": ColumnOf(TEXT, "Tells the key from another; the key itself lies outside the warehouse"),
        "created_at": ColumnOf(MOMENT, "When pseudonyms were first made with it"),
    },
)

LAYOUTS = Table(
    name="raw.layouts",
    grain="One row a layout that the tables of the warehouse have had",
    key=("layout",),
    columns={
        "layout": ColumnOf(WHOLE, "The layout, from 1; the largest holds", least=1),
        "since": ColumnOf(MOMENT, "When they were made in it or brought to it"),
        "software_version": ColumnOf(TEXT, "Version of the software that did so"),
    },
)

TABLES = (FILES, KEPT_FILES, COLUMNS, CONSERVATION, CHECKS, FAILURES, WRITES, KEYS, LAYOUTS)
