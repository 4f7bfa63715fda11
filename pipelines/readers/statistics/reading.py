"""An SPSS (``.sav``, ``.zsav``, ``.por``) or Stata (``.dta``) file → text cells of codes, and the structure it states.

Values stay codes; labels, missing values and multiple response sets go into the structure. Nothing the file declares
missing is emptied. Put here how a file is read block by block; what a variable is, is in ``statistics_variables``, and
the process of its own in which this runs in ``statistics_process``.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyreadstat
from pyreadstat import PyreadstatError, ReadstatError

from pipelines.readers.files.opener import start_of
from pipelines.readers.files.sheet_cells import HEAD_ROWS
from pipelines.readers.plan import Head, ReadingError
from pipelines.readers.statistics.structure import MultipleResponse, Seen, structure_of
from pipelines.readers.statistics.variables import Variable, number_text, variables_of
from pipelines.readers.statistics.weight import weight_position

_CELLS_OF_A_BLOCK = 2_000_000
_LEAST_ROWS_OF_A_BLOCK = 1_000
_SPSS, _PORTABLE, _PORTABLE_PLACE = (b"$FL2", b"$FL3"), b"SPSSPORT", slice(400, 520)
_STATA_SINCE_13, _STATA_RELEASES = b"<stata_dta>", range(102, 116)
_FAILURES = (PyreadstatError, ReadstatError, ArithmeticError, LookupError, TypeError, UnicodeError, ValueError)
_PORTABLE_LOSES = (
    "values that a portable file declares missing are read as blank; save the file as .sav to keep why they are missing"
)


def is_statistics_file(start: bytes) -> bool:
    """Say from its first 4,096 bytes whether a file is one of SPSS or Stata."""
    return _kind_of(start) is not None


def read_statistics_file(path: Path, name: str, encoding: str) -> tuple[Head, pa.Table]:
    """Read a file.

    Args:
        path: The file.
        name: Its name for messages.
        encoding: Of its texts; empty for the one it states.

    Returns:
        Its head with its structure, and all rows as text cells, the names of the variables first.

    Raises:
        ReadingError: When it is damaged, or its texts are not in the encoding it states.
    """
    kind = _kind_of(start_of(path))
    if kind is None:
        raise ReadingError(name, "expected an SPSS or Stata file, found another format; export it again")
    return _read(_File(path, name, kind, encoding))


@dataclass(frozen=True)
class _Kind:
    """A kind of file: the platform, and how pyreadstat reads it."""

    platform: str
    read: Callable[..., tuple[Any, Any]]
    keeps_missing: bool = True


@dataclass(frozen=True)
class _File:
    """One file on its way to cells."""

    path: Path
    name: str
    kind: _Kind
    encoding: str

    def read(self, **settings: object) -> tuple[Any, Any]:
        """Read rows, or the metadata alone, with every failure of the library as a refusal."""
        if self.kind.keeps_missing:
            settings["user_missing"] = True
        if self.encoding:
            settings["encoding"] = self.encoding
        try:
            return self.kind.read(str(self.path), output_format="dict", disable_datetime_conversion=True, **settings)
        except _FAILURES as error:
            reason = f"the file is damaged, or its texts are not in the encoding it states ({error})"
            what_to_do = "open it and save it again, export it as CSV, or give encoding, such as cp1252"
            raise ReadingError(self.name, f"{reason}; {what_to_do}") from error

    def blocks(self, n_columns: int) -> Iterator[dict[str, list[Any]]]:
        """Read the rows in blocks of about the same number of cells."""
        n_rows = max(_LEAST_ROWS_OF_A_BLOCK, _CELLS_OF_A_BLOCK // max(1, n_columns))
        offset = 0
        while True:
            block, _ = self.read(row_offset=offset, row_limit=n_rows)
            n_read = len(next(iter(block.values()), []))
            if n_read:
                yield block
            if n_read < n_rows:
                return
            offset += n_rows


def _kind_of(start: bytes) -> _Kind | None:
    if start.startswith(_SPSS):
        return _Kind("spss", pyreadstat.read_sav)
    if _PORTABLE in start[_PORTABLE_PLACE]:
        return _Kind("spss", pyreadstat.read_por, keeps_missing=False)
    is_old_stata = len(start) > 3 and start[0] in _STATA_RELEASES and start[1] in (1, 2) and start[2:4] == b"\1\0"  # noqa: PLR2004
    if start.startswith(_STATA_SINCE_13) or is_old_stata:
        return _Kind("stata", pyreadstat.read_dta)
    return None


def _read(file: _File) -> tuple[Head, pa.Table]:
    _, metadata = file.read(metadataonly=True)
    names = metadata.column_names
    if not names:
        raise ReadingError(file.name, "expected a table, found a file without variables; export it again")
    if not all(names) or len(set(names)) < len(names):
        raise ReadingError(file.name, "the file is damaged: variables without a name, or of one name; export it again")
    variables = variables_of(metadata)
    seen = {variable.name: Seen() for variable in variables}
    cells = _cells(file, variables, seen)
    structure = structure_of(
        file.kind.platform,
        " ".join((metadata.file_label or "").split()),
        variables,
        seen,
        _sets(metadata, variables),
        _weight(file, variables),
    )
    rows = zip(*(column.fill_null("").to_pylist() for column in cells.slice(0, HEAD_ROWS).columns), strict=True)
    head = Head(
        file_name=file.name,
        encoding=file.encoding or metadata.file_encoding or "",
        delimiter="",
        rows=tuple(rows),
        is_whole=cells.num_rows <= HEAD_ROWS,
        container=file.kind.platform,
        structure=structure,
        warnings=(*structure.warnings, *(() if file.kind.keeps_missing else (_PORTABLE_LOSES,))),
    )
    return head, cells


def _cells(file: _File, variables: Sequence[Variable], seen: dict[str, Seen]) -> pa.Table:
    names = [f"c{position}" for position in range(1, len(variables) + 1)]
    header = pa.table([pa.array([variable.name], pa.string()) for variable in variables], names=names)
    tables = [header]
    for block in file.blocks(len(variables)):
        columns: list[pa.Array] = []
        for variable in variables:
            values = block[variable.name]
            seen[variable.name].look_at(variable, values)
            columns.append(pa.array([variable.text(value) for value in values], pa.string()))
        tables.append(pa.table(columns, names=names))
    return pa.concat_tables(tables)


def _sets(metadata: Any, variables: Sequence[Variable]) -> list[MultipleResponse]:  # noqa: ANN401 - pyreadstat's
    """Return the multiple response sets; a set that names a variable the file does not have is left out."""
    known = {variable.name.lower(): variable.name for variable in variables}
    found: list[MultipleResponse] = []
    for name, each in (metadata.mr_sets or {}).items():
        members = tuple(known[member.lower()] for member in each["variable_list"] if member.lower() in known)
        counted = each["counted_value"] if each["is_dichotomy"] else ""
        text = counted if isinstance(counted, str) else number_text(float(counted))
        found.append(MultipleResponse(name, " ".join((each["label"] or "").split()), text, members))
    return found


def _weight(file: _File, variables: Sequence[Variable]) -> str:
    """Return the variable by which the file weights."""
    if file.kind.read is not pyreadstat.read_sav:
        return ""
    try:
        position = weight_position(file.path, [variable.width for variable in variables])
    except struct.error as error:
        raise ReadingError(file.name, "the file is damaged; open it and save it again, or export it as CSV") from error
    return "" if position is None else variables[position].name
