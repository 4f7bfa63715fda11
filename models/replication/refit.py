"""The fits of a replication package, made again from its rows.

Put here what a package holds and how its models are fitted; how results are compared is in ``agreement``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
from pydantic import ValidationError

from instruments.faults import DataError
from models.estimates import Fit, result_digest
from models.origin import code_hash, environment
from models.regression.fit import fit_imputed
from models.regression.identification import ModelDataError
from models.regression.imputed_rows import impute_rows
from models.regression.large import Database, FitTask, fit_at_any_size
from models.replication.tables import read_table
from models.sections.imputation import DELTA, NOT_SETTLED, TIPPING_POINT, imputation_of
from models.spec import RegressionSpec

Labels = dict[str, dict[int, str]]
RowsOf = Callable[[str], pd.DataFrame]
"""Fit → some rows of it."""
TYPES_FILE, FITS_FILE, INDEX_FILE = "types.json", "results/recorded/fits.csv", "data/rows_of_fits.csv"
RECORDED, EXPECTED = "results/recorded", "results/expected"
PRINTED = "printed"
"""The cells of the published tables, which are made from the tables of results."""
TABLES = (
    "fits",
    "estimates",
    "diagnostics",
    "readings",
    "joint_tests",
    "predictions",
    "slopes",
    "slope_regions",
    "curves",
    "surface",
    "refusals",
)
NONE_IMPUTED: Mapping[str, pd.DataFrame] = MappingProxyType({})
OUTSIDE_THE_ROWS = (
    "share_of_responses_used",
    "n_alone",
    "n_organisations",
    "n_without_earlier_wave",
    "n_without_other_member",
    "n_other_member_silent",
    "least_category_organisations",
    "measurement_conditions_not_met",
    "share_without_inference",
    NOT_SETTLED,
)
"""Diagnostics that were computed from more than the rows of the fit."""


def labels_json(labels: Labels) -> str:
    """Write labels of categories as JSON with sorted keys."""
    return json.dumps(labels, sort_keys=True, ensure_ascii=False)


def labels_from_json(text: str) -> Labels:
    """Read what ``labels_json`` wrote."""
    return {name: {int(code): label for code, label in each.items()} for name, each in json.loads(text).items()}


@dataclass(frozen=True)
class Package:
    """An opened replication package.

    Attributes:
        folder: Its folder.
        types: File → column → type, of every table.
    """

    folder: Path
    types: dict[str, dict[str, str]]

    def table(self, name: str) -> pd.DataFrame:
        """Read a table by its path in the package."""
        return read_table(self.folder / name, self.types[name])

    def results(self, kind: str) -> dict[str, pd.DataFrame]:
        """Read the tables of results and the published cells, recorded or expected, by name."""
        return {name: self.table(f"{kind}/{name}.csv") for name in (*TABLES, PRINTED)}

    @property
    def has_rows(self) -> bool:
        """Whether rows come with it."""
        return INDEX_FILE in self.types


def open_package(folder: Path) -> Package:
    """Open a package in a folder."""
    return Package(folder, json.loads((folder / TYPES_FILE).read_text(encoding="utf-8")))


@dataclass(frozen=True, eq=False)
class Refitted:
    """Results made again.

    Attributes:
        tables: By name, as ``TABLES``; each has at least ``fit_id``, and no other column where it is empty.
        used: Fit → the rows that it used; none for a fit that was refused.
    """

    tables: dict[str, pd.DataFrame]
    used: dict[str, pd.DataFrame]


def refit_package(package: Package, database: Database) -> Refitted:
    """Fit every model of a package to its rows; where they cannot carry a model, the reason stands in ``refusals``.

    Args:
        package: The package.
        database: Where many responses are computed.

    Raises:
        DataError: As of ``recorded_model``.
    """
    files = package.table(INDEX_FILE).set_index("fit_id")["file"]
    fits = package.table(FITS_FILE)
    given = {
        fit: package.table(imputed_file(fit)) for fit in map(str, files.index) if imputed_file(fit) in package.types
    }
    return refit_all(fits, lambda fit: package.table(f"data/{files[fit]}"), database, given)


def imputed_file(fit_id: str) -> str:
    """Return where a package holds the imputed values of a fit."""
    return f"data/imputed/{fit_id}.csv"


def imputed_values(record: Mapping[str, Any], rows: pd.DataFrame) -> pd.DataFrame | None:
    """Draw the imputed values of a recorded fit again; None for one that imputes nothing.

    Args:
        record: A recorded fit: fit_id, spec_json, seed.
        rows: The rows that it used, under the names and in the order of then.

    Raises:
        DataError: As of ``recorded_model``.
    """
    spec = recorded_model(record)
    request = imputation_of(spec.missing)
    return None if request is None else impute_rows(spec, rows, request, int(record["seed"])).values()


def refit_all(
    fits: pd.DataFrame, rows_of: RowsOf, database: Database, imputed: Mapping[str, pd.DataFrame] = NONE_IMPUTED
) -> Refitted:
    """Fit recorded fits to rows.

    Args:
        fits: The recorded fits: fit_id, spec_json, labels_json, seed.
        rows_of: Returns the rows of a fit.
        database: Where many responses are computed.
        imputed: Fit → values that were imputed for it, as of ``imputed_values``; values of others are drawn.

    Raises:
        DataError: As of ``recorded_model``.
    """
    made: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    used: dict[str, pd.DataFrame] = {}
    for row in fits.to_dict("records"):
        record = {str(column): value for column, value in row.items()}
        name = str(record["fit_id"])
        try:
            fit = refit(record, rows_of(name), database, imputed.get(name))
        except ModelDataError as error:
            made["refusals"].append(pd.DataFrame({"fit_id": [name], "reason": [str(error)]}))
            continue
        used[name] = fit.data
        for table, found in results_of(fit):
            made[table].append(found.assign(fit_id=name))
    return Refitted({name: _joined(parts) for name, parts in made.items()}, used)


def recorded_model(record: Mapping[str, Any]) -> RegressionSpec:
    """Read the model of a recorded fit: one with ``fit_id`` and ``spec_json``.

    Raises:
        DataError: When another version of the software recorded it, whose models had other keys.
    """
    try:
        return RegressionSpec.model_validate_json(str(record["spec_json"]))
    except ValidationError as error:
        places = [".".join(str(each) for each in fault["loc"]) or "the model" for fault in error.errors()]
        raise DataError(
            f"{record['fit_id']} was recorded by another version of the software, which wrote models differently "
            f"({', '.join(dict.fromkeys(places))}); run the study for a fit by this version, or use the version of "
            "then to make this one again"
        ) from error


def refit(
    record: Mapping[str, Any], rows: pd.DataFrame, database: Database, imputed: pd.DataFrame | None = None
) -> Fit:
    """Fit the model of a recorded fit to rows, in a database where they are many; with imputed values where given.

    Raises:
        ModelDataError: When they cannot carry it.
        DataError: As of ``recorded_model``.
    """
    task = FitTask(recorded_model(record), labels_from_json(str(record["labels_json"])), seed=int(record["seed"]))
    return fit_at_any_size(task, rows, database) if imputed is None else fit_imputed(task, rows, imputed)


def about_software() -> dict[str, str]:
    """Return the hash of the sources that compute, and what they run on."""
    return {"code_hash": code_hash(), **environment()}


def results_of(fit: Fit) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of results of a fit by name."""
    about = {
        "estimator": fit.estimator,
        "covariance": fit.covariance,
        "n_obs": fit.n_obs,
        "n_clusters": fit.n_clusters,
        "df_resid": fit.df_resid,
        "r_squared": fit.r_squared,
        "digest": result_digest(fit),
    }
    yield "fits", pd.DataFrame([about]).astype({"n_clusters": "Int64"})
    yield "estimates", fit.estimates.assign(position=range(len(fit.estimates)))
    yield "diagnostics", fit.diagnostics[~fit.diagnostics["diagnostic"].isin(OUTSIDE_THE_ROWS)]
    is_of_deltas = fit.readings["reading"].str.match(rf"({DELTA} .*|{TIPPING_POINT}) on ").astype(bool)
    yield "readings", fit.readings[~is_of_deltas]
    yield "joint_tests", fit.joint_tests
    yield "predictions", fit.predictions
    for each in fields(fit.shapes):
        yield each.name, getattr(fit.shapes, each.name)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Join the rows of fits; an empty part has columns without a type, which would spoil that of the others."""
    parts = [each for each in parts if len(each)]
    if not parts:
        return pd.DataFrame({"fit_id": pd.Series(dtype="str")})
    joined = pd.concat(parts, ignore_index=True)
    return joined[["fit_id", *(name for name in joined if name != "fit_id")]]
