"""A study → its Dagster definitions: assets of tables and of models, a blocking check, a job, a schedule, a sensor.

Assets hand no values to each other: each reads its tables, runs one step and writes its tables.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import dagster as dg

from instruments.faults import DataError
from pipelines import checks, sensors
from pipelines.asset_keys import keys_of, tables_of
from pipelines.asset_metadata import metadata_of, version_of
from pipelines.assets.graph import steps_of
from pipelines.assets.step import Step, Task, code_hash, is_current, run_step
from pipelines.attempts import BY_HAND, NEEDS_A_PERSON, TRIGGER
from pipelines.lineage import emit
from pipelines.load import Study
from pipelines.lock import exclusive
from pipelines.process_mark import TAG, mark_of_this_process
from pipelines.pull_asset import keys_before, pull_definitions, pull_jobs
from pipelines.run_history import RunRecord, record_run
from pipelines.run_log import RunLog
from pipelines.steps.validation import BlockingFailure
from pipelines.store import Store
from pipelines.tables.measurement import GATES
from pipelines.telling_sensors import CHECKED_STEP, op_name, telling_sensors

IN_TABLES, WRITTEN_OR_NOT, TOLD = dg.In(dg.Nothing), dg.Out(dg.Nothing, is_required=False), dg.Out()
LESS_NOISE = {"loggers": {"console": {"config": {"log_level": "WARNING"}}}}


class NoValuesIOManager(dg.IOManager):
    """Refuses to store or load a value: tables are the only way from asset to asset, and nothing is pickled."""

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Refuse a value."""
        del obj
        raise TypeError(f"{context.asset_key.to_user_string()} returned a value; write a table instead")

    def load_input(self, context: dg.InputContext) -> object:
        """Refuse a value."""
        raise TypeError(f"{context.asset_key.to_user_string()} asked for a value; read a table instead")


class Observer:
    """Is told what happens in a run; this one keeps quiet."""

    def began(self, step: Step, wave: str) -> None:
        """Hear that a step began."""

    def failed(self, step: Step, wave: str, error: Exception) -> None:
        """Hear that a step failed."""

    def ended(self, step: Step, wave: str, n_rows: dict[str, int]) -> None:
        """Hear that a step ended, with the rows of each of its tables."""


class _Told(Observer):
    """Tells the log of runs, a catalogue of data where there is one, and another observer."""

    def __init__(self, task: Task, run_id: str, observer: Observer) -> None:
        self.task, self.run_id, self.observer = task, run_id, observer
        self.log = RunLog(task.study.warehouse / "logs", task.study.name, run_id)
        self.unchanged = False

    def began(self, step: Step, wave: str) -> None:
        self.log.began(step.name, wave)
        emit("START", step, self.task, self.run_id)
        self.observer.began(step, wave)

    def failed(self, step: Step, wave: str, error: Exception) -> None:
        self.log.failed(step.name, wave, error)
        emit("FAIL", step, self.task, self.run_id)
        self.observer.failed(step, wave, error)

    def ended(self, step: Step, wave: str, n_rows: dict[str, int]) -> None:
        self.log.ended(step.name, wave, n_rows, unchanged=self.unchanged)
        emit("COMPLETE", step, self.task, self.run_id, n_rows)
        self.observer.ended(step, wave, n_rows)


def job_name(study: Study) -> str:
    """Name of the job that brings a wave and all results up to date."""
    return f"{study.name}_run"


def waves_partition(study: Study) -> dg.DynamicPartitionsDefinition:
    """Partitions of the assets by wave; waves join as their exports arrive."""
    return dg.DynamicPartitionsDefinition(name=f"wave_{study.name}")


def build_study(study: Study, observer: Observer | None = None) -> dg.Definitions:
    """Assemble the definitions of one study.

    Args:
        study: The study.
        observer: Told of every step.
    """
    waves = waves_partition(study)
    steps = steps_of(study)
    written_by = {
        table.name: key for step in steps for key, tables in tables_of(study, step).items() for table in tables
    }
    assets = [_asset_of(study, step, waves, written_by, observer or Observer()) for step in steps]
    job = dg.define_asset_job(
        job_name(study), selection=_selected(study, assets), tags={"study": study.name}, config=LESS_NOISE
    )
    of_runs = dg.Definitions(
        assets=assets,
        asset_checks=[checks.on_time_check(study)] if checks.expects_exports(study) else [],
        jobs=[job],
        schedules=[sensors.nightly(study, job_name(study))],
        sensors=[
            sensors.exports_sensor(study, job_name(study), waves, beside=pull_jobs(study)),
            *telling_sensors(study, job_name(study)),
        ],
        resources={f"{study.name}_lock": _lock_of(study)},
    )
    return dg.Definitions.merge(of_runs, pull_definitions(study))


def _selected(study: Study, assets: Sequence[dg.AssetsDefinition]) -> dg.AssetSelection:
    """Select all assets with their own checks; whether an export is late is looked at by the sensor."""
    everything = dg.AssetSelection.assets(*assets)
    if not checks.expects_exports(study):
        return everything
    return everything - dg.AssetSelection.checks(checks.on_time_key(study))


