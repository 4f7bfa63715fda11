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
from pipelines.steps.fit_designs import TurnedBack, turned_back
from pipelines.steps.fit_equations import SLACK, HiddenCells, hidden_cells, sums_that_follow, tells
from pipelines.steps.fit_squares import squares_of_organisations, squares_widths
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
    records = store.read(out.FITS).set_index("fit_id")
    in_order = fits.assign(is_variant=fits["variant"] != "main").sort_values(["is_variant", "model", "variant"])
    withheld: dict[str, str] = {}
    for scale, instrument in study.scales().items():
        own = in_order.loc[in_order["outcome"] == scale, "fit_id"]
        if own.empty:
            continue
        people = _people(slices.rows, scale)
        if people.empty:
            continue
        hidden = hidden_cells(people, _shown(units, people, scale, slices))
        rule = instrument.scales[scale]
        least = slices.policy.least_width * (len(rule.items) if rule.score == "sum" else 1)
        withheld |= _telling(store, records.loc[[str(each) for each in own]], people, hidden, least)
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
    store: Store, records: pd.DataFrame, people: pd.DataFrame, hidden: HiddenCells, least: float
) -> Mapping[str, str]:
    diagnostics = store.read(out.DIAGNOSTICS)
    withheld: dict[str, str] = {}
    for record in records.reset_index().to_dict("records"):
        own = diagnostics[diagnostics["fit_id"] == record["fit_id"]].dropna(subset=["value"])
        variances = dict(zip(own["diagnostic"], own["value"].astype(float), strict=True))
        design = _design(store, record, people, variances)
        more = hidden.with_known(hidden.news(sums_that_follow(design.turned, people, hidden)))
        is_mixed = record["estimator"] in OF_GROUPS
        if tells(hidden, more, least) or (is_mixed and _squares_tell(design, people, more, least)):
            withheld[str(record["fit_id"])] = reason("tells_of_unit")
        else:
            hidden = more
    return withheld


def _squares_tell(design: TurnedBack, people: pd.DataFrame, hidden: HiddenCells, least: float) -> bool:
    """Tell whether the variance between organisations leaves a hidden mean less room than asked."""
    squares = squares_of_organisations(design, people, hidden)
    return bool((squares_widths(hidden, squares) < least - SLACK).any())


def _design(
    store: Store, record: Mapping[Any, Any], people: pd.DataFrame, variances: Mapping[str, float]
) -> TurnedBack:
    """Return the columns of a fit, one row a person with a score."""
    rows = store.kept_rows(str(record["data_hash"]))
    found = turned_back(recorded_model(record), rows, labels_from_json(str(record["labels_json"])), variances)
    scored = found.matrix.index.isin(people.index)
    return TurnedBack(found.matrix[scored], found.turned[scored])
