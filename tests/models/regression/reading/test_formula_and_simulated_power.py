"""Why power by formula and power of drawn studies differ: the standard error that one study happened to have."""

import numpy as np
import pytest
from scipy.stats import binom, chi2

from models.regression.cluster_moments import cluster_moments, grouped_sums
from models.regression.clustered import cluster_covariance
from models.regression.least_squares import solve_least_squares
from models.regression.reading.power import power_of_coefficient
from models.regression.reading.simulated_power import DrawnDesign, ErrorVariances, error_of_draws, simulate_power

N_CLUSTERS, EFFECT, PLACE = 40, 0.5, 1
VARIANCES = ErrorVariances(0.3, 1.0)
N_DRAWS, N_STUDIES = 20_000, 2_000


def design_at_hand(n_clusters=N_CLUSTERS):
    """Return a design of unequal clusters with a regressor of clusters and one of persons."""
    rng = np.random.default_rng(12)
    codes = np.repeat(np.arange(n_clusters), rng.integers(3, 16, n_clusters))
    matrix = np.column_stack(
        [
            np.ones(len(codes)),
            rng.normal(size=n_clusters)[codes] + rng.normal(size=len(codes)),
            rng.normal(size=len(codes)),
        ]
    )
    moments = cluster_moments(solve_least_squares(matrix, np.zeros(len(codes))), codes)
    return matrix, codes, DrawnDesign(moments, grouped_sums(matrix, codes), VARIANCES)


def studies(matrix, codes, n_studies, seed=3):
    """Draw studies row by row; return the coefficients and CR2 standard errors of each."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(n_studies):
        levels = rng.normal(scale=np.sqrt(VARIANCES.cluster), size=codes.max() + 1)[codes]
        outcome = levels + rng.normal(scale=np.sqrt(VARIANCES.residual), size=len(codes))
        fit = solve_least_squares(matrix, outcome)
        covariance = cluster_covariance(cluster_moments(fit, codes), "CR2").covariance
        found.append((fit.coefficients[PLACE], np.sqrt(covariance[PLACE, PLACE])))
    return np.array(found).T


def test_the_spread_of_drawn_coefficients_is_the_standard_error_of_draws():
    matrix, codes, design = design_at_hand()
    estimates, _ = studies(matrix, codes, N_STUDIES)
    ratio = (N_STUDIES - 1) * estimates.var(ddof=1) / error_of_draws(design, PLACE) ** 2
    low, high = chi2.ppf([0.0005, 0.9995], N_STUDIES - 1)
    assert low < ratio < high


@pytest.mark.parametrize("effect", [0.1, 0.2, 0.3])
def test_with_the_standard_error_of_draws_the_formula_gives_the_power_of_draws(effect):
    _, _, design = design_at_hand()
    found = simulate_power(design, PLACE, effect, np.random.default_rng(5), N_DRAWS)
    expected = power_of_coefficient(effect, error_of_draws(design, PLACE), found.df)
    low, high = binom.ppf([0.0005, 0.9995], N_DRAWS, expected) / N_DRAWS
    assert low - 0.01 < found.power < high + 0.01


def test_the_formula_differs_from_draws_by_the_standard_error_of_one_study():
    """Of 15 clusters, the error of one study gives from .6 to .95 where drawn studies have .8: no doubt on either."""
    matrix, codes, design = design_at_hand(15)
    draws = simulate_power(design, PLACE, 0.0, np.random.default_rng(5), 100)
    effect = 3.1 * error_of_draws(design, PLACE)
    drawn = simulate_power(design, PLACE, effect, np.random.default_rng(6), N_DRAWS).power
    _, errors = studies(matrix, codes, 400)
    powers = np.array([power_of_coefficient(effect, error, draws.df) for error in errors])
    low, high = np.quantile(powers, [0.1, 0.9])
    assert low < drawn - 0.1
    assert high > drawn + 0.05
    spread = (errors**2).std() / (errors**2).mean()
    assert spread == pytest.approx(np.sqrt(2 / draws.df), rel=0.35)
