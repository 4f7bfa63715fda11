"""Puts a backup back into a new folder, proved before and after."""

import datetime as dt
import os
import shutil
import uuid
from pathlib import Path

from instruments.faults import EnvironmentFault, UsageError
from pipelines.files import file_sha256, flush_file
from pipelines.recovering.backup_files import CONTENT, BackupList, prove_backup
from pipelines.recovering.examination import Examined, examine
from pipelines.store import environment_faults
from pipelines.telling.after_restore import settle_restored


def restore(backup: Path, target: Path) -> tuple[BackupList, list[Examined]]:
    """Put a backup into an empty folder.

    Args:
        backup: The backup.
        target: The study folder to be; absent or empty.

    Returns:
        What the backup holds, and what is wrong with the restored study: nothing.

    Raises:
        UsageError: When the target is not empty, or the backup is none.
        EnvironmentFault: When a file of the backup is not as it was backed up, or there is no room.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} is not empty; give a new folder: nothing is ever restored over a study")
    if not target.parent.is_dir():
        raise UsageError(f"there is no folder {target.parent}; make it first")
    listed = prove_backup(backup)
    unfinished = target.with_name(f".{target.name}.{uuid.uuid4().hex}.unfinished")
    with environment_faults(target):
        try:
            _copy(backup / CONTENT, listed, unfinished)
            settle_restored(unfinished / "warehouse", listed.made_at, dt.datetime.now(dt.UTC))
            unfinished.rename(target)
            flush_file(target.parent)
        except BaseException:
            _remove(unfinished)
            raise
    return listed, examine(target, repair=False)


def _copy(content: Path, listed: BackupList, unfinished: Path) -> None:
    unfinished.mkdir(0o700)
    for name in sorted(listed.folders):
        (unfinished / name).mkdir(0o700)
    for name, file in listed.files.items():
        copy = unfinished / name
        copy.touch(0o600)
        shutil.copyfile(content / name, copy)
        if file_sha256(copy) != file.sha256:
            raise EnvironmentFault(f"{name} was not restored as it was backed up; the disk is at fault")
        copy.chmod(file.mode)
        os.utime(copy, ns=(file.changed_ns, file.changed_ns))
        flush_file(copy)
    for name, mode in sorted(listed.folders.items(), reverse=True):
        (unfinished / name).chmod(mode)


def _remove(folder: Path) -> None:
    for each in folder.rglob("*"):
        if each.is_dir():
            each.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
