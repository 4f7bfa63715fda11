"""Damage to files: bytes flipped, cut, doubled and spliced; cells, lines and JSON values replaced. Drawn by Hypothesis.

Put here what may happen to a file; not which files there are, nor what readers must make of them.
"""

import csv
import io
import json
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

UNREADABLE_ARCHIVE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, OverflowError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What ``zipfile`` raises for an archive that is cut, changed, encrypted or packed in a way it does not know."""

WHOLE = 9_999
TOKENS = (
    b"", b'"', b'""', b",", b";", b"\t", b"|", b"\n", b"\r", b"\r\n", b"\0", b"\x1a", b"\xff", b"\xff\xfe",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", "\u2028".encode(), "\u00b2".encode(), "\u0661".encode(),
    "\u0130".encode(), "\u00a0".encode(), b"\x85", b"-", b"0", b"-1", b"00", b"1e999", b"NaN", b"inf", b"9" * 400,
    b"1_000", b"{", b"[", b"{}", b"[[]]", b"<", b"<a>", b"]]>", b"&", b"&#0;", b"&lt;", b"%s", b"${q}", b"{0}", b"\\",
    b"___", b"/", b"=1+1", b"null", b"a" * 3_000,
)  # fmt: skip
JSON_VALUES: tuple[Any, ...] = (
    None, True, -1, 1e400, 10**400, "", "\u00b2", "\ud800", "a" * 3_000, [], {}, [None], [[]], {"": None}, {"1": []},
)  # fmt: skip


@dataclass(frozen=True)
class Blow:
    """One blow at a file: what is done, where and how far (in parts of 10,000), and with what."""

    kind: int
    place: int
    reach: int
    token: int


BLOWS = st.lists(
    st.builds(
        Blow,
        kind=st.integers(0, 255),
        place=st.integers(0, WHOLE),
        reach=st.integers(0, WHOLE),
        token=st.integers(0, len(TOKENS) - 1),
    ),
    max_size=6,
)


def damaged(content: bytes, form: str, blows: Sequence[Blow], other: bytes) -> bytes:
    """Return a file with blows done to it.

    Args:
        content: The file.
        form: ``delimited`` with the delimiter behind a blank (``delimited ,``), ``json``, ``zip`` or ``bytes``.
        blows: What is done, in turn; one kind in four to bytes, the others as the form allows.
        other: A file whose parts are spliced in.
    """
    for blow in blows:
        in_form = None if blow.kind % 4 == 0 else _in_form(form)
        content = (in_form or _bytes_damaged)(content, blow, other)
    return content


def _in_form(form: str) -> Callable[[bytes, Blow, bytes], bytes] | None:
    kind, _, delimiter = form.partition(" ")
    if kind == "delimited":
        return lambda content, blow, _: _cells_damaged(content, delimiter, blow)
    return {"json": _json_damaged, "zip": _member_damaged, "bytes": _lines_damaged}[kind]


def _bytes_damaged(content: bytes, blow: Blow, other: bytes) -> bytes:
    start = len(content) * blow.place // WHOLE
    end = min(len(content), start + 1 + (len(content) * blow.reach // WHOLE if blow.kind % 3 else blow.reach % 7))
    from_other = other[len(other) * blow.reach // WHOLE :][: 1 + len(content) // 4]
    flipped = bytes(byte ^ 1 << blow.token % 8 for byte in content[start : start + 1])
    done = (
        content[:start] + content[end:],
        content[:start],
        content[:end] + content[start:],
        content[:start] + from_other + content[start:],
        content[:start] + from_other,
        content[:start] + flipped + content[start + 1 :],
        content[:start] + TOKENS[blow.token] + content[start:],
        content[:start] + TOKENS[blow.token] + content[end:],
    )
    return done[blow.kind // 4 % len(done)]


def _lines_damaged(content: bytes, blow: Blow, other: bytes) -> bytes:
    lines, others = content.splitlines(keepends=True) or [b""], other.splitlines(keepends=True) or [b""]
    place = len(lines) * blow.place // (WHOLE + 1)
    second = len(lines) * blow.reach // (WHOLE + 1)
    line = lines[place]
    done = (
        [*lines[:place], *lines[place + 1 :]],
        [*lines[:place], line, *lines[place:]],
        [*lines[:place], lines[second], *lines[place + 1 :]],
        [*lines[:place], others[len(others) * blow.reach // (WHOLE + 1)], *lines[place:]],
        [*lines[:place], _inner_replaced(line, TOKENS[blow.token]), *lines[place + 1 :]],
    )
    return b"".join(done[blow.kind // 4 % len(done)])


def _inner_replaced(line: bytes, token: bytes) -> bytes:
    """Replace the text of an XML element that stands alone in its line."""
    start, end = line.find(b">") + 1, line.rfind(b"<")
    return line[:start] + token + line[end:] if 0 < start <= end else token


def _cells_damaged(content: bytes, delimiter: str, blow: Blow) -> bytes:
    try:
        rows = list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))
    except (UnicodeDecodeError, csv.Error):
        return _lines_damaged(content, blow, b"")
    rows = rows or [[]]
    row = len(rows) * blow.place // (WHOLE + 1) if blow.kind % 3 else blow.place % min(3, len(rows))
    column = max(map(len, rows)) * blow.reach // (WHOLE + 1)
    token = TOKENS[blow.token].decode(errors="ignore")
    work = (
        lambda cells, is_row: [*cells[:column], token, *cells[column + 1 :]] if is_row else cells,
        lambda cells, is_row: [*cells[:column], *cells[column + 1 :]] if is_row else cells,
        lambda cells, _: [*cells[:column], *cells[column + 1 :]],
        lambda cells, _: [*cells[:column], *cells[column : column + 1], *cells[column:]],
        lambda cells, _: [*cells[:column], "", *cells[column + 1 :]],
        lambda cells, is_row: [*cells[:column], *cells[:1], *cells[column + 1 :]] if is_row else cells,
        lambda cells, is_row: (
            [*cells[:column], cells[column][: blow.place % 9], *cells[column + 1 :]]
            if is_row and column < len(cells)
            else cells
        ),
    )[blow.kind // 4 % 7]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
        work(cells, place == row) for place, cells in enumerate(rows)
    )
    return out.getvalue().encode()


def _json_damaged(content: bytes, blow: Blow, other: bytes) -> bytes:
    try:
        document = json.loads(content)
    except ValueError:
        return _lines_damaged(content, blow, other)
    places = list(_places(document))
    if not places:
        return content
    holder, key = places[len(places) * blow.place // (WHOLE + 1)]
    if blow.kind // 4 % 3:
        holder[key] = JSON_VALUES[blow.reach % len(JSON_VALUES)]
    else:
        del holder[key]
    return json.dumps(document).encode()


def _places(document: object) -> Iterator[tuple[Any, Any]]:
    inner: list[tuple[Any, Any]] = []
    if isinstance(document, dict):
        inner = [(key, each) for key, each in document.items()]
    elif isinstance(document, list):
        inner = list(enumerate(document))
    for key, each in inner:
        yield document, key
        yield from _places(each)


def _member_damaged(content: bytes, blow: Blow, other: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
    except UNREADABLE_ARCHIVE:
        return _bytes_damaged(content, blow, other)
    names = list(members)
    name = names[blow.place % len(names)] if names else ""
    work = _lines_damaged if blow.kind // 4 % 2 else _bytes_damaged
    members[name] = work(members.get(name, b""), Blow(blow.kind // 8 * 4, blow.reach, blow.place, blow.token), other)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for each, inner in members.items():
            archive.writestr(each, inner)
    return out.getvalue()
