"""The database of the warehouse: gone, half copied, damaged, or with a log that it has not taken in yet."""

from collections.abc import Iterator
from functools import partial

from instruments.faults import EnvironmentFault
from pipelines.recovering.finding import Finding, Patient
from pipelines.store.layouts import LAYOUT, NewerFile
from pipelines.store.migrating import layout_of
from pipelines.store.proving import log_of, read_through, write_log_into_file

_FROM_A_BACKUP = (
    "put a whole copy of warehouse/ in its place (sensemaking restore, or copy again from where it lay, while nothing "
    "is at work there)"
)


def damaged_database(patient: Patient) -> Iterator[Finding]:
    """Find a database that is missing, does not open or has blocks that are not as they were written."""
    database = patient.store.database
    if not database.exists():
        yield from _missing(patient)
        return
    try:
        read_through(database)
    except NewerFile as error:
        yield Finding("newer", str(database), str(error), "use the version that wrote it, or a newer one")
        return
    except EnvironmentFault as error:
        yield Finding("database", str(database), f"it cannot be read through: {error}", _FROM_A_BACKUP)
        return
    layout = layout_of(database)
    if layout < LAYOUT:
        yield Finding(
            "earlier-layout",
            str(database),
            f"its tables have the layout {layout}; this software reads them, and writes {LAYOUT}",
            "bring them to it, after a backup: sensemaking upgrade STUDY --backup PATH",
            is_note=True,
        )
    log = log_of(database)
    if log.exists():
        yield Finding(
            "log",
            str(log),
            "the last commits lie beside the database and not in it yet, as after a kill; none is lost while both "
            "files stay together",
            "write them into the database",
            partial(write_log_into_file, database),
        )


def _missing(patient: Patient) -> Iterator[Finding]:
    database = patient.store.database
    kept = sum(len(patient.store.kept_names(each)) for each in ("raw", "data", "specs"))
    n_released = len(list(patient.releases.glob("r*.duckdb")))
    if kept or n_released or log_of(database).exists():
        yield Finding(
            "database",
            str(database),
            f"it is missing, though {kept} kept files and {n_released} releases are there: the folder was copied in "
            "part, or the file was removed",
            f"{_FROM_A_BACKUP}; a run would begin a new one without the record of releases, plans and codings",
        )
