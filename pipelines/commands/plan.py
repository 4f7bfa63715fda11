"""``plan lock``, ``plan amend`` and ``plan status``: the analysis plan, fixed before data come, and what changed.

The table ``out.plan`` is the record; a document of the same content and hash lies in ``plan/`` of the study folder, to
be registered elsewhere. A document that is missing, after a kill for example, is written again from the table.
"""

import datetime as dt
import getpass
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from instruments.faults import EnvironmentFault, UsageError
from models.origin import code_hash
from pipelines.assets.arrivals import arrived, as_json
from pipelines.assets.plan import first_responses
from pipelines.files import PUBLIC, whole_or_absent
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.steps.plan_content import Content, Difference, differences, fit_content, frozen_model, hash_of
from pipelines.steps.plan_labels import Arrived, PlanEntry
from pipelines.steps.plan_record import document_of, entries_of, faults_of_plan, rows_of
from pipelines.store import Store, Write, environment_faults
from pipelines.tables import core, out
from pipelines.tables.plan import PLAN

FOLDER = "plan"
LOCK, AMENDMENT = "lock", "amendment"


@dataclass(frozen=True)
class Locked:
    """A lock or amendment that was made.

    Attributes:
        document: Everything it says.
        plan_hash: Its hash.
        path: Its document.
    """

    document: Content
    plan_hash: str
    path: Path


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


def lock_plan(study: Study, by: str | None, on_wait: Waiting = no_message) -> Locked:
    """Freeze every model of a study.

    Raises:
        UsageError: When it is locked already, has no models, or nobody says who locks it.
        EnvironmentFault: When the clock runs behind what is recorded already.
    """
    store = Store(study.warehouse)
    with exclusive(study.warehouse / "run.lock", "sensemaking plan lock", on_wait):
        plan = _sound_plan(store)
        if len(plan):
            last = plan.iloc[-1]
            raise UsageError(
                f"the plan was locked on {plan['locked_at'].iloc[0]:%Y-%m-%d} (hash {last['plan_hash'][:12]}); "
                "what changes since is an amendment: sensemaking plan amend STUDY --reason TEXT"
            )
        models = {name: frozen_model(study, name) for name in study.models}
        if not models:
            raise UsageError("the study has no model to lock; name models in study.yaml under models")
        return _write_entry(study, store, plan, (LOCK, "", by), models)


def amend_plan(study: Study, reason: str, by: str | None, on_wait: Waiting = no_message) -> Locked:
    """Write down how the models differ from the plan now, with the reason; what was locked before stays.

    Raises:
        UsageError: When there is no lock, nothing changed, or no reason or person is given.
        EnvironmentFault: When the clock runs behind what is recorded already.
    """
    store = Store(study.warehouse)
    if not reason.strip():
        raise UsageError("say why the plan is amended: --reason TEXT")
    with exclusive(study.warehouse / "run.lock", "sensemaking plan amend", on_wait):
        plan = _sound_plan(store)
        if plan.empty:
            raise UsageError("there is no plan to amend; lock it first: sensemaking plan lock STUDY")
        held = entries_of(plan)[-1].models
        models: dict[str, Content | None] = {name: frozen_model(study, name) for name in study.models}
        models |= {name: None for name, frozen in held.items() if name not in models and frozen is not None}
        if not any(_changes(held.get(name), frozen) for name, frozen in models.items()):
            raise UsageError("nothing that the plan fixes has changed since it was last written down; no need to amend")
        return _write_entry(study, store, plan, (AMENDMENT, reason.strip(), by), models)


def plan_status(study: Study, on_wait: Waiting = no_message) -> PlanStatus:
    """Say what is locked, whether record and documents are as they were written, and what changed since."""
    store = Store(study.warehouse)
    with exclusive(study.warehouse / "run.lock", "sensemaking plan status", on_wait):
        plan, found = store.read(PLAN), PlanStatus()
        found.waves = as_json(arrived(study, store))
        found.faults = [*faults_of_plan(plan)]
        if found.faults or plan.empty:
            found.notes += ["no analysis plan is locked: sensemaking plan lock STUDY"] if plan.empty else []
            found.faults += _strange_documents(study, set()) if plan.empty else []
            return found
        found.faults += list(_faults_of_documents(study, plan, found.notes))
        found.faults += list(_faults_of_labels(store, plan))
    entries = entries_of(plan)
    for entry, (_, rows) in zip(entries, plan.groupby("entry", sort=True), strict=True):
        found.entries.append(_entry_in_words(entry, rows))
    found.changes = _changes_since(study, entries[-1])
    return found


def _sound_plan(store: Store) -> pd.DataFrame:
    plan = store.read(PLAN)
    faults = list(faults_of_plan(plan))
    if faults:
        raise EnvironmentFault(
            f"the recorded plan was changed: {'; '.join(faults)}. Restore the warehouse from a backup; see: "
            "sensemaking plan status STUDY"
        )
    return plan


def _write_entry(
    study: Study, store: Store, plan: pd.DataFrame, what: tuple[str, str, str | None], models: dict[str, Any]
) -> Locked:
    kind, reason, by = what
    locked_at = _now(plan)
    held = entries_of(plan)[-1] if len(plan) else None
    document: Content = {
        "study": study.name,
        "entry": 1 + (held.number if held else 0),
        "kind": kind,
        "locked_at": locked_at.isoformat(timespec="seconds"),
        "locked_by": _who(by),
        "reason": reason,
        "software": version("sensemaking"),
        "code_hash": code_hash(),
        "previous_hash": held.plan_hash if held else "",
        "arrived": as_json(arrived(study, store)),
        "models": models,
        "changes": {
            name: [asdict(each) for each in _changes(held.models.get(name), frozen)] if held else []
            for name, frozen in models.items()
        },
    }
    rows = rows_of(document)
    store.write([Write(PLAN, rows, {"plan_hash": hash_of(document)})], input_hash="", run_id=f"plan {kind}")
    return Locked(document, hash_of(document), _write_document(study, document))


