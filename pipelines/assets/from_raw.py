"""The rows of a recorded fit, made again from the raw store and the specifications of that time, in private.

Nothing of the study's own tables is read but what an erasure and pseudonyms need: which kept file took the place of
which, and which key made them.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from instruments.faults import DataError
from models.spec import RegressionSpec
from pipelines.assets.fits import rows_for_model
from pipelines.assets.graph import due_steps
from pipelines.assets.raw import begun_waves
from pipelines.assets.recipe import Recipe, read_recipe, study_of
from pipelines.assets.relations import names_collaborations
from pipelines.assets.step import Task, code_hash, run_step
from pipelines.files import file_sha256
from pipelines.load import Study
from pipelines.pseudonym_keys import folder_of_keys
from pipelines.store import Store, Write
from pipelines.tables import core
from pipelines.tables.erasures import ERASED, ERASURES
from pipelines.tables.pulling import DELETIONS
from pipelines.tables.raw import KEYS

FIRST_TIME = 1_000_000_000
"""Seconds since 1970 that the first export is dated; each further one a second later, as they were accepted."""


@dataclass(frozen=True)
class Rebuilt:
    """The analysis table, made again.

    Attributes:
        analysis: One row an analysed response, with what the model needs.
        changed_files: What the team keeps beside the study and is not as it was.
        is_same_code: Whether the software that made the tables is the same.
        n_erased: Rows that erasures took out of the exports since.
    """

    analysis: pd.DataFrame
    changed_files: tuple[str, ...]
    is_same_code: bool
    n_erased: int


@dataclass(frozen=True)
class Remade:
    """A study as it was, in a private folder, with a warehouse of its own.

    Attributes:
        study: The study.
        store: Its private warehouse.
        recipe: What it is made from.
        changed_files: As of ``Rebuilt``.
        n_erased: As of ``Rebuilt``.
    """

    study: Study
    store: Store
    recipe: Recipe
    changed_files: tuple[str, ...]
    n_erased: int

    def rows_for(self, model: RegressionSpec) -> Rebuilt:
        """Make the analysis table, and what else a model needs; what was made before is taken again.

        Raises:
            DataError: When a step refuses what it is given.
        """
        needed = {"core/analysis"}
        needed |= {"core/quality_flags"} if model.population.without else set()
        needed |= {"core/collaborations"} if names_collaborations(model) else set()
        needed |= {"core/dyads"} if model.dyads is not None else set()
        needed |= {"core/weights"} if model.weights is not None else set()
        try:
            for due in due_steps(self.study, self.store, begun_waves(self.study, self.store), needed):
                run_step(due.step, Task(self.study, self.store, due.wave), run_id="sensemaking rerun")
        except DataError as error:
            told = f"; not as they were: {', '.join(self.changed_files)}" if self.changed_files else ""
            raise DataError(f"the rows cannot be made again from the raw store: {error}{told}") from error
        analysis = rows_for_model(self.study, self.store, self.store.read(core.analysis(self.study)), model)
        return Rebuilt(analysis, self.changed_files, self.recipe.code_hash == code_hash(), self.n_erased)


@contextmanager
def remade(study: Study, store: Store, recipe_hash: str) -> Iterator[Remade]:
    """Put a study as it was when a fit was made into a private folder of the warehouse.

    Args:
        study: The study as it is now, for its folder and its keys.
        store: Its warehouse.
        recipe_hash: Of the fit.

    Raises:
        WarehouseError: When a kept file or specification is gone or damaged.
    """
    recipe = read_recipe(store, recipe_hash)
    with store.staging() as private:
        folder = private / "study"
        (folder / "exports").mkdir(parents=True)
        again = study_of(recipe, store, folder)
        changed_files = tuple(_copy_team_files(study, recipe, folder))
        n_erased = _copy_exports(store, recipe, folder)
        privacy = again.spec.privacy.model_copy(update={"keys": str(folder_of_keys(study).resolve())})
        again = replace(again, spec=again.spec.model_copy(update={"privacy": privacy}))
        scratch = Store(again.warehouse)
        tables = [Write(table, store.read(table)) for table in (KEYS, ERASED)]
        tables += [Write(DELETIONS, rows, {"wave": wave}) for wave, rows in _known_deletions(store, recipe)]
        scratch.write(tables, input_hash="", run_id="sensemaking rerun")
        yield Remade(again, scratch, recipe, changed_files, n_erased)


def _known_deletions(store: Store, recipe: Recipe) -> Iterator[tuple[str, pd.DataFrame]]:
    """Return by wave the responses of which it was known at that time that their platform has them no more."""
    rows = store.read(DELETIONS)
    for wave, last in recipe.deletions.items():
        yield wave, rows[(rows["wave"] == wave) & (rows["noticed_at"] <= pd.Timestamp(last))]


def _copy_exports(store: Store, recipe: Recipe, folder: Path) -> int:
    """Put the exports of that time into ``exports/``; return how many rows erasures took out of them since."""
    n_erased = 0
    for number, file in enumerate(recipe.files):
        sha256, n = _present_hash(store, file["file_sha256"])
        n_erased += n
        target = folder / "exports" / file["file_name"]
        if not target.exists():
            shutil.copyfile(store.kept_file(sha256), target)
            os.utime(target, (FIRST_TIME + number, FIRST_TIME + number))
    return n_erased


def _present_hash(store: Store, sha256: str) -> tuple[str, int]:
    """Return the hash under which a kept file lies now, and how many rows erasures took out of it."""
    record = store.read(ERASURES)
    record = record[record["kind"] == "export"].drop_duplicates("old_sha256", keep="last").set_index("old_sha256")
    n = 0
    while sha256 in record.index and sha256 not in store.kept_names("raw"):
        n += int(record.loc[sha256, "n_rows"])
        sha256 = str(record.loc[sha256, "new_sha256"])
    return sha256, n


def _copy_team_files(study: Study, recipe: Recipe, folder: Path) -> Iterator[str]:
    """Copy what the team keeps beside the study; name what is gone or not as it was."""
    for name, sha256 in recipe.team_files.items():
        target, present = folder / name, study.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        is_there = present.is_file()
        if is_there:
            shutil.copyfile(present, target)
        else:
            target.touch()
        if not is_there or file_sha256(target) != sha256:
            yield name
