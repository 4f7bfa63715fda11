"""Files in a zip archive that a platform made: bounded, and their names never trusted."""

import zipfile
from collections.abc import Callable
from pathlib import Path

from instruments.faults import DataError, EnvironmentFault
from pipelines.pulling.http import LARGEST_FILE

MOST_MEMBERS = 10_000


def only_member(path: Path, place: str) -> bytes:
    """Return the content of an archive's only file.

    Raises:
        EnvironmentFault: When the archive is cut off or damaged; it is removed, so that it is fetched again.
        DataError: When it holds not exactly one file, or one that is too large.
    """
    found = members(path, place, lambda _: True)
    if len(found) != 1:
        raise DataError(f"{place}: expected an archive with one file, found {len(found)}")
    return next(iter(found.values()))


def members(path: Path, place: str, is_wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the content of files of an archive by name; nothing is unpacked to a disk.

    Args:
        path: The archive.
        place: Where it came from, for messages.
        is_wanted: Says of a name whether the file is wanted.

    Raises:
        EnvironmentFault: When the archive is cut off or damaged; it is removed, so that it is fetched again.
        DataError: When it holds too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [each for each in archive.infolist() if not each.is_dir() and is_wanted(each.filename)]
            if len(wanted) > MOST_MEMBERS or sum(each.file_size for each in wanted) > LARGEST_FILE:
                size = f"{LARGEST_FILE // 1_000_000} MB"
                raise DataError(f"{place}: the export is larger than {size}; export it by hand")
            return {each.filename: archive.read(each) for each in wanted}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError):
        path.unlink(missing_ok=True)
        raise EnvironmentFault(f"{place}: the archive is cut off or damaged; pull again") from None
