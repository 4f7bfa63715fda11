"""``codebook``: what a study's data hold, as a file for archives, programs or people; it holds no answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from instruments.codebook import Codebook
from instruments.codebooks.datapackage import data_package
from instruments.codebooks.ddi import ddi_codebook
from instruments.codebooks.page import html_page
from instruments.codebooks.page_instrument import MissingCounts
from instruments.faults import UsageError
from instruments.spec_file import closest
from pipelines.files import PUBLIC, refuse_to_write, whole_or_absent
from pipelines.load import Study
from pipelines.steps.missing_counts import tellable_counts
from pipelines.steps.study_codebook import study_codebook
from pipelines.store import Store
from pipelines.tables import core, out

ENDINGS: Mapping[str, str] = {"datapackage": ".json", "ddi": ".xml", "html": ".html"}
USUAL_NAME = "datapackage.json"


@dataclass(frozen=True)
class WrittenCodebook:
    """A codebook that was written.

    Attributes:
        file: The file.
        to: Its notation.
        n_instruments: Instruments in it.
        n_variables: Columns of all tables in it.
        notes: What the user should know.
    """

    file: Path
    to: str
    n_instruments: int
    n_variables: int
    notes: tuple[str, ...]


def write_codebook(study: Study, to: str, path: Path, *, with_counts: bool, replace: bool) -> WrittenCodebook:
    """Write the codebook of a study.

    Args:
        study: The study; it need not have been run, unless counts are wanted.
        to: ``datapackage``, ``ddi`` or ``html``.
        path: Where; never among the releases or the platforms' exports.
        with_counts: Whether the page tells how often answers are missing.
        replace: Whether a file that is there already may be replaced.

    Raises:
        UsageError: When the notation, the place or the name will not do, or there is nothing to count.
    """
    _refuse(study, to, path, with_counts=with_counts, replace=replace)
    codebook = study_codebook(study)
    content = _content(codebook, to, _counts(study) if with_counts else None)
    with whole_or_absent(path, PUBLIC) as unfinished:
        unfinished.write_bytes(content)
    notes = []
    if to == "datapackage" and path.name != USUAL_NAME:
        notes.append(f"the standard wants a Data Package to be called {USUAL_NAME} where it is published")
    n_variables = sum(len(each.variables) for each in codebook.tables)
    return WrittenCodebook(path, to, len(codebook.instruments), n_variables, tuple(notes))


def _refuse(study: Study, to: str, path: Path, *, with_counts: bool, replace: bool) -> None:
    if to not in ENDINGS:
        known = list(ENDINGS)
        raise UsageError(f"there is no codebook '{to}'{closest(to, known)}; expected {', '.join(known)}")
    if with_counts and to != "html":
        raise UsageError("only the page has counts of missing answers; leave --counts out, or say --to html")
    if path.suffix != ENDINGS[to]:
        raise UsageError(f"{path.name}: expected a name ending in {ENDINGS[to]}")
    for folder in (study.releases, study.exports):
        if path.resolve().is_relative_to(folder.resolve()):
            raise UsageError(f"{path} lies in {folder.name}/, which holds other files; choose another folder")
    refuse_to_write(path, replace=replace)


def _content(codebook: Codebook, to: str, counts: MissingCounts | None) -> bytes:
    if to == "html":
        return html_page(codebook, counts)
    return data_package(codebook) if to == "datapackage" else ddi_codebook(codebook)


def _counts(study: Study) -> MissingCounts:
    store = Store(study.warehouse)
    responses = store.read(core.RESPONSES)
    if not len(responses):
        raise UsageError("there are no responses to count yet; run the study first")
    return tellable_counts(store.read(out.MISSING), responses, study.spec.release.least_cell_size)
