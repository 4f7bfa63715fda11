"""What Dagster loads: the definitions of every study that ``SENSEMAKING_STUDIES`` names, one folder after another.

A study with faults never keeps the others from being loaded: it is left out, and told where Dagster's pages show it.
"""

import gc
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import dagster as dg

from instruments.faults import DataError, EnvironmentFault, UsageError
from pipelines.factory import NoValuesIOManager, Observer, build_study
from pipelines.load import Study, load_study

STUDIES = "SENSEMAKING_STUDIES"
LEFT_OUT = "studies_left_out"
COLLECT_AFTER = 100_000
"""Objects made before Python looks for dead cycles among them: definitions live as long as the program."""
COLLECT_IN_RUNS_AFTER = 10_000
"""The same of a run: many objects are made, and few are ever in a cycle."""


@dataclass(frozen=True)
class LoadedStudies:
    """Studies that were read, and those that could not be.

    Attributes:
        studies: Those without faults.
        left_out: Folder of every other one → what is wrong with it.
    """

    studies: list[Study] = field(default_factory=list[Study])
    left_out: dict[Path, str] = field(default_factory=dict[Path, str])


@contextmanager
def collecting_after(n_objects: int) -> Iterator[None]:
    """Let Python's garbage collection begin only after so many objects, and as it did before afterwards."""
    usual = gc.get_threshold()
    gc.set_threshold(n_objects, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def load_studies(folders: Sequence[Path]) -> LoadedStudies:
    """Read study folders; one with faults, or with the name of an earlier one, stops none of the others."""
    loaded = LoadedStudies()
    owner: dict[str, Path] = {}
    for folder in folders:
        try:
            study = load_study(folder)
        except (UsageError, DataError, EnvironmentFault, OSError) as error:
            loaded.left_out[folder] = str(error)
            continue
        if study.name in owner:
            loaded.left_out[folder] = f"{owner[study.name]} holds a study of the same name {study.name}; rename one"
            continue
        owner[study.name] = folder
        loaded.studies.append(study)
    return loaded


def build_definitions(studies: list[Study], observer: Observer | None = None) -> dg.Definitions:
    """Assemble the definitions of several studies, run in this process and never handing values around."""
    common = dg.Definitions(executor=dg.in_process_executor, resources={"io_manager": NoValuesIOManager()})
    return dg.Definitions.merge(common, *(build_study(study, observer) for study in studies))


def told_of(left_out: dict[Path, str]) -> dg.Definitions:
    """Show every study that was left out as an asset that nothing makes, with its faults as its description."""
    specs = [
        dg.AssetSpec(
            [LEFT_OUT, f"{number}_{folder.name}"],
            description=f"{folder} was left out; mend it and load the definitions again.\n\n```\n{faults}\n```",
            group_name=LEFT_OUT,
        )
        for number, (folder, faults) in enumerate(left_out.items(), start=1)
    ]
    return dg.Definitions(assets=specs)


@dg.definitions
def defs() -> dg.Definitions:
    """Load the studies of the environment; without any there is an empty code location."""
    return served(tuple(Path(folder) for folder in os.environ.get(STUDIES, "").split(os.pathsep) if folder))


@lru_cache(maxsize=1)
def served(folders: tuple[Path, ...]) -> dg.Definitions:
    """Load studies for as long as this program of Dagster's lives: it asks twice, and reloads in another program."""
    with collecting_after(COLLECT_AFTER):
        loaded = load_studies(folders)
        for folder, faults in loaded.left_out.items():
            logging.getLogger("dagster").error("The study %s is left out:\n%s", folder, faults)
        found = dg.Definitions.merge(build_definitions(loaded.studies), told_of(loaded.left_out))
    gc.freeze()
    gc.set_threshold(COLLECT_IN_RUNS_AFTER)
    return found
