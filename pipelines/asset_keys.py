"""What the assets of a study are called."""

import dagster as dg

from pipelines.assets.step import Step
from pipelines.load import Study
from pipelines.tables.base import Table


def tables_of(study: Study, step: Step) -> dict[dg.AssetKey, tuple[Table, ...]]:
    """Return the assets of a step with their tables: one a table, but one a model or measurement specification.

    Such a step writes its rows into a dozen tables that it shares with others of its kind. An asset for each would
    make four of five assets of a study, which nobody looks at one by one and Dagster takes long to load.
    """
    if step.slice:
        return {dg.AssetKey([study.name, *step.name.split("/")]): step.writes}
    return {dg.AssetKey([study.name, *table.name.split(".")]): (table,) for table in step.writes}


def keys_of(study: Study, step: Step) -> list[dg.AssetKey]:
    """Name every asset of a step: study, layer, table; or study and name of the step."""
    return list(tables_of(study, step))
