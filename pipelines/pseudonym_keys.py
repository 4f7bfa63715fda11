"""Secret keys of pseudonyms: one file a study and purpose, made on first use, never in the warehouse.

Whoever has a key can find out whose pseudonym is whose, so a key that others may read is refused. Put here files of
keys; how a pseudonym is made of a key is in ``steps.pseudonyms``.
"""

import os
import secrets
import stat
from pathlib import Path

from instruments.faults import EnvironmentFault
from pipelines.load import Study

FOLDER_VARIABLE = "SENSEMAKING_KEYS"
PURPOSES = ("respondent", "link_code", "collaboration", "erasure")
_KEY_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class KeyFault(EnvironmentFault):
    """A key is missing, damaged or open to others; the message says which file and what to do."""


def folder_of_keys(study: Study) -> Path:
    """Return the folder that holds the keys of a study."""
    if study.spec.privacy.keys is not None:
        return study.folder / Path(study.spec.privacy.keys).expanduser()
    stated = os.environ.get(FOLDER_VARIABLE)
    return (Path(stated) if stated else Path.home() / ".config" / "sensemaking" / "keys") / study.name


def key_for(study: Study, purpose: str, *, may_be_made: bool) -> bytes:
    """Return the key of a study for a purpose.

    Args:
        study: The study.
        purpose: One of ``PURPOSES``; pseudonyms of different purposes cannot be compared.
        may_be_made: Whether a new key is made when there is none; not when pseudonyms made with it exist already.

    Returns:
        32 secret bytes.

    Raises:
        KeyFault: When the key is missing though it must be there, can be read by others, or is damaged.
    """
    path = folder_of_keys(study) / f"{purpose}.key"
    if not path.exists():
        if not may_be_made:
            raise KeyFault(
                f"the key {path} is missing, but the warehouse holds pseudonyms made with it; put the file back from "
                "where it was kept, or begin a new warehouse: people can then not be linked with earlier tables"
            )
        _make(path)
    return _read(path)


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _read(path: Path) -> bytes:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & _OTHERS:
        raise KeyFault(
            f"the key {path} can be read or changed by others (mode {mode:04o}); expected 0600: run chmod 600 on it, "
            "and ask who read it: with it pseudonyms can be traced back to people"
        )
    text = path.read_text(encoding="ascii", errors="replace").strip()
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise KeyFault(f"the key {path} is damaged; expected {2 * _KEY_BYTES} hexadecimal digits; put it back")
    return key
