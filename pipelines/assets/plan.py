"""What of a study's data had arrived when, and the label that a fit has by the recorded plan.

Put here what reads ``out.plan`` and the tables beside it; what a label follows from is in ``steps.plan_labels``, how
an entry is recorded in ``steps.plan_record``, locking and amending in ``commands.plan``.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from instruments.faults import DataError
from pipelines.assets.exports import planned
from pipelines.assets.raw import exports_of
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.receive import count_filled_cells
from pipelines.steps.plan_content import frozen_model
from pipelines.steps.plan_labels import BY_HAND, Arrived, FitInPlan, Label, label_fit
from pipelines.steps.plan_record import entries_of, faults_of_plan
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.erasures import ERASURES
from pipelines.tables.plan import PLAN
from pipelines.tables.raw import FILES, KEPT_FILES


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
    received = store.read(FILES).groupby("file_sha256")["received_at"].min().to_dict()
    came = pd.to_datetime(real["file_sha256"].map(received), utc=True)
    at = real["started_at"].fillna(real["ended_at"]).fillna(came)
    first = at.groupby(real["wave"]).min()
    return {str(wave): None if pd.isna(moment) else pd.Timestamp(moment) for wave, moment in first.items()}


def arrived(study: Study, store: Store) -> dict[str, Arrived]:
    """Return what is here of every wave now: in the tables, unread in ``exports/``, or accepted before and gone."""
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
