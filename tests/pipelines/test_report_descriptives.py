"""Descriptives, released means and loadings as tables: the figures of their sources, and what is withheld stays so."""

import numpy as np
import pandas as pd
import pytest

from models.sections.measurement import MeasurementSpec
from pipelines.report_tables.descriptives import Described, descriptive_table
from pipelines.report_tables.loadings import loading_table
from pipelines.report_tables.released_means import released_mean_table
from tests.reported_fits import TITLES, reported, responses, spec_of, words

RELIABILITY = pd.DataFrame(
    [("coproduction", "alpha", 0.81), ("coproduction", "alpha", 0.88), ("integration", "alpha", 0.9)],
    columns=["scale", "coefficient", "estimate"],
)


def figures(row):
    return [dict(cell.numbers)["estimate"].value if cell.numbers else None for cell in row.cells]


def test_descriptives_are_those_of_the_responses_used():
    rows = responses()
    table = descriptive_table(Described(spec_of(), rows, RELIABILITY, TITLES), 3, words())
    columns = ["coproduction", "integration", "safety", "question"]
    assert [column.lines for column in table.columns] == [("M",), ("SD",), ("α",), ("1",), ("2",), ("3",)]
    for place, (row, name) in enumerate(zip(table.rows, columns, strict=True)):
        mean, deviation, _, *correlations = figures(row)
        assert mean == pytest.approx(rows[name].mean())
        assert deviation == pytest.approx(np.std(rows[name], ddof=1))
        expected = [np.corrcoef(rows[name], rows[other])[0, 1] for other in columns[:place]]
        assert correlations[:place] == pytest.approx(expected)
        assert correlations[place:] == [None] * (3 - place)
    assert table.rows[1].cells[3].lines == (f"{np.corrcoef(rows['integration'], rows['coproduction'])[0, 1]:.2f}"[1:],)
    assert table.notes[0].startswith("400 responses")


def test_reliability_is_a_range_where_several_groups_or_waves_have_it():
    table = descriptive_table(Described(spec_of(), responses(), RELIABILITY, TITLES), 1, words("da"))
    assert [row.cells[2].lines for row in table.rows] == [(",81–,88",), (",90",), (), ()]


def test_categories_have_no_mean():
    labels = [
        row.label for row in descriptive_table(Described(spec_of(), responses(), RELIABILITY, TITLES), 1, words()).rows
    ]
    assert len(labels) == 4
    assert not [label for label in labels if "Region" in label or "Wave" in label]


def test_a_withheld_mean_stays_withheld():
    key = {"scale": "integration", "respondent_group": "FRL"}
    shown = {**key, "wave": "w1", "n_obs": 45, "mean": 3.21, "conf_low": 3.0, "conf_high": 3.42, "alpha": 0.8}
    hidden = {**key, "wave": "w2", **dict.fromkeys(["n_obs", "mean", "conf_low", "conf_high", "alpha"])}
    means = pd.DataFrame([{**shown, "is_hidden": False}, {**hidden, "is_hidden": True}]).assign(omega=np.nan)
    table = released_mean_table(reported(), means, 1, words())
    heading, shown, withheld = table.rows
    assert (heading.label, heading.cells) == ("Vertical integration", ())
    assert [cell.lines for cell in shown.cells] == [("3.21", "[3.00,\N{NO-BREAK SPACE}3.42]"), (".80",), (), ("45",)]
    assert [cell.lines for cell in withheld.cells] == [("withheld",), (), (), ()]
    assert not [cell for cell in withheld.cells if cell.numbers]


SPEC = MeasurementSpec.model_construct(name="m", title={"en": "Two factors", "da": "To faktorer"})


def test_loadings_stand_under_their_factor_with_a_column_for_every_group():
    loadings = pd.DataFrame(
        [
            ("m", "A", "loading", "integration", "question", 0.7123, 0.031),
            ("m", "A", "loading", "integration", "x_2", 0.5, np.nan),
            ("m", "B", "loading", "integration", "question", -0.2, 0.05),
            ("m", "B", "threshold", "question", "1", 0.3, 0.1),
            ("other", "A", "loading", "safety", "y_1", 0.9, 0.1),
        ],
        columns=[
            "measurement",
            "respondent_group",
            "kind",
            "left_name",
            "right_name",
            "standardised",
            "standardised_error",
        ],
    )
    indices = pd.DataFrame(
        [("m", "A", "", "", "n_obs", 1200.0), ("m", "A", "", "", "cfi", 0.98514), ("m", "A", "", "", "cfi_robust", 0.9),
         ("m", "A", "", "", "p_value", 0.00001), ("m", "A", "wave", "metric", "cfi", 0.1)],
        columns=["measurement", "respondent_group", "over", "level", "fit_index", "value"],
    )  # fmt: skip
    table = loading_table(SPEC, loadings, indices, 2, words())
    assert table is not None
    assert table.caption == "Two factors: standardised loadings"
    told = [(row.label, *(" ".join(cell.lines) for cell in row.cells)) for row in table.rows]
    assert told == [
        ("Vertical integration",),
        ("question How often did you, yourself, ask for help?", ".71 (.03)", "−.20 (.05)"),
        ("x_2", ".50", ""),
        ("Responses", "1,200", ""),
        ("p", "<\N{NO-BREAK SPACE}.001", ""),
        ("CFI", ".985", ""),
        ("CFI, robust", ".900", ""),
    ]
    assert loading_table(SPEC, loadings.iloc[:0], indices, 2, words()) is None
