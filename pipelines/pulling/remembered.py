"""What the warehouse remembers of pulls: those that went well and failed, what is gone, which changes were taken."""

import datetime as dt
from collections.abc import Mapping, Sequence, Set

import pandas as pd

from instruments.faults import fault_kind
from pipelines.pulling.questions import QuestionsChanged
from pipelines.store import Store, Write
from pipelines.tables.base import Table
from pipelines.tables.pulling import DELETIONS, FAILED_PULLS, PULLS, QUESTION_CHANGES


def record_deletions(store: Store, place: Mapping[str, str], gone: Set[str], there: Set[str], now: dt.datetime) -> None:
    """Remember which responses are gone; forget of those that are there again that they were.

    Args:
        store: The warehouse.
        place: ``source`` and ``wave``.
        gone: The platform's ids of those that are gone.
        there: The platform's ids of those that are held.
        now: When it was noticed.
    """
    before = store.read(DELETIONS)
    before = before[before["wave"] == place["wave"]]
    again = {f"{place['source']}/{name}" for name in there}
    kept = before[~before["response_id"].isin(again)]
    known = set(kept["response_id"])
    ids = sorted({f"{place['source']}/{name}" for name in gone} - known)
    added = pd.DataFrame([{**place, "response_id": name, "noticed_at": now} for name in ids])
    if len(added) or len(kept) < len(before):
        rows = DELETIONS.typed(pd.concat([kept, added], ignore_index=True) if len(added) else kept)
        store.write([Write(DELETIONS, rows, {"wave": place["wave"]})], input_hash="", run_id="")


def record_changes(
    store: Store, place: Mapping[str, str], changes: Sequence[str], because: str, now: dt.datetime
) -> None:
    """Remember which changes of questions a person took, and why."""
    rows = [{**place, "change": change, "because": because, "accepted_at": now} for change in changes]
    _append(store, QUESTION_CHANGES, place, rows)


def record_pull(store: Store, place: Mapping[str, str], pull: Mapping[str, object]) -> None:
    """Remember a pull that ended well."""
    _append(store, PULLS, place, [{**place, **pull}])


def record_failure(
    store: Store, place: Mapping[str, str], platform: str, error: BaseException, now: dt.datetime
) -> None:
    """Remember that a pull failed, and what kind of fault stood in its way."""
    fault = "questions" if isinstance(error, QuestionsChanged) else fault_kind(error)
    _append(store, FAILED_PULLS, place, [{**place, "tried_at": now, "platform": platform, "fault": fault}])


def _append(store: Store, table: Table, place: Mapping[str, str], rows: Sequence[Mapping[str, object]]) -> None:
    before = store.read(table)
    before = before[before["wave"] == place["wave"]]
    added = table.typed(pd.DataFrame(list(rows)))
    every = table.typed(pd.concat([before, added], ignore_index=True)) if len(before) else added
    store.write([Write(table, every, {"wave": place["wave"]})], input_hash="", run_id="")
