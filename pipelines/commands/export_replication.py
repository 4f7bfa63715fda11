"""``export replication``: a package with which others make a study's results again, with real, invented or no rows.

Put here what a package is put together from; published pictures belong into ``_write_results``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from instruments.codebooks.datapackage import data_package
from instruments.codebooks.page import html_page
from instruments.faults import DataError
from instruments.forms.load import FORMS, find_forms
from instruments.load import LIBRARY as INSTRUMENT_LIBRARY
from instruments.load import find_instruments
from models.load import LIBRARY as MODEL_LIBRARY
from models.load import find_models
from models.origin import environment
from models.replication.agreement import Agreement, What
from models.replication.refit import (
    EXPECTED,
    INDEX_FILE,
    PRINTED,
    RECORDED,
    about_software,
    imputed_file,
    open_package,
    refit_package,
)
from models.replication.report import recorded_agreements
from pipelines.commands.export import refuse_public_place
from pipelines.commands.replication_fits import (
    RECORDED_TABLES,
    PackagedFits,
    packaged_fits,
)
from pipelines.commands.replication_rows import RowsToGive, kind_of_data, rows_to_give
from pipelines.commands.replication_tables import PublishedTables, published_tables
from pipelines.exports.environment_lock import requirements
from pipelines.exports.replication import PackageFolder, building, copied, refuse_place
from pipelines.exports.replication_readme import Told, licence, readme
from pipelines.load import Study
from pipelines.replication import script
from pipelines.replication.given import GIVEN_FILE
from pipelines.replication.printed import print_package
from pipelines.steps.study_codebook import study_codebook
from pipelines.store import Store
from pipelines.store.passing import in_a_database
from pipelines.store.released import number_of_release

WITHOUT_HASHES = (
    "environment/requirements.txt has versions without hashes: what is installed is not what requirements.lock says"
)
EXACT = "its figures are not rounded as those of a release are"
TO_FILL = "fill in whom to ask and the terms of use: README.md and LICENCE.md are not in the manifest"
WITH_EXTREMES = ("curves",)
BY_FOLDS = {
    *("ridge", "cross_validated_error", "error_against_first", "ridge_penalty"),
    *("cross_validated_r2", "cross_validated_r2_ridge", "cross_validated_r2_held"),
}
"""Tables that reach from the lowest to the highest answer, which is somebody's: as recorded, only beside real rows."""
PRIVATE = "the package holds real rows: give it only to whom the agreement allows"


@dataclass(frozen=True)
class WrittenPackage:
    """A replication package that was written.

    Attributes:
        file: The folder or archive.
        data: Which rows it holds.
        n_fits: Fits in it.
        n_rows: Rows over all its tables of data.
        withheld: Fits and models that are not in it, with the reason.
        manifest_sha256: Hash of its manifest, which has the hashes of all files.
        notes: What the user should know.
    """

    file: Path
    data: str
    n_fits: int
    n_rows: int
    withheld: dict[str, str]
    manifest_sha256: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Content:
    study: Study
    fits: PackagedFits
    published: PublishedTables
    given: RowsToGive
    sign_off: str


def export_replication(
    study: Study, path: Path, data: str = "synthetic", release: str | None = None, sign_off: str = ""
) -> WrittenPackage:
    """Write a replication package.

    Args:
        study: The study, run before.
        path: Where; an ending ``.zip`` makes an archive, any other a folder.
        data: ``synthetic``, ``deidentified`` or ``none``.
        release: Number or name of the release whose fits are packaged; None for the present ones.
        sign_off: Who states that a data agreement covers real rows that tell of single people or organisations.

    Raises:
        UsageError: When the place, the data or the release will not do.
        RowsRefused: When rows must not leave.
        DataError: When there is nothing to package, or results do not come out as recorded.
    """
    kind = kind_of_data(data, sign_off.strip())
    refuse_place(path)
    refuse_public_place(study, path)
    store = Store(study.warehouse)
    number = number_of_release(release) if release else None
    fits = packaged_fits(study, store, number, has_real_rows=kind == "deidentified")
    given = rows_to_give(study, store, fits, kind, sign_off.strip())
    content = _Content(study, fits, published_tables(study, fits), given, sign_off.strip())
    with building(path, is_private=kind == "deidentified") as package:
        sha256, notes = _write(content, package)
    n_rows = sum(len(rows) for rows in given.rows.values())
    private = (PRIVATE,) if kind == "deidentified" else ()
    told = (*private, *fits.notes, *given.notes, *notes, EXACT, TO_FILL)
    return WrittenPackage(path, kind, len(fits.fits), n_rows, fits.withheld, sha256, told)


