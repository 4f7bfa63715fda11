"""Patterns counted in a database are those counted in memory: any number of items and points, any names."""

from functools import partial

import duckdb
import numpy as np
import pandas as pd
import pytest

from instruments.sections.response_scale import Point, ResponseScale
from instruments.spec import Instrument, Item, Scale
from models.measurement.answer_counts import count_answers
from pipelines.steps.answer_patterns import count_patterns
from pipelines.store.slices import answer


def instrument_of(items, codes, least_answered=1):
    return Instrument(
        name="test",
        version="1",
        title={"en": "Test"},
        response_scales={"agree": ResponseScale(points={code: Point() for code in codes})},
        items={item: Item(response_scale="agree") for item in items},
        scales={"scale": Scale(items=tuple(items), reverse_scored=(items[0],), least_answered=least_answered)},
    )


def drawn(items, codes, cells, n=400):
    rng = np.random.default_rng(len(items))
    chosen = rng.choice([*codes, codes[0]], (n, len(items))).astype(float)
    chosen[rng.random(chosen.shape) < 0.2] = np.nan
    names = [cells[place] for place in rng.integers(0, len(cells), n)]
    return (
        pd.DataFrame(chosen, columns=items)
        .astype("Int16")
        .assign(
            response_id=[f"s/{number}" for number in range(n)],
            wave=[wave for wave, _ in names],
            respondent_group=[group for _, group in names],
        )
    )


def counts(analysis, instrument, rule="", excluded=()):
    exclusions = pd.DataFrame(excluded, columns=["response_id", "exclusions"], dtype="str")
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core; CREATE TABLE core.analysis AS SELECT * FROM analysis")
        connection.register("given", exclusions)
        connection.execute("CREATE TABLE core.exclusions AS SELECT * FROM given")
        return count_patterns(partial(answer, connection), {"scale": instrument}, rule)["scale"]


def as_dictionary(found):
    return {tuple(np.nan_to_num(row, nan=-999)): n for row, n in zip(found.patterns, found.counts, strict=True)}


NAMES = ("select", "n", "cell", "pattern_0")
ONE, MANY = [("w", "g")], [("w'1", "g"), ("w'1", "h"), ("w2", "g"), ("w2", 'k"')]


@pytest.mark.parametrize("cells", [ONE, MANY], ids=["one cell", "several"])
@pytest.mark.parametrize(
    ("n_items", "codes"),
    [(1, [1, 2]), (5, range(1, 8)), (6, range(1, 8)), (3, range(-3, 4)), (4, [0, 50, 100]), (22, range(1, 8)),
     (3, [-31_999, 31_999]), (45, range(1, 6))],
    ids=lambda value: f"{len(value)} codes from {min(value)}" if not isinstance(value, int) else f"{value} items",
)  # fmt: skip
def test_patterns_are_those_counted_in_memory(n_items, codes, cells):
    items = [*NAMES, *(f"q{number}" for number in range(n_items))][:n_items]
    analysis, instrument = drawn(items, list(codes), cells), instrument_of(items, codes)
    found = counts(analysis, instrument)
    assert [(cell["wave"], cell["respondent_group"]) for cell, _ in found] == sorted(cells)
    for cell, own in found:
        of_cell = (analysis["wave"] == cell["wave"]) & (analysis["respondent_group"] == cell["respondent_group"])
        expected = count_answers(analysis[of_cell], instrument, "scale")
        assert as_dictionary(own) == as_dictionary(expected)
        assert (own.items, own.is_turned, own.ends) == (expected.items, expected.is_turned, expected.ends)


def test_responses_that_a_rule_leaves_out_are_not_counted_and_those_of_other_rules_are():
    analysis, instrument = drawn(["a", "b"], [1, 2], ONE), instrument_of(["a", "b"], [1, 2])
    excluded = [("s/1", "it's"), ("s/2", "it's"), ("s/3", "other")]
    ((cell, found),) = counts(analysis, instrument, "it's", excluded)
    assert (found.n_responses, cell["exclusions"]) == (len(analysis) - 2, "it's")


def test_a_cell_without_a_score_is_left_out():
    analysis = drawn(["a", "b"], [1, 2], MANY)
    analysis.loc[analysis["wave"] == "w2", "a"] = pd.NA
    found = counts(analysis, instrument_of(["a", "b"], [1, 2], least_answered=2))
    assert {cell["wave"] for cell, _ in found} == {"w'1"}


def test_no_responses_have_no_cells():
    assert counts(drawn(["a"], [1, 2], ONE).iloc[:0], instrument_of(["a"], [1, 2])) == []
