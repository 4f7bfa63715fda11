"""How many factors: against psych, by a second derivation, seeded, refused where answers bear none."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.exploratory.correlations import correlations
from models.measurement.exploratory.number import average_partials
from models.measurement.exploratory.parallel import parallel_analysis

HOLZINGER = [f"x{number}" for number in range(1, 10)]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("draw", "mean", "percentile"),
    [
        (
            "resampled",
            [1.2705, 1.1797, 1.1098, 1.0477, 0.9937, 0.9395, 0.8813, 0.8239, 0.7539],
            [1.3503, 1.2385, 1.1562, 1.0910, 1.0315, 0.9766, 0.9235, 0.8704, 0.8099],
        ),
        (
            "normal",
            [1.2743, 1.1802, 1.1091, 1.0483, 0.9930, 0.9373, 0.8834, 0.8229, 0.7515],
            [1.3588, 1.2398, 1.1575, 1.0892, 1.0349, 0.9759, 0.9280, 0.8680, 0.8062],
        ),
    ],
)
def test_random_eigenvalues_equal_those_of_psych(reference, draw, mean, percentile):
    # R 4.2.2, psych 2.2.9, 2026-11-26: set.seed(20261126); fa.parallel(x, fa = "both", n.iter = 1000, SMC = TRUE);
    # means and 95th percentiles of its $values, C1.. (resampled) and CSim1.. (normal); nfact 3, ncomp 3
    answers = pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")[HOLZINGER]
    found = parallel_analysis(answers, seed=1, draw=draw, replications=400)
    assert found.components.random_mean == pytest.approx(mean, abs=0.01)
    assert found.components.random_percentile == pytest.approx(percentile, abs=0.03)
    assert (found.components.n_beyond_percentile, found.factors.n_beyond_percentile) == (3, 3)
    assert (found.components.n_beyond_mean, found.factors.n_beyond_mean) == (3, 3)


@pytest.mark.reference
def test_polychoric_eigenvalues_equal_those_of_psych(reference):
    # R 4.2.2, psych 2.2.9, 2026-11-26: na.omit(bfi[A1..A5, N1..N5])[1:400, ]; fa.parallel(SMC = TRUE, sim = FALSE,
    # cor = "poly", correct = 0, n.iter = 1000) after set.seed(20261126); nfact 4, ncomp 2
    items = [f"{letter}{number}" for letter in "AN" for number in range(1, 6)]
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")[items].dropna().head(400)
    found = parallel_analysis(answers, seed=1, kind="polychoric", replications=400)
    components = [3.3105, 2.3296, 1.0416, 0.7889, 0.6483, 0.5352, 0.4393, 0.3723, 0.3117, 0.2226]
    factors = [2.8196, 1.7563, 0.4704, 0.1578, 0.0183, -0.0437, -0.0871, -0.1951, -0.2128, -0.2262]
    assert found.components.found == pytest.approx(components, abs=1e-3)
    assert found.factors.found == pytest.approx(factors, abs=1e-3)
    mean = [1.2835, 1.1945, 1.1292, 1.0715, 1.0195, 0.9683, 0.9177, 0.8653, 0.8093, 0.7411]
    percentile = [1.3661, 1.2507, 1.1779, 1.1131, 1.0560, 1.0066, 0.9559, 0.9050, 0.8538, 0.7987]
    assert found.components.random_mean == pytest.approx(mean, abs=0.01)
    assert found.components.random_percentile == pytest.approx(percentile, abs=0.03)
    reduced = [0.4110, 0.2896, 0.2121, 0.1446]
    assert found.factors.random_percentile[:4] == pytest.approx(reduced, abs=0.03)
    assert (found.components.n_beyond_percentile, found.factors.n_beyond_percentile) == (2, 4)


def two_factors(n=300, seed=2):
    generator = np.random.default_rng(seed)
    factors = np.repeat(generator.normal(size=(n, 2)), 4, axis=1)
    answers = np.clip(np.round(3 + factors + 0.7 * generator.normal(size=(n, 8))), 1, 5)
    return pd.DataFrame(answers, columns=[f"item{number}" for number in range(8)])


def test_parallel_analysis_repeats_with_its_seed():
    answers = two_factors()
    first, again, other = (parallel_analysis(answers, seed=seed, replications=20) for seed in (5, 5, 6))
    assert (first.components.random_percentile == again.components.random_percentile).all()
    assert (first.components.random_percentile != other.components.random_percentile).any()
    assert first.components.n_beyond_percentile == 2


def test_answers_with_nothing_in_common_have_no_component():
    generator = np.random.default_rng(11)
    answers = pd.DataFrame(generator.integers(1, 6, (500, 6)))
    partials = average_partials(correlations(answers, "pearson").matrix)
    assert parallel_analysis(answers, seed=3).components.n_beyond_percentile == 0
    assert (partials.n_components, partials.n_components_revised) == (0, 0)


def test_planted_factors_are_counted_by_partials():
    partials = average_partials(correlations(two_factors(), "polychoric").matrix)
    assert (partials.n_components, partials.n_components_revised) == (2, 2)


def test_partials_are_correlations_of_residuals_on_components():
    # A second derivation: regress answers on the scores of their components, correlate what is left
    answers = two_factors().to_numpy()
    standard = (answers - answers.mean(axis=0)) / answers.std(axis=0)
    correlation = np.corrcoef(answers, rowvar=False)
    vectors = np.linalg.eigh(correlation)[1][:, ::-1]
    found = average_partials(correlation)
    for number in range(1, 6):
        scores = standard @ vectors[:, :number]
        rest = standard - scores @ np.linalg.lstsq(scores, standard, rcond=None)[0]
        partial = np.corrcoef(rest, rowvar=False)[~np.eye(8, dtype=bool)]
        assert found.squared[number] == pytest.approx((partial**2).mean())
        assert found.fourth[number] == pytest.approx((partial**4).mean())
    assert found.squared[0] == pytest.approx((correlation[~np.eye(8, dtype=bool)] ** 2).mean())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda answers: answers.assign(item0=3), "item0 has the same answer everywhere"),
        (lambda answers: answers.assign(item0=answers["item1"]), "item0 and item1 have the same answers"),
        (lambda answers: answers.head(8), "8 responses for 8 items"),
        (lambda answers: answers.assign(item0=answers["item1"] + answers["item2"]), "no inverse"),
        (lambda answers: answers.assign(item0=np.nan), "0 responses for 8 items"),
    ],
    ids=["a constant item", "twins", "no more rows than items", "a sum of others", "an empty item"],
)
def test_answers_that_bear_no_factors_are_refused(change, message):
    with pytest.raises(FactorModelError, match=message):
        parallel_analysis(change(two_factors()), seed=1)


def test_normal_answers_have_no_polychoric_correlations():
    with pytest.raises(ValueError, match="no categories"):
        parallel_analysis(two_factors(), seed=1, kind="polychoric", draw="normal")


def test_a_category_never_used_changes_no_polychoric_correlation():
    answers = two_factors()
    wide = answers.replace(5, 9)
    assert correlations(wide, "polychoric").matrix == pytest.approx(correlations(answers, "polychoric").matrix)
