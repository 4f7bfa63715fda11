"""What must be in order before anything is protected and published: checks, results, origins, the plan."""

from collections.abc import Sequence

from instruments.counted import counted
from instruments.faults import DataError
from pipelines.load import Study
from pipelines.steps.plan_record import faults_of_plan
from pipelines.store import Store
from pipelines.tables import core, out, raw
from pipelines.tables.plan import PLAN

ORIGIN = ("spec_hash", "data_hash", "code_hash", "env_hash", "digest")


class ReleaseRefused(DataError):
    """Nothing was released; ``reasons`` say why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("nothing was released:\n" + "\n".join(f"  {reason}" for reason in reasons))


def refuse_unless_sound(study: Study, store: Store) -> None:
    """Raise ReleaseRefused when a check failed, nothing is there, a fit has no origin or the plan was altered."""
    checks = store.read(raw.CHECKS)
    failed = checks[~checks["passed"].astype(bool) & checks["wave"].isin(list(study.spec.waves))]
    reasons = [
        f"the check {row.check_name} of wave {row.wave} last failed with {counted(row.n_failures, 'failure')}; "
        "mend the data"
        for row in failed.itertuples()
    ]
    unchecked = set(store.read(core.RESPONSES)["wave"]) & set(study.spec.waves) - set(checks["wave"])
    reasons += [f"wave {wave} was never checked; run the study again" for wave in sorted(unchecked)]
    if not len(store.read(out.SCALE_MEANS)) and not len(store.read(out.RESPONSE_RATES)):
        reasons.append("there are no results yet; run the study first")
    fits = store.read(out.FITS)
    without = fits[fits[list(ORIGIN)].fillna("").eq("").any(axis=1)]
    reasons += [
        f"the fit {fit_id} has no complete record of its origin; run the study again" for fit_id in without["fit_id"]
    ]
    reasons += [f"{fault}; see: sensemaking plan status" for fault in faults_of_plan(store.read(PLAN))]
    if reasons:
        raise ReleaseRefused(reasons)
