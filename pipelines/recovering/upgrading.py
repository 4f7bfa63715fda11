"""Brings the warehouse of a study to the layout of this software, after a backup of the whole study."""

from dataclasses import dataclass
from pathlib import Path

from instruments.faults import UsageError
from pipelines.embargo import local_day
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.recovering.backing_up import back_up
from pipelines.recovering.finding import RUN_LOCK
from pipelines.release_log import published, shown_on
from pipelines.store import Store
from pipelines.store.layouts import LAYOUT
from pipelines.store.migrating import layout_of, migrate
from pipelines.store.proving import read_through
from pipelines.tables.released import SCHEMA_VERSION


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade did.

    Attributes:
        before: Layout of the warehouse before.
        after: Layout after.
        done: What was done, in words, in order; nothing when there was nothing to do.
        backup: The backup that was made before; None when there was nothing to do.
        old_release: Number of the release that is shown, where an earlier version of the tables is in its file.
    """

    before: int
    after: int
    done: tuple[str, ...]
    backup: Path | None
    old_release: int | None


def upgrade(folder: Path, backup: Path | None, on_wait: Waiting = no_message) -> Upgraded:
    """Bring a study to this version of the software; its releases stay as they were published.

    Args:
        folder: The study folder.
        backup: Backup to make before anything is changed; needed only when something is to be changed.
        on_wait: Told whom it waits for.

    Raises:
        UsageError: When the folder is no study, or no place for the backup is given.
        NewerFile: When newer software wrote the warehouse.
        EnvironmentFault: When the study is damaged, or there is no room; then nothing is changed.
    """
    if not (folder / "study.yaml").is_file():
        raise UsageError(f"{folder} is no study folder: it holds no study.yaml")
    store = Store(folder / "warehouse")
    if not store.database.exists():
        return Upgraded(LAYOUT, LAYOUT, (), None, None)
    who = "sensemaking upgrade"
    with exclusive(store.folder / RUN_LOCK, who, on_wait), exclusive(store.folder / "release.lock", who, on_wait):
        before = layout_of(store.database)
        if before == LAYOUT:
            return Upgraded(LAYOUT, LAYOUT, (), None, _old_release(store))
        if backup is None:
            raise UsageError(
                f"the tables of this study have the layout {before}, and this software writes {LAYOUT}; name a place "
                "for a backup, which is made before anything is changed: --backup PATH"
            )
        back_up(folder, backup, on_wait)
        done = migrate(store.database)
        read_through(store.database)
        return Upgraded(before, LAYOUT, tuple(each.meaning for each in done), backup, _old_release(store))


def _old_release(store: Store) -> int | None:
    shown = shown_on(published(store), local_day())
    return shown.number if shown is not None and shown.schema_version < SCHEMA_VERSION else None
