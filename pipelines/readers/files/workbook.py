"""A workbook (XLSX, XLS, XLSB, ODS) → text cells of one sheet, as they would stand in a CSV file.

Put here how a workbook is opened safely and which of its sheets is read; how a cell becomes text is in
``sheet_cells``, what an ``.xlsx`` file must be searched for in ``sheet_scan``.
"""

from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import python_calamine as calamine

from pipelines.readers.files.binary_sheet_scan import binary_parts_of_sheets, scan_binary_sheet
from pipelines.readers.files.opener import OpenedExport, Settings
from pipelines.readers.files.sheet_bundle import SheetBundle, bundle_of, definition_of, side_by_side
from pipelines.readers.files.sheet_cells import HEAD_ROWS, Grid
from pipelines.readers.files.sheet_scan import SheetScan, parts_of_sheets, scan_sheet
from pipelines.readers.files.zip_members import Members, opened_zip
from pipelines.readers.plan import Head, ReadingError

MOST_CELLS = 50_000_000
_OLD_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = ("xl/vbaProject.bin", "Basic/")
_OLD_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
_ROWS_TO_TELL_A_TABLE = 50

Sheet = calamine.CalamineSheet
"""A sheet as the library loads it."""


class OldWorkbookOpener:
    """Opener of workbooks that are no zip files: XLS, and workbooks with a password."""

    def opens(self, start: bytes) -> bool:
        """Say whether the file is an old Office file."""
        return start.startswith(_OLD_SIGNATURE)

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read one sheet; see ``open_workbook``."""
        return open_workbook(path, settings, folder)


def is_office_file(names: set[str]) -> bool:
    """Say from the names of a zip file's members whether it is a workbook or another Office document."""
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def open_workbook(path: Path, settings: Settings, folder: Path) -> OpenedExport:
    """Read one sheet of a workbook.

    Args:
        path: The file.
        settings: Its sheet, or none for the first visible one that holds a table.
        folder: Private folder, passed on.

    Returns:
        Its cells; blank rows and columns around the table are cut off.

    Raises:
        ReadingError: When the file is damaged, protected, holds macros, is too large, or has no such sheet.
    """
    name = settings.file_name or path.name
    scans = _scans(path, name)
    with Guard(name), calamine.load_workbook(path) as book:
        bundle = None if settings.sheet else bundle_of(book.sheet_names)
        if bundle is not None:
            head, cells = _bundled(book, bundle, name, scans)
            return OpenedExport(head, path, folder, cells)
        chosen, warnings = _choose(book, settings.sheet, name, scans)
        cells, rows, about = _read(book, chosen, name, scans)
    head = Head(
        file_name=name,
        encoding="",
        delimiter="",
        rows=rows,
        is_whole=cells.num_rows <= HEAD_ROWS,
        container="workbook",
        warnings=(*warnings, *about),
    )
    return OpenedExport(head, path, folder, cells)


