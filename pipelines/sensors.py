"""When a study runs by itself: a sensor for new files in ``exports/`` and a nightly schedule."""

import hashlib
import json
import time

import dagster as dg

from pipelines.assets.graph import due_steps
from pipelines.assets.raw import exports_of
from pipelines.load import Study
from pipelines.store import Store

SETTLED_SECONDS = 5.0
SENSOR_SECONDS = 30


def exports_sensor(study: Study, job: str, waves: dg.DynamicPartitionsDefinition) -> dg.SensorDefinition:
    """Start a run for every wave whose files changed, once they have not been written to for some seconds.

    The cursor holds the files each wave was last looked at with, and how many runs were asked for: Dagster never
    starts a run whose key it has seen, so that every request needs a key of its own. A run that failed is repeated
    when its files change again, and by the nightly schedule.
    """

    @dg.sensor(
        name=f"{study.name}_exports",
        job_name=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def exports(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        last = json.loads(context.cursor or "{}")
        seen: dict[str, str] = last.get("seen", {})
        n_requests: int = last.get("n_requests", 0)
        now = {wave: print_of for wave in study.spec.waves if (print_of := fingerprint(study, wave))}
        store = Store(study.warehouse)
        due = [wave for wave in now if seen.get(wave) != now[wave] and due_steps(study, store, [wave])]
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(
                    run_key=f"{wave}-{now[wave]}-{number}", partition_key=wave, tags={"trigger": "new export"}
                )
                for number, wave in enumerate(due, start=n_requests + 1)
            ],
            dynamic_partitions_requests=[waves.build_add_request(due)] if due else [],
            cursor=json.dumps({"seen": {**seen, **now}, "n_requests": n_requests + len(due)}),
        )

    return exports


def fingerprint(study: Study, wave: str) -> str:
    """Identify the files of a wave by name, size and time; empty while there are none or one is still written to."""
    files = [(path.name, path.stat()) for _, _, path in exports_of(study, wave)]
    if not files or any(time.time() - status.st_mtime < SETTLED_SECONDS for _, status in files):
        return ""
    content = json.dumps([(name, status.st_size, status.st_mtime_ns) for name, status in files])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def nightly(study: Study, job: str) -> dg.ScheduleDefinition:
    """Run every wave that is out of date, at the time the study says."""

    @dg.schedule(
        name=f"{study.name}_nightly",
        job_name=job,
        cron_schedule=study.spec.schedule.cron,
        execution_timezone=study.spec.schedule.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        present = [wave for wave in study.spec.waves if exports_of(study, wave)]
        store = Store(study.warehouse)
        due = [wave for wave in present if due_steps(study, store, [wave])]
        if not due:
            return dg.SkipReason("nothing new since the last run")
        context.instance.add_dynamic_partitions(f"wave_{study.name}", due)
        night = context.scheduled_execution_time.isoformat()
        return [
            dg.RunRequest(run_key=f"{wave}-{night}", partition_key=wave, tags={"trigger": "nightly"}) for wave in due
        ]

    return schedule
