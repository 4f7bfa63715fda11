"""How a file is kept for good: under a name made of its content, whole or not at all, and never written again."""

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path

from pipelines.files import flush_file
from pipelines.store.machine import WarehouseError, environment_faults


def keep(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file unless it is there already.

    Args:
        target: Its place.
        write: Writes it at another place beside.
    """
    if target.exists():
        return
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    with environment_faults(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(temporary)
            flush_file(temporary)
            temporary.chmod(0o400)
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)


def keep_text(folder: Path, text: str) -> str:
    """Keep a text under its SHA-256.

    Returns:
        The SHA-256 in hexadecimal.
    """
    content = text.encode()
    sha256 = hashlib.sha256(content).hexdigest()
    keep(folder / f"{sha256}.json", lambda target: target.write_bytes(content))
    return sha256


def kept_text(folder: Path, sha256: str) -> str:
    """Return a text kept by ``keep_text``.

    Raises:
        WarehouseError: When it is gone, or is not what was kept.
    """
    path = folder / f"{sha256}.json"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise WarehouseError(f"{path} is gone or damaged; restore the folder specs of the warehouse from a backup")
    return content.decode()
