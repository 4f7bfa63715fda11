"""What the assets of a study are called."""

import dagster as dg

from pipelines.assets.step import Step
from pipelines.load import Study


def asset_key(study: Study, step: Step, table: str) -> dg.AssetKey:
    """Name the asset of a table: study, layer, table; a model's fits have the model's name too."""
    layer, content = table.split(".")
    model = step.name.split("/")[2:]
    return dg.AssetKey([study.name, layer, content, *model])


def keys_of(study: Study, step: Step) -> list[dg.AssetKey]:
    """Name every asset of a step."""
    return [asset_key(study, step, table.name) for table in step.writes]
