"""Whether a model may use its items over several waves: not where a wave asked them differently.

Put here which items are behind a model's variables; what counts as a change is in ``steps.instrument_changes``.
"""

from collections.abc import Iterator

from models.regression.identification import ModelDataError
from models.sections.composition import parts_of_whole
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.steps.instrument_changes import blocking_changes
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.linking import INSTRUMENT_CHANGES


def refuse_changed_items(study: Study, store: Store, model: RegressionSpec) -> None:
    """Refuse to pool waves that asked an item of a model differently.

    Args:
        study: The study.
        store: Its warehouse.
        model: The model with its variant applied.

    Raises:
        ModelDataError: With items, waves, what changed and what to do.
    """
    every_wave = list(study.spec.waves)
    waves = list(model.population.waves) or every_wave
    if model.population.sources:
        of_sources = {study.spec.sources[name].wave for name in model.population.sources}
        waves = [wave for wave in waves if wave in of_sources]
    changes = store.read(INSTRUMENT_CHANGES)
    changes = changes[changes["wave_from"].isin(every_wave) & changes["wave_to"].isin(every_wave)]
    blocking = blocking_changes(changes, set(_items_behind(study, model)), waves, every_wave)
    if len(blocking):
        found = "; ".join(
            f"{row.item} between {row.wave_from} and {row.wave_to} ({str(row.aspect).replace('_', ' ')})"
            for row in blocking.itertuples()
        )
        raise ModelDataError(
            f"waves that asked an item differently may not be pooled: {found}; say in linking.comparable why the item "
            "may be compared, or name the waves to use in population.waves"
        )


def _items_behind(study: Study, model: RegressionSpec) -> Iterator[str]:
    options = {
        column: name
        for instrument in study.instruments.values()
        for name in instrument.items
        for column in instrument.option_columns(name)
    }
    used = {model.outcome, *parts_of_whole(model.composition), *(variable.variable for variable in model.variables())}
    sampled = () if model.design is None else model.design.columns()
    for name in used | {*model.clusters(), *model.effects(), *model.random_groups(), *sampled}:
        if name in study.scales():
            yield from study.scales()[name].scales[name].items
        elif name not in core.KEYS:
            yield options.get(name, name)
