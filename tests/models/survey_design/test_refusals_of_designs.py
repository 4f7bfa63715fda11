"""What is said when codes, weights, sizes or answers do not describe a sample, or cannot carry an estimate."""

import numpy as np
import pytest

from models.regression.identification import ModelDataError
from models.survey_design.alpha import Alpha
from models.survey_design.design import build_survey_design
from models.survey_design.design_effects import design_effects
from models.survey_design.estimated import linearised_estimate
from models.survey_design.generalised import Regression
from models.survey_design.independence import independence_test
from models.survey_design.means import Ratios, domain_means, mean_difference, means
from models.survey_design.ordered import Ordered
from models.survey_design.quantiles import quantiles
from models.survey_design.replicates import balanced, bootstrap, jackknife, replicated_estimate
from models.survey_design.stages import Stage

N = 6
ONES = np.ones(N)
PAIRS = np.repeat([0, 1, 2], 2)
Y = np.arange(6.0)


def plain(weights=ONES, **stage):
    return build_survey_design(weights, [Stage(**stage)])


DESIGNS = {
    "no stage": (lambda: build_survey_design(ONES, []), "no stage of sampling"),
    "nothing": (lambda: build_survey_design(None, [Stage()]), "neither weights nor codes nor population sizes"),
    "weight 0": (lambda: plain(np.array([1.0, 0, 1, 1, 1, 1])), "1 weight missing, 0 or negative"),
    "weight missing": (lambda: plain(np.array([1, np.nan, 1, 1, 1, -1])), "2 weights missing, 0 or negative"),
    "no sizes": (lambda: plain(None, clusters=PAIRS), "no weights, and stage 1 no population sizes"),
    "lengths": (lambda: plain(clusters=PAIRS[:4]), "clusters of 4 rows; expected 6"),
    "no code": (lambda: plain(strata=np.array(["a", None, "a", "b", "b", "b"], dtype=object)), "no strata in 1 row"),
    "no size": (lambda: plain(population=np.array([9, 9, np.nan, 9, 9, 9])), "no population sizes in 1 row"),
    "cut": (
        lambda: plain(clusters=np.zeros(N), strata=PAIRS),
        "a cluster of stage 1 lies in stratum 0 and in stratum 1",
    ),
    "sizes differ": (lambda: plain(population=np.arange(6.0) + 10), "population sizes differ within the sample"),
    "drawn": (lambda: plain(clusters=PAIRS, sampled=np.full(N, 2.0)), "rows of 3 units, and 2 were drawn"),
    "drawn differ": (lambda: plain(sampled=np.arange(6.0) + 9), "numbers of units drawn differ within the sample"),
    "too small": (lambda: plain(population=np.full(N, 0.5)), "6 sampled units of 0.5 in the population"),
    "no clusters": (lambda: build_survey_design(ONES, [Stage(), Stage()]), "stage 1 names no clusters"),
    "sizes of stage 2": (
        lambda: build_survey_design(ONES, [Stage(PAIRS), Stage(population=np.full(N, 5.0))]),
        "stage 2 has population sizes and stage 1 has none",
    ),
    "nobody": (lambda: plain().domain(Y > 9), "no row belongs to the subpopulation"),
    "calibrated": (lambda: plain().calibrated(ONES - 1, ONES[:, None]), "6 weights missing, 0 or negative"),
}
DESIGN = plain(clusters=PAIRS)
ESTIMATES = {
    "missing": (
        lambda: linearised_estimate(DESIGN, means(("y",), np.where(Y > 4, np.nan, Y)[:, None])),
        "'y' is missing in 1 of 6 rows",
    ),
    "no denominator": (
        lambda: linearised_estimate(DESIGN, Ratios(("r",), Y[:, None], np.zeros((N, 1)))),
        "the denominator of 'r' adds up to 0",
    ),
    "empty domain": (
        lambda: linearised_estimate(DESIGN, domain_means(Y, ("a", "b"), np.zeros(N, dtype=int))),
        "the denominator of 'b' adds up to 0",
    ),
    "one cluster": (
        lambda: linearised_estimate(DESIGN.domain(PAIRS == 1), means(("y",), Y[:, None])),
        "1 clusters in 1 strata leave 0 degrees of freedom",
    ),
    "coefficients": (
        lambda: linearised_estimate(
            DESIGN, Regression("linear", ("i", "a", "b"), np.column_stack([ONES, Y, Y**2]), np.sin(Y))
        ),
        "3 clusters in 1 strata leave 0 degrees of freedom beside 3 estimates",
    ),
    "alike": (
        lambda: linearised_estimate(
            plain(), Regression("linear", ("i", "a", "b"), np.column_stack([ONES, Y, 2 * Y]), np.sin(Y))
        ),
        "cannot be told apart",
    ),
    "constant": (
        lambda: linearised_estimate(plain(), Regression("logit", ("i", "a"), np.column_stack([ONES, Y]), ONES)),
        "is the same in all 6",
    ),
    "separated": (
        lambda: linearised_estimate(plain(), Regression("logit", ("i", "a"), np.column_stack([ONES, Y]), Y > 2)),
        "foretell|foretold",
    ),
    "no count": (
        lambda: linearised_estimate(plain(), Regression("poisson", ("i", "a"), np.column_stack([ONES, Y]), Y - 0.5)),
        "count",
    ),
    "empty category": (
        lambda: linearised_estimate(plain(), Ordered(("a",), Y[:, None], ("l", "m", "h"), PAIRS % 2)),
        "categories of the outcome",
    ),
    "one item": (lambda: linearised_estimate(plain(), Alpha(("a",), Y[:, None])), "alpha of 1 items"),
    "no share": (lambda: quantiles(plain(), Y, (0.5, 1.0)), "a quantile at 1 is asked for"),
    "one category": (
        lambda: independence_test(plain(), np.zeros(N, dtype=int), PAIRS),
        "1 and 3 categories in the subpopulation",
    ),
    "one group": (lambda: mean_difference(plain(), Y, Y > 9), "the second of two domains has no row"),
    "two clusters": (
        lambda: mean_difference(plain(clusters=PAIRS % 2), Y, Y > 2),
        "too few to compare two means",
    ),
    "no population": (lambda: design_effects(plain(), ("y",), Y[:, None]), "expected more than the rows"),
}
FINITE = plain(clusters=PAIRS, population=np.full(N, 9.0))
STAGES = build_survey_design(
    ONES, [Stage(PAIRS, population=np.full(N, 9.0)), Stage(np.arange(N), population=np.full(N, 4.0))]
)
REPLICATES = {
    "calibrated": (lambda: jackknife(DESIGN.calibrated(ONES * 2, ONES[:, None])), "the weights are calibrated"),
    "stages": (lambda: jackknife(STAGES), "later stages of sampling add to variances"),
    "unseen": (lambda: jackknife(plain(clusters=PAIRS, sampled=np.full(N, 4.0))), "drawn have no row"),
    "no pairs": (lambda: balanced(DESIGN), "the sample has 3 sampled units"),
    "sizes": (
        lambda: balanced(plain(strata=PAIRS, population=np.full(N, 9.0))),
        "balanced replicates know no finite population",
    ),
    "fay": (lambda: balanced(plain(strata=PAIRS), 1.0), "fay is 1; expected 0"),
    "one replicate": (lambda: bootstrap(DESIGN, 1, np.random.default_rng(0)), "1 replicates; expected 2 or more"),
    "one fails": (
        lambda: replicated_estimate(
            jackknife(plain()), Regression("linear", ("i", "a"), np.column_stack([ONES, Y == 2]), np.sin(Y))
        ),
        "replicate 3 of 6 cannot be estimated",
    ),
}