def _read(
    book: calamine.CalamineWorkbook, chosen: str, name: str, scans: Mapping[str, SheetScan]
) -> tuple[pa.Table, tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Return all cells of a sheet, its first rows and what is to be told of it."""
    sheet = _loaded(book, chosen, name, scans)
    grid = Grid(sheet.start[1] if sheet.start else 0, scans[chosen].marks if scans else {})
    cells, rows = grid.read(sheet.iter_rows(), name)
    return cells, rows, grid.warnings()


def _bundled(
    book: calamine.CalamineWorkbook, bundle: SheetBundle, name: str, scans: Mapping[str, SheetScan]
) -> tuple[Head, pa.Table]:
    """Read the sheets of a bundle: the answers as one table, the others as the structure."""
    parts = [_read(book, each, name, scans) for each in bundle.data]
    cells = side_by_side([part[0] for part in parts], name)
    rows = zip(*(column.slice(0, HEAD_ROWS).fill_null("").to_pylist() for column in cells.columns), strict=True)
    definition = {
        each: _read(book, each, name, scans)[0]
        for each in bundle.definition
        if _likeness_of_table(_loaded(book, each, name, scans))
    }
    head = Head(
        file_name=name,
        encoding="",
        delimiter="",
        rows=tuple(rows),
        is_whole=cells.num_rows <= HEAD_ROWS,
        container="workbook",
        structure=definition_of(definition),
        warnings=tuple(warning for part in parts for warning in part[2]),
    )
    return head, cells


class Guard:
    """Turns whatever the library raises, down to its own panics, into a refusal."""

    def __init__(self, file_name: str) -> None:
        self.file_name = file_name

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None or not (issubclass(kind, calamine.CalamineError) or kind.__name__ == "PanicException"):
            return
        if issubclass(kind, calamine.PasswordError):
            message = "the workbook is protected with a password; open it, take the password off and save it again"
            raise ReadingError(self.file_name, message) from error
        if "limit exceeded" in str(error):
            raise _too_many_cells(self.file_name) from error
        message = "the workbook is damaged or of an unknown kind; open it, save it again as .xlsx or as CSV (UTF-8)"
        raise ReadingError(self.file_name, message) from error


def _scans(path: Path, name: str) -> Mapping[str, SheetScan]:
    """Look for macros, and over every sheet of XLSX and XLSB files; of other kinds nothing is known before loading."""
    with path.open("rb") as file:
        is_old = file.read(len(_OLD_SIGNATURE)) == _OLD_SIGNATURE
    if is_old:
        if _OLD_MACROS in path.read_bytes():
            raise _has_macros(name)
        return {}
    with opened_zip(path, name) as members:
        names = members.names()
        if any(each.startswith(_MACROS) for each in names):
            raise _has_macros(name)
        if "content.xml" not in names and not any(each.startswith("xl/") for each in names):
            message = "expected a workbook, found another Office document; save its table as CSV (UTF-8)"
            raise ReadingError(name, message)
        parts, scan = _parts(members)
        for info in members.files:
            if info.filename not in parts.values():
                deque(members.chunks(info), maxlen=0)
        return {sheet: scan(members, part) for sheet, part in parts.items()}


def _parts(members: Members) -> tuple[Mapping[str, str], Callable[[Members, str], SheetScan]]:
    """Return the parts that hold sheets, and how they are looked over."""
    if "xl/workbook.xml" in members.names():
        return parts_of_sheets(members), scan_sheet
    if "xl/workbook.bin" in members.names():
        return binary_parts_of_sheets(members), scan_binary_sheet
    return {}, scan_sheet


def _choose(
    book: calamine.CalamineWorkbook, wanted: str, name: str, scans: Mapping[str, SheetScan]
) -> tuple[str, tuple[str, ...]]:
    """Choose the sheet, and say when others hold tables too."""
    sheets = [each for each in book.sheets_metadata if each.typ == calamine.SheetTypeEnum.WorkSheet]
    listed = ", ".join(each.name for each in sheets)
    if wanted:
        if wanted not in [each.name for each in sheets]:
            raise ReadingError(name, f"there is no sheet '{wanted}'; the workbook has: {listed}")
        return wanted, ()
    visible = [each.name for each in sheets if each.visible == calamine.SheetVisibleEnum.Visible]
    likeness = {each: _likeness_of_table(_loaded(book, each, name, scans)) for each in visible}
    filled = [each for each in visible if likeness[each]]
    if not filled:
        raise ReadingError(name, f"expected a table, found no filled cells in the sheets {listed}; export it again")
    chosen = max(filled, key=lambda each: likeness[each])
    others = ", ".join(each for each in filled if each != chosen)
    warning = f"the sheet '{chosen}' is read; these hold something too: {others}; give sheet to read another"
    return chosen, (warning,) if others else ()


def _loaded(book: calamine.CalamineWorkbook, sheet: str, name: str, scans: Mapping[str, SheetScan]) -> Sheet:
    """Load a sheet after its size was checked, where that is known before."""
    scan = scans.get(sheet, SheetScan())
    if scan.n_rows * scan.n_columns > MOST_CELLS:
        raise _too_many_cells(name)
    loaded = book.get_sheet_by_name(sheet)
    if loaded.height * loaded.width > MOST_CELLS:
        raise _too_many_cells(name)
    return loaded


def _likeness_of_table(sheet: Sheet) -> int:
    """Return 0 for an empty sheet, 1 for a single row, 2 for a single column, 3 for rows of several cells."""
    rows = sheet.to_python(nrows=_ROWS_TO_TELL_A_TABLE)
    widths = sorted((sum(cell != "" for cell in row) for row in rows), reverse=True)
    filled = [width for width in widths if width]
    return min(3, 1 + filled[1]) if len(filled) > 1 else len(filled)


def _has_macros(name: str) -> ReadingError:
    return ReadingError(name, "the workbook holds macros, as no export does; save it as .xlsx without macros")


def _too_many_cells(name: str) -> ReadingError:
    return ReadingError(
        name,
        f"the sheet spans more than {MOST_CELLS // 1_000_000} million cells; delete what lies far outside the table, "
        "or save the sheet as CSV (UTF-8)",
    )
