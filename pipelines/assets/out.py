"""Steps of results: response rates, scale quality, means, distributions, and one step a model."""

from collections.abc import Callable
from functools import partial

import pandas as pd

from instruments.spec import Instrument
from instruments.spec_file import spec_hash
from models.regression.identification import ModelDataError
from pipelines.assets.fits import FitRows, fit_model, joined_rows, with_earlier, writes_of
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.steps import quality
from pipelines.store import Write
from pipelines.tables import core, out
from pipelines.tables.base import Table

Describe = Callable[[pd.DataFrame, dict[str, Instrument]], pd.DataFrame]
QUALITY: tuple[tuple[Table, Describe], ...] = (
    (out.RELIABILITY, quality.reliability),
    (out.ITEMS, quality.items),
    (out.AGREEMENT, quality.agreement),
    (out.SCALE_MEANS, quality.scale_means),
    (out.DISTRIBUTIONS, quality.distributions),
)


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps that write ``out``."""
    return (
        *(_quality_step(table, describe) for table, describe in QUALITY),
        *(_model_step(name) for name in study.models),
    )


def _quality_step(table: Table, describe: Describe) -> Step:
    return Step(
        name=table.name.replace(".", "/"),
        writes=(table,),
        reads=("core.analysis",),
        by_wave=False,
        depends_on=_instruments,
        make=partial(_describe, table, describe),
        meaning=table.grain,
    )


def _instruments(task: Task) -> object:
    return {name: spec_hash(each) for name, each in task.study.instruments.items()}


def _describe(table: Table, describe: Describe, task: Task) -> list[Write]:
    analysis = task.store.read(core.analysis(task.study))
    return [Write(table, describe(analysis, task.study.scales()))]


def _model_step(name: str) -> Step:
    return Step(
        name=f"out/fits/{name}",
        writes=(out.FITS, out.ESTIMATES, out.DIAGNOSTICS, out.REFUSALS),
        reads=("core.analysis",),
        by_wave=False,
        depends_on=lambda task: [spec_hash(task.study.models[name]), _instruments(task)],
        make=partial(_fit, name),
        meaning=f"{out.FITS.grain} of {name}",
        slice=slice_of_model(name),
    )


def slice_of_model(name: str) -> str:
    """Return the name of the slice of a model's declared fits."""
    return f"{name},True"


def _fit(name: str, task: Task) -> list[Write]:
    model = task.study.models[name]
    variants = ["main", *(variant.name for variant in model.variants)]
    rows: list[FitRows] = []
    refused: list[dict[str, object]] = []
    for variant in variants:
        try:
            rows.append(fit_model(task.study, task.store, model, variant, is_declared=True))
        except ModelDataError as error:
            refused.append({"model": name, "variant": variant, "is_declared": True, "reason": str(error)})
    every_fit = with_earlier(task.store, joined_rows(rows), name)
    refusals = pd.DataFrame(refused, columns=list(out.REFUSALS.columns))
    where: dict[str, str | bool] = {"model": name, "is_declared": True}
    return [*writes_of(every_fit, where), Write(out.REFUSALS, refusals, where)]
