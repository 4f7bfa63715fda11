"""The one file in a zip archive that a platform made: bounded, and its name never trusted."""

import zipfile
from pathlib import Path

from instruments.faults import DataError, EnvironmentFault
from pipelines.pulling.http import LARGEST_FILE


def only_member(path: Path, place: str) -> bytes:
    """Return the content of an archive's only file.

    Raises:
        EnvironmentFault: When the archive is cut off or damaged; it is removed, so that it is fetched again.
        DataError: When it holds not exactly one file, or one that is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if len(members) != 1:
                raise DataError(f"{place}: expected an archive with one file, found {len(members)}")
            with archive.open(members[0]) as file:
                content = file.read(LARGEST_FILE + 1)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError):
        path.unlink(missing_ok=True)
        raise EnvironmentFault(f"{place}: the archive is cut off or damaged; pull again") from None
    if len(content) > LARGEST_FILE:
        raise DataError(f"{place}: the export is larger than {LARGEST_FILE // 1_000_000} MB; export it by hand")
    return content
