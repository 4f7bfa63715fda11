"""Which release is current: reads ``current.json`` and checks that the file beside it is the one that was published.

Put here what can be known without opening the release; the tables inside are for ``queries``.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER_VARIABLE = "SENSEMAKING_RELEASES"
POINTER = "current.json"
NAME_OF_A_RELEASE = re.compile(r"r\d{6,}-[0-9a-f]{12}\.duckdb")

Reason = Literal[
    "no_folder",
    "nothing_released",
    "pointer_unreadable",
    "file_missing",
    "file_changed",
    "file_unreadable",
    "newer_schema",
]


class UnusableReleaseError(Exception):
    """The current release cannot be shown; ``reason`` says why, in a word that ``wording`` has a sentence for."""

    def __init__(self, reason: Reason) -> None:
        self.reason: Reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Pointer:
    """What ``current.json`` says.

    Attributes:
        path: The release file.
        sha256: Of the file's bytes, in hexadecimal.
        release: Number of the release, counted from 1.
        schema_version: Version of the tables in the file.
        published_at: ISO time of publication.
    """

    path: Path
    sha256: str
    release: int
    schema_version: int
    published_at: str


def read_pointer(folder: Path) -> Pointer:
    """Read ``current.json`` of a folder of releases.

    Raises:
        UnusableReleaseError: When there is none, or it does not say which file is current.
    """
    if not folder.is_dir():
        raise UnusableReleaseError("no_folder")
    try:
        said = json.loads((folder / POINTER).read_text(encoding="utf-8"))
        if not NAME_OF_A_RELEASE.fullmatch(said["file"]):
            raise UnusableReleaseError("pointer_unreadable")
        return Pointer(
            path=folder / said["file"],
            sha256=str(said["sha256"]),
            release=int(said["release"]),
            schema_version=int(said["schema_version"]),
            published_at=str(said["published_at"]),
        )
    except FileNotFoundError as error:
        raise UnusableReleaseError("nothing_released") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableReleaseError("pointer_unreadable") from error


def verify(path: Path, sha256: str) -> None:
    """Check that a release file holds the bytes that were published.

    Raises:
        UnusableReleaseError: When the file is missing or its SHA-256 is another.
    """
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableReleaseError("file_missing") from error
    if found != sha256:
        raise UnusableReleaseError("file_changed")
