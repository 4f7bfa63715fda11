"""``sensemaking run``: what is out of date runs through Dagster in this process; what is not, does not."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from instruments.counted import counted
from instruments.faults import UsageError
from pipelines.asset_keys import keys_of
from pipelines.assets.codings import notes as coding_notes
from pipelines.assets.core import of_waves
from pipelines.assets.erased import notes as erasure_notes
from pipelines.assets.graph import Due, due_steps, steps_of
from pipelines.assets.measurement import notes as measurement_notes
from pipelines.assets.open_answers import notes as open_text_notes
from pipelines.assets.pseudonyms import check_keys
from pipelines.assets.raw import begun_waves, exports_of, stray_files
from pipelines.assets.raw import notes as received_notes
from pipelines.assets.screening import notes as screening_notes
from pipelines.assets.step import Step
from pipelines.attempts import BY_HAND, TRIGGER
from pipelines.dagster_storage import open_instance
from pipelines.definitions import COLLECT_IN_RUNS_AFTER, build_definitions, collecting_after
from pipelines.factory import Observer, job_name, waves_partition
from pipelines.load import Study
from pipelines.lock import Waiting, exclusive, no_message
from pipelines.process_mark import TAG, mark_of_this_process
from pipelines.run_history import RunRecord, record_run
from pipelines.store import Store
from pipelines.tables import core, out, raw
from pipelines.tables.screening import QUALITY_FLAGS

_READ_BEFORE = ("response that was read before is", "responses that were read before are")
_OF_NOBODY = ("response is of nobody", "responses are of nobody")
MOST_FILES_NAMED = 5
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass
class Outcome:
    """What a run did.

    Attributes:
        waves: Waves that were looked at.
        steps: Step, wave and rows by table, in the order they ran.
        failures: Step, wave and error of every step that failed.
        warnings: What a person should know.
        run_ids: Dagster's ids of the runs.
    """

    waves: list[str]
    steps: list[tuple[str, str, dict[str, int]]] = field(default_factory=list)
    failures: list[tuple[str, str, Exception]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    run_ids: list[str] = field(default_factory=list)


class _Recorder(Observer):
    def __init__(self, outcome: Outcome, on_step: Callable[[str, str], None]) -> None:
        self.outcome = outcome
        self.on_step = on_step

    def began(self, step: Step, wave: str) -> None:
        self.on_step(step.name, wave)

    def failed(self, step: Step, wave: str, error: Exception) -> None:
        if not any(name == step.name and part == wave for name, part, _ in self.outcome.failures):
            self.outcome.failures.append((step.name, wave, error))

    def ended(self, step: Step, wave: str, n_rows: dict[str, int]) -> None:
        self.outcome.steps.append((step.name, wave, n_rows))


def run_study(
    study: Study,
    wave: str | None = None,
    select: str | None = None,
    on_wait: Waiting = no_message,
    on_begin: Callable[[list[Due]], None] = lambda _due: None,
    on_step: Callable[[str, str], None] = lambda _name, _wave: None,
) -> Outcome:
    """Bring a study up to date.

    Args:
        study: The study.
        wave: Only this wave, and the results over all waves.
        select: Only this asset (``core/scores``, ``out/fits/h1`` …) and what it needs.
        on_wait: Told whom a second run waits for.
        on_begin: Told how many steps are due.
        on_step: Told of every step as it begins.

    Returns:
        What was done; nothing when everything is up to date.

    Raises:
        UsageError: When there is no such wave, asset or export.
    """
    names = None if select is None else _names(study, select)
    store = Store(study.warehouse)
    with exclusive(study.warehouse / "run.lock", "sensemaking run", on_wait):
        store.clear_staging()
        check_keys(study, store)
        waves = _waves(study, store, wave)
        outcome = Outcome(waves, warnings=_warnings(study, store, waves))
        due = due_steps(study, store, waves, names)
        if not due:
            return outcome
        on_begin(due)
        before = store.read(core.RESPONSES)
        began = dt.datetime.now(dt.UTC)
        with collecting_after(COLLECT_IN_RUNS_AFTER):
            _execute(study, due, outcome, _Recorder(outcome, on_step))
        ended = dt.datetime.now(dt.UTC)
        record_run(store, RunRecord(outcome.run_ids[-1], BY_HAND, began, ended, len(outcome.failures)))
        outcome.warnings += findings(study, store, before)
    return outcome


def findings(study: Study, store: Store, before: pd.DataFrame) -> list[str]:
    """Say what a run brought to light that a person should know.

    Args:
        study: The study.
        store: Its warehouse after the run.
        before: ``core.responses`` before it.
    """
    now = store.read(core.RESPONSES)
    gone = before[~before["response_id"].isin(now["response_id"]) & before["wave"].isin(list(study.spec.waves))]
    found = [
        f"wave {wave}: {counted(n, *_READ_BEFORE)} in no export any more and gone from the tables"
        for wave, n in gone.groupby("wave").size().items()
    ]
    found += waves_of_nobody(now[now["wave"].isin(list(study.spec.waves))])
    rates = store.read(out.RESPONSE_RATES)
    found += [
        f"wave {row.wave}, {row.respondent_group}: {counted(row.n_outside_frame, *_OF_NOBODY)} in the list of invited"
        for row in rates[rates["n_outside_frame"].fillna(0) > 0].itertuples()
    ]
    found += received_notes(study, store)
    found += screening_notes(of_waves(study, store.read(QUALITY_FLAGS)))
    found += erasure_notes(study, store)
    found += coding_notes(store)
    found += measurement_notes(study, store)
    is_redacted = study.spec.privacy.open_text == "redact"
    found += open_text_notes(of_waves(study, store.read(core.OPEN_TEXT_FINDINGS)), is_redacted=is_redacted)
    refused = store.read(out.REFUSALS)
    return found + [
        f"the model {row.model} ({row.variant}) was not estimated: {row.reason}"
        for row in refused[refused["model"].isin(list(study.models))].itertuples()
    ]


def waves_of_nobody(responses: pd.DataFrame) -> list[str]:
    """Say of every wave of which no response is analysed what its responses are; takes ``core.responses``."""
    found: list[str] = []
    for wave, rows in responses.groupby("wave", sort=False):
        if not rows["is_analysed"].any():
            words = rows["disposition"].str.replace("_", " ")
            kinds = words.mask(rows["disposition_code"].isna(), "test or preview").value_counts()
            listed = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
            found.append(f"wave {wave}: no response is analysed, so there are no scores: {listed}")
    return found


def _waves(study: Study, store: Store, wave: str | None) -> list[str]:
    if wave is not None and wave not in study.spec.waves:
        raise UsageError(f"there is no wave {wave}; the study has {', '.join(study.spec.waves)}")
    present = begun_waves(study, store)
    if wave is not None and wave not in present:
        raise UsageError(f"there is no export of wave {wave} in {study.exports}; {_expected(study, wave)}")
    if not present:
        raise UsageError(f"there are no exports in {study.exports}; {_expected(study, None)}")
    return present if wave is None else [wave]


def _expected(study: Study, wave: str | None) -> str:
    """Say what files of a wave, or of any, are called in study.yaml, what lies there, and what to do."""
    sources = study.spec.sources.values()
    expected = ", ".join(sorted({each.files for each in sources if wave in (None, each.wave)}))
    lying = sorted(path.name for path in study.exports.glob("[!.]*"))
    more = f" and {len(lying) - MOST_FILES_NAMED} more" if len(lying) > MOST_FILES_NAMED else ""
    found = ", ".join(lying[:MOST_FILES_NAMED]) + more or "nothing"
    return f"expected {expected}, found {found}; put the file there, or say under files what it is called"


def _names(study: Study, select: str) -> set[str]:
    known = [step.name for step in steps_of(study)]
    by_table = {table.name.replace(".", "/"): step.name for step in steps_of(study) for table in step.writes}
    asked = select.replace(".", "/")
    found = {name for name in known if name == asked or name.startswith(f"{asked}/")}
    found |= {by_table[asked]} if asked in by_table and not asked.startswith("out/fits") else set()
    if not found:
        raise UsageError(f"there is no asset {select}; the study has {', '.join(known)}")
    return found


def _warnings(study: Study, store: Store, waves: list[str]) -> list[str]:
    known = set(store.read(raw.FILES)["file_name"])
    new = Counter(name for wave in waves for name, _, path in exports_of(study, wave) if path.name not in known)
    absent = [wave for wave in study.spec.waves if not exports_of(study, wave)]
    found = [f"exports/{name} belongs to no source of study.yaml; it was not read" for name in stray_files(study)]
    found += [
        f"{n} exports of the source {name} arrived together; of a response in several, the file changed last counts"
        for name, n in new.items()
        if n > 1
    ]
    return found + [f"wave {wave} has no exports yet" for wave in absent if wave not in waves]


def _execute(study: Study, due: list[Due], outcome: Outcome, recorder: Observer) -> None:
    definitions = build_definitions([study], recorder)
    job = definitions.resolve_job_def(job_name(study))
    with open_instance(study.warehouse / "dagster") as instance:
        waves = list(dict.fromkeys(each.wave for each in due if each.wave))
        instance.add_dynamic_partitions(waves_partition(study).name or "", waves)
        for part in [*waves, ""]:
            keys = [key for each in due if each.wave == part for key in keys_of(study, each.step)]
            if not keys:
                continue
            result = job.execute_in_process(
                instance=instance,
                run_config=QUIET,
                partition_key=part or None,
                asset_selection=keys,
                raise_on_error=False,
                tags={"study": study.name, TRIGGER: BY_HAND, TAG: mark_of_this_process().written()},
            )
            outcome.run_ids.append(result.run_id)
            if part and not result.success:
                return
