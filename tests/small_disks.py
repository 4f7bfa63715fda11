"""A small disk to be filled, where the machine lets somebody mount one."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path | None]:
    """Mount a disk for one test; None, said aloud, where nobody may: something else then stands in for it.

    Args:
        folder: Where; made.
        size: As ``mount`` takes it, such as 24m.
    """
    folder.mkdir()
    mount = shutil.which("mount")
    made = mount and subprocess.run(
        [mount, "-t", "tmpfs", "-o", f"size={size}", "none", folder], capture_output=True, check=False
    )
    if not made or made.returncode:
        (sys.__stderr__ or sys.stderr).write("\nNO SMALL DISK: this machine lets nobody mount one\n")
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
