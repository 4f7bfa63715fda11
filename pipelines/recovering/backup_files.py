"""Which files of a study a backup holds, and what it says of them: its list, written and proved.

Put here what a backup is; how one is made and put back is in ``backing_up`` and ``restoring``.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from instruments.faults import EnvironmentFault, UsageError
from pipelines.files import file_sha256

LIST, CONTENT = "backup.json", "study"
FORMAT = 1
_MADE_ANEW = re.compile(
    r"warehouse/([a-z]+\.lock|staging|workbench|\.study\.duckdb\.fresh.*|study\.duckdb\.(wal|tmp))"
    r"|warehouse/(raw|data|specs)/\..*\.part"
    r"|warehouse/dagster(\.damaged-\d+)?/.*\.db-(wal|shm|journal)"
    r"|releases/\.(build-.*|current\.json\..*)"
)
_SHOWN = 5


class BackedUpFile(BaseModel):
    """One file.

    Attributes:
        sha256: Of its bytes, in hexadecimal.
        n_bytes: Its size.
        mode: Who may read and write it in the study.
        changed_ns: When it was changed last, in nanoseconds since 1970.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    n_bytes: int
    mode: int
    changed_ns: int


class BackupList(BaseModel):
    """What a backup holds.

    Attributes:
        format: Version of this list.
        study: Name of the study folder.
        made_at: When, ISO.
        software_version: Of the software that made it.
        folders: Path → who may enter it, as a mode.
        files: Path → file.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int
    study: str
    made_at: str
    software_version: str
    folders: dict[str, int]
    files: dict[str, BackedUpFile]


def paths_to_back_up(folder: Path) -> Iterator[Path]:
    """Yield every folder and file of a study, what links name included, but for what its programs make anew.

    Raises:
        UsageError: When a link leads to nothing, or round in a circle.
    """
    seen: set[Path] = set()
    for above, folders, files in os.walk(folder, followlinks=True):
        here = Path(above)
        if here.resolve() in seen:
            raise UsageError(f"{here} is a link to a folder that is in the study already; take the link away")
        seen.add(here.resolve())
        folders[:] = sorted(name for name in folders if not is_made_anew(folder, here / name))
        if here != folder:
            yield here
        for name in sorted(files):
            path = here / name
            if is_made_anew(folder, path):
                continue
            if not path.is_file():
                raise UsageError(f"{path} is a link to nothing, or no file; take it away, then back up again")
            yield path


def is_made_anew(folder: Path, path: Path) -> bool:
    """Tell whether a path of a study is of the moment only: locks, staging, copies, what was never finished."""
    return _MADE_ANEW.fullmatch(path.relative_to(folder).as_posix()) is not None


def read_backup(backup: Path) -> BackupList:
    """Read the list of a backup.

    Raises:
        UsageError: When the folder is no backup.
        EnvironmentFault: When the list is damaged, or newer software wrote it.
    """
    path = backup / LIST
    if not path.is_file():
        raise UsageError(
            f"{backup} is no backup: it holds no {LIST}; one is made by: sensemaking backup STUDY --to PATH"
        )
    try:
        listed = BackupList.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise EnvironmentFault(
            f"{path} is damaged, or of newer software ({error.error_count()} faults); use another backup"
        ) from error
    if listed.format > FORMAT:
        raise EnvironmentFault(
            f"{backup} was made by newer software ({listed.software_version}): its format is {listed.format}, and this "
            f"software reads up to {FORMAT}; use that version or a newer one"
        )
    outside = [name for name in (*listed.files, *listed.folders) if not _is_inside(name)]
    if outside:
        raise EnvironmentFault(f"{path} names {outside[0]}, which lies outside a study; it is no list of a backup")
    return listed


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def prove_backup(backup: Path) -> BackupList:
    """Hold every file of a backup against its list.

    Returns:
        The list.

    Raises:
        EnvironmentFault: When files are gone, changed or not on the list.
        UsageError: When the folder is no backup.
    """
    listed = read_backup(backup)
    content = backup / CONTENT
    present = {path.relative_to(content).as_posix() for path in content.rglob("*") if path.is_file()}
    faults = [f"{name} is gone" for name in sorted(set(listed.files) - present)]
    faults += [f"{name} is not on its list" for name in sorted(present - set(listed.files))]
    faults += [
        f"{name} is not as it was backed up"
        for name, file in sorted(listed.files.items())
        if name in present and file_sha256(content / name) != file.sha256
    ]
    if faults:
        more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise EnvironmentFault(f"{backup} is damaged: {'; '.join(faults[:_SHOWN])}{more}; use another backup")
    return listed
