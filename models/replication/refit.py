"""The fits of a replication package, made again from its rows.

Put here what a package holds and how its models are fitted; how results are compared is in ``agreement``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from models.estimates import Fit, result_digest
from models.origin import code_hash, environment
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.replication.tables import read_table
from models.spec import RegressionSpec

Labels = dict[str, dict[int, str]]
TYPES_FILE, FITS_FILE, INDEX_FILE = "types.json", "results/recorded/fits.csv", "data/rows_of_fits.csv"
RECORDED, EXPECTED = "results/recorded", "results/expected"
TABLES = ("fits", "estimates", "diagnostics", "readings", "refusals")
OUTSIDE_THE_ROWS = (
    "share_of_responses_used",
    "n_organisations",
    "least_category_organisations",
    "measurement_conditions_not_met",
    "share_without_inference",
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
        """Read the tables of results, recorded or expected, by name."""
        return {name: self.table(f"{kind}/{name}.csv") for name in TABLES}

    @property
    def has_rows(self) -> bool:
        """Whether rows come with it."""
        return INDEX_FILE in self.types


def open_package(folder: Path) -> Package:
    """Open a package in a folder."""
    return Package(folder, json.loads((folder / TYPES_FILE).read_text(encoding="utf-8")))


def refit_package(package: Package) -> dict[str, pd.DataFrame]:
    """Fit every model of a package to its rows.

    Returns:
        The tables of results by name: fits, estimates, diagnostics, readings; and refusals where the rows cannot carry
        a model.
    """
    files = package.table(INDEX_FILE).set_index("fit_id")["file"]
    made: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    for row in package.table(FITS_FILE).to_dict("records"):
        record = {str(column): value for column, value in row.items()}
        name = str(record["fit_id"])
        rows = package.table(f"data/{files[name]}")
        for table, found in _refitted(record, rows):
            made[table].append(found.assign(fit_id=name))
    return {name: _joined(parts) for name, parts in made.items()}


def refit(record: dict[str, Any], rows: pd.DataFrame) -> Fit:
    """Fit the model of a recorded fit to rows.

    Raises:
        ModelDataError: When they cannot carry it.
    """
    spec = RegressionSpec.model_validate_json(str(record["spec_json"]))
    return fit_regression(spec, rows, labels_from_json(str(record["labels_json"])), seed=int(record["seed"]))


def about_software() -> dict[str, str]:
    """Return the hash of the sources that compute, and what they run on."""
    return {"code_hash": code_hash(), **environment()}


def _refitted(record: dict[str, Any], rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    try:
        fit = refit(record, rows)
    except ModelDataError as error:
        yield "refusals", pd.DataFrame({"reason": [str(error)]})
        return
    yield from results_of(fit)


def results_of(fit: Fit) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables of results of a fit by name."""
    about = {
        "n_obs": fit.n_obs,
        "n_clusters": fit.n_clusters,
        "df_resid": fit.df_resid,
        "r_squared": fit.r_squared,
        "digest": result_digest(fit),
    }
    yield "fits", pd.DataFrame([about]).astype({"n_clusters": "Int64"})
    yield "estimates", fit.estimates.assign(position=range(len(fit.estimates)))
    yield "diagnostics", fit.diagnostics[~fit.diagnostics["diagnostic"].isin(OUTSIDE_THE_ROWS)]
    yield "readings", fit.readings


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame({"fit_id": pd.Series(dtype="str")})
    joined = pd.concat(parts, ignore_index=True)
    return joined[["fit_id", *(name for name in joined if name != "fit_id")]]
