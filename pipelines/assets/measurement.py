"""Measurement specifications → one step each; and whether the scores that a model needs may be used."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from instruments.spec_file import spec_hash
from models.regression.identification import ModelDataError
from models.spec import RegressionSpec
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps.measurement import measurement_tables, unmet
from pipelines.store import Store, Write
from pipelines.tables import core
from pipelines.tables.measurement import GATES, TABLES

COMPARED = ("wave", "language", "respondent_group", "source")
BLOCK = "block"


def steps(study: Study) -> tuple[Step, ...]:
    """Return a step for every measurement specification of a study."""
    return tuple(_step(name) for name in study.measurement)


def _step(name: str) -> Step:
    return Step(
        name=f"out/measurement/{name}",
        writes=TABLES,
        reads=("core.analysis", "out.instrument_changes"),
        by_wave=False,
        depends_on=lambda task: [
            spec_hash(task.study.measurement[name]),
            {each: spec_hash(instrument) for each, instrument in task.study.instruments.items()},
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


def refuse_unmeasured(study: Study, store: Store, model: RegressionSpec, used: pd.DataFrame) -> pd.DataFrame:
    """Return the conditions on the scores of a model that are not met and only to be marked.

    Args:
        study: The study.
        store: Its warehouse.
        model: One variant of a model.
        used: The responses it uses, with wave, language, respondent_group and source.

    Returns:
        Rows of ``out.gates``.

    Raises:
        ModelDataError: If a condition is not met that the specification says must block.
    """
    if not study.measurement:
        return GATES.empty()
    gates = store.read(GATES)
    gates = gates[gates["measurement"].isin(list(study.measurement))]
    missed = unmet(gates, list(_wanted(study, model, used)))
    blocking = missed[missed["when_not_met"] == BLOCK]
    if len(blocking):
        reasons = "; ".join(dict.fromkeys(blocking["reason"]))
        raise ModelDataError(f"a score of this model may not be used: {reasons}")
    return missed


def _wanted(study: Study, model: RegressionSpec, used: pd.DataFrame) -> Iterator[tuple[str, str, str, str]]:
    scales = set(study.scales())
    over = [column for column in COMPARED if len(used[column].dropna().unique()) > 1]
    own = [str(each) for each in used["respondent_group"].dropna().unique()]
    uses = [(model.outcome, "number", None), *((each.variable, each.use, each.of) for each in model.variables())]
    for name, use, of in uses:
        if name not in scales:
            continue
        for group in [of] if of is not None else own:
            yield name, group, "regression", ""
            if use in ("organisation_mean", "within_organisation"):
                yield name, group, "organisation_mean", ""
            for column in over:
                yield name, group, "comparison", column
