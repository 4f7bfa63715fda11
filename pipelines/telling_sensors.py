"""What Dagster's daemon tells people: what a run did, once it ended, and every minute what is late and what waits."""

from collections.abc import Iterator

import dagster as dg

from instruments.faults import EnvironmentFault, FaultKind, UsageError
from pipelines.assets.graph import steps_of
from pipelines.assets.step import Step
from pipelines.load import Study
from pipelines.telling.delivery import deliver
from pipelines.telling.event import Place
from pipelines.telling.letter.sending import put_letter
from pipelines.telling.looking import named
from pipelines.telling.notice import notice_late, now, problems, tell
from pipelines.telling.state import WHOLE_RUN, RunReport

SECONDS = 60
CHECKED_STEP = "core/responses"
_PARTITION = "dagster/partition"


def op_name(study: Study, step: Step) -> str:
    """Name the operation of a step in Dagster."""
    return "__".join([study.name, *step.name.split("/")])


def telling_sensors(study: Study, job: str) -> list[dg.SensorDefinition]:
    """Make the sensors of a study that tells somebody; of another there are none.

    Args:
        study: The study.
        job: Name of its job.
    """
    if study.spec.tell is None:
        return []
    return [_minutely(study), *(_of_runs(study, job, status) for status in _ENDS)]


_ENDS = {dg.DagsterRunStatus.FAILURE: "failed", dg.DagsterRunStatus.SUCCESS: "succeeded"}


def _minutely(study: Study) -> dg.SensorDefinition:
    @dg.sensor(
        name=f"{study.name}_tell",
        minimum_interval_seconds=SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Tells of late exports, and tries again what could not be told before; starts no run",
    )
    def telling(_context: dg.SensorEvaluationContext) -> dg.SkipReason:
        moment = now()
        notice_late(study, moment)
        put_letter(study, moment)
        delivered = deliver(study, moment)
        said = [f"{delivered.n_told} told, {delivered.n_waiting} waiting", *problems(delivered)]
        return dg.SkipReason("; ".join(said))

    return telling


def _of_runs(study: Study, job: str, status: dg.DagsterRunStatus) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=status,
        name=f"{study.name}_tell_{_ENDS[status]}",
        minimum_interval_seconds=SECONDS // 2,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description=f"Tells what a run did that {_ENDS[status]}",
    )
    def told(context: dg.RunStatusSensorContext) -> dg.SkipReason:
        if context.dagster_run.job_name != job:
            return dg.SkipReason("a run of another study")
        report = report_of_dagster_run(study, context.instance, context.dagster_run)
        return dg.SkipReason("; ".join(tell(study, now(), report)) or "told")

    return told


def report_of_dagster_run(study: Study, instance: dg.DagsterInstance, run: dg.DagsterRun) -> RunReport:
    """Say of a run on Dagster's record what may be told: its steps, and of errors no more than their class.

    Args:
        study: The study.
        instance: Where the record lies.
        run: The run.
    """
    steps = {op_name(study, step): step for step in steps_of(study)}
    wave = named(run.tags.get(_PARTITION, ""), study.spec.waves)
    ended = {kind: list(_events(instance, run, kind)) for kind in _STEP_ENDS}
    failed = [
        Place(step=steps[event.step_key].name, wave=wave if steps[event.step_key].by_wave else "", fault=_fault(event))
        for event in ended[dg.DagsterEventType.STEP_FAILURE]
        if event.step_key in steps
    ]
    done = [
        (steps[event.step_key].name, wave if steps[event.step_key].by_wave else "")
        for event in ended[dg.DagsterEventType.STEP_SUCCESS]
        if event.step_key in steps
    ]
    blocked = [each for each in failed if each.step == CHECKED_STEP and each.fault == "data"]
    unexplained = run.status == dg.DagsterRunStatus.FAILURE and not failed
    whole = [Place(fault="environment")] if unexplained else []
    return RunReport(
        tuple(each for each in (*failed, *whole) if each not in blocked), tuple(done if whole else [WHOLE_RUN, *done])
    )


_STEP_ENDS = (dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.STEP_SUCCESS)


def _events(instance: dg.DagsterInstance, run: dg.DagsterRun, kind: dg.DagsterEventType) -> Iterator[dg.DagsterEvent]:
    for record in instance.all_logs(run.run_id, of_type=kind):
        if record.dagster_event is not None:
            yield record.dagster_event


def _fault(event: dg.DagsterEvent) -> FaultKind:
    error = event.step_failure_data.error
    classes: set[str] = set()
    while error is not None:
        classes.add(error.cls_name or "")
        error = error.cause
    if event.step_failure_data.user_failure_data is not None:
        return "data"
    if classes & _names_of(UsageError):
        return "specification"
    return "environment" if classes & (_names_of(EnvironmentFault) | _names_of(OSError)) else "defect"


def _names_of(kind: type[BaseException]) -> set[str]:
    """Return the names of a class of errors and of all that are of its kind."""
    return {kind.__name__}.union(*(_names_of(each) for each in kind.__subclasses__()))
