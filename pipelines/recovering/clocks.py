"""A clock that jumped: records of the future."""

import datetime as dt
from collections.abc import Iterator

from pipelines.recovering.finding import Finding, Patient
from pipelines.tables.base import MOMENT
from pipelines.tables.raw import CHECKS, FILES, WRITES
from pipelines.tables.releases import TABLES as OF_RELEASES

TOLERANCE = dt.timedelta(minutes=5)
"""What clocks of machines differ by that are set by the network now and then."""


def of_the_future(patient: Patient) -> Iterator[Finding]:
    """Find times on record that are still to come: the clock was ahead then, or is behind now."""
    latest = _latest(patient)
    now = dt.datetime.now(dt.UTC)
    if latest is None or latest[1] <= now + TOLERANCE:
        return
    table, moment = latest
    yield Finding(
        "clock",
        table,
        f"a record of {moment:%Y-%m-%d %H:%M} UTC, which is to come: by this machine's clock it is "
        f"{now:%Y-%m-%d %H:%M} UTC",
        "set the clock (embargoes and schedules go by it); if the clock was wrong then and is right now, nothing else "
        "is needed: no result depends on these times, and releases follow each other by number",
        is_note=True,
    )


def _latest(patient: Patient) -> tuple[str, dt.datetime] | None:
    found = [
        (f"{table.name}.{name}", moment.max().to_pydatetime())
        for table in (WRITES, FILES, CHECKS, *OF_RELEASES)
        for name, column in table.columns.items()
        if column.kind == MOMENT and not (moment := patient.store.read(table)[name].dropna()).empty
    ]
    return max(found, key=lambda each: each[1], default=None)
