"""A lock or amendment ↔ its rows of ``out.plan``; and whether recorded rows are as they were written."""

import json
from collections.abc import Iterator
from functools import lru_cache

import pandas as pd

from pipelines.steps.plan_content import Content, canonical, hash_of
from pipelines.steps.plan_labels import Arrived, PlanEntry
from pipelines.tables.plan import PLAN

Cells = tuple[object, ...]


def document_of(rows: pd.DataFrame) -> Content:
    """Return everything that one lock or amendment says, from its rows of ``out.plan``; its hash is of this."""
    first = {str(name): value for name, value in rows.iloc[0].items()}
    document = {name: str(first[name]) for name in ("study", "kind", "locked_by", "reason", "software", "code_hash")}
    return {
        **document,
        "entry": int(first["entry"]),
        "locked_at": first["locked_at"].isoformat(timespec="seconds"),
        "previous_hash": str(first["previous_hash"]),
        "arrived": json.loads(first["arrived_json"]),
        "models": {row.model: json.loads(str(row.spec_json)) for row in rows.itertuples()},
        "changes": {row.model: json.loads(str(row.changes_json)) for row in rows.itertuples()},
    }


def rows_of(document: Content) -> pd.DataFrame:
    """Return the rows of ``out.plan`` of a lock or amendment."""
    same = {name: document[name] for name in ("study", "kind", "locked_by", "reason", "software", "code_hash")}
    same |= {"entry": document["entry"], "previous_hash": document["previous_hash"], "plan_hash": hash_of(document)}
    same |= {"locked_at": pd.Timestamp(document["locked_at"]), "arrived_json": canonical(document["arrived"])}
    rows = [
        {
            **same,
            "model": model,
            "spec_json": canonical(frozen),
            "spec_hash": hash_of(frozen),
            "changes_json": canonical(document["changes"][model]),
        }
        for model, frozen in document["models"].items()
    ]
    return PLAN.typed(pd.DataFrame(rows))


def entries_of(plan: pd.DataFrame) -> tuple[PlanEntry, ...]:
    """Return the lock and its amendments, in order; not to be changed."""
    return _entries(_cells(plan))


def faults_of_plan(plan: pd.DataFrame) -> tuple[str, ...]:
    """Say where the recorded plan is not as it was written."""
    return _faults(_cells(plan))


def _cells(plan: pd.DataFrame) -> tuple[Cells, ...]:
    return tuple(plan[list(PLAN.columns)].itertuples(index=False, name=None))


def _rows(cells: tuple[Cells, ...]) -> pd.DataFrame:
    return PLAN.typed(pd.DataFrame(list(cells), columns=list(PLAN.columns)))


@lru_cache(maxsize=4)
def _entries(cells: tuple[Cells, ...]) -> tuple[PlanEntry, ...]:
    """Read every entry; every model and fit asks for the same plan."""
    plan = _rows(cells)
    found: list[PlanEntry] = []
    for _, rows in plan.groupby("entry", sort=True):
        said = document_of(rows)
        found.append(
            PlanEntry(
                number=said["entry"],
                plan_hash=str(rows["plan_hash"].iloc[0]),
                locked_at=pd.Timestamp(said["locked_at"]),
                reason=said["reason"],
                arrived={wave: Arrived(**each) for wave, each in said["arrived"].items()},
                models=said["models"],
            )
        )
    return tuple(found)


@lru_cache(maxsize=4)
def _faults(cells: tuple[Cells, ...]) -> tuple[str, ...]:
    return tuple(_found_faults(_rows(cells)))


def _found_faults(plan: pd.DataFrame) -> Iterator[str]:
    previous, expected = "", 1
    for number, rows in plan.groupby("entry", sort=True):
        if number != expected:
            yield f"entry {expected} of the plan is missing"
        try:
            said, hashes = document_of(rows), set(rows["plan_hash"])
        except ValueError:
            yield f"entry {number} of the plan cannot be read: it was changed since it was written"
            return
        name = f"{said['kind']} {number}"
        if len(hashes) > 1 or hash_of(said) not in hashes:
            yield f"{name} does not have the hash it was written with: it was changed since"
        if said["previous_hash"] != previous:
            yield f"{name} was written after another plan than the one before it"
        if any(hash_of(json.loads(str(row.spec_json))) != row.spec_hash for row in rows.itertuples()):
            yield f"a model in {name} does not have its hash"
        previous, expected = str(rows["plan_hash"].iloc[0]), int(str(number)) + 1
