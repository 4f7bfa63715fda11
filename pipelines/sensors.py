"""When a study runs by itself: a sensor for new files in ``exports/`` and a nightly schedule."""

import datetime as dt
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

import dagster as dg

from pipelines import checks
from pipelines.arrived import Arrived, arrived, moment_of
from pipelines.asset_keys import keys_of
from pipelines.assets.graph import due_steps, steps_of
from pipelines.assets.step import Step
from pipelines.attempts import RETRY, TRIGGER, end_dead_runs, last_attempt
from pipelines.load import Study
from pipelines.steps.export_times import is_open, late_exports
from pipelines.store import Store

SENSOR_SECONDS = 30
Clock = Callable[[], float]


@dataclass(frozen=True)
class Looked:
    """What the sensor remembers from one look to the next.

    Attributes:
        seen: Wave → files it was last run with.
        before: Wave → files at the last look.
        n_requests: Runs asked for: Dagster never starts a run whose key it has seen, so that each needs its own.
        suspects: Runs that looked dead.
        late: Waves whose exports were late; None before the first look.
    """

    seen: dict[str, str] = field(default_factory=dict[str, str])
    before: dict[str, str] = field(default_factory=dict[str, str])
    n_requests: int = 0
    suspects: list[str] = field(default_factory=list[str])
    late: list[str] | None = None


def steps_by_themselves(study: Study, now: float) -> tuple[Step, ...]:
    """Return the steps that run by themselves: without measurement and models while a wave is open, if asked so."""
    schedule = study.spec.schedule
    is_any_open = any(is_open(wave, schedule.time_zone, moment_of(now)) for wave in study.spec.waves.values())
    score_only = schedule.while_open == "score_only" and is_any_open
    return tuple(step for step in steps_of(study) if not (score_only and step.slice))


def waves_by_themselves(study: Study, now: float) -> list[str]:
    """List the waves that are run by themselves: not those still open, if asked so."""
    schedule = study.spec.schedule
    return [
        name
        for name, wave in study.spec.waves.items()
        if not (schedule.while_open == "wait" and is_open(wave, schedule.time_zone, moment_of(now)))
    ]


def due_waves(study: Study, waves: Sequence[str], now: float) -> list[str]:
    """List those of some waves that are out of date in a step that runs by itself."""
    store, names = Store(study.warehouse), {step.name for step in steps_by_themselves(study, now)}
    return [wave for wave in waves if due_steps(study, store, [wave], names)]


def exports_sensor(
    study: Study, job: str, waves: dg.DynamicPartitionsDefinition, clock: Clock = time.time, beside: Sequence[str] = ()
) -> dg.SensorDefinition:
    """Start a run for every wave whose files changed, once they have arrived whole; try failed runs again.

    Runs, and pulls, whose process was killed are marked failed. A change in what is late is told as an asset check.

    Args:
        study: The study.
        job: Name of its job.
        waves: Partitions by wave.
        clock: Tells the time, seconds since 1970.
        beside: Its other jobs.
    """

    @dg.sensor(
        name=f"{study.name}_exports",
        job_name=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def exports(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        now, last = clock(), Looked(**json.loads(context.cursor or "{}"))
        files = {wave: arrived(study, wave, now) for wave in study.spec.waves}
        suspects = _ended(context.instance, study, (job, *beside), last.suspects, now)
        changed = _changed(study, files, last, now)
        tags = {wave: {TRIGGER: "new export"} for wave in due_waves(study, changed, now)}
        tags |= _tried_again(study, job, context.instance, [wave for wave in files if wave not in changed], now)
        late = late_exports(study.spec, _newest(files), moment_of(now))
        requests = [
            _request(study, wave, f"{wave}-{files[wave].print_of}-{number}", tags[wave], now)
            for number, wave in enumerate(tags, start=last.n_requests + 1)
        ]
        looked = Looked(
            seen={**last.seen, **{wave: files[wave].print_of for wave in changed}},
            before={wave: each.print_of for wave, each in files.items()},
            n_requests=last.n_requests + len(requests),
            suspects=suspects,
            late=[each.wave for each in late],
        )
        is_news = checks.expects_exports(study) and looked.late != last.late
        return dg.SensorResult(
            run_requests=requests,
            dynamic_partitions_requests=[waves.build_add_request(list(tags))] if tags else [],
            asset_events=[checks.on_time(study, late)] if is_news else [],
            cursor=json.dumps(asdict(looked)),
        )

    return exports


def nightly(study: Study, job: str) -> dg.ScheduleDefinition:
    """Run every wave that is out of date, or the latest that has exports, at the time the study says."""

    @dg.schedule(
        name=f"{study.name}_nightly",
        job_name=job,
        cron_schedule=study.spec.schedule.cron,
        execution_timezone=study.spec.schedule.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest] | dg.SkipReason:
        at = context.scheduled_execution_time
        now = at.timestamp()
        files = {wave: arrived(study, wave, now) for wave in waves_by_themselves(study, now)}
        present = [wave for wave, each in files.items() if each.is_whole(each.print_of)]
        if study.spec.schedule.backfill == "latest":
            present = present[-1:]
        due = due_waves(study, present, now)
        if not due:
            return dg.SkipReason("nothing new since the last run")
        context.instance.add_dynamic_partitions(f"wave_{study.name}", due)
        return [_request(study, wave, f"{wave}-{at.isoformat()}", {TRIGGER: "nightly"}, now) for wave in due]

    return schedule


def _request(study: Study, wave: str, run_key: str, tags: dict[str, str], now: float) -> dg.RunRequest:
    """Ask for a run of a wave: of the whole job, or of the steps that run by themselves now."""
    steps = steps_by_themselves(study, now)
    keys = None if len(steps) == len(steps_of(study)) else [key for step in steps for key in keys_of(study, step)]
    return dg.RunRequest(run_key=run_key, partition_key=wave, asset_selection=keys, tags=tags)


def _changed(study: Study, files: Mapping[str, Arrived], last: Looked, now: float) -> list[str]:
    """List the waves that run by themselves and whose files changed since they were last run with, and are whole."""
    return [
        wave
        for wave in waves_by_themselves(study, now)
        if files[wave].print_of != last.seen.get(wave) and files[wave].is_whole(last.before.get(wave, ""))
    ]


def _tried_again(
    study: Study, job: str, instance: dg.DagsterInstance, waves: Sequence[str], now: float
) -> dict[str, dict[str, str]]:
    """Find the waves whose last run failed and is due again, with the tags of the further try."""
    attempts = {wave: last_attempt(instance, job, wave) for wave in waves}
    again = {wave: each for wave, each in attempts.items() if each and each.is_due_again(study.spec.schedule, now)}
    due = due_waves(study, list(again), now)
    return {wave: {TRIGGER: "retry", RETRY: str(again[wave].retry + 1)} for wave in due}


def _ended(
    instance: dg.DagsterInstance, study: Study, jobs: Sequence[str], suspects: list[str], now: float
) -> list[str]:
    """Mark dead runs of some jobs failed; return those that look dead."""
    return [run for job in jobs for run in end_dead_runs(instance, study, job, suspects, now)]


def _newest(files: Mapping[str, Arrived]) -> dict[str, dt.datetime]:
    return {wave: moment_of(each.newest) for wave, each in files.items() if each.newest is not None}
