"""Fits of a release beside its means of organisations: which would tell the mean of a hidden one.

Put here how fits, rows and shown units are looked up; what follows from them is in ``steps.fit_equations``.
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from models.replication.refit import labels_from_json, recorded_model
from pipelines.load import Study
from pipelines.release_past import EVERYBODY_UNIT, PEOPLE, Slice
from pipelines.release_slices import Slices, with_carried
from pipelines.steps.coarse_degrees import OF_GROUPS
from pipelines.steps.fit_corrected import with_columns_of_errors
from pipelines.steps.fit_designs import TurnedBack
from pipelines.steps.fit_equations import SLACK, HiddenCells, hidden_cells, sums_that_follow, tells
from pipelines.steps.fit_paths import each_turned_back, outcomes_of
from pipelines.steps.fit_squares import squares_of_organisations, squares_widths
from pipelines.steps.fits_to_withhold import LINEAR_EQUATIONS
from pipelines.steps.withheld_reasons import reason
from pipelines.store import Store
from pipelines.tables import out
from pipelines.tables.released import UNIT_MEANS

UNIT = [*PEOPLE, "level", "unit"]


def fits_that_tell_of_units(study: Study, store: Store, fits: pd.DataFrame, slices: Slices) -> Mapping[str, str]:
    """Return the fits from whose coefficients the mean of a hidden organisation would follow, with the reason.

    Models as written are shown first, then variants, as long as nothing follows from all of them together.

    Args:
        study: The study.
        store: Its warehouse.
        fits: Released ``out.fits``.
        slices: What is published of waves and groups.
    """
    units = with_carried(UNIT_MEANS, slices.unit_means, slices.carried)
    in_order = fits.assign(is_variant=fits["variant"] != "main").sort_values(["is_variant", "model", "variant"])
    declared = store.read(out.FITS).set_index("fit_id", drop=False).loc[[str(each) for each in in_order["fit_id"]]]
    explained = {str(each["fit_id"]): outcomes_of(recorded_model(each)) for each in declared.to_dict("records")}
    withheld: dict[str, str] = {}
    for scale, instrument in study.scales().items():
        own = [name for name, outcomes in explained.items() if scale in outcomes]
        if not own:
            continue
        people = _people(slices.rows, scale)
        if people.empty:
            continue
        hidden = hidden_cells(people, _shown(units, people, scale, slices))
        rule = instrument.scales[scale]
        least = slices.policy.least_width * (len(rule.items) if rule.score == "sum" else 1)
        withheld |= _telling(store, declared.loc[own], scale, people, hidden, least)
    return withheld


def _people(rows: pd.DataFrame, scale: str) -> pd.DataFrame:
    scored = rows[rows[scale].notna()].set_index("response_id")
    named = {"organisation": scored["organisation_id"], "region": scored["region"]}
    plain = {name: each.astype(object).where(each.notna(), "") for name, each in named.items()}
    return scored[PEOPLE].assign(**plain, score=scored[scale].astype(float))


def _shown(units: pd.DataFrame, people: pd.DataFrame, scale: str, slices: Slices) -> pd.DataFrame:
    """Return the units whose mean is shown, everybody of large groups among them."""
    shown = units.loc[(units["scale"] == scale) & ~units["is_hidden"].astype(bool), UNIT]
    n = people.groupby(PEOPLE).size()
    large: list[Slice] = [(str(w), str(g)) for w, g in n[n >= slices.policy.least_cell_size].index]
    everybody = [(*where, *EVERYBODY_UNIT) for where in large if (scale, where) not in slices.hidden]
    return pd.concat([shown, pd.DataFrame(everybody, columns=UNIT)], ignore_index=True).drop_duplicates()


def _telling(
    store: Store, records: pd.DataFrame, scale: str, people: pd.DataFrame, hidden: HiddenCells, least: float
) -> Mapping[str, str]:
    diagnostics, estimates = store.read(out.DIAGNOSTICS), store.read(out.ESTIMATES)
    withheld: dict[str, str] = {}
    for record in records.to_dict("records"):
        own = diagnostics[diagnostics["fit_id"] == record["fit_id"]].dropna(subset=["value"])
        terms = estimates[estimates["fit_id"] == record["fit_id"]]
        variances = dict(zip(own["diagnostic"], own["value"].astype(float), strict=True))
        coefficients = dict(zip(terms["term"], terms["estimate"].astype(float), strict=True))
        design = _design(store, record, scale, people, (variances, coefficients))
        more = hidden.with_known(hidden.news(sums_that_follow(design.turned, people, hidden)))
        if tells(hidden, more, least) or _squares_tell(record, design, people, more, least):
            withheld[str(record["fit_id"])] = reason("tells_of_unit")
        else:
            hidden = more
    return withheld


def _squares_tell(
    record: Mapping[Any, Any], design: TurnedBack, people: pd.DataFrame, hidden: HiddenCells, least: float
) -> bool:
    """Tell whether the variance between organisations, or how they correlate, leaves a hidden mean less than asked."""
    is_of_pairs = record["estimator"] in LINEAR_EQUATIONS
    if not is_of_pairs and record["estimator"] not in OF_GROUPS:
        return False
    squares = squares_of_organisations(design, people, hidden, is_of_pairs=is_of_pairs)
    return bool((squares_widths(hidden, squares) < least - SLACK).any())


def _design(
    store: Store,
    record: Mapping[Any, Any],
    scale: str,
    people: pd.DataFrame,
    found: tuple[Mapping[str, float], Mapping[str, float]],
) -> TurnedBack:
    """Return the columns of a fit's equation of a scale, one row a person with a score."""
    rows, labels = store.kept_rows(str(record["data_hash"])), labels_from_json(str(record["labels_json"]))
    spec = recorded_model(record)
    told = with_columns_of_errors(each_turned_back(spec, rows, labels, *found)[scale], spec, rows, labels)
    scored = told.matrix.index.isin(people.index)
    return TurnedBack(told.matrix[scored], told.turned[scored])
