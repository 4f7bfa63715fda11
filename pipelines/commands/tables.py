"""``tables``: regressions, descriptives and measurement as people publish them, in four notations."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instruments.faults import UsageError
from instruments.spec_file import closest
from pipelines.commands.export import refuse_public_place
from pipelines.commands.table_sources import Asked, Sourced, from_release, from_warehouse
from pipelines.embargo import is_out, local_day
from pipelines.files import PRIVATE, PUBLIC, refuse_to_write, whole_or_absent
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.report_tables.descriptives import Described, descriptive_table
from pipelines.report_tables.excel import excel_workbook
from pipelines.report_tables.html import html_page
from pipelines.report_tables.latex import latex_document
from pipelines.report_tables.loadings import loading_table
from pipelines.report_tables.regressions import Arranged, arrange, chosen, regression_table
from pipelines.report_tables.released_means import released_mean_table
from pipelines.report_tables.reported import ReportedFit, Style
from pipelines.report_tables.value import Document, Table
from pipelines.report_tables.word import word_document
from pipelines.steps.release_texts import titles_of
from pipelines.store import Store
from pipelines.tables import out
from pipelines.tables.measurement import FIT_INDICES, LOADINGS
from pipelines.tables.released import SCALE_MEANS_RELEASED

WRITERS: Mapping[str, tuple[str, Callable[[Document], bytes]]] = {
    "html": (".html", html_page),
    "latex": (".tex", latex_document),
    "word": (".docx", word_document),
    "excel": (".xlsx", excel_workbook),
}
KINDS = ("regressions", "descriptives", "measurement")
SAID = ("note", "notes", "in_words", "sheet_table", "sheet_text")
FILE_NAME = "tables"


@dataclass(frozen=True)
class Wish:
    """What is to be written.

    Attributes:
        asked: Which fits.
        style: How estimates are printed.
        formats: Keys of ``WRITERS``; all when empty.
        kinds: Of ``KINDS``; all when empty.
        is_private: Whether figures come from the warehouse; else from a release.
        release: Number of the release, also of one under embargo; None for the current one.
    """

    asked: Asked
    style: Style
    formats: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    is_private: bool = False
    release: int | None = None


@dataclass(frozen=True)
class WrittenTables:
    """What was written.

    Attributes:
        files: The files.
        tables: Number and caption of each table.
        sentences: What the regressions say, in words.
        withheld: Fit → why the release rules would withhold it.
        warnings: What is said first in every file.
    """

    files: tuple[Path, ...]
    tables: tuple[str, ...]
    sentences: tuple[str, ...]
    withheld: Mapping[str, str]
    warnings: tuple[str, ...]


def write_tables(study: Study, folder: Path, wish: Wish, *, replace: bool) -> WrittenTables:
    """Write tables of a study into a folder, one file a format; private ones for their owner's eyes alone.

    Args:
        study: The study, after a run; after a release where figures come from it.
        folder: Made when it is not there; never among the releases or the platforms' exports.
        wish: What is to be written.
        replace: Whether files that are there already may be replaced.

    Raises:
        UsageError: When a name is unknown, nothing is there to show, or a file is there already.
        DataError: When the release cannot be read.
    """
    _refuse(wish)
    refuse_public_place(study, folder)
    formats = wish.formats or tuple(WRITERS)
    paths = {name: folder / f"{FILE_NAME}{WRITERS[name][0]}" for name in dict.fromkeys(formats)}
    if folder.is_dir():
        for path in paths.values():
            refuse_to_write(path, replace=replace)
    elif folder.exists() or not folder.parent.is_dir():
        raise UsageError(f"{folder} must be a folder, or a new one in a folder that is there; name another")
    sourced = from_warehouse(study, wish.asked) if wish.is_private else from_release(study, wish.asked, wish.release)
    document = document_of(study, sourced, wish)
    release = sourced.release
    is_private = release is None or not is_out(release.manifest.get("embargo_until", ""), local_day())
    folder.mkdir(exist_ok=True)
    for name, path in paths.items():
        with whole_or_absent(path, PRIVATE if is_private else PUBLIC) as unfinished:
            unfinished.write_bytes(WRITERS[name][1](document))
    return WrittenTables(
        tuple(paths.values()),
        tuple(f"{table.number}. {table.caption}" for table in document.tables),
        tuple(dict.fromkeys(sentence for table in document.tables for sentence in table.sentences)),
        {fit.fit_id: fit.withheld for fit in sourced.fits if fit.withheld},
        document.warnings,
    )


def document_of(study: Study, sourced: Sourced, wish: Wish) -> Document:
    """Make all tables of a study that are wanted."""
    words = sourced.words
    warnings = [words.say("synthetic")] if study.spec.is_synthetic else []
    return Document(
        title=words.say("title", study=words.text("study_title", study.name)),
        language=words.language,
        said={key: words.say(key) for key in SAID},
        warnings=(*warnings, sourced.warning),
        tables=tuple(_tables(study, sourced, wish)),
    )


def _refuse(wish: Wish) -> None:
    if wish.is_private and wish.release is not None:
        raise UsageError("--private takes figures of the warehouse, --release those of a release; give one of them")
    if wish.asked.fit_ids and wish.asked.models:
        raise UsageError("name fits or models, not both: --fit puts these fits side by side, --model all of a model")
    for name, known, what in [(each, list(WRITERS), "format") for each in wish.formats] + [
        (each, list(KINDS), "kind of table") for each in wish.kinds
    ]:
        if name not in known:
            raise UsageError(f"there is no {what} '{name}'{closest(name, known)}; expected {', '.join(known)}")


def _tables(study: Study, sourced: Sourced, wish: Wish) -> Iterator[Table]:
    kinds, number, words = wish.kinds or KINDS, 1, sourced.words
    if "regressions" in kinds:
        side_by_side = chosen(sourced.fits, words) if wish.asked.fit_ids else _side_by_side(study, sourced)
        for each in side_by_side:
            yield regression_table(each, number, words, wish.style)
            number += 1
    if "descriptives" in kinds:
        for fit in (each for each in sourced.fits if each.variant == "main"):
            yield _descriptives(study, sourced, fit, number)
            number += 1
    if "measurement" in kinds and wish.is_private:
        yield from _loadings(study, sourced, number)


def _side_by_side(study: Study, sourced: Sourced) -> list[Arranged]:
    declared = {name: ["main", *(each.name for each in model.variants)] for name, model in study.models.items()}
    return arrange(sourced.fits, sourced.words, declared)


def _descriptives(study: Study, sourced: Sourced, fit: ReportedFit, number: int) -> Table:
    if sourced.release is not None:
        means = sourced.release.tables[SCALE_MEANS_RELEASED.name]
        own = _of_population(study, fit, means[means["scale"].isin(_scales(study, fit))])
        return released_mean_table(fit, own, number, sourced.words)
    store = Store(study.warehouse)
    data_hash = store.read(out.FITS).set_index("fit_id").loc[fit.fit_id, "data_hash"]
    reliability = store.read(out.RELIABILITY)
    own = _of_population(study, fit, reliability[reliability["exclusions"] == (fit.spec.population.without or "")])
    described = Described(fit.spec, store.kept_rows(rest_of_rows(store, str(data_hash))[0]), own, titles_of(study))
    return descriptive_table(described, number, sourced.words)


def _of_population(study: Study, fit: ReportedFit, figures: pd.DataFrame) -> pd.DataFrame:
    population = fit.spec.population
    groups = population.respondent_groups or tuple(study.spec.respondent_groups)
    waves = population.waves or tuple(study.spec.waves)
    return figures[figures["respondent_group"].isin(groups) & figures["wave"].isin(waves)]


def _scales(study: Study, fit: ReportedFit) -> list[str]:
    named = [fit.spec.outcome, *(each.variable for each in fit.spec.variables())]
    return [name for name in dict.fromkeys(named) if name in study.scales()]


def _loadings(study: Study, sourced: Sourced, number: int) -> Iterator[Table]:
    """Yield a table for every measurement specification that has a scale of one of the models."""
    store = Store(study.warehouse)
    loadings, indices = store.read(LOADINGS), store.read(FIT_INDICES)
    used = {scale for fit in sourced.fits for scale in _scales(study, fit)}
    for spec in study.measurement.values():
        factors = loadings.loc[loadings["measurement"] == spec.name, "left_name"]
        table = loading_table(spec, loadings, indices, number, sourced.words) if used & set(factors) else None
        if table is not None:
            yield table
            number += 1
