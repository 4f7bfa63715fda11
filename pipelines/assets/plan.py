"""The analysis plan as the warehouse has it: its entries, whether they are as written, what has arrived, and labels.

Put here what reads ``out.plan`` and the tables beside it; what a label follows from is in ``steps.plan_labels``, and who
locks and amends is ``commands.plan``.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from instruments.faults import DataError
from pipelines.assets.exports import planned
from pipelines.assets.raw import exports_of
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.receive import count_filled_cells
from pipelines.steps.plan_content import Content, canonical, frozen_model, hash_of
from pipelines.steps.plan_labels import BY_HAND, Arrived, FitInPlan, Label, PlanEntry, label_fit
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.erasures import ERASURES
from pipelines.tables.plan import PLAN
from pipelines.tables.raw import FILES, KEPT_FILES


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
    """Return the lock and its amendments, in order."""
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


def faults_of_plan(plan: pd.DataFrame) -> Iterator[str]:
    """Say where the recorded plan is not as it was written."""
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


def state_of_plan(store: Store, model: str) -> object:
    """Return what the label of a model's fits depends on, as JSON values."""
    plan = store.read(PLAN)
    own = plan[plan["model"] == model] if (plan["model"] == model).any() else plan
    return [list(own["plan_hash"]), list(faults_of_plan(plan))]


def label_of(study: Study, store: Store, fit: tuple[str, str], responses: pd.Series, *, is_declared: bool) -> Label:
    """Label a fit from the recorded plan.

    Args:
        study: The study, with the model as fitted.
        store: Its warehouse.
        fit: Model and variant.
        responses: Ids of the responses it uses.
        is_declared: Whether the study declares it.
    """
    if not is_declared:
        return BY_HAND
    plan = store.read(PLAN)
    if plan.empty:
        return label_fit((), FitInPlan(*fit, {}, {}), is_sound=True)
    every = store.read(core.RESPONSES)
    used = set(every.loc[every["response_id"].isin(responses), "wave"])
    first_at = {wave: first for wave, first in first_responses(store, every).items() if wave in used}
    in_plan = FitInPlan(*fit, frozen_model(study, fit[0]), first_at)
    is_sound = not list(faults_of_plan(plan))
    return label_fit(entries_of(plan) if is_sound else (), in_plan, is_sound=is_sound)


def first_responses(store: Store, responses: pd.DataFrame) -> Mapping[str, pd.Timestamp | None]:
    """Return when the first response of every wave came, previews and tests left out.

    A response without a time of its own came, at the latest, when its file was accepted.
    """
    real = responses[responses["disposition_code"].notna()]
    received = store.read(FILES).groupby("file_sha256")["received_at"].min()
    at = real["started_at"].fillna(real["ended_at"]).fillna(real["file_sha256"].map(received))
    first = at.groupby(real["wave"]).min()
    return {str(wave): None if pd.isna(moment) else pd.Timestamp(moment) for wave, moment in first.items()}


def arrived(study: Study, store: Store) -> dict[str, Arrived]:
    """Return what data of every wave is here now: in the tables, in ``exports/`` unread, or accepted before and gone."""
    responses = store.read(core.RESPONSES)
    known = {*store.read(KEPT_FILES)["file_sha256"], *store.read(ERASURES)["old_sha256"]}
    real = responses[responses["disposition_code"].notna()].groupby("wave").size()
    gone = _gone_files(study, store, set(responses["wave"]))
    waves = dict.fromkeys([*study.spec.waves, *responses["wave"], *gone])
    return {
        wave: Arrived(
            n_responses=int(real.get(wave, 0)),
            n_unread_rows=_unread_rows(study, store, wave, known),
            n_gone_files=gone.get(wave, 0),
        )
        for wave in waves
    }


def as_json(found: Mapping[str, Arrived]) -> dict[str, Any]:
    """Write what arrived as plain values."""
    return {wave: asdict(each) for wave, each in found.items()}


def _gone_files(study: Study, store: Store, waves: set[str]) -> dict[str, int]:
    """Count by wave the files that were accepted, where nothing of them is in the tables, or people were erased."""
    kept, erased = store.read(KEPT_FILES), store.read(ERASURES)
    cut = set(erased.loc[(erased["kind"] == "export") & (erased["n_rows"] > 0), "new_sha256"])
    found: dict[str, int] = {}
    for file in kept.itertuples():
        source = study.spec.sources.get(str(file.source))
        if source is not None and (source.wave not in waves or file.file_sha256 in cut):
            found[source.wave] = found.get(source.wave, 0) + 1
    return found


def _unread_rows(study: Study, store: Store, wave: str, known: set[str]) -> int | None:
    """Count the rows of exports that no run has read; None when one of them cannot be read."""
    total = 0
    with store.staging():
        for _, source, path in exports_of(study, wave):
            if file_sha256(path) in known:
                continue
            try:
                with planned(study, source, path, path.name) as (export, plan):
                    total += count_filled_cells(export, plan).n_rows
            except DataError:
                return None
    return total
