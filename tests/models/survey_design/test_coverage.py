"""How often intervals of survey designs hold the population's value: simulated, by exact binomial intervals."""

import numpy as np
import pytest
from scipy.stats import binomtest

from models.survey_design.design import build_survey_design
from models.survey_design.estimated import linearised_estimate
from models.survey_design.generalised import Regression
from models.survey_design.means import means
from models.survey_design.quantiles import quantiles
from models.survey_design.stages import Stage

N_DRAWS, N_STRATA, N_CLUSTERS, N_ROWS = 800, 4, 60, 12
DRAWN = (8, 10, 12, 14)


def population(rng):
    """Strata of clusters of rows whose outcomes go together; the regressor varies between and within clusters."""
    strata = np.repeat(np.arange(N_STRATA), N_CLUSTERS * N_ROWS)
    clusters = np.repeat(np.arange(N_STRATA * N_CLUSTERS), N_ROWS)
    regressor = rng.normal(size=N_STRATA * N_CLUSTERS)[clusters] + rng.normal(size=len(clusters))
    noise = rng.normal(size=N_STRATA * N_CLUSTERS)[clusters] + rng.normal(size=len(clusters))
    return strata, clusters, regressor, strata + 0.5 * regressor + noise


def intervals(rng, strata, clusters, regressor, outcome):
    chosen = np.concatenate(
        [N_CLUSTERS * stratum + rng.choice(N_CLUSTERS, count, replace=False) for stratum, count in enumerate(DRAWN)]
    )
    rows = np.flatnonzero(np.isin(clusters, chosen))
    sizes = np.full(len(rows), float(N_CLUSTERS))
    design = build_survey_design(None, [Stage(clusters[rows], strata[rows], sizes)])
    matrix = np.column_stack([np.ones(len(rows)), regressor[rows]])
    mean = linearised_estimate(design, means(("y",), outcome[rows][:, None])).table().iloc[0]
    slope = linearised_estimate(design, Regression("linear", ("i", "x"), matrix, outcome[rows])).table().iloc[1]
    middle = quantiles(design, outcome[rows], (0.5,)).iloc[0]
    return [(each["conf_low"], each["conf_high"]) for each in (mean, slope, middle)]


@pytest.mark.slow
def test_intervals_hold_the_populations_mean_slope_and_median_as_often_as_they_say():
    rng = np.random.default_rng(20261127)
    strata, clusters, regressor, outcome = population(rng)
    slope = np.polyfit(regressor, outcome, 1)[0]
    true = np.array([outcome.mean(), slope, np.quantile(outcome, 0.5, method="inverted_cdf")])
    found = np.array([intervals(rng, strata, clusters, regressor, outcome) for _ in range(N_DRAWS)])
    held = ((found[:, :, 0] <= true) & (true <= found[:, :, 1])).sum(axis=0)
    for count in held:
        low, high = binomtest(int(count), N_DRAWS).proportion_ci(0.999)
        assert low <= 0.95 <= high
