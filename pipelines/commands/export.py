"""``export spss`` and ``export stata``: the analysed responses as a labelled file; private, as it holds every row."""

from dataclasses import dataclass
from pathlib import Path

from instruments.faults import DataError, UsageError
from pipelines.assets.graph import due_steps
from pipelines.assets.raw import begun_waves
from pipelines.exports.statistics_file import write_statistics_file
from pipelines.load import Study
from pipelines.steps.labelled_file import plan_labelled_file
from pipelines.steps.program_limits import SPSS, STATA
from pipelines.store import Store
from pipelines.tables import core

PROGRAMS = {"spss": SPSS, "stata": STATA}
PRIVATE = "the file holds a row for every respondent: keep it as safe as the warehouse, and never publish it"


@dataclass(frozen=True)
class Exported:
    """A file that was written.

    Attributes:
        file: The file.
        codebook: Its codebook.
        n_rows: Responses in it.
        n_variables: Variables in it.
        warnings: That it is private, and what had to be changed.
    """

    file: Path
    codebook: Path
    n_rows: int
    n_variables: int
    warnings: tuple[str, ...]


def export_analysis(study: Study, program: str, path: Path, *, replace: bool) -> Exported:
    """Write the analysed responses of a study for a statistics program.

    Args:
        study: The study, whose ``core.analysis`` must be up to date.
        program: ``spss`` or ``stata``.
        path: Where; never among the releases or the platforms' exports.
        replace: Whether a file that is there already may be replaced.

    Raises:
        UsageError: When there is nothing to export, or the place or name will not do.
        DataError: When exports, specifications or the software changed since the last run.
    """
    refuse_public_place(study, path)
    store, table = Store(study.warehouse), core.analysis(study)
    analysis = store.read(table)
    if not len(analysis):
        raise UsageError("there are no analysed responses yet; run the study first")
    if due_steps(study, store, begun_waves(study, store), {"core/analysis"}):
        raise DataError("exports, specifications or the software changed since the last run; run the study first")
    plan = plan_labelled_file(PROGRAMS[program], study, table, analysis, store.read(core.MISSING))
    codebook = write_statistics_file(plan, path, replace=replace)
    return Exported(path, codebook, len(analysis), len(plan.variables), (PRIVATE, *plan.warnings()))


def refuse_public_place(study: Study, path: Path) -> None:
    """Raise UsageError when a file of respondents would lie among the releases or the platforms' exports."""
    for folder in (study.releases, study.exports):
        if path.resolve().is_relative_to(folder.resolve()):
            raise UsageError(
                f"{path} lies in {folder.name}/, which is not for files of respondents; choose another folder"
            )
