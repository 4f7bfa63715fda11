"""Files that were made of a release to be carried away: which may be offered, and why others are not.

They lie in ``reports/`` beside the folder of releases. A record beside them says of which release they are and what
every file hashes to; the dashboard makes none.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = "reports"
KINDS: Mapping[str, str] = {
    "pdf": "application/pdf",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}
NAME = re.compile(rf"\w[\w.-]*\.({'|'.join(KINDS)})")
RECORD = "*-r{number:06d}-??.json"
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)

Trouble = Literal[
    "report_unreadable",
    "report_missing",
    "report_changed",
    "report_of_other_release",
    "report_not_recorded",
    "record_unreadable",
]


@dataclass(frozen=True)
class Carried:
    """A file that was made of a release.

    Attributes:
        name: Of the file.
        language: ``en``, ``da`` or another; empty where no record says it.
        content: What is offered; None where it is not.
        trouble: Why it is not offered, in a word that ``wording`` has a sentence for; None where it is.
    """

    name: str
    language: str
    content: bytes | None
    trouble: Trouble | None = None

    @property
    def kind(self) -> str:
        """``pdf``, ``pptx``, ``xlsx`` or ``html``."""
        return self.name.rpartition(".")[2]


class _NotOfferedError(Exception):
    def __init__(self, trouble: Trouble) -> None:
        self.trouble: Trouble = trouble
        super().__init__(trouble)


def carried(releases: Path, number: int, sha256: str) -> list[Carried]:
    """Return the files that were made of a release, in the order of their names.

    Args:
        releases: The folder of releases.
        number: Of the release.
        sha256: Of its file. Only files whose record names both, and that hash to what the record says, are offered.
    """
    folder = releases.parent / FOLDER
    found = {each.name: each for record in sorted(folder.glob(RECORD.format(number=number)))
             for each in _recorded(record, number, sha256)}  # fmt: skip
    pattern = re.compile(rf".+-r{number:06d}-\w\w\.({'|'.join(KINDS)})")
    loose = [path.name for path in folder.glob("*") if pattern.fullmatch(path.name) and NAME.fullmatch(path.name)]
    left = {name: Carried(name, "", None, "report_not_recorded") for name in loose if name not in found}
    return [each for _, each in sorted((found | left).items())]


def _recorded(record: Path, number: int, sha256: str) -> Iterator[Carried]:
    try:
        said = json.loads(_bytes_of(record))
        language, is_same = str(said["language"]), (said["release"], said["release_sha256"]) == (number, sha256)
        named = [(_name(each), str(each["sha256"])) for each in said["files"]]
    except _NotOfferedError as error:
        yield Carried(record.name, "", None, error.trouble)
        return
    except UNREADABLE:
        yield Carried(record.name, "", None, "record_unreadable")
        return
    for name, expected in named:
        yield (
            _offered(record.parent / name, language, expected)
            if is_same
            else Carried(name, language, None, "report_of_other_release")
        )


def _name(said: Mapping[str, Any]) -> str:
    if not NAME.fullmatch(said["file"]):
        raise ValueError(said["file"])
    return said["file"]


def _offered(path: Path, language: str, expected: str) -> Carried:
    """Read a file once, so that what is offered is what was checked."""
    try:
        content = _bytes_of(path)
    except _NotOfferedError as error:
        return Carried(path.name, language, None, error.trouble)
    if hashlib.sha256(content).hexdigest() != expected:
        return Carried(path.name, language, None, "report_changed")
    return Carried(path.name, language, content)


def _bytes_of(path: Path) -> bytes:
    """Read a file that lies in the folder itself; a link leads elsewhere and is taken for missing."""
    if path.is_symlink() or not path.is_file():
        raise _NotOfferedError("report_missing")
    try:
        return path.read_bytes()
    except OSError as error:
        raise _NotOfferedError("report_unreadable") from error
