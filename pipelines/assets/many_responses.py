"""Fits of studies with many responses: chosen, kept and computed where they lie, so that memory does not grow with them.

Put here which fits are made so and what is kept of them; fits of rows in memory are in ``fits``.
"""  # noqa: E501

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from models.estimates import Fit
from models.origin import derive_seed
from models.regression.design import columns_read, excluded_column
from models.regression.fit import apply_variant
from models.regression.fit_task import FitTask, StoredResponses
from models.regression.identification import FEWEST_BEYOND
from models.regression.in_database.connection import Connection, batches, row
from models.regression.in_database.query import quoted
from models.regression.in_database.selection import SelectedInDatabase, select_in_database
from models.regression.large import MANY_RESPONSES, fit_stored, why_in_memory
from models.spec import RegressionSpec
from pipelines.assets.beside_fits import N_OF_INDICATOR, categories_of, organisations_told, with_conditions
from pipelines.assets.codings import refuse_unreliable_codes
from pipelines.assets.fits import FitRows, fit_model, fit_rows, labels_of, names_in
from pipelines.assets.measurement import refuse_unmeasured
from pipelines.assets.plan import label_of
from pipelines.assets.pooling import refuse_changed_items
from pipelines.assets.sampling import known_sampling
from pipelines.assets.scores_of_many import ABOUT, ORGANISATION, scores_in_use
from pipelines.load import Study
from pipelines.store import Store
from pipelines.store.many_rows import from_a_file, from_the_warehouse, keep_written, named_in_warehouse, write_parts
from pipelines.store.slices import literal
from pipelines.tables import core
from pipelines.tables.fieldwork import WEIGHTS
from pipelines.tables.screening import EXCLUSIONS

RELATION = ("analysis",)
MEANS = ("_organisation_mean", "_within_organisation")


def fit_of_any_size(
    study: Study,
    store: Store,
    analysis: Callable[[], pd.DataFrame],
    model: RegressionSpec,
    variant: str,
    *,
    is_declared: bool,
) -> FitRows:
    """Fit one variant of a model, where many responses lie or to rows in memory, and keep the rows it used.

    Args:
        study: The study.
        store: Its warehouse.
        analysis: Reads ``core.analysis``; not called where responses stay where they lie.
        model: The model.
        variant: Name of the variant; ``main`` for the model itself.
        is_declared: Whether the fit is one that the study declares.

    Raises:
        ModelDataError: When the data cannot carry the model.
    """
    if may_stay(study, store, apply_variant(model, variant)):
        made = _fit_where_they_lie(_Asked(study, store, model, variant), is_declared=is_declared)
        if made is not None:
            return made
    return fit_model(study, store, analysis(), model, variant, is_declared=is_declared)


def may_stay(study: Study, store: Store, spec: RegressionSpec) -> bool:
    """Tell whether responses may be many, and nothing of a model needs them in memory.

    Organisation means of other groups and over those that a rule keeps, the conditions of a surface, and the inference
    that a sample register allows, are computed from rows.
    """
    n_rows = sum(int(each["n_rows"]) for (name, _), each in store.provenance().items() if name == "core.analysis")
    if n_rows < MANY_RESPONSES or why_in_memory(spec) is not None:
        return False
    has_new_means = any(each.of is not None for each in spec.variables()) or (
        spec.population.without is not None and any(column.endswith(MEANS) for column in columns_read(spec))
    )
    return not has_new_means and spec.surface() is None and known_sampling(study, store).empty


@dataclass(frozen=True)
class _Asked:
    study: Study
    store: Store
    model: RegressionSpec
    variant: str

    @property
    def spec(self) -> RegressionSpec:
        return self.model.with_variant(self.variant)


@dataclass(frozen=True, eq=False)
class _Chosen:
    """The responses of a model in the warehouse: which, and what is told of them."""

    connection: Connection
    selected: SelectedInDatabase

    def told(self, text: str) -> tuple[int, ...]:
        return row(self.connection, self.selected.query.then(text))


