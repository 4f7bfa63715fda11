"""Pulled exports arrive in ``exports/`` whole, under a name of their own; those that are not needed any more leave."""

import re
from collections.abc import Iterator
from pathlib import Path

from pipelines.files import PRIVATE, flush_file
from pipelines.sections.sources import Source

_DIGITS = 6


def name_of(source: Source, number: int) -> str:
    """Name an export: the source's pattern with its number."""
    return source.files.replace("*", f"{number:0{_DIGITS}d}")


def land(exports: Path, name: str, content: bytes) -> None:
    """Write a file under ``.part``, which no reader takes, and give it its name once it is on the disk."""
    exports.mkdir(exist_ok=True)
    part = exports / f"{name}.part"
    try:
        part.touch(mode=PRIVATE)
        part.write_bytes(content)
        flush_file(part)
        part.replace(exports / name)
        flush_file(exports)
    finally:
        part.unlink(missing_ok=True)


def pulled_files(exports: Path, source: Source) -> Iterator[tuple[int, Path]]:
    """List the exports of a source that were pulled, by number."""
    before, _, after = source.files.partition("*")
    pattern = re.compile(rf"{re.escape(before)}([0-9]{{{_DIGITS},}}){re.escape(after)}")
    for path in exports.iterdir() if exports.is_dir() else ():
        if (found := pattern.fullmatch(path.name)) is not None:
            yield int(found[1]), path


def remove_before(exports: Path, source: Source, base: int) -> None:
    """Remove the exports that one which holds everything took the place of; the warehouse keeps what it accepted."""
    for number, path in pulled_files(exports, source):
        if number < base:
            path.unlink()
