"""Sizes of differential item functioning in the recovery report: known shifts, and what is refused."""

import numpy as np
import pandas as pd
import pytest

from pipelines.studies.demo.parameters import Measurement
from pipelines.studies.demo.recovery.functioning import Compared, planted, shift

THRESHOLDS = np.array([-1.2, -0.3, 0.6, 1.5])


def drawn(thresholds=0.0, loading=0.0, n=6000, mean=0.0):
    """Answers of two groups; the third item's thresholds, or loading, differ in the second."""
    rng = np.random.default_rng(20261126)
    is_second = np.arange(2 * n) >= n
    level = rng.normal(size=2 * n) + mean * is_second
    columns = {}
    for name, own in (("a", 0.8), ("b", 0.7), ("c", 0.75), ("d", 0.6)):
        loadings = own + (loading * is_second if name == "c" else 0.0)
        response = loadings * level + np.sqrt(1 - loadings**2) * rng.normal(size=2 * n)
        moved = response - (thresholds * is_second if name == "c" else 0.0)
        columns[name] = np.searchsorted(THRESHOLDS, moved) + 1
    groups = pd.Series(np.where(is_second, "en", "da"))
    return Compared("scale", pd.DataFrame(columns), groups, pd.Series(np.arange(2 * n) % 200 + 1000 * is_second))


@pytest.mark.parametrize(("size", "mean"), [(0.4, 0.0), (-0.4, 0.0), (0.0, 0.0), (0.4, 0.5)])
def test_a_shift_of_thresholds_is_found_whatever_the_levels_of_the_groups(size, mean):
    value, error = shift(drawn(thresholds=size, mean=mean), "c", "thresholds")
    assert error < 0.04
    assert value == pytest.approx(size, abs=3 * error)


@pytest.mark.parametrize("size", [-0.25, 0.0, 0.1])
def test_a_shift_of_a_loading_is_found(size):
    value, error = shift(drawn(loading=size), "c", "loading")
    assert error < 0.03
    assert value == pytest.approx(size, abs=3 * error)


def test_a_group_that_never_chose_an_answer_gives_no_number():
    answers = drawn(n=500)
    highest = (answers.groups == "en") & (answers.items["b"] == 5)
    items = answers.items.assign(b=answers.items["b"].mask(highest, 4))
    assert np.isnan(shift(Compared("scale", items, answers.groups, answers.clusters), "c", "thresholds")).all()


def test_every_planted_item_belongs_to_the_smallest_scale_that_has_it():
    found = {each.name: (each.scale, each.size) for each in planted(Measurement())}
    assert found == {
        "CL_em_3: thresholds in English": ("emergent_principle", 0.40),
        "CPE_co_2: thresholds in English": ("coproduction_commissioning", -0.40),
        "CL_rl_2: loading in English": ("relational_principle", -0.25),
        "FWI_fo_2_o: thresholds of observers": ("forwarding_observed", 0.35),
    }
