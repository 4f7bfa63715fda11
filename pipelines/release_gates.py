"""What must be in order before anything is protected and published: checks, results, origins, the plan."""

from collections.abc import Sequence

from instruments.counted import counted
from instruments.faults import DataError, UsageError
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


def for_the_record(text: str, missing: str) -> str:
    """Return a name or a reason as it is kept in the log of releases: on one line.

    Args:
        text: What somebody wrote.
        missing: What to say where there is nothing.

    Raises:
        UsageError: When it is blank, or holds signs that steer a screen or the direction of writing.
    """
    line = " ".join(text.split())
    if not line:
        raise UsageError(missing)
    if not line.isprintable():
        raise UsageError(
            f"{line!a} holds signs that do not print, such as an escape or a turn of the direction of writing; "
            "write the name or the reason in letters, digits and blanks: it is kept in the log of releases"
        )
    return line


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
