"""What Dagster loads: the definitions of every study that ``SENSEMAKING_STUDIES`` names, one folder after another."""

import os
from pathlib import Path

import dagster as dg

from pipelines.factory import NoValuesIOManager, Observer, build_study
from pipelines.load import Study, load_study

STUDIES = "SENSEMAKING_STUDIES"


def build_definitions(studies: list[Study], observer: Observer | None = None) -> dg.Definitions:
    """Assemble the definitions of several studies, run in this process and never handing values around."""
    common = dg.Definitions(executor=dg.in_process_executor, resources={"io_manager": NoValuesIOManager()})
    return dg.Definitions.merge(common, *(build_study(study, observer) for study in studies))


@dg.definitions
def defs() -> dg.Definitions:
    """Load the studies of the environment; without any there is an empty code location."""
    folders = [Path(folder) for folder in os.environ.get(STUDIES, "").split(os.pathsep) if folder]
    return build_definitions([load_study(folder) for folder in folders])
