"""Office files → the same bytes for the same content: no time of writing, entries in one order."""

import io
import zipfile
from xml.sax.saxutils import escape

_ALWAYS = (1980, 1, 1, 0, 0, 0)


def repacked(content: bytes, fixed: dict[str, bytes]) -> bytes:
    """Write a zip archive anew without times.

    Args:
        content: The archive.
        fixed: Entry → what it is to hold instead.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as anew:
        for name in archive.namelist():
            entry = zipfile.ZipInfo(name, _ALWAYS)
            entry.compress_type = zipfile.ZIP_DEFLATED
            anew.writestr(entry, fixed.get(name, archive.read(name)))
    return out.getvalue()


def core_properties(title: str, language: str) -> bytes:
    """Write the properties of an Office file: title and language, nobody's name, no time."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{escape(title)}</dc:title><dc:language>{escape(language)}</dc:language></cp:coreProperties>"
    ).encode()
