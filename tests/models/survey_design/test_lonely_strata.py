"""Strata with a single sampled unit: what each rule adds, by hand."""

import numpy as np
import pytest

from models.regression.identification import ModelDataError
from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.means import Totals
from models.survey_design.replicates import jackknife, replicated_estimate
from models.survey_design.stages import Stage

STRATA = np.array(["a", "a", "b", "b", "lonely"])
OUTCOME = np.array([1.0, 3.0, 2.0, 8.0, 5.0])
OF_OTHERS = 2 * ((1 - 2) ** 2 + (3 - 2) ** 2 + (2 - 5) ** 2 + (8 - 5) ** 2) * 4
TOTAL = Totals(("y",), OUTCOME[:, None])


def variance(lonely, population=None, strata=STRATA):
    design = build_survey_design(np.full(5, 2.0), [Stage(strata=strata, population=population)], lonely=lonely)
    return float(linearised_estimate(design, TOTAL).covariance[0, 0])


@pytest.mark.parametrize(
    ("lonely", "expected"),
    [("certainty", OF_OTHERS), ("adjust", OF_OTHERS + 10**2), ("average", OF_OTHERS * 3 / 2)],
)
def test_a_lonely_unit_adds_what_its_rule_says(lonely, expected):
    assert variance(lonely) == pytest.approx(expected)


def test_by_default_nothing_is_estimated_and_the_stratum_is_named():
    with pytest.raises(ModelDataError, match=r"stratum lonely has a single sampled unit.*adjust \(cautious\)"):
        linearised_estimate(build_survey_design(np.ones(5), [Stage(strata=STRATA)]), TOTAL)


def test_a_stratum_of_one_unit_in_the_population_is_not_lonely():
    sizes = np.array([1e12, 1e12, 1e12, 1e12, 1.0])
    assert variance("fail", sizes) == pytest.approx(OF_OTHERS)


def test_an_average_needs_another_stratum():
    with pytest.raises(ModelDataError, match="no others whose average"):
        linearised_estimate(
            build_survey_design(
                np.ones(4), [Stage(np.array([0, 0, 1, 1]), strata=np.array([0, 0, 1, 1]))], lonely="average"
            ),
            Totals(("y",), OUTCOME[:4, None]),
        )


def test_a_single_row_of_a_sampled_cluster_is_lonely_at_the_second_stage():
    clusters, rows = np.array([0, 0, 1]), np.array([0, 1, 0])
    stages = [Stage(clusters, population=np.full(3, 4.0)), Stage(rows, population=np.full(3, 6.0))]
    with pytest.raises(ModelDataError, match="a cluster of stage 1 has a single sampled unit"):
        linearised_estimate(build_survey_design(None, stages), Totals(("y",), OUTCOME[:3, None]))


def test_a_lonely_unit_is_left_in_every_replicate_where_it_is_certain():
    design = build_survey_design(np.full(5, 2.0), [Stage(strata=STRATA)], lonely="certainty")
    replicates = jackknife(design)
    assert replicates.weights.shape == (5, 4)
    assert replicated_estimate(replicates, TOTAL).covariance[0, 0] == pytest.approx(OF_OTHERS)


@pytest.mark.parametrize("lonely", ["fail", "adjust", "average"])
def test_other_rules_have_no_replicates(lonely):
    design = build_survey_design(np.full(5, 2.0), [Stage(strata=STRATA)], lonely=lonely)
    with pytest.raises(ModelDataError, match="no replicate can leave it out"):
        jackknife(design)
