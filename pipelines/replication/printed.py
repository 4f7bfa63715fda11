"""Refitted results → the published tables of regressions, in print and cell by cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from models.regression.reading.multiplicity import adjust_by_plan
from models.replication.refit import FITS_FILE, OUTSIDE_THE_ROWS, Package, Refitted, labels_from_json, recorded_model
from models.replication.report import Printed
from pipelines.replication.given import GIVEN_FILE, Given, GivenFit, given_from_json
from pipelines.report_tables.html import html_page
from pipelines.report_tables.latex import latex_document
from pipelines.report_tables.of_record import known_diagnostics, of_every_source
from pipelines.report_tables.regressions import regression_tables
from pipelines.report_tables.reported import ReportedFit, Style
from pipelines.report_tables.terms import Naming, small_terms
from pipelines.report_tables.value import Cell, Document, Table
from pipelines.steps.coarse_degrees import has_rules_of_its_own, with_coarse_degrees
from pipelines.steps.release_rounding import rounded_estimates, rounded_fits

SAID = ("note", "in_words")
NOTATIONS = {"regressions.html": html_page, "regressions.tex": latex_document}


def print_package(package: Package, refitted: Refitted) -> Printed:
    """Make the published tables of a package from results; a fit that its rows cannot carry is left out of them."""
    given = given_from_json((package.folder / GIVEN_FILE).read_text(encoding="utf-8"))
    recorded = package.table(FITS_FILE).set_index("fit_id", drop=False)
    fits = [
        _reported(given, each, recorded.loc[each.fit_id].to_dict(), refitted)
        for each in given.fits
        if each.fit_id in refitted.used
    ]
    return print_fits(given, fits if given.is_released else _with_holm(given, fits))


def print_fits(given: Given, fits: Sequence[ReportedFit]) -> Printed:
    """Make the published tables of fits."""
    document = Document(
        title=given.title,
        language=given.language,
        said={key: given.words.say(key) for key in SAID},
        warnings=given.warnings,
        tables=tuple(regression_tables(fits, given.words, Style())),
    )
    texts = [(table.number, *each) for table in document.tables for each in _texts(table)]
    cells = pd.DataFrame(texts, columns=["table", "column", "place", "text"], dtype="str")
    return Printed(cells, {name: write(document) for name, write in NOTATIONS.items()})


def _reported(given: Given, fit: GivenFit, recorded: Mapping[str, Any], refitted: Refitted) -> ReportedFit:
    """Return a refitted fit as it is reported: like a release's where the tables are of one."""
    own = {name: table[table["fit_id"] == fit.fit_id] for name, table in refitted.tables.items()}
    spec, used = recorded_model(recorded), refitted.used[fit.fit_id]
    naming = Naming(labels_from_json(str(recorded["labels_json"])), given.titles, given.words)
    made, estimates = own["fits"], own["estimates"]
    if given.is_released:
        is_coarse = has_rules_of_its_own(recorded, set(own["diagnostics"]["diagnostic"]))
        estimates = with_coarse_degrees(estimates, {fit.fit_id: spec.confidence_level} if is_coarse else {})
        made, estimates = rounded_fits(made), rounded_estimates(estimates).drop(columns=["df", "statistic"])
    row = {**made.iloc[0].to_dict(), "variant": fit.variant, "label": fit.label}
    found = ReportedFit(
        **of_every_source(row, spec, used, naming, estimates),
        is_declared=fit.is_declared,
        df_resid=None,
        is_released=given.is_released,
        n_missed=fit.n_missed,
        missed=fit.missed,
        has_no_inference=fit.has_no_inference,
    )
    if given.is_released:
        return found
    return replace(
        found,
        df_resid=float(row["df_resid"]),
        readings=own["readings"],
        surface=own["surface"],
        diagnostics={**fit.diagnostics, **known_diagnostics(own["diagnostics"])},
        family=fit.family,
        n_in_family=fit.n_in_family,
        holm_p=fit.holm_p,
        withheld=fit.withheld,
        small_terms=small_terms(spec, used, naming.labels, given.least_cell_size),
    )


def outside_the_rows(diagnostics: Mapping[str, float]) -> dict[str, float]:
    """Return the diagnostics that no refit of its rows gives."""
    return {name: value for name, value in diagnostics.items() if name in OUTSIDE_THE_ROWS}


def _with_holm(given: Given, fits: Sequence[ReportedFit]) -> list[ReportedFit]:
    """Adjust the p-values of families that are whole in the package; of others, what was recorded stays."""
    focal = {each.fit_id: each.focal_term for each in given.fits if each.holm_p is not None}
    tests = [fit for fit in fits if fit.fit_id in focal]
    whole = {fit.family for fit in tests if sum(each.family == fit.family for each in tests) == fit.n_in_family}
    tests = [fit for fit in tests if fit.family in whole]
    p_values = np.array([_p_value(fit, focal[fit.fit_id]) for fit in tests], dtype=float)
    is_confirmatory = np.array([fit.label == "confirmatory" for fit in tests], dtype=bool)
    holm = adjust_by_plan(p_values, [fit.family for fit in tests], is_confirmatory, "holm")
    adjusted = {fit.fit_id: float(value) for fit, value in zip(tests, holm, strict=True)}
    return [replace(fit, holm_p=adjusted.get(fit.fit_id, fit.holm_p)) for fit in fits]


def _p_value(fit: ReportedFit, term: str | None) -> float:
    own = fit.estimates.loc[fit.estimates["term"] == term, "p_value"]
    return float(own.iloc[0]) if len(own) else np.nan


def _texts(table: Table) -> Iterator[tuple[str, str, str]]:
    """Yield column, place and text of everything that is printed of a table."""
    yield "", "caption", table.caption
    for number, column in enumerate(table.columns, start=1):
        yield f"column {number}", "head", "\n".join(column.lines)
    for place, row in enumerate(table.rows, start=1):
        yield "", f"label {place}", f"{row.label}{row.mark}"
        for number, cell in enumerate(row.cells, start=1):
            yield f"column {number}", f"row {place}", _printed(cell)
    for kind, texts in (("note", table.notes), ("sentence", table.sentences)):
        for place, text in enumerate(texts, start=1):
            yield "", f"{kind} {place}", text


def _printed(cell: Cell) -> str:
    first, *others = cell.lines or ("",)
    return "\n".join([f"{first}{cell.stars}", *others])
