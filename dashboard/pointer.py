"""Which release is shown today: reads ``current.json`` and checks that its file is the one that was published.

Put here what can be known without opening the release; the tables inside are for ``queries``.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pipelines.embargo import is_out, local_day

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
    "other_release",
    "no_audit",
    "under_embargo",
    "withdrawn",
]
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)


class UnusableReleaseError(Exception):
    """The current release cannot be shown.

    Attributes:
        reason: Why, in a word that ``wording`` has a sentence for.
        until: First day on which it may be shown, ISO; empty where no embargo holds it back.
    """

    def __init__(self, reason: Reason, until: str = "") -> None:
        self.reason: Reason = reason
        self.until = until
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
        embargo_until: First day on which it may be shown, ISO; empty without an embargo.
    """

    path: Path
    sha256: str
    release: int
    schema_version: int
    published_at: str
    embargo_until: str


def read_pointer(folder: Path) -> Pointer:
    """Read ``current.json`` of a folder of releases: the newest release it names that may be shown today.

    Raises:
        UnusableReleaseError: When there is none, or it does not say which file is current.
    """
    if not folder.is_dir():
        raise UnusableReleaseError("no_folder")
    try:
        said = _said(folder)
        is_current_named = bool(said.keys() - {"next", "withdrawn"})
        named = [_pointer(folder, each) for each in ([said] if is_current_named else []) + said.get("next", [])]
        withdrawn, day = _withdrawn(said), local_day()
        left = [each for each in named if each.path.name not in withdrawn]
        out = [each for each in left if is_out(each.embargo_until, day)]
    except FileNotFoundError as error:
        raise UnusableReleaseError("nothing_released") from error
    except UNREADABLE as error:
        raise UnusableReleaseError("pointer_unreadable") from error
    if out:
        return max(out, key=lambda each: each.release)
    if left:
        raise UnusableReleaseError("under_embargo", min(each.embargo_until for each in left))
    raise UnusableReleaseError("withdrawn" if withdrawn else "pointer_unreadable")


def is_withdrawn(folder: Path, file: str) -> bool:
    """Tell whether ``current.json`` says that a file was withdrawn; it does not where it cannot be read."""
    try:
        return file in _withdrawn(_said(folder))
    except UNREADABLE:
        return False


def _said(folder: Path) -> Mapping[str, Any]:
    return json.loads((folder / POINTER).read_text(encoding="utf-8"))


def _withdrawn(said: Mapping[str, Any]) -> frozenset[str]:
    names = said.get("withdrawn", [])
    if not isinstance(names, list):
        raise TypeError(names)
    return frozenset(names)


def _pointer(folder: Path, said: Mapping[str, Any]) -> Pointer:
    if not NAME_OF_A_RELEASE.fullmatch(said["file"]):
        raise ValueError(said["file"])
    dt.datetime.fromisoformat(said["published_at"])
    return Pointer(
        path=folder / said["file"],
        sha256=str(said["sha256"]),
        release=int(said["release"]),
        schema_version=int(said["schema_version"]),
        published_at=said["published_at"],
        embargo_until=said.get("embargo_until", ""),
    )


def verify(path: Path, sha256: str) -> None:
    """Check that a release file lies in its folder and holds the bytes that were published.

    Raises:
        UnusableReleaseError: When the file is missing, a link, which may lead to what was never released, or its
            SHA-256 is another.
    """
    if path.is_symlink() or not path.is_file():
        raise UnusableReleaseError("file_missing")
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UnusableReleaseError("file_missing") from error
    if found != sha256:
        raise UnusableReleaseError("file_changed")
