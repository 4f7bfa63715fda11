"""Which fits a replication package is about, and whether they still come out as they were recorded."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from instruments.counted import counted
from instruments.faults import DataError
from instruments.spec_file import spec_hash
from models.origin import code_hash
from models.regression.delta_adjusted import is_of_deltas
from models.replication.refit import imputed_values, refit_all
from models.replication.report import recorded_agreements
from pipelines.fit_disclosure import drawn_anew, packageable_fits
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.release_log import reasons_of_withdrawal
from pipelines.steps.deidentified_rows import Rows
from pipelines.steps.withheld_reasons import reason
from pipelines.store import Store
from pipelines.store.passing import in_a_database
from pipelines.store.released import release_file, released_rows
from pipelines.tables import fitted, out, shapes
from pipelines.tables.base import MOMENT, Table
from pipelines.tables.released import FITS_RELEASED

RECORDED_TABLES = {
    "fits": out.FITS,
    "estimates": out.ESTIMATES,
    "diagnostics": out.DIAGNOSTICS,
    "readings": out.READINGS,
    "joint_tests": fitted.JOINT_TESTS,
    "predictions": fitted.PREDICTIONS,
    "slopes": shapes.SLOPES,
    "slope_regions": shapes.SLOPE_REGIONS,
    "curves": shapes.CURVES,
    "surface": shapes.SURFACE,
    "refusals": out.REFUSALS,
}
MOST_NAMED = 3


@dataclass(frozen=True, eq=False)
class PackagedFits:
    """The fits of a package.

    Attributes:
        tables: Recorded results by name, without moments.
        rows: The rows that they used, by their hash.
        withheld: Fits and models that must not be shown or cannot be made again, with the reason.
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

    def imputed(self) -> Rows:
        """Draw again the values that were imputed, by fit; of the rows under the names that they had then."""
        drawn = {str(fit["fit_id"]): imputed_values(fit, self.rows[str(fit["data_hash"])]) for fit in self._records()}
        return {name: values for name, values in drawn.items() if values is not None}

    def _records(self) -> list[dict[str, Any]]:
        return [{str(column): value for column, value in row.items()} for row in self.fits.to_dict("records")]


def packaged_fits(study: Study, store: Store, release: int | None, *, has_real_rows: bool) -> PackagedFits:
    """Choose the fits: those of a release, or the present declared ones that may be shown.

    Args:
        study: The study.
        store: Its warehouse.
        release: Number of the release; None for the present fits.
        has_real_rows: Whether real rows come with them.

    Raises:
        UsageError: When there is no such release, or it was withdrawn.
        DataError: When there is nothing to package, or models or software changed so that a fit comes out otherwise.
        WarehouseError: When the rows of a fit are gone.
    """
    names, withheld = _chosen(study, store, release, has_real_rows=has_real_rows)
    recorded = store.read(out.FITS).set_index("fit_id")["data_hash"]
    if gone := sorted(set(names) - set(recorded.index)):
        raise DataError(f"{counted(len(gone), 'fit')} of release {release} left the warehouse, such as {gone[0]}")
    rest = {str(name): rest_of_rows(store, str(name)) for name in recorded[names].unique()}
    erased = {name: rest[str(recorded[name])][1] for name in names if rest[str(recorded[name])][1]}
    names = [name for name in names if name not in erased]
    withheld |= dict.fromkeys(erased, reason("erased"))
    tables = {name: _of_fits(study, store.read(table), table, names) for name, table in RECORDED_TABLES.items()}
    fits = tables["fits"]
    if fits.empty:
        reasons = [f"{name}: {reason}" for name, reason in withheld.items()]
        raise DataError(f"there is no fit that may be shown and made again; {'; '.join(reasons[:MOST_NAMED])}")
    if release is None:
        _refuse_changed_models(study, fits)
    rows = {str(name): store.kept_rows(rest[str(name)][0]) for name in fits["data_hash"].unique()}
    found = PackagedFits(tables, rows, withheld, release, (*_erased_notes(erased), *_notes(fits)))
    _refuse_other_results(found)
    return found


def _chosen(
    study: Study, store: Store, release: int | None, *, has_real_rows: bool
) -> tuple[list[str], dict[str, str]]:
    if release is not None:
        path = release_file(study.releases, release, reasons_of_withdrawal(store))
        names = sorted(released_rows(path, FITS_RELEASED, ("fit_id",))["fit_id"].astype(str))
        of_package = drawn_anew(store)
        withheld = {name: of_package[name] for name in names if name in of_package}
        return [name for name in names if name not in withheld], withheld
    return packageable_fits(study, store, has_real_rows=has_real_rows)


def _of_fits(study: Study, rows: pd.DataFrame, table: Table, names: list[str]) -> pd.DataFrame:
    moments = [name for name, column in table.columns.items() if column.kind == MOMENT]
    is_own = rows["fit_id"].isin(names) if "fit_id" in rows else rows["model"].isin(list(study.models))
    own = rows[is_own].drop(columns=moments)
    own = own[~is_of_deltas(own)] if table == out.READINGS else own
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
    rows_of = found.fits.set_index("fit_id")["data_hash"].astype(str)
    made = refit_all(found.fits, lambda fit: found.rows[rows_of[fit]], in_a_database)
    off = [each for each in recorded_agreements(found.tables, made.tables) if each.verdict == "different"]
    if off:
        worst, n_fits = max(off, key=lambda each: each.largest), len({each.of for each in off})
        raise DataError(
            f"{counted(n_fits, 'fit comes', 'fits come')} out otherwise than recorded, such as "
            f"{worst.of} ({worst.table}, {worst.where}); the software changed: run the study first"
        )


def _erased_notes(erased: dict[str, str]) -> tuple[str, ...]:
    return tuple(f"{fit} is left out: {told}, so that nobody can make it again" for fit, told in erased.items())


def _notes(fits: pd.DataFrame) -> tuple[str, ...]:
    n_other = int((fits["code_hash"] != code_hash()).sum())
    if not n_other:
        return ()
    return (
        f"{counted(n_other, 'fit was', 'fits were')} recorded with other sources; they come out the same with these",
    )
