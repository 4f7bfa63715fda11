"""Responses without ids are known by the number of their row: what becomes of these ids when rows are taken out.

Put here ids that are made of row numbers, once they have been made; ``readers.cells.rows`` makes them.
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

import pandas as pd

from instruments.faults import UsageError
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.erasures import ERASED

_MADE_UP = re.compile(r"(?P<source>.*)/(?:(?P<file>[0-9a-f]{8})-)?row-(?P<number>\d+)")


@dataclass(frozen=True)
class TakenOut:
    """Rows that were taken out of a kept file.

    Attributes:
        old_sha256: Hash of the file with them.
        new_sha256: Hash of the file without them.
        rows: Their numbers.
        sources: The sources with which ids of its rows begin.
        is_current: Whether it is of the newest export of its sources.
    """

    old_sha256: str
    new_sha256: str
    rows: Set[int]
    sources: Set[str]
    is_current: bool


def is_made_up(response_id: str) -> bool:
    """Say whether an id is made of a row number."""
    return _MADE_UP.fullmatch(response_id) is not None


def moved(response_ids: pd.Series, taken: Iterable[TakenOut]) -> pd.Series:
    """Return the ids that responses have once rows are taken out; missing for those of these rows."""
    for each in taken:
        response_ids = response_ids.map(lambda known, each=each: _moved_up(known, each), na_action="ignore")
    return response_ids


def refuse_moved(study: Study, store: Store, candidates: Set[str], asked: Set[str]) -> bool:
    """Refuse a row number that may be another's by now, since an erasure moved rows up after it was looked up.

    Args:
        study: The study.
        store: Its warehouse.
        candidates: Ids that are asked for.
        asked: Their marks.

    Returns:
        Whether just this was erased last, so that nothing is left to do.

    Raises:
        UsageError: When another erasure was stopped, or tables are older than the last erasure.
    """
    made_up = {each for each in candidates if is_made_up(each)}
    erased = store.read(ERASED)
    if erased.empty or not made_up or _is_begun(erased, asked):
        return False
    refuse_while_stopped(erased, made_up, asked)
    sources = study.sources()
    waves = {sources[name].wave for name in (each.partition("/")[0] for each in made_up) if name in sources}
    written = {row["slice"] for (name, _), row in store.provenance().items() if name == core.RESPONSES.name}
    if waves <= written:
        return False
    if erased.sort_values("erased_at")["request"].iloc[-1] in asked:
        return True
    raise UsageError(
        "rows have moved up since the tables were made, because of an erasure; bring them up to date with "
        "sensemaking run, and look the id up again"
    )


def refuse_while_stopped(erased: pd.DataFrame, response_ids: Iterable[str], asked: Set[str]) -> None:
    """Refuse to erase rows by their numbers while another erasure is half-way: some hold the old ones, some the new.

    Args:
        erased: ``raw.erased_responses``.
        response_ids: Ids of the responses that are to be erased.
        asked: Marks of who is asked for.

    Raises:
        UsageError: When one of the ids is made of a row number, and another erasure was stopped.
    """
    is_stopped = not erased["is_finished"].astype(bool).all()
    if is_stopped and not _is_begun(erased, asked) and any(map(is_made_up, response_ids)):
        raise UsageError(
            "an erasure was stopped before it ended, and rows may have moved up; run sensemaking erase again for the "
            "same response or person, then sensemaking run, and look the id up again"
        )


def _is_begun(erased: pd.DataFrame, asked: Set[str]) -> bool:
    """Say whether just this erasure was stopped."""
    return bool(asked & set(erased.loc[~erased["is_finished"].astype(bool), "request"]))


def _moved_up(response_id: str, taken: TakenOut) -> str | None:
    found = _MADE_UP.fullmatch(response_id)
    if found is None or found["source"] not in taken.sources:
        return response_id
    if found["file"] not in (None, taken.old_sha256[:8]):
        return response_id
    number = int(found["number"])
    if number in taken.rows:
        return None
    prefix = f"{taken.new_sha256[:8]}-" if found["file"] else ""
    return f"{found['source']}/{prefix}row-{number - sum(each < number for each in taken.rows)}"
