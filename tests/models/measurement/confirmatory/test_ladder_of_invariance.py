"""The ladder of invariance over invented groups: who answers alike climbs it, who does not is stopped and told why."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.analysis import measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.invariance import Criterion, ladder
from models.measurement.confirmatory.model import FactorModel

ITEMS = tuple("abcd")
MODEL = FactorModel({"f": ITEMS})
GROUPS = pd.Series(["first"] * 600 + ["second"] * 600)


def answers():
    generator = np.random.default_rng(9)
    latent = generator.normal(size=(1200, 1)) + generator.normal(size=(1200, 4))
    return pd.DataFrame(np.clip(np.round(3 + latent), 1, 5), columns=list(ITEMS))


def grouped(rows, estimator):
    return measured(grouped_answers(rows, ITEMS, is_complete=True, groups=GROUPS), estimator)


def test_groups_that_answer_alike_reach_the_top_of_the_ladder_and_others_do_not():
    rows = answers()
    assert [step.level for step in ladder(MODEL, grouped(rows, "wlsmv"), Criterion()) if step.holds][-1] == "strict"
    biased = rows.copy()
    biased.loc[600:, "d"] += 1
    steps = ladder(MODEL, grouped(biased, "mlr"), Criterion())
    assert (steps[-1].level, steps[-1].holds) == ("scalar", False)
    freed = ladder(MODEL, grouped(biased, "mlr"), Criterion(), is_partial=True)
    scalar = next(step for step in freed if step.level == "scalar")
    assert (scalar.holds, scalar.released) == (True, ("intercept of d",))


LATER = slice(1500, None)
SECOND = pd.Series(["first"] * 1500 + ["second"] * 1500)


def shifted(kind, place):
    """Answers of two groups of 1,500 in which one item of four has another loading, intercept or residual variance."""
    generator = np.random.default_rng(9)
    latent = generator.normal(size=(3000, 1))
    latent[LATER] = 1.2 * latent[LATER] + 0.3
    loadings, intercepts, spread = np.ones((3000, 4)), np.zeros((3000, 4)), np.ones((3000, 4))
    changed, value = {"loading": (loadings, 0.3), "intercept": (intercepts, 1.0), "residual": (spread, 2.0)}[kind]
    changed[LATER, place] = value
    return latent * loadings + intercepts + spread * generator.normal(size=(3000, 4))


@pytest.mark.parametrize("estimator", ["ml", "wlsmv"])
@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(
    ("kind", "level", "name"),
    [
        ("loading", "metric", "f -> {}"),
        ("intercept", "scalar", "intercept of {}"),
        ("residual", "strict", "{0} ~ {0}"),
    ],
)
def test_the_item_that_differs_is_the_only_one_freed_whichever_it_is(estimator, place, kind, level, name):
    drawn = shifted(kind, place)
    codes = np.clip(np.round(3 + drawn), 1, 5) if estimator == "wlsmv" else drawn
    rows = pd.DataFrame(codes, columns=list(ITEMS))
    answers = measured(grouped_answers(rows, ITEMS, is_complete=True, groups=SECOND), estimator)
    steps = ladder(MODEL, answers, Criterion(), is_partial=True)
    freed = {step.level: step.released for step in steps if step.released}
    assert freed == {level: (name.format(ITEMS[place]),)}
    assert steps[-1].holds


def test_at_most_half_of_the_items_of_a_factor_are_freed():
    drawn = shifted("loading", 0)
    drawn[LATER, 1] *= 2
    drawn[LATER, 2] = -drawn[LATER, 2]
    rows = pd.DataFrame(drawn, columns=list(ITEMS))
    answers = measured(grouped_answers(rows, ITEMS, is_complete=True, groups=SECOND), "ml")
    last = ladder(MODEL, answers, Criterion(), is_partial=True)[-1]
    assert (last.level, last.holds, len(last.released)) == ("metric", False, 2)


@pytest.mark.parametrize("estimator", ["ml", "wlsmv"])
def test_groups_that_answer_alike_reach_the_top_with_a_factor_of_factors(estimator):
    generator = np.random.default_rng(4)
    above = generator.normal(size=(3000, 1))
    below = np.repeat(above + 0.6 * generator.normal(size=(3000, 3)), 3, axis=1)
    drawn = below + generator.normal(size=(3000, 9))
    drawn[LATER] += 0.4
    codes = np.clip(np.round(3 + drawn), 1, 5) if estimator == "wlsmv" else drawn
    items = tuple("abcdefghi")
    model = FactorModel({"x": items[:3], "y": items[3:6], "z": items[6:], "all": ("x", "y", "z")})
    rows = pd.DataFrame(codes, columns=list(items))
    answers = measured(grouped_answers(rows, items, is_complete=True, groups=SECOND), estimator)
    last = ladder(model, answers, Criterion())[-1]
    assert (last.level, last.holds) == ("strict", True)
