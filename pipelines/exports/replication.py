"""The files of a replication package: tables, software, specifications, manifest; a folder or an archive, whole or not.

Put here how they are written; which fits and rows are in it is decided in ``commands.export_replication``.
"""

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

import pandas as pd

from instruments.faults import UsageError
from models.origin import ROOT, SOURCE_FOLDERS
from models.replication.refit import TYPES_FILE
from models.replication.tables import write_table
from pipelines.files import flush_file

ARCHIVE = ".zip"
TO_FILL = ("README.md", "LICENCE.md")
"""Files that the team completes, so that they have no hash in the manifest."""
_FOLDERS_BESIDE = ("pipelines/replication", "pipelines/report_tables")
_FILES_BESIDE = (
    "pipelines/__init__.py",
    "pipelines/steps/__init__.py",
    "pipelines/steps/coarse_degrees.py",
    "pipelines/steps/release_rounding.py",
    "pipelines/store/passing.py",
    "pipelines/steps/term_labels.py",
)
_STORE = '"""Of the warehouse of a study, a package has only how rows are lent to a database of memory."""\n'
_LEFT_BEHIND = ("__pycache__",)
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_READABLE, _ENTERED = 0o644, 0o755


class PackageFolder:
    """A package under construction.

    Attributes:
        folder: Where it is built.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._types: dict[str, dict[str, str]] = {}

    def text(self, name: str, content: str) -> None:
        """Write a text file."""
        path = self._place(name)
        path.write_text(content, encoding="utf-8", newline="\n")

    def binary(self, name: str, content: bytes) -> None:
        """Write a file as it is."""
        self._place(name).write_bytes(content)

    def json(self, name: str, content: object) -> None:
        """Write a JSON document with sorted keys."""
        self.text(name, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")

    def table(self, name: str, rows: pd.DataFrame) -> None:
        """Write a table as CSV, and remember the types of its columns."""
        self._types[name] = write_table(rows, self._place(name))

    def tables_are_complete(self) -> None:
        """Write the types of all tables so far."""
        self.json(TYPES_FILE, self._types)

    def copy(self, name: str, path: Path) -> None:
        """Copy a file as it is."""
        shutil.copyfile(path, self._place(name))

    def tree(self, name: str, folder: Path) -> None:
        """Copy a folder as it is, without what running left behind."""
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and not set(inside.parts) & set(_LEFT_BEHIND):
                self.copy(f"{name}/{inside.as_posix()}", path)

    def software(self, script: Path) -> None:
        """Copy the sources that compute and print, their licence, and the script that uses them."""
        for name in (*SOURCE_FOLDERS, *_FOLDERS_BESIDE):
            self.tree(f"software/{name}", ROOT / name)
        for name in _FILES_BESIDE:
            self.copy(f"software/{name}", ROOT / name)
        self.text("software/pipelines/store/__init__.py", _STORE)
        self.text("software/LICENSE", _licence())
        self.copy("reproduce.py", script)

    def manifest(self, about: Mapping[str, object]) -> str:
        """Write the SHA-256 of every file that is not to be filled in; return the hash of the manifest itself."""
        files = {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }
        to_fill = [name for name in TO_FILL if files.pop(name, None)]
        self.json("manifest.json", {**about, "files": files, "to_fill": to_fill})
        return hashlib.sha256((self.folder / "manifest.json").read_bytes()).hexdigest()

    def _place(self, name: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def refuse_place(path: Path) -> None:
    """Raise UsageError when a package cannot be put there."""
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}; make it first")
    if path.exists():
        raise UsageError(f"{path} is there already, and a package is never replaced; give another name")


@contextmanager
def building(path: Path, *, is_private: bool) -> Iterator[PackageFolder]:
    """Give a folder to build a package in; it takes its place, as a folder or an archive, when nothing went wrong.

    Args:
        path: Where; an ending ``.zip`` makes an archive.
        is_private: Whether only the owner may read it.
    """
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as temporary:
        inside = Path(temporary) / path.stem
        inside.mkdir()
        yield PackageFolder(inside)
        _open_to_others(inside, is_private=is_private)
        finished = _archive(inside, is_private=is_private) if path.suffix == ARCHIVE else inside
        refuse_place(path)
        finished.rename(path)
    flush_file(path.parent)


def copied(package: PackageFolder, folder: str, files: Iterable[Path]) -> None:
    """Copy single files into a folder of a package under their own names."""
    for path in files:
        package.copy(f"{folder}/{path.name}", path)


def _licence() -> str:
    """Return the licence of the software, from its sources or its installation."""
    beside = ROOT / "LICENSE"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    found = metadata.distribution("sensemaking").read_text("licenses/LICENSE")
    return found or f"{metadata.metadata('sensemaking')['License-Expression']}\n"


def _open_to_others(folder: Path, *, is_private: bool) -> None:
    closed = 0o700 if is_private else 0o777
    for path in [folder, *folder.rglob("*")]:
        path.chmod((_ENTERED if path.is_dir() else _READABLE) & closed)


def _archive(folder: Path, *, is_private: bool) -> Path:
    """Write an archive that is the same, byte for byte, for the same files."""
    target = folder.with_suffix(ARCHIVE)
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT, 0o600 if is_private else _READABLE)
    with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w") as archive:
        for path in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", _FIRST_DAY)
            entry.external_attr = _READABLE << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return target
