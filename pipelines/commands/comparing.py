"""``compare``: two fits side by side, and in words what they were made from differently."""

import json
from dataclasses import dataclass

import pandas as pd

from models.sections.inference import PANEL
from pipelines.commands.fits import recorded_estimates, recorded_fit
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.steps.fit_differences import differences_of_rows, differences_of_settings
from pipelines.store import Store
from pipelines.tables.units_of_estimates import UNITS

NO_DIFFERENCES = (
    "no differences are formed, since coefficients are counted in other units: {first[estimator]} of {first[outcome]}, "
    "{second[estimator]} of {second[outcome]}"
)
ORIGIN = ("spec_hash", "data_hash", "code_hash", "env_hash", "seed")


@dataclass(frozen=True)
class Compared:
    """Two fits side by side.

    Attributes:
        terms: One row a term with the figures of both, and the difference where both are counted in the same units.
        differing: Which of the hashes and the seed differ.
        told: What differs, in words.
        labels: Label and reason of each.
    """

    terms: pd.DataFrame
    differing: list[str]
    told: list[str]
    labels: dict[str, str]


def compare(study: Study, first_id: str, second_id: str) -> Compared:
    """Put two fits side by side, and say in words what they were made from differently."""
    store = Store(study.warehouse)
    first, second = recorded_fit(store, first_id), recorded_fit(store, second_id)
    figures = ["term", "estimate", "std_error", "p_value"]
    left, right = recorded_estimates(store, first_id)[figures], recorded_estimates(store, second_id)[figures]
    in_order = list(dict.fromkeys([*left["term"], *right["term"]]))
    both = left.merge(right, on="term", how="outer", suffixes=("_first", "_second")).set_index("term")
    side_by_side = both.loc[in_order].reset_index()
    difference = side_by_side["estimate_second"] - side_by_side["estimate_first"]
    counted = [_counted_in(fit) for fit in (first, second)]
    side_by_side["difference"] = difference if counted[0] == counted[1] else float("nan")
    differing = [name for name in ORIGIN if first[name] != second[name]]
    told = [] if counted[0] == counted[1] else [NO_DIFFERENCES.format(first=first, second=second)]
    told += [f"model: {each}" for each in _settings(first, second, "spec_json")]
    told += [f"rows: {each}" for each in _row_differences(store, first, second)] if "data_hash" in differing else []
    told += [f"environment: {each}" for each in _settings(first, second, "env_json")]
    if "code_hash" in differing:
        told.append(f"software: another source ({first['code_hash'][:12]} → {second['code_hash'][:12]})")
    told += [f"seed: {first['seed']} → {second['seed']}"] if "seed" in differing else []
    labels = {str(fit["fit_id"]): f"{fit['label']}: {fit['label_reason']}" for fit in (first, second)}
    return Compared(side_by_side, differing, told, labels)


def _counted_in(fit: pd.Series) -> tuple[str, str]:
    """Return the outcome and what coefficients are counted in; fits in which both are alike may be subtracted."""
    estimator = str(fit["estimator"])
    return str(fit["outcome"]), UNITS.get(estimator, "points" if estimator in PANEL else estimator)


def _settings(first: pd.Series, second: pd.Series, column: str) -> list[str]:
    return differences_of_settings(json.loads(first[column]), json.loads(second[column]))


def _row_differences(store: Store, first: pd.Series, second: pd.Series) -> list[str]:
    names = [rest_of_rows(store, str(fit["data_hash"]))[0] for fit in (first, second)]
    kept = set(store.kept_names("data"))
    if any(f"{name}.parquet" not in kept for name in names):
        return ["the rows of one of them are no longer kept, so that they cannot be compared"]
    return differences_of_rows(*(store.kept_rows(name) for name in names))
