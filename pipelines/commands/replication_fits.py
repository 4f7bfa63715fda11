"""Which fits a replication package is about, and whether they still come out as they were recorded."""

from dataclasses import dataclass

import pandas as pd

from instruments.counted import counted
from instruments.faults import DataError
from instruments.spec_file import spec_hash
from models.origin import code_hash
from models.replication.agreement import Agreement, compare_tables
from models.replication.refit import TABLES, refit, results_of
from pipelines.load import Study
from pipelines.release import releasable_fits
from pipelines.steps.deidentified_rows import Rows
from pipelines.store import Store
from pipelines.store.released import release_file, released_rows
from pipelines.tables import out
from pipelines.tables.base import MOMENT, Table
from pipelines.tables.released import FITS_RELEASED

RECORDED_TABLES = {
    "fits": out.FITS,
    "estimates": out.ESTIMATES,
    "diagnostics": out.DIAGNOSTICS,
    "readings": out.READINGS,
    "refusals": out.REFUSALS,
}


@dataclass(frozen=True, eq=False)
class PackagedFits:
    """The fits of a package.

    Attributes:
        tables: Recorded results by name, without moments.
        rows: The rows that they used, by their hash.
        withheld: Fits and models that a release would not show, with the reason.
        release: Number of the release that they are of; None for the present ones.
        notes: What the user should know.
    """

    tables: dict[str, pd.DataFrame]
    rows: Rows
    withheld: dict[str, str]
    release: int | None
    notes: tuple[str, ...]

    @property
    def fits(self) -> pd.DataFrame:
        """The recorded fits."""
        return self.tables["fits"]


def packaged_fits(study: Study, store: Store, release: int | None) -> PackagedFits:
    """Choose the fits: those of a release, or the present declared ones that a release would show.

    Raises:
        UsageError: When there is no such release.
        DataError: When there is nothing to package, or models or software changed so that a fit comes out otherwise.
        WarehouseError: When the rows of a fit are gone.
    """
    names, withheld = _chosen(study, store, release)
    tables = {name: _of_fits(study, store.read(table), table, names) for name, table in RECORDED_TABLES.items()}
    fits = tables["fits"]
    if gone := sorted(set(names) - set(fits["fit_id"])):
        raise DataError(f"{counted(len(gone), 'fit')} of release {release} left the warehouse, such as {gone[0]}")
    if fits.empty:
        raise DataError("there is no fit that may be shown; run the study, and see why fits are withheld: release")
    if release is None:
        _refuse_changed_models(study, fits)
    rows = {str(name): store.kept_rows(str(name)) for name in fits["data_hash"].unique()}
    found = PackagedFits(tables, rows, withheld, release, _notes(fits))
    _refuse_other_results(found)
    return found


def made_again(fits: pd.DataFrame, rows: Rows) -> dict[str, pd.DataFrame]:
    """Fit recorded fits to rows, by the hash of the rows they were fitted to; return tables of results by name."""
    made: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for row in fits.to_dict("records"):
        record = {str(column): value for column, value in row.items()}
        for table, found in results_of(refit(record, rows[str(record["data_hash"])])):
            made[table].append(found.assign(fit_id=str(record["fit_id"])))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in made.items() if parts}


def different(recorded: dict[str, pd.DataFrame], made: dict[str, pd.DataFrame]) -> list[Agreement]:
    """Return where results made again are not the recorded ones; diagnostics of more than the rows do not count."""
    diagnostics = made["diagnostics"]
    again = set(zip(diagnostics["fit_id"], diagnostics["diagnostic"], strict=True))
    pairs = set(zip(recorded["diagnostics"]["fit_id"], recorded["diagnostics"]["diagnostic"], strict=True))
    outside = {"diagnostics": frozenset((str(fit), str(name)) for fit, name in pairs - again)}
    compared = [
        each
        for name in made
        for each in compare_tables(name, recorded[name], made[name], outside.get(name, frozenset()))
    ]
    return [each for each in compared if each.verdict == "different"]


def _chosen(study: Study, store: Store, release: int | None) -> tuple[list[str], dict[str, str]]:
    if release is not None:
        rows = released_rows(release_file(study.releases, release), FITS_RELEASED, ("fit_id",))
        return sorted(rows["fit_id"].astype(str)), {}
    kept, _, withheld = releasable_fits(study, store)
    return [str(each) for each in kept["fit_id"]], withheld


def _of_fits(study: Study, rows: pd.DataFrame, table: Table, names: list[str]) -> pd.DataFrame:
    moments = [name for name, column in table.columns.items() if column.kind == MOMENT]
    is_own = rows["fit_id"].isin(names) if "fit_id" in rows else rows["model"].isin(list(study.models))
    own = rows[is_own].drop(columns=moments)
    return own.sort_values(list(table.key), kind="stable").reset_index(drop=True)


def _refuse_changed_models(study: Study, fits: pd.DataFrame) -> None:
    changed = [
        f"{model} ({variant})"
        for model, variant, recorded in zip(fits["model"], fits["variant"], fits["spec_hash"], strict=True)
        if not _is_as_recorded(study, str(model), str(variant), str(recorded))
    ]
    if changed:
        raise DataError(f"models changed since the last run: {', '.join(changed)}; run the study first")


def _is_as_recorded(study: Study, model: str, variant: str, recorded: str) -> bool:
    declared = study.models[model]
    known = {"main", *(each.name for each in declared.variants)}
    return variant in known and spec_hash(declared.with_variant(variant)) == recorded


def _refuse_other_results(found: PackagedFits) -> None:
    """Refuse fits that do not come out as recorded: their package could not either."""
    off = different(found.tables, made_again(found.fits, found.rows))
    if off:
        worst, n_fits = max(off, key=lambda each: each.largest), len({each.fit_id for each in off})
        raise DataError(
            f"{counted(n_fits, 'fit comes', 'fits come')} out otherwise than recorded, such as "
            f"{worst.fit_id} ({worst.table}, {worst.where}); the software changed: run the study first"
        )


def _notes(fits: pd.DataFrame) -> tuple[str, ...]:
    n_other = int((fits["code_hash"] != code_hash()).sum())
    if not n_other:
        return ()
    return (
        f"{counted(n_other, 'fit was', 'fits were')} recorded with other sources; they come out the same with these",
    )
