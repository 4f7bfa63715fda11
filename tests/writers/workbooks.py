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
