"""Whoever signs a release off is told why cells are hidden; the reasons add up to the cells."""

import pandas as pd
import pytest

from pipelines.release_hidden import ONE_OF_ALL, hidden_because
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.released import DISTRIBUTIONS_RELEASED, RESPONSE_RATES_RELEASED, SCALE_MEANS_RELEASED, UNIT_MEANS

POLICY = Policy(least_cell_size=10)
SIZES = {"a": ("north", 4), "b": ("north", 12), "c": ("south", 20), "d": ("south", 11)}
ROWS = pd.DataFrame(
    [
        {"organisation_id": name, "region": region, "wave": "spring", "respondent_group": "FRL",
         "trust": 4.0 if name == "d" else 1.0 + place % 4}
        for name, (region, n) in SIZES.items() for place in range(n)
    ]
)  # fmt: skip
KEY = {"wave": "spring", "respondent_group": "FRL", "is_hidden": True}


def told(table, *cells, beside=()):
    rows = table.typed(pd.DataFrame([{**dict.fromkeys(table.columns), **KEY, **cell} for cell in cells]))
    found = hidden_because([(table, rows), *beside], ROWS, POLICY)
    assert sum(each.n_cells for each in found) == rows["is_hidden"].sum()
    return {each.reason: each.n_cells for each in found}


def unit(level, name):
    return {"scale": "trust", "level": level, "unit": name}


def test_units_are_hidden_for_their_people_their_organisations_their_answers_or_for_others():
    names = [("all", ""), ("region", "north"), ("organisation", "a"), ("organisation", "b"), ("organisation", "d")]
    shown = unit("organisation", "c") | {"is_hidden": False}
    assert told(UNIT_MEANS, *(unit(*each) for each in (*names, ("organisation", "elsewhere"))), shown) == {
        "others would follow from it": 2,
        "fewer than 3 organisations": 1,
        "fewer than 10 people": 1,
        "too few answers differ": 1,
        "nobody answered": 1,
    }


@pytest.mark.parametrize(
    ("table", "cell", "reason"),
    [
        (SCALE_MEANS_RELEASED, {"scale": "trust"}, ONE_OF_ALL),
        (DISTRIBUTIONS_RELEASED, {"item": "trust", "code_from": 1, "code_to": 5}, "too few answers differ"),
        (RESPONSE_RATES_RELEASED, {"wave": "autumn"}, "nobody answered"),
        (RESPONSE_RATES_RELEASED, {}, "fewer than 10 people"),
    ],
)
def test_figures_of_everybody_are_hidden_with_a_reason(table, cell, reason):
    assert told(table, cell) == {reason: 1}


def test_everybody_is_hidden_for_the_units_where_these_have_figures():
    of_units = pd.DataFrame([{**dict.fromkeys(UNIT_MEANS.columns), **KEY, **unit("all", ""), "is_hidden": False}])
    beside = [(UNIT_MEANS, UNIT_MEANS.typed(of_units))]
    assert told(SCALE_MEANS_RELEASED, {"scale": "trust"}, beside=beside) == {"others would follow from it": 1}
