"""``sensemaking report --methods``: how a study was measured and modelled, from the warehouse; private."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from instruments.faults import UsageError
from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import pdf_of
from pipelines.commands.export import refuse_public_place
from pipelines.commands.fits import predictions_at_means
from pipelines.commands.table_sources import Asked, from_warehouse, words_for
from pipelines.files import PRIVATE, whole_or_absent
from pipelines.load import Study
from pipelines.methods_report.content import report_of
from pipelines.methods_report.found import WORDINGS, Found
from pipelines.report_tables.reported import ReportedFit
from pipelines.store import Store
from pipelines.tables import core, fitted, measurement, out, shapes
from pipelines.tables.plan import PLAN
from pipelines.tables.raw import WRITES

FOLDER = "reports/private"
MEASURED = (out.RELIABILITY, out.ITEMS, out.SCALE_MEANS, out.AGREEMENT, *measurement.TABLES)
ESTIMATED = (out.FITS, out.ESTIMATES, out.DIAGNOSTICS, out.READINGS, out.REFUSALS, fitted.JOINT_TESTS,
             fitted.PREDICTIONS, shapes.SLOPES, shapes.SLOPE_REGIONS, shapes.SURFACE)  # fmt: skip


@dataclass(frozen=True)
class WrittenMethods:
    """What was written.

    Attributes:
        run: The run that wrote the warehouse last.
        language: ``en`` or ``da``.
        files: PDF and page.
    """

    run: str
    language: str
    files: tuple[Path, ...]


def write_methods(study: Study, language: str, folder: Path | None) -> WrittenMethods:
    """Write the report of methods as a PDF and one HTML file, for their owner's eyes alone.

    Args:
        study: The study, after a run.
        language: ``en`` or ``da``; empty for the first of the study.
        folder: Where they go, made when it is not there; None for ``reports/private/`` of the study.

    Raises:
        UsageError: When there is no such language, the study was never run, or the folder is for others.
        WarehouseError: When rows of a fit are gone, for example after an erasure.
    """
    chosen = language or study.spec.release.languages[0]
    if chosen not in WORDINGS:
        raise UsageError(f"reports have no language {chosen}; expected {' or '.join(WORDINGS)}")
    place = folder or study.folder / FOLDER
    refuse_public_place(study, place)
    found = found_in(study, chosen)
    report = report_of(found)
    made = {"pdf": pdf_of(report, found.wording), "html": html_of(report, found.wording).encode()}
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = {place / f"{study.name}-methods-{chosen}.{ending}": content for ending, content in made.items()}
    for path, content in files.items():
        with whole_or_absent(path, PRIVATE) as unfinished:
            unfinished.write_bytes(content)
    return WrittenMethods(found.run, chosen, tuple(files))


def found_in(study: Study, language: str) -> Found:
    """Read what the report is written from.

    Raises:
        UsageError: When nothing was measured or estimated yet.
    """
    store = Store(study.warehouse)
    with store.reading():
        tables = {table.name: store.read(table) for table in (*MEASURED, *ESTIMATED, PLAN, WRITES)}
    if all(tables[table.name].empty for table in (out.SCALE_MEANS, out.ITEMS, out.FITS)):
        raise UsageError(
            f"the warehouse of {study.name} holds no scores and no fits to report; run the study first: "
            f"sensemaking run {study.folder}"
        )
    fits = _declared(study, tables[out.FITS.name], language)
    tables[fitted.PREDICTIONS.name] = _shown(tables[fitted.PREDICTIONS.name], fits)
    tables |= {core.analysis(study).name: pd.DataFrame()}
    writes = tables.pop(WRITES.name).pipe(lambda rows: rows[rows["table_name"].isin(list(tables))])
    last = writes.sort_values("written_at", kind="stable").iloc[-1]
    return Found(
        study=study,
        tables=tables,
        writes=writes,
        fits=fits,
        words=words_for(study, language),
        run=str(last["run_id"]) or "sensemaking",
        written_on=pd.Timestamp(last["written_at"]).tz_convert("UTC").date().isoformat(),
    )


def _declared(study: Study, fits: pd.DataFrame, language: str) -> tuple[ReportedFit, ...]:
    """Return the current fits of declared models; none where the study has none."""
    is_current = fits["is_declared"].astype(bool) & fits["is_current"].astype(bool)
    if not (is_current & fits["model"].isin(list(study.models))).any():
        return ()
    return from_warehouse(study, Asked(language=language)).fits


def _shown(predictions: pd.DataFrame, fits: tuple[ReportedFit, ...]) -> pd.DataFrame:
    """Return a few predictions of every fit, the other variables at their means."""
    own = predictions[predictions["fit_id"].isin([fit.fit_id for fit in fits])]
    kept = [predictions_at_means(rows).index for _, rows in own.groupby("fit_id")]
    places: Mapping[int, None] = {place: None for index in kept for place in index}
    return own.loc[list(places)]
