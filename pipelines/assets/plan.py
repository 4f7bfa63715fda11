"""The label that a fit has by the recorded plan, and when the first response of every wave came.

Put here what reads ``out.plan`` and the tables beside it; what a label follows from is in ``steps.plan_labels``, how
an entry is recorded in ``steps.plan_record``, locking and amending in ``commands.plan``.
"""

from collections.abc import Mapping

import pandas as pd

from pipelines.load import Study
from pipelines.steps.plan_content import frozen_model
from pipelines.steps.plan_labels import BY_HAND, FitInPlan, Label, label_fit
from pipelines.steps.plan_record import entries_of, faults_of_plan
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.plan import PLAN
from pipelines.tables.raw import FILES


def state_of_plan(store: Store, model: str) -> object:
    """Return what the label of a model's fits depends on, as JSON values."""
    plan = store.read(PLAN)
    if plan.empty:
        return [[], []]
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
