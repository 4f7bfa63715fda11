"""Drawings of invented figures, with the longest words and the most paths that are to be expected."""

import numpy as np
import pandas as pd

from models.sections.measurement import InvarianceRule
from pipelines.pictures.answers import counted_answers, response_bars
from pipelines.pictures.correlations import correlation_matrix
from pipelines.pictures.ladder import Asked, invariance_ladder
from pipelines.pictures.loadings import loading_plot
from pipelines.pictures.path import path_diagram
from pipelines.pictures.words import Words

SCALES = {"leading": 5, "integration_of_departments": 6, "coproduction": 3}
LONG = "Medarbejdere i frontlinjen & borgere træffer <fælles> beslutninger om daglige indsatser og følger dem op"
TITLES = {
    **{f"{scale}_{place}": LONG[: 20 + 12 * place] for scale, count in SCALES.items() for place in range(1, count + 1)},
    "leading": "Collective leadership of several organisations",
    "integration_of_departments": "Sammenhængsledelsesintensitetsvurderinger",
    "overall": "Everything together",
    "w1": "Første runde",
}
POINTS = {1: "Slet ikke", 2: "I ringe grad", 3: "", 4: "I høj grad", 5: "I meget høj grad", 6: "Helt", 7: "Ved ikke"}


def words_in(language):
    return Words(language, TITLES, frozenset({"leading_2", "coproduction_1"}))


def second_order():
    rows = [("loading", scale, f"{scale}_{place}") for scale, count in SCALES.items() for place in range(1, count + 1)]
    rows += [("regression", scale, "overall") for scale in ("leading", "integration_of_departments")]
    rows += [("factor_covariance", "overall", "coproduction"), ("factor_covariance", "overall", "overall")]
    rows += [
        ("residual_covariance", "leading_1", "leading_3"),
        ("residual_covariance", "leading_2", "leading_5"),
        ("residual_covariance", "leading_1", "leading_1"),
    ]
    table = pd.DataFrame(rows, columns=["kind", "left_name", "right_name"])
    return table.assign(standardised=np.linspace(-0.31, 0.93, len(rows)), standardised_error=0.04)


def steps():
    return pd.DataFrame(
        {
            "level": ["configural", "metric"],
            "holds": [True, False],
            "delta_cfi": [np.nan, -0.021],
            "delta_rmsea": [np.nan, 0.02],
            "released": ["", "; ".join(f"loading of integration_of_departments on item {n}" for n in range(5))],
            "compared": ["w1; w2"] * 2,
            "least_group_n": [1234, 1234],
        }
    )


def answers():
    random = np.random.default_rng(20261126)
    items = pd.DataFrame({f"coproduction_{place}": random.integers(1, 8, 300) for place in range(1, 4)})
    return items.assign(coproduction_2=8 - items["coproduction_1"]).astype("Int16")


def drawings(language):
    """Return every kind of drawing by name."""
    words, items = words_in(language), answers()
    groups = pd.Series(["Første runde", f"{LONG[:60]}, anden runde"] * 150)
    heading, note = f"A long heading: {LONG}", f"n = 1,234; {LONG}"
    return {
        "path": path_diagram(second_order(), heading, note, words),
        "loadings": loading_plot(second_order(), heading, note, words),
        "ladder": invariance_ladder(steps(), Asked("scalar", InvarianceRule()), heading, words),
        "answers": response_bars(counted_answers(items, groups), POINTS, heading, words),
        "correlations": correlation_matrix(items, heading, words),
    }