def _write(content: _Content, package: PackageFolder) -> tuple[str, tuple[str, ...]]:
    study, fits, given = content.study, content.fits, content.given
    _write_specifications(study, package)
    _write_results(content, package)
    drawn = _write_rows(content, package) if given.rows else ()
    package.tables_are_complete()
    text, has_hashes = requirements()
    package.text("environment/requirements.txt", text)
    package.json("environment/environment.json", environment())
    package.software(Path(script.__file__))
    about = {
        "study": study.name,
        "data": given.kind,
        "release": fits.release,
        "sign_off": content.sign_off,
        "version": version("sensemaking"),
    }
    package.json("about.json", {**about, "drawn_anew": [list(each) for each in drawn], "software": about_software()})
    package.text("README.md", readme(_told(content, drawn, has_hashes=has_hashes)))
    package.text("LICENCE.md", licence({each.name: each.licence for each in study.described()}))
    return package.manifest(about), () if has_hashes else (WITHOUT_HASHES,)


def _told(content: _Content, drawn: tuple[What, ...], *, has_hashes: bool) -> Told:
    study, fits = content.study, content.fits
    title = study.spec.title
    return Told(
        study=study.name,
        title=title.get("en") or next(iter(title.values())),
        data=content.given.kind,
        release=fits.release,
        version=version("sensemaking"),
        n_fits=len(fits.fits),
        n_withheld=len(fits.withheld),
        has_hashes=has_hashes,
        sign_off=content.sign_off,
        drawn=tuple(sorted({f"{what.partition(' on ')[0]} ({table})" for table, _, what in drawn})),
    )


def _write_specifications(study: Study, package: PackageFolder) -> None:
    """Copy what the study says of itself, and write its codebook; the plan too, where one was locked."""
    package.copy("specs/study.yaml", study.folder / "study.yaml")
    own = study.folder
    found: Mapping[str, tuple[dict[str, Path], set[str]]] = {
        "instruments": (
            find_instruments([INSTRUMENT_LIBRARY, own / "instruments"]),
            {each.name for each in study.described()},
        ),
        "forms": (find_forms([FORMS, own / "forms"]), set(study.forms)),
        "models": (
            find_models([MODEL_LIBRARY, own / "models"]),
            {*study.models, *study.measurement},
        ),
    }
    for folder, (files, names) in found.items():
        copied(package, f"specs/{folder}", (path for name, path in files.items() if name in names))
    codebook = study_codebook(study)
    package.text("codebook/codebook.html", html_page(codebook, None).decode("utf-8"))
    package.text("codebook/datapackage.json", data_package(codebook).decode("utf-8"))
    if (own / "plan").is_dir():
        package.tree("plan", own / "plan")


