"""``backup``, ``restore`` and ``upgrade``: what was copied and changed, as a document and in words."""

from pathlib import Path
from typing import Any

from instruments.counted import counted
from pipelines.commands import printing
from pipelines.files import file_sha256
from pipelines.recovering.backup_files import LIST, BackupList
from pipelines.recovering.upgrading import Upgraded

APART = (
    "Keys of pseudonyms that lie outside the study folder are not in it: keep a copy of them apart, for with them "
    "pseudonyms can be traced back to people."
)


def backup_document(backup: Path, listed: BackupList) -> dict[str, Any]:
    """Return what a backup holds for a machine."""
    return {
        "backup": str(backup),
        "study": listed.study,
        "made_at": listed.made_at,
        "software_version": listed.software_version,
        "n_files": len(listed.files),
        "n_bytes": sum(file.n_bytes for file in listed.files.values()),
        "list_sha256": file_sha256(backup / LIST),
    }


def print_backup(backup: Path, listed: BackupList, *, is_new: bool) -> None:
    """Say what a backup holds, and what it does not."""
    n_bytes = sum(file.n_bytes for file in listed.files.values())
    size = f"{counted(len(listed.files), 'file')}, {n_bytes / 1e6:.1f} MB, every one proved by its SHA-256"
    printing.print_lines([f"{backup}: the study {listed.study} as of {listed.made_at}: {size}"])
    if is_new:
        printing.print_lines(["It holds personal data, as the study does; only its owner can read it.", APART])


def print_upgrade(study: Path, upgraded: Upgraded) -> None:
    """Say what an upgrade did, and what is left to the team."""
    if not upgraded.done:
        printing.print_lines([f"{study}: its tables have the layout of this software ({upgraded.after})"])
    else:
        printing.print_lines([f"{study}: from layout {upgraded.before} to {upgraded.after}; backup: {upgraded.backup}"])
        printing.print_lines(f"  done: {each}" for each in upgraded.done)
    if upgraded.old_release is not None:
        printing.print_lines(
            [
                f"Release {upgraded.old_release}, which is shown, has tables of an earlier version and stays as it is; "
                f"pages that need more say so. For all of them release again: sensemaking release {study}"
            ]
        )
