"""Writers of small workbooks, part by part, for what the usual libraries do not write."""

import datetime as dt
import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
WORKBOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="Answers" sheetId="1" r:id="rId1"/></sheets>'
    "</workbook>"
)
XLSB_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def write_xlsx_parts(path: Path, sheet_data: str, workbook: str = WORKBOOK) -> Path:
    """Write a workbook whose only sheet holds the given XML."""
    parts = {
        "[Content_Types].xml": _types("xml"),
        "_rels/.rels": _relations(f"{RELATIONS}/officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": _relations(f"{RELATIONS}/worksheet", "worksheets/sheet1.xml"),
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{sheet_data}</sheetData></worksheet>',
    }
    return _write(path, parts)


def write_xlsb(path: Path, cells: Mapping[tuple[int, int], str | float | bool]) -> Path:
    """Write a binary workbook (MS-XLSB); a text that is an error of spreadsheets becomes that error."""
    name = _wide("Answers")
    sheet = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + name)
    parts = {
        "[Content_Types].xml": _types("bin"),
        "_rels/.rels": _relations(f"{RELATIONS}/officeDocument", "xl/workbook.bin"),
        "xl/workbook.bin": _record(131) + _record(143) + sheet + _record(144) + _record(132),
        "xl/_rels/workbook.bin.rels": _relations(f"{RELATIONS}/worksheet", "worksheets/sheet1.bin"),
        "xl/worksheets/sheet1.bin": _binary_sheet(cells),
    }
    return _write(path, parts)


def write_ods(path: Path, rows: Sequence[Sequence[object]], repeat_last: int = 1) -> Path:
    """Write an OpenDocument table whose last row is repeated."""
    body = "".join(
        f'<table:table-row table:number-rows-repeated="{repeat_last if row is rows[-1] else 1}">'
        + "".join(map(_ods_cell, row))
        + "</table:table-row>"
        for row in rows
    )
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    parts = {
        "mimetype": kind,
        "content.xml": f"<office:document-content{spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Answers">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{manifest}"><manifest:file-entry '
        f'manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
    }
    return _write(path, parts)


def _write(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _types(extension: str) -> str:
    kind = "application/vnd.ms-excel.sheet.binary.macroEnabled.main" if extension == "bin" else "application/xml"
    return (
        f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="{PACKAGE}"/>'
        f'<Default Extension="{extension}" ContentType="{kind}"/></Types>'
    )


def _relations(kind: str, target: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{kind}" Target="{target}"/></Relationships>'


def _ods_cell(value: object) -> str:
    if isinstance(value, bool):
        kind = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, float):
        kind = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, dt.date):
        kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"


def _binary_sheet(cells: Mapping[tuple[int, int], str | float | bool]) -> bytes:
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    extent = struct.pack("<IIII", min(rows), max(rows), min(columns), max(columns))
    body = _record(129) + _record(148, extent) + _record(145)
    for number in sorted(set(rows)):
        body += _record(0, struct.pack("<IIHBBI", number, 0, 300, 0, 0, 0))
        for (row, column), value in sorted(cells.items()):
            if row == number:
                body += _binary_cell(column, value)
    return body + _record(146) + _record(130)


def _binary_cell(column: int, value: str | float | bool) -> bytes:
    start = struct.pack("<II", column, 0)
    if isinstance(value, bool):
        return _record(4, start + bytes([value]))
    if isinstance(value, float):
        return _record(5, start + struct.pack("<d", value))
    if value in XLSB_ERRORS:
        return _record(3, start + bytes([XLSB_ERRORS[value]]))
    return _record(6, start + _wide(value))


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _record(kind: int, content: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    length = bytearray()
    while True:
        length.append(size & 0x7F | (0x80 if size > 127 else 0))
        size >>= 7
        if not size:
            return head + bytes(length) + content


def write_xls(path: Path, cells: Mapping[tuple[int, int], str | float | bool]) -> Path:
    """Write an old workbook (MS-XLS, BIFF8) in a compound file; a text that is an error becomes that error."""
    start = _biff(0x809, struct.pack("<HHHHII", 0x600, 0x5, 0, 1997, 0, 0x600))
    name = struct.pack("<BB", 7, 0) + b"Answers"
    place = len(start) + 4 + 6 + len(name) + 4
    book = start + _biff(0x85, struct.pack("<IBB", place, 0, 0) + name) + _biff(0x0A)
    rows, columns = [row for row, _ in cells], [column for _, column in cells]
    sheet = _biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 1997, 0, 0x600))
    sheet += _biff(0x200, struct.pack("<IIHHH", 0, max(rows) + 1, 0, max(columns) + 1, 0))
    sheet += b"".join(_biff_cell(row, column, value) for (row, column), value in sorted(cells.items())) + _biff(0x0A)
    return write_compound_file(path, {"Workbook": book + sheet})


def write_compound_file(path: Path, streams: Mapping[str, bytes]) -> Path:
    """Write a compound file (MS-CFB, version 3) with streams in its root, each filled up to 4,096 bytes."""
    filled = {name: content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0") for name, content in streams.items()}
    n_directory = -(-(len(filled) + 1) // 4)
    sectors: list[int] = [0xFFFFFFFD, *range(2, n_directory + 1), 0xFFFFFFFE]
    entries = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)]
    for number, (name, content) in enumerate(filled.items(), start=1):
        first = len(sectors)
        sectors += [*range(first + 1, first + len(content) // 512), 0xFFFFFFFE]
        following = number + 1 if number < len(filled) else 0xFFFFFFFF
        entries.append(_entry(name, 2, first, len(content), following=following))
    directory = b"".join(entries).ljust(512 * n_directory, b"\0")
    fat = struct.pack("<128I", *sectors, *[0xFFFFFFFF] * (128 - len(sectors)))
    sizes = struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    places = struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + sizes + places
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    path.write_bytes(header + fat + directory + b"".join(filled.values()))
    return path


def _entry(name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF, following: int = 0xFFFFFFFF) -> bytes:
    wide = name.encode("utf-16-le") + b"\0\0"
    about = struct.pack("<HBBIII", len(wide), kind, 1, 0xFFFFFFFF, following, child)
    return wide.ljust(64, b"\0") + about + bytes(36) + struct.pack("<IQ", first, size)


def _biff_cell(row: int, column: int, value: str | float | bool) -> bytes:
    start = struct.pack("<HHH", row, column, 0)
    if isinstance(value, bool):
        return _biff(0x205, start + bytes([value, 0]))
    if isinstance(value, float):
        return _biff(0x203, start + struct.pack("<d", value))
    if value in XLSB_ERRORS:
        return _biff(0x205, start + bytes([XLSB_ERRORS[value], 1]))
    return _biff(0x204, start + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))


def _biff(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content
