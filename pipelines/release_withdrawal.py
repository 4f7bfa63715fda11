"""Withdraws a release: it is never shown again, and stays known to whatever is compared with earlier releases."""

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd

from instruments.faults import UsageError
from pipelines.embargo import local_day
from pipelines.load import Study
from pipelines.lock import Waiting, no_message
from pipelines.release import nothing_else_at_work
from pipelines.release_gates import for_the_record
from pipelines.release_log import Published, Withdrawal, published, shown_on
from pipelines.release_pointer import point_to
from pipelines.store import Store, Write
from pipelines.tables.releases import WITHDRAWALS


@dataclass(frozen=True)
class Withdrawn:
    """A withdrawn release.

    Attributes:
        release: What it was.
        shown: Number of the release that is shown instead; None where there is none.
    """

    release: Published
    shown: int | None


def withdraw(
    study: Study, store: Store, number: int, because: str, signed_off_by: str, on_wait: Waiting = no_message
) -> Withdrawn:
    """Take a release out of sight for good, and show the newest one that may be shown instead.

    Args:
        study: The study.
        store: Its warehouse.
        number: Of the release, from 1.
        because: Why; not blank.
        signed_off_by: Who answers for it; not blank.
        on_wait: Told whom it waits for.

    Raises:
        UsageError: When there is no such release, it is withdrawn already, or nobody or no reason is named.
        WarehouseError: When the disk is full; the release stays as it was.
    """
    missing = "a withdrawal needs a reason and the name of somebody who answers for it"
    because, signed_off_by = (for_the_record(each, missing) for each in (because, signed_off_by))
    with nothing_else_at_work(study, on_wait, "sensemaking withdraw"):
        release = _wanted(published(store), number)
        withdrawal = Withdrawal(dt.datetime.now(dt.UTC), signed_off_by, because)
        row = {"release": number, "withdrawn_at": withdrawal.at, "signed_off_by": signed_off_by, "because": because}
        rows = WITHDRAWALS.typed(pd.DataFrame([row]))
        store.write([Write(WITHDRAWALS, rows, {"release": number})], input_hash="", run_id="sensemaking withdraw")
        releases, day = published(store), local_day()
        point_to(study.releases, releases, day)
    shown = shown_on(releases, day)
    return Withdrawn(replace(release, withdrawal=withdrawal), shown.number if shown is not None else None)


def _wanted(releases: list[Published], number: int) -> Published:
    found = {each.number: each for each in releases}
    if number not in found:
        raise UsageError(f"there is no release {number}; published: {', '.join(map(str, found)) or 'none yet'}")
    past = found[number].withdrawal
    if past is not None:
        raise UsageError(f"release {number} was withdrawn already, on {past.at:%Y-%m-%d}: {past.because}")
    return found[number]
