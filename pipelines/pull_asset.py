"""Pulling as an asset of Dagster, in a job of its own: what fails there never stops files that are there already.

The exports that it lands are found by the sensor, like those that a person drops.
"""

import dagster as dg

from pipelines.load import Study
from pipelines.pulling.of_study import PulledStudy, pull_study
from pipelines.telling.notice import now, tell
from pipelines.telling.of_pull import report_of_pull

CHECK = "every_source_was_pulled"


def pull_job_name(study: Study) -> str:
    """Name of the job that fetches what the platforms of a study have."""
    return f"{study.name}_pull"


def pull_key(study: Study) -> dg.AssetKey:
    """Name the asset of what was fetched."""
    return dg.AssetKey([study.name, "raw", "pulls"])


def pull_definitions(study: Study) -> dg.Definitions:
    """Return the asset that pulls a study, with its job; nothing where no source is pulled."""
    if all(source.pull is None for source in study.spec.sources.values()):
        return dg.Definitions()
    key = pull_key(study)

    @dg.asset(
        key=key,
        group_name=f"{study.name}_raw",
        description="What was fetched from survey platforms into exports/.",
        check_specs=[dg.AssetCheckSpec(CHECK, asset=key)],
    )
    def pulls(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        done = pull_study(study, on_wait=context.log.info)
        for note in tell(study, now(), report_of_pull(study, done)):
            context.log.warning(note)
        return dg.MaterializeResult(metadata=_told(done), check_results=[_checked(key, done)])

    job = dg.define_asset_job(pull_job_name(study), selection=dg.AssetSelection.assets(key), tags={"study": study.name})
    return dg.Definitions(assets=[pulls], jobs=[job])


def _told(done: PulledStudy) -> dict[str, int]:
    """Return counts over all sources, readable by a researcher."""
    names = ("n_listed", "n_new", "n_changed", "n_deleted")
    return {name: sum(getattr(each, name) for each in done.pulled) for name in names}


def _checked(key: dg.AssetKey, done: PulledStudy) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=CHECK,
        passed=not done.failures,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={source: str(error) for source, error in done.failures},
    )