def _now(plan: pd.DataFrame) -> dt.datetime:
    """Return the time; a clock that runs behind the plan would date it wrongly."""
    now = clock()
    if len(plan) and plan["locked_at"].max() > now:
        raise EnvironmentFault(
            f"the clock of this machine says {now:%Y-%m-%d %H:%M} UTC, but the plan was last written at "
            f"{plan['locked_at'].max():%Y-%m-%d %H:%M}; set the clock right: a wrong date proves nothing"
        )
    return now


def clock() -> dt.datetime:
    """Return the time in whole seconds, UTC."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _who(by: str | None) -> str:
    if by is not None and by.strip():
        return by.strip()
    try:
        return getpass.getuser()
    except OSError as error:
        raise UsageError("this account has no name; say who locks the plan: --by NAME") from error


def _changes(old: Content | None, new: Content | None) -> list[Difference]:
    """Return what differs between two states of a model, everything that any of its variants rests on."""
    if old is None or new is None:
        return [] if old is new else [Difference("model", *("locked" if each else "nothing" for each in (old, new)))]
    waves = {*old["rows"]["left_out"], *new["rows"]["left_out"]}
    names = dict.fromkeys(["main", *old["variants"], *new["variants"]])
    found: dict[tuple[str, str, str], Difference] = {}
    for name in names:
        before, after = fit_content(old, name, waves), fit_content(new, name, waves)
        for each in _differences_of_variant(name, before, after):
            found.setdefault((each.key.rsplit("/", maxsplit=1)[-1], each.old, each.new), each)
    return list(found.values())


def _differences_of_variant(name: str, before: Content | None, after: Content | None) -> Iterator[Difference]:
    prefix = "" if name == "main" else f"{name}/"
    if before is None or after is None:
        yield Difference(f"{prefix}variant", *("nothing" if each is None else "locked" for each in (before, after)))
        return
    for each in differences(before, after):
        yield Difference(f"{prefix}{each.key}", each.old, each.new)


def _changes_since(study: Study, last: PlanEntry) -> dict[str, list[dict[str, str]]]:
    frozen = {name: frozen_model(study, name) for name in study.models}
    names = dict.fromkeys([*last.models, *frozen])
    changed = {name: _changes(last.models.get(name), frozen.get(name)) for name in names}
    return {name: [asdict(each) for each in differing] for name, differing in changed.items() if differing}


def _entry_in_words(entry: PlanEntry, rows: pd.DataFrame) -> dict[str, Any]:
    said = document_of(rows)
    told = {name: said[name] for name in ("entry", "kind", "locked_at", "locked_by", "reason", "software", "arrived")}
    changes = {name: each for name, each in said["changes"].items() if each}
    return {**told, "plan_hash": entry.plan_hash, "models": list(said["models"]), "changes": changes}


def document_path(study: Study, document: Content) -> Path:
    """Return where the document of a lock or amendment lies."""
    return study.folder / FOLDER / f"{document['entry']:04d}-{document['kind']}.json"


def _write_document(study: Study, document: Content) -> Path:
    path = document_path(study, document)
    with environment_faults(path):
        path.parent.mkdir(exist_ok=True)
        for left_over in path.parent.glob(".*.json"):
            left_over.unlink()
        with whole_or_absent(path, PUBLIC) as unfinished:
            text = json.dumps(
                {"plan_hash": hash_of(document), **document}, indent=2, sort_keys=True, ensure_ascii=False
            )
            unfinished.write_text(text + "\n", encoding="utf-8")
    return path


def _faults_of_documents(study: Study, plan: pd.DataFrame, notes: list[str]) -> Iterator[str]:
    """Say which documents are not as they were written; write the missing ones again."""
    expected: set[str] = set()
    for _, rows in plan.groupby("entry", sort=True):
        document = document_of(rows)
        path = document_path(study, document)
        expected.add(path.name)
        if not path.exists():
            _write_document(study, document)
            notes.append(f"plan/{path.name} was missing and was written again from the warehouse")
        elif _hash_of_document(path) != hash_of(document):
            yield f"plan/{path.name} was changed since it was written; the warehouse holds what was locked"
    yield from _strange_documents(study, expected)


def _strange_documents(study: Study, expected: set[str]) -> list[str]:
    return [
        f"plan/{path.name} belongs to no lock that this warehouse knows"
        for path in sorted((study.folder / FOLDER).glob("[!.]*.json"))
        if path.name not in expected
    ]


def _hash_of_document(path: Path) -> str:
    """Return the hash of what a document says, or nothing when it says another hash or cannot be read."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        stated = said.pop("plan_hash")
    except (ValueError, KeyError, AttributeError):
        return ""
    return stated if hash_of(said) == stated else ""


def _faults_of_labels(store: Store, plan: pd.DataFrame) -> Iterator[str]:
    """Say which fits are recorded as confirmatory though the plan cannot make them so."""
    responses, fits = store.read(core.RESPONSES), store.read(out.FITS)
    first = first_responses(store, responses)
    known = {entry.plan_hash: entry for entry in entries_of(plan)}
    kept = set(store.kept_names("data"))
    for fit in fits[fits["label"] == "confirmatory"].itertuples():
        entry = known.get(str(fit.plan_hash))
        if entry is None:
            yield f"the fit {fit.fit_id} is recorded as confirmatory under a plan that was never locked"
        elif f"{fit.data_hash}.parquet" in kept:
            used = responses["response_id"].isin(store.kept_rows(str(fit.data_hash))["response_id"])
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