def _lock_of(study: Study) -> dg.ResourceDefinition:
    @dg.resource(description="Held for a whole run, so that two runs of a study follow each other")
    def lock(context: dg.InitResourceContext) -> Iterator[None]:
        say = context.log.info if context.log else print
        run = context.run.run_id if context.run else ""
        if context.instance and context.run and TAG not in context.run.tags:
            context.instance.add_run_tags(run, {TAG: mark_of_this_process().written()})
        with exclusive(study.warehouse / "run.lock", f"Dagster run {run[:8]}", say):
            Store(study.warehouse).clear_staging()
            began = dt.datetime.now(dt.UTC)
            yield None
            if context.run and context.instance and context.run.tags.get(TRIGGER) != BY_HAND:
                record_run(Store(study.warehouse), _record_of(context.run, context.instance, began))

    return lock


def _record_of(run: dg.DagsterRun, instance: dg.DagsterInstance, began: dt.datetime) -> RunRecord:
    failures = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    started_by = run.tags.get(TRIGGER, "by hand on Dagster's pages")
    return RunRecord(run.run_id, started_by, began, dt.datetime.now(dt.UTC), len(failures))


def _asset_of(
    study: Study,
    step: Step,
    waves: dg.DynamicPartitionsDefinition,
    written_by: dict[str, dg.AssetKey],
    observer: Observer,
) -> dg.AssetsDefinition:
    first = keys_of(study, step)[0]
    checked = [checks.reading_check(first)] if step.name == CHECKED_STEP else []
    checked += [checks.measurement_check(first)] if GATES in step.writes else []
    store = Store(study.warehouse)

    def run_one_step(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        wave = context.partition_key if step.by_wave else ""
        try:
            yield from _materialise(step, Task(study, store, wave), context.run.run_id, observer)
        except dg.Failure:
            context.instance.add_run_tags(context.run.run_id, {NEEDS_A_PERSON: "data or specifications stopped it"})
            raise

    specs = _specs_of(study, step, written_by, waves if step.by_wave else None)
    written = {spec.key.to_python_identifier(): spec.key for spec in specs}
    before = {dep.asset_key.to_python_identifier(): dep.asset_key for dep in specs[0].deps}
    read = {name: key for name, key in before.items() if name not in written}
    told = {each.get_python_identifier(): each for each in checked}
    run = dg.op(
        name=op_name(study, step),
        ins=dict.fromkeys(read, IN_TABLES),
        out={**dict.fromkeys(written, WRITTEN_OR_NOT), **dict.fromkeys(told, TOLD)},
        required_resource_keys={f"{study.name}_lock"},
        retry_policy=dg.RetryPolicy(max_retries=1) if step.slice else None,
    )(run_one_step)
    return dg.AssetsDefinition(
        node_def=run, specs=specs, keys_by_input_name=read, keys_by_output_name=written, check_specs_by_output_name=told
    )


def _materialise(
    step: Step, task: Task, run_id: str, observer: Observer
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    told = _Told(task, run_id, observer)
    told.began(step, task.wave)
    try:
        unchanged = is_current(step, task, task.store.provenance())
        if not unchanged:
            run_step(step, task, run_id)
        results, n_rows = _results(step, task, unchanged=unchanged)
    except DataError as error:
        told.failed(step, task.wave, error)
        if isinstance(error, BlockingFailure):
            yield checks.failed(keys_of(task.study, step)[0], error)
        raise dg.Failure(str(error), allow_retries=False) from error
    except Exception as error:
        told.failed(step, task.wave, error)
        raise
    yield from results
    told.unchanged = unchanged
    told.ended(step, task.wave, n_rows)


def _results(
    step: Step, task: Task, *, unchanged: bool
) -> tuple[list[dg.MaterializeResult | dg.AssetCheckResult], dict[str, int]]:
    """Return what Dagster is told of a step that was brought up to date, and the rows of its tables."""
    store, keys = task.store, keys_of(task.study, step)
    origins = store.provenance()
    written = {table.name: origins[table.name, step.slice_of(task.wave)] for table in step.writes}
    found: list[dg.MaterializeResult | dg.AssetCheckResult] = [
        dg.MaterializeResult(
            asset_key=key,
            data_version=version_of(tables, written),
            metadata=metadata_of(store, step, tables, written, unchanged=unchanged),
        )
        for key, tables in tables_of(task.study, step).items()
    ]
    if step.name == CHECKED_STEP:
        found.append(checks.passed(keys[0], task.wave))
    if GATES in step.writes:
        gates = store.read(GATES)
        found.append(checks.measured(keys[0], gates[gates["measurement"] == step.slice]))
    return found, {name: int(origin["n_rows"]) for name, origin in written.items()}


def _specs_of(
    study: Study, step: Step, written_by: dict[str, dg.AssetKey], partitions: dg.PartitionsDefinition | None
) -> list[dg.AssetSpec]:
    before = [*(written_by[name] for name in step.reads), *keys_before(study, step)]
    deps = [dg.AssetDep(key) for key in dict.fromkeys(before)]
    return [
        dg.AssetSpec(
            key,
            deps=deps,
            description=f"{step.meaning if tables[0] == step.writes[0] else tables[0].grain}.",
            group_name=f"{study.name}_{tables[0].name.split('.')[0]}",
            code_version=code_hash()[:12],
            kinds={"duckdb"},
            skippable=True,
            partitions_def=partitions,
        )
        for key, tables in tables_of(study, step).items()
    ]