def _fit_where_they_lie(asked: _Asked, *, is_declared: bool) -> FitRows | None:
    """Fit a model; None where its responses are few, or no engine computes them."""
    study, store, model, spec = asked.study, asked.store, asked.model, asked.spec
    refuse_changed_items(study, store, spec)
    refuse_unreliable_codes(study, store, spec)
    labels = {name: each for name, each in labels_of(study).items() if name in names_in(model)}
    seed = derive_seed(study.name, model.name, asked.variant)
    with store.staging() as folder:
        path = folder / "rows.parquet"
        with _chosen(asked) as chosen:
            if chosen.selected.n_obs < MANY_RESPONSES:
                return None
            name = write_parts(path, _typed(asked, batches(chosen.connection, chosen.selected.in_order)))
            conditions = refuse_unmeasured(study, store, spec, *scores_in_use(study, store, chosen.connection, path))
            organisations = _organisations(spec, chosen)
            selected = chosen.selected
        with from_a_file(path, folder) as connection:
            task = FitTask(model, labels, asked.variant, FEWEST_BEYOND, seed)
            stored = StoredResponses(connection, ("responses",), selected.n_in_population, selected.n_alone)
            fit = fit_stored(task, stored)
        if fit is None:
            return None
        keep_written(store, path, name)
    fit = replace(fit, data_hash=name)
    if organisations is not None:
        fit = replace(fit, diagnostics=organisations_told(spec, fit, *organisations))
    fit = replace(fit, diagnostics=with_conditions(fit, conditions))
    used = _responses(store, fit, is_declared=is_declared)
    label = label_of(study, store, (model.name, asked.variant), used, is_declared=is_declared)
    return fit_rows(study, model, fit, labels, label, is_declared=is_declared)


@contextmanager
def _chosen(asked: _Asked) -> Iterator[_Chosen]:
    """Choose the responses of a model in the warehouse, with whom a rule leaves out and the weights that it reads."""
    analysis, spec = core.analysis(asked.study), asked.spec
    columns = ", ".join(f"a.{quoted(name)}" for name in analysis.columns)
    sources = f"{named_in_warehouse(analysis)} AS a"
    if rule := spec.population.without:
        columns += f", e.response_id IS NOT NULL AS {quoted(excluded_column(rule))}"
        left_out = f"SELECT response_id FROM {named_in_warehouse(EXCLUSIONS)} WHERE exclusions = {literal(rule)}"  # noqa: S608 - quoted
        sources += f" LEFT JOIN ({left_out}) AS e ON e.response_id = a.response_id"
    if spec.weights is not None:
        columns += f", w.{quoted(spec.weights)}"
        sources += f" LEFT JOIN {named_in_warehouse(WEIGHTS)} AS w ON w.response_id = a.response_id"
    question = f"SELECT {columns} FROM {sources}"  # noqa: S608 - quoted
    with from_the_warehouse(asked.store, question) as connection:
        yield _Chosen(connection, select_in_database(spec, connection, RELATION, ABOUT))


def _typed(asked: _Asked, parts: Iterator[pa.RecordBatch]) -> Iterator[pd.DataFrame]:
    """Yield rows in the types that they have in memory."""
    kinds = {name: column.kind for name, column in core.analysis(asked.study).columns.items()}
    kinds |= {asked.spec.weights: WEIGHTS.columns[asked.spec.weights].kind} if asked.spec.weights is not None else {}
    for part in parts:
        rows = part.to_pandas()
        yield rows.astype({str(name): kinds.get(str(name), "bool") for name in rows})


def _organisations(spec: RegressionSpec, chosen: _Chosen) -> tuple[int, int | None] | None:
    """Count the organisations behind the responses, and behind the least category; None where none is known."""
    (n_organisations,) = chosen.told(f"SELECT count(DISTINCT {ORGANISATION}) FROM responses")  # noqa: S608
    if not n_organisations:
        return None
    names = chosen.selected.columns
    counted = ", ".join(f"count(DISTINCT {quoted(name)})" for name in names)
    n_values = chosen.told(f"SELECT {counted} FROM responses")  # noqa: S608
    indicators = frozenset(name for name, n in zip(names, n_values, strict=True) if n == N_OF_INDICATOR)
    behind: list[int] = []
    for columns in categories_of(spec, indicators):
        grouped = f"SELECT count(DISTINCT {ORGANISATION}) AS n FROM responses WHERE {ORGANISATION} IS NOT NULL"  # noqa: S608
        grouped += f" GROUP BY {', '.join(map(quoted, columns))}"
        behind += chosen.told(f"SELECT min(n) FROM ({grouped})")  # noqa: S608
    return n_organisations, min(behind, default=None)


def _responses(store: Store, fit: Fit, *, is_declared: bool) -> pd.Series:
    """Return the ids of the responses used, which label a declared fit."""
    if not is_declared:
        return pd.Series(dtype="str")
    return pd.read_parquet(store.kept_rows_file(fit.data_hash), columns=["response_id"])["response_id"]
