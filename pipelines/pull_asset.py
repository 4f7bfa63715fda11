"""Pulling as an asset of Dagster, with a job and a schedule: what fails there never stops files that are there already.

The exports that it lands are found by the sensor, like those that a person drops.
"""

import hashlib
import json

import dagster as dg

from pipelines.assets.step import Step
from pipelines.attempts import TRIGGER
from pipelines.load import Study
from pipelines.process_mark import TAG, mark_of_this_process
from pipelines.pulling.of_study import PulledStudy, pull_study, pulled_sources
from pipelines.pulling.state import folder_of, read_state
from pipelines.tables.raw import FILES
from pipelines.telling.notice import now, tell
from pipelines.telling.of_pull import report_of_pull

CHECK = "every_source_was_pulled"
COUNTS = {
    "n_listed": "Responses on the platforms",
    "n_new": "New responses",
    "n_changed": "Changed responses",
    "n_deleted": "Responses that the platforms have no more",
    "n_erased": "Responses erased here that the platforms still hold",
}


def pull_job_name(study: Study) -> str:
    """Name of the job that fetches what the platforms of a study have."""
    return f"{study.name}_pull"


def pull_key(study: Study) -> dg.AssetKey:
    """Name the asset of what was fetched."""
    return dg.AssetKey([study.name, "raw", "pulls"])


def keys_before(study: Study, step: Step) -> list[dg.AssetKey]:
    """Name what feeds a step from outside the warehouse: what was pulled feeds the exports that are accepted.

    The job of a run does not make it, so that a pull that failed stops no file that is there; where both are made
    together, the pull is first, and its check does not block.
    """
    return [pull_key(study)] if FILES in step.writes and is_pulled(study) else []


def pull_jobs(study: Study) -> list[str]:
    """Name the jobs that pull: one, or none where no source is pulled."""
    return [pull_job_name(study)] if is_pulled(study) else []


def is_pulled(study: Study) -> bool:
    """Say whether any source of a study is fetched from a platform."""
    return any(source.pull is not None for source in study.spec.sources.values())


def pull_definitions(study: Study) -> dg.Definitions:
    """Return the asset that pulls a study, with its job and schedule; nothing where no source is pulled."""
    if not is_pulled(study):
        return dg.Definitions()
    key = pull_key(study)

    @dg.asset(
        key=key,
        group_name=f"{study.name}_raw",
        description="What was fetched from survey platforms into exports/.",
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key)],
    )
    def pulls(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        if TAG not in context.run.tags:
            context.instance.add_run_tags(context.run.run_id, {TAG: mark_of_this_process().written()})
        done = pull_study(study, on_wait=context.log.info)
        for note in tell(study, now(), report_of_pull(study, done)):
            context.log.warning(note)
        return dg.MaterializeResult(
            data_version=_landed(study), metadata=_told(done), check_results=[_checked(key, done)]
        )

    job = dg.define_asset_job(pull_job_name(study), selection=dg.AssetSelection.assets(key), tags={"study": study.name})
    return dg.Definitions(assets=[pulls], jobs=[job], schedules=[pull_schedule(study)])


def pull_schedule(study: Study) -> dg.ScheduleDefinition:
    """Fetch what the platforms have at ``pull_cron``, or ``cron``, of the study's schedule; switched on."""
    said = study.spec.schedule

    @dg.schedule(
        name=f"{study.name}_pulls",
        job_name=pull_job_name(study),
        cron_schedule=said.pull_cron or said.cron,
        execution_timezone=said.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def pulls(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat(), tags={TRIGGER: "schedule of pulls"})

    return pulls


def _landed(study: Study) -> dg.DataVersion:
    """Say which exports have landed: what follows is out of date only when another one has."""
    states = {name: read_state(folder_of(study, name)) for name in pulled_sources(study)}
    landed = json.dumps({name: (state.base, state.number) for name, state in states.items()})
    return dg.DataVersion(hashlib.sha256(landed.encode()).hexdigest())


def _told(done: PulledStudy) -> dict[str, int]:
    """Return counts over all sources, in words."""
    return {label: sum(getattr(each, name) for each in done.pulled) for name, label in COUNTS.items()}


def _checked(key: dg.AssetKey, done: PulledStudy) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=CHECK,
        passed=not done.failures,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={f"Source {source}": str(error) for source, error in done.failures},
    )