def _write_results(content: _Content, package: PackageFolder) -> None:
    fits, published = content.fits, content.published
    recorded = {**fits.tables, PRINTED: published.printed.cells}
    if content.given.kind != "deidentified":
        recorded |= {name: recorded[name].iloc[:0] for name in WITH_EXTREMES}
    for name, rows in recorded.items():
        package.table(f"{RECORDED}/{name}.csv", rows)
    package.json(GIVEN_FILE, published.given.as_json())
    for name, written in published.printed.files.items():
        package.binary(f"results/tables/{name}", written)
    columns = [
        {"table": name, "column": column, "meaning": about.meaning}
        for name, table in RECORDED_TABLES.items()
        for column, about in table.columns.items()
        if column in fits.tables[name]
    ]
    package.table("results/columns.csv", pd.DataFrame(columns))
    withheld = {"fit": list(fits.withheld), "reason": list(fits.withheld.values())}
    package.table("results/withheld.csv", pd.DataFrame(withheld, dtype="str"))


def _write_rows(content: _Content, package: PackageFolder) -> tuple[What, ...]:
    """Write the rows and what they give; return what chance draws anew from them.

    Raises:
        DataError: When real rows do not give what was recorded.
    """
    fits, given = content.fits, content.given
    file_of = {str(row.data_hash): f"{row.fit_id}.csv" for row in fits.fits[::-1].itertuples()}
    for name, rows in given.rows.items():
        package.table(f"data/{file_of[name]}", rows)
    for fit, values in given.imputed.items():
        package.table(imputed_file(fit), values)
    index = fits.fits[["fit_id", "data_hash"]]
    package.table(INDEX_FILE, index.assign(file=index["data_hash"].map(file_of))[["fit_id", "file"]])
    if len(given.closeness):
        package.table("data/closeness.csv", given.closeness.assign(rows=given.closeness["rows"].map(file_of)))
    if given.disclosure:
        package.json("disclosure.json", given.disclosure)
    package.tables_are_complete()
    opened = open_package(package.folder)
    refitted = refit_package(opened, in_a_database)
    made = {**refitted.tables, PRINTED: print_package(opened, refitted).cells}
    for name, rows in made.items():
        package.table(f"{EXPECTED}/{name}.csv", rows)
    recorded = {**fits.tables, PRINTED: content.published.printed.cells}
    return drawn_anew(recorded, made) if given.kind == "deidentified" else ()


def drawn_anew(recorded: dict[str, pd.DataFrame], made: dict[str, pd.DataFrame]) -> tuple[What, ...]:
    """Return what comes out otherwise though the rows in their old order gave what was recorded.

    Args:
        recorded: Tables of results and printed texts by name, as recorded.
        made: The same from the rows in another order.

    Raises:
        DataError: When something differs that neither a bootstrap nor rounding explains.
    """
    drawn = frozenset[What]()
    while off := [each for each in recorded_agreements(recorded, made, drawn) if each.verdict == "different"]:
        found = {(each.table, each.of, what) for each in off for what in _drawn_parts(each)}
        if not found - drawn:
            raise DataError(
                f"the rows do not give what was recorded of {off[0].of} ({off[0].table}, {off[0].where}); "
                "please report it"
            )
        drawn |= found
    return tuple(sorted(drawn))


def _drawn_parts(found: Agreement) -> set[str]:
    """Return what may depend on the order of rows; nothing where something else differs too."""
    parts = {_drawn_part(found.table, last_key, column) for last_key, column in found.off}
    return set() if None in parts else {part for part in parts if part}


def _drawn_part(table: str, last_key: str, column: str) -> str | None:
    """Return what may depend on the order of rows; else None.

    That is what a bootstrap draws, what predictions of clusters that were left out say, as chance puts these together,
    and a printed figure at the edge of rounding, which last bits decide.
    """
    if table in ("readings", "diagnostics") and ("bootstrap" in last_key or last_key in BY_FOLDS):
        return last_key
    if table == "readings" and last_key == "importance" and column in ("conf_low", "conf_high"):
        return last_key
    if table == "predictions" and column in ("boot_low", "boot_high"):
        return column
    is_figure = table == PRINTED and column == "text" and last_key.startswith(("row ", "note ", "sentence "))
    return last_key if is_figure else None
