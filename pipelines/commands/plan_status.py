"""``plan status``: what is locked, whether it is as it was written, and what changed since."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from pipelines.assets.arrivals import arrived, as_json
from pipelines.assets.plan import first_responses
from pipelines.commands.plan import changes_of_model
from pipelines.commands.plan_documents import faults_of_documents, strange_documents
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.steps.plan_content import frozen_model
from pipelines.steps.plan_labels import Arrived, PlanEntry
from pipelines.steps.plan_record import document_of, entries_of, faults_of_plan
from pipelines.store import Store
from pipelines.tables import core, out
from pipelines.tables.plan import PLAN


@dataclass
class PlanStatus:
    """How the study stands to its plan.

    Attributes:
        entries: The lock and its amendments, each with number, kind, hash, date, who, reason and what had arrived.
        faults: Where the record or a document is not as it was written.
        changes: Model/variant → what of it is not as the last entry says.
        before_data: Model/variant → waves of the study that have no data, so that an amendment still comes in time.
        notes: What was done or should be known.
    """

    entries: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    faults: list[str] = field(default_factory=list[str])
    changes: dict[str, list[dict[str, str]]] = field(default_factory=dict[str, list[dict[str, str]]])
    waves: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    notes: list[str] = field(default_factory=list[str])


def plan_status(study: Study, on_wait: Waiting = no_message, *, mends: bool = True) -> PlanStatus:
    """Say what is locked, whether record and documents are as they were written, and what changed since.

    Args:
        study: The study.
        on_wait: Told whom it waits for.
        mends: Whether documents that are missing are written again.
    """
    store = Store(study.warehouse)
    with exclusive(study.warehouse / "run.lock", "sensemaking plan status", on_wait):
        plan, found = store.read(PLAN), PlanStatus()
        found.waves = as_json(arrived(study, store))
        found.faults = [*faults_of_plan(plan)]
        if found.faults or plan.empty:
            found.notes += ["no analysis plan is locked: sensemaking plan lock STUDY"] if plan.empty else []
            found.faults += strange_documents(study, set()) if plan.empty else []
            return found
        found.faults += list(faults_of_documents(study, plan, found.notes, mends=mends))
        found.faults += list(_faults_of_labels(store, plan))
    entries = entries_of(plan)
    for entry, (_, rows) in zip(entries, plan.groupby("entry", sort=True), strict=True):
        found.entries.append(_entry_in_words(entry, rows))
    found.changes = _changes_since(study, entries[-1])
    return found


def _changes_since(study: Study, last: PlanEntry) -> dict[str, list[dict[str, str]]]:
    frozen = {name: frozen_model(study, name) for name in study.models}
    names = dict.fromkeys([*last.models, *frozen])
    changed = {name: changes_of_model(last.models.get(name), frozen.get(name)) for name in names}
    return {name: [asdict(each) for each in differing] for name, differing in changed.items() if differing}


def _entry_in_words(entry: PlanEntry, rows: pd.DataFrame) -> dict[str, Any]:
    said = document_of(rows)
    told = {name: said[name] for name in ("entry", "kind", "locked_at", "locked_by", "reason", "software", "arrived")}
    changes = {name: each for name, each in said["changes"].items() if each}
    return {**told, "plan_hash": entry.plan_hash, "models": list(said["models"]), "changes": changes}


def _faults_of_labels(store: Store, plan: pd.DataFrame) -> Iterator[str]:
    """Say which fits are recorded as confirmatory though the plan cannot make them so."""
    responses, fits = store.read(core.RESPONSES), store.read(out.FITS)
    first = first_responses(store, responses)
    known = {entry.plan_hash: entry for entry in entries_of(plan)}
    kept = {name.removesuffix(".parquet") for name in store.kept_names("data")}
    for fit in fits[fits["label"] == "confirmatory"].itertuples():
        entry = known.get(str(fit.plan_hash))
        if entry is None:
            yield f"the fit {fit.fit_id} is recorded as confirmatory under a plan that was never locked"
            continue
        rows, _ = rest_of_rows(store, str(fit.data_hash))
        if rows in kept:
            used = responses["response_id"].isin(store.kept_rows(rows)["response_id"])
            if not all(entry.is_before(wave, first.get(wave)) for wave in responses.loc[used, "wave"].unique()):
                yield f"the fit {fit.fit_id} is recorded as confirmatory, but its plan came after its data"


def had_arrived(found: dict[str, dict[str, Any]]) -> str:
    """Say in words what data had arrived."""
    told = [_wave_in_words(wave, Arrived(**each)) for wave, each in found.items()]
    return "; ".join(each for each in told if each) or "no data had arrived"


def _wave_in_words(wave: str, each: Arrived) -> str:
    if not each.is_something:
        return ""
    parts = [f"{each.n_responses} responses"] if each.n_responses else []
    parts += ["rows not read yet" if each.n_unread_rows is None else f"{each.n_unread_rows} rows not read yet"] * (
        each.n_unread_rows != 0
    )
    parts += ["files accepted before"] * bool(each.n_gone_files)
    return f"wave {wave}: {', '.join(parts)}"
