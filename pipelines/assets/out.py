"""Steps of results: response rates, scale quality, means, distributions, and one step a model."""

from collections.abc import Callable
from functools import cache, partial

import pandas as pd

from instruments.spec import Instrument
from instruments.spec_file import spec_hash
from models.regression.identification import ModelDataError
from models.sections.panel import NUMBER_OF_ANSWERS
from models.sections.variants import changes_of
from models.spec import RegressionSpec
from pipelines.assets.fits import TABLES_OF_FITS, FitRows, joined_rows, with_earlier, with_recipe, writes_of
from pipelines.assets.many_responses import fit_of_any_size
from pipelines.assets.plan import state_of_plan
from pipelines.assets.relations import names_collaborations
from pipelines.assets.step import Step, Task
from pipelines.load import Study
from pipelines.load_models import has_surface
from pipelines.steps import missingness, quality
from pipelines.steps.answer_patterns import count_patterns
from pipelines.steps.exclusions import without_excluded
from pipelines.steps.term_labels import in_language
from pipelines.store import Query, Write
from pipelines.tables import core, out
from pipelines.tables.base import Table
from pipelines.tables.screening import EXCLUSIONS

Describe = Callable[[pd.DataFrame, dict[str, Instrument]], pd.DataFrame]
Counted = Callable[[quality.Counted, dict[str, Instrument]], pd.DataFrame]
COUNTED: tuple[tuple[Table, Counted], ...] = (
    (out.RELIABILITY, quality.reliability),
    (out.ITEMS, quality.items),
)
"""Tables that describe how often each pattern of answers was given: one step counts and writes them all."""
QUALITY: tuple[tuple[Table, Describe], ...] = (
    (out.AGREEMENT, quality.agreement),
    (out.SCALE_MEANS, quality.scale_means),
    (out.DISTRIBUTIONS, quality.distributions),
)


def steps(study: Study) -> tuple[Step, ...]:
    """Return the steps that write ``out``."""
    return (
        Step(
            name="out/missing",
            writes=(out.MISSING,),
            reads=("core.responses", "core.missing"),
            by_wave=False,
            depends_on=lambda task: list(task.study.spec.waves),
            make=_missing,
            meaning=out.MISSING.grain,
        ),
        _quality_step(tuple(table for table, _ in COUNTED), _describe_counts),
        *(_quality_step((table,), partial(_describe, table, describe)) for table, describe in QUALITY),
        *(_model_step(study, name) for name in study.models),
    )


def _missing(task: Task) -> list[Write]:
    return [Write(out.MISSING, Query(missingness.shares_by_reason(list(task.study.spec.waves))))]


def _quality_step(tables: tuple[Table, ...], make: Callable[[Task], list[Write]]) -> Step:
    return Step(
        name=tables[0].name.replace(".", "/"),
        writes=tables,
        reads=("core.analysis", "core.exclusions"),
        by_wave=False,
        depends_on=lambda task: [_instruments(task), list(task.study.spec.screening.exclusions)],
        make=make,
        meaning="; ".join(table.grain for table in tables),
    )


def _instruments(task: Task) -> object:
    return task.study.instrument_hashes


def _measurement(task: Task) -> object:
    return {name: spec_hash(each) for name, each in task.study.measurement.items()}


def _describe_counts(task: Task) -> list[Write]:
    """Describe the answers of all analysed responses, and again of those that each exclusion rule keeps."""
    scales = task.study.scales()
    with task.store.scanning() as scan:
        counts = [count_patterns(scan, scales, rule) for rule in ("", *task.study.spec.screening.exclusions)]
    return [
        Write(table, pd.concat([describe(each, scales) for each in counts], ignore_index=True))
        for table, describe in COUNTED
    ]


def _describe(table: Table, describe: Describe, task: Task) -> list[Write]:
    """Describe all analysed responses, and again those that each exclusion rule keeps."""
    analysis, scales = task.store.read(core.analysis(task.study)), task.study.scales()
    found = [describe(analysis, scales)]
    excluded = task.store.read(EXCLUSIONS)
    found += [
        describe(without_excluded(analysis, excluded, rule), scales).assign(exclusions=rule)
        for rule in task.study.spec.screening.exclusions
    ]
    return [Write(table, pd.concat(found, ignore_index=True))]


def _model_step(study: Study, name: str) -> Step:
    agreed = ("core.codings", "out.coding_agreement") if study.coding is not None else ()
    sampled = ("out.sampling",) if study.spec.casework.sample is not None else ()
    gated = ("out.gates",) if study.measurement else ()
    weighed = ("core.weights",) if is_weighted(study.models[name]) else ()
    together = ("core.memberships",) if names_collaborations(study.models[name]) else ()
    together += ("core.dyads",) if study.models[name].dyads is not None else ()
    laid_against = ("out.agreement",) if has_surface(study.models[name]) else ()
    return Step(
        name=f"out/fits/{name}",
        writes=(*TABLES_OF_FITS, out.REFUSALS),
        reads=(
            *("core.analysis", "core.exclusions", "out.instrument_changes"),
            *(*agreed, *sampled, *gated, *weighed, *together, *laid_against),
        ),
        by_wave=False,
        depends_on=lambda task: [
            spec_hash(task.study.models[name]),
            _instruments(task),
            _measurement(task),
            state_of_plan(task.store, name),
        ],
        make=partial(_fit, name),
        meaning=f"{in_language(study.models[name].title, 'en', name)}: one row a fit of {name}",
        slice=slice_of_model(name),
    )


def is_weighted(model: RegressionSpec) -> bool:
    """Tell whether a model or one of its variants weighs the responses by a column of ``core.weights``."""
    of_variants = (changes_of(variant).get("weights", model.weights) for variant in model.variants)
    return any(weights not in (None, NUMBER_OF_ANSWERS) for weights in (model.weights, *of_variants))


def slice_of_model(name: str) -> str:
    """Return the name of the slice of a model's declared fits."""
    return f"{name},True"


def _fit(name: str, task: Task) -> list[Write]:
    model = task.study.models[name]
    variants = ["main", *(variant.name for variant in model.variants)]
    analysis = cache(partial(task.store.read, core.analysis(task.study)))
    rows: list[FitRows] = []
    refused: list[dict[str, object]] = []
    for variant in variants:
        try:
            rows.append(fit_of_any_size(task.study, task.store, analysis, model, variant, is_declared=True))
        except ModelDataError as error:
            refused.append({"model": name, "variant": variant, "is_declared": True, "reason": str(error)})
    every_fit = with_earlier(task.store, with_recipe(task.study, task.store, joined_rows(rows)), name)
    refusals = pd.DataFrame(refused, columns=list(out.REFUSALS.columns))
    where: dict[str, str | bool] = {"model": name, "is_declared": True}
    return [*writes_of(every_fit, where), Write(out.REFUSALS, refusals, where)]