@pytest.mark.parametrize(("build", "message"), DESIGNS.values(), ids=DESIGNS)
def test_what_is_no_design_is_refused(build, message):
    with pytest.raises(ModelDataError, match=message):
        build()


@pytest.mark.parametrize(("estimate", "message"), ESTIMATES.values(), ids=ESTIMATES)
def test_what_data_cannot_carry_is_refused(estimate, message):
    with pytest.raises(ModelDataError, match=message):
        estimate()


@pytest.mark.parametrize(("make", "message"), REPLICATES.values(), ids=REPLICATES)
def test_replicates_that_would_mislead_are_refused(make, message):
    with pytest.raises(ModelDataError, match=message):
        make()


def test_weights_follow_from_sizes():
    design = build_survey_design(
        None, [Stage(PAIRS, population=np.full(N, 9.0)), Stage(population=np.array([4, 4, 6, 6, 2, 2.0]))]
    )
    assert design.weights.tolist() == [6, 6, 9, 9, 3, 3]


def test_codes_of_later_stages_may_start_anew_in_every_cluster():
    apart, anew = np.arange(N), np.tile([0, 1], 3)
    sizes = [np.full(N, 9.0), np.full(N, 4.0)]
    both = [
        linearised_estimate(
            build_survey_design(ONES, [Stage(PAIRS, population=sizes[0]), Stage(codes, population=sizes[1])]),
            means(("y",), np.sin(Y)[:, None]),
        ).std_errors[0]
        for codes in (apart, anew)
    ]
    assert both[0] == both[1] > linearised_estimate(FINITE, means(("y",), np.sin(Y)[:, None])).std_errors[0]
