"""Bytes on the disk: what they hash to, and that they have arrived there. Nothing about what they mean."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from instruments.faults import UsageError

PRIVATE, PUBLIC = 0o600, 0o644
OF_OTHERS = 0o077


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def flush_file(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def close_to_others(folder: Path) -> None:
    """Let nobody but its owner enter a folder, whoever made it and however."""
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & OF_OTHERS:
        folder.chmod(mode & ~OF_OTHERS)


def refuse_to_write(path: Path, *, replace: bool) -> None:
    """Refuse a file that a user named and that cannot or may not be written.

    Raises:
        UsageError: When its folder is not there, or the file is there already and may not be replaced.
    """
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}; make it first")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; give the name of a file")
    if path.exists() and not replace:
        raise UsageError(f"{path} is there already; give another name, or --force to replace it")


@contextmanager
def whole_or_absent(path: Path, mode: int = PRIVATE) -> Iterator[Path]:
    """Give another name beside a file; the file takes its own name when nothing went wrong.

    Args:
        path: The file.
        mode: Who may read it, before the user's own mask.
    """
    unfinished = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode))
    try:
        yield unfinished
        flush_file(unfinished)
        unfinished.replace(path)
        flush_file(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)
