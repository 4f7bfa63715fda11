"""A survey archive of LimeSurvey: how it is told from other zip files, and what each of its members is.

By content alone: members may have any name.
"""

import re
import zlib

from pipelines.readers.limesurvey.xml import START

_LOCAL_HEADER = b"PK\x03\x04"
_HEADER_BYTES = 30
_DEFLATED = 8
_KIND = re.compile(rb"<LimeSurveyDocType>\s*([A-Za-z ]{1,40}?)\s*</LimeSurveyDocType>")


def kind_of(start: bytes) -> str:
    """Return the document type from the first bytes of an XML file of LimeSurvey; empty when it is none."""
    found = _KIND.search(start[:4_096])
    return found.group(1).decode("ascii") if found else ""


def is_archive(start: bytes) -> bool:
    """Say from the first 4,096 bytes whether the first member of a zip file is an XML file of LimeSurvey."""
    if not start.startswith(_LOCAL_HEADER) or len(start) < _HEADER_BYTES:
        return False
    method = int.from_bytes(start[8:10], "little")
    skipped = _HEADER_BYTES + int.from_bytes(start[26:28], "little") + int.from_bytes(start[28:30], "little")
    packed = start[skipped:]
    if method != _DEFLATED:
        return START in packed
    try:
        return START in zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, 4_096)
    except zlib.error:
        return False
