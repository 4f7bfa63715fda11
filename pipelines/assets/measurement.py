"""Measurement specifications → one step each; and whether the scores that a model needs may be used."""

from functools import partial

import pandas as pd

from instruments.counted import counted
from instruments.spec_file import spec_hash
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps.measurement import measurement_tables
from pipelines.steps.measurement_uses import CONDITIONS_NOT_MET, MET, conditions
from pipelines.store import Store, Write
from pipelines.tables import core, out
from pipelines.tables.measurement import GATES, TABLES
from pipelines.tables.relations import DYADS

BLOCK = "block"
UNUSABLE = "a score of this model may not be used"
MOST_TOLD = 5
SEE = "see: sensemaking measurement STUDY"


def steps(study: Study) -> tuple[Step, ...]:
    """Return a step for every measurement specification of a study."""
    return tuple(_step(name) for name in study.measurement)


def step_name(name: str) -> str:
    """Return the name of the step of a measurement specification."""
    return f"out/measurement/{name}"


def _step(name: str) -> Step:
    return Step(
        name=step_name(name),
        writes=TABLES,
        reads=("core.analysis", "out.instrument_changes"),
        by_wave=False,
        depends_on=lambda task: [
            spec_hash(task.study.measurement[name]),
            task.study.instrument_hashes,
        ],
        make=partial(_measure, name),
        meaning=f"{TABLES[0].grain} of {name}",
        slice=name,
    )


def _measure(name: str, task: Task) -> list[Write]:
    found = measurement_tables(
        task.store.read(core.analysis(task.study)), task.study.measurement[name], task.study.scales()
    )
    return [Write(table, rows, {"measurement": name}) for table, rows in zip(TABLES, found, strict=True)]


def notes(study: Study, store: Store) -> list[str]:
    """Say which specifications have conditions that are not met, and which models are marked for it."""
    gates, diagnostics, fits = store.read(GATES), store.read(out.DIAGNOSTICS), store.read(out.FITS)
    found: list[str] = []
    for name in study.measurement:
        of_spec = gates[gates["measurement"] == name]
        n_missed = int((of_spec["verdict"] != MET).sum())
        if n_missed:
            found.append(f"measurement {name}: {n_missed} of {counted(len(of_spec), 'condition')} not met; {SEE}")
    current = fits.loc[fits["is_current"].astype(bool) & fits["model"].isin(list(study.models)), "fit_id"]
    missed = (diagnostics["diagnostic"] == CONDITIONS_NOT_MET) & (diagnostics["value"] > 0)
    marked = diagnostics[missed & diagnostics["fit_id"].isin(current)]
    told = {str(model): ", ".join(rows["variant"]) for model, rows in marked.groupby("model", sort=True)}
    if len(told) > MOST_TOLD:
        listed = ", ".join(told)
        return [*found, f"{len(told)} models use scores whose conditions of measurement are not met: {listed}; {SEE}"]
    found += [
        f"the model {model} ({variants}) uses scores whose conditions of measurement are not met; {SEE}"
        for model, variants in told.items()
    ]
    return found


def refuse_unmeasured(
    study: Study, store: Store, model: RegressionSpec, analysis: pd.DataFrame, is_used: pd.Series
) -> pd.DataFrame:
    """Return the conditions on the scores of a model, met or only to be marked.

    Args:
        study: The study.
        store: Its warehouse.
        model: One variant of a model.
        analysis: ``core.analysis``.
        is_used: Length n: which of its responses the model uses.

    Returns:
        Rows of ``out.gates``; none where no measurement specification asks anything of these scores.

    Raises:
        ModelDataError: If a condition is not met that the specification says must block.
    """
    if not study.measurement:
        return GATES.empty()
    found = conditions(store.read(GATES), study.measurement, model, analysis, is_used, store.read(DYADS))
    blocking = found[(found["verdict"] != MET) & (found["when_not_met"] == BLOCK)]
    if len(blocking):
        reasons = "; ".join(dict.fromkeys(blocking["reason"]))
        raise ModelDataError(f"{UNUSABLE}: {reasons}")
    return found
