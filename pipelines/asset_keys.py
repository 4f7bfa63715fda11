"""What the assets of a study are called."""

import dagster as dg

from pipelines.assets.step import Step
from pipelines.load import Study
from pipelines.tables.base import Table


def asset_key(study: Study, step: Step, table: str) -> dg.AssetKey:
    """Name the asset of a table: study, layer, table; a model's fits have the model's name too."""
    layer, content = table.split(".")
    model = step.name.split("/")[2:]
    return dg.AssetKey([study.name, layer, content, *model])


def tables_of(study: Study, step: Step) -> dict[dg.AssetKey, tuple[Table, ...]]:
    """Return the assets of a step with their tables: one a table, but one a model or measurement specification.

    Such a step writes its rows into a dozen tables that it shares with others of its kind. An asset for each would
    make four of five assets of a study, which nobody looks at one by one and Dagster takes long to load.
    """
    if step.slice:
        return {asset_key(study, step, step.writes[0].name): step.writes}
    return {asset_key(study, step, table.name): (table,) for table in step.writes}


def keys_of(study: Study, step: Step) -> list[dg.AssetKey]:
    """Name every asset of a step."""
    return list(tables_of(study, step))
