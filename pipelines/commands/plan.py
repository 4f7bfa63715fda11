"""``plan lock`` and ``plan amend``: the analysis plan, fixed before data come, and changed with a reason only.

The table ``out.plan`` is the record; a document of the same content and hash lies in ``plan/`` of the study folder, to
be registered elsewhere. A document that is missing, after a kill for example, is written again from the table.
"""

import datetime as dt
import getpass
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from instruments.faults import EnvironmentFault, UsageError
from models.origin import code_hash
from pipelines.assets.arrivals import arrived, as_json
from pipelines.commands.plan_documents import write_document
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.steps.difference import Difference
from pipelines.steps.plan_content import Content, differences, fit_content, frozen_model, hash_of
from pipelines.steps.plan_record import entries_of, faults_of_plan, rows_of
from pipelines.store import Store, Write
from pipelines.tables.plan import PLAN

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
        if not any(changes_of_model(held.get(name), frozen) for name, frozen in models.items()):
            raise UsageError("nothing that the plan fixes has changed since it was last written down; no need to amend")
        return _write_entry(study, store, plan, (AMENDMENT, reason.strip(), by), models)


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
            name: [asdict(each) for each in changes_of_model(held.models.get(name), frozen)] if held else []
            for name, frozen in models.items()
        },
    }
    rows = rows_of(document)
    store.write([Write(PLAN, rows, {"plan_hash": hash_of(document)})], input_hash="", run_id=f"plan {kind}")
    return Locked(document, hash_of(document), write_document(study, document))


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


def changes_of_model(old: Content | None, new: Content | None) -> list[Difference]:
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
