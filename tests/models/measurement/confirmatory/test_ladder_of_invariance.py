"""The ladder of invariance over invented groups: who answers alike climbs it, who does not is stopped and told why."""

import numpy as np
import pandas as pd

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
