"""Solutions: order and signs, Heywood cases, scores and general factors against R, what rotation leaves alone."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.exploratory.correlations import Correlations, correlations, refuse_indefinite
from models.measurement.exploratory.extraction import extract
from models.measurement.exploratory.rotation import oblimin, promax, varimax
from models.measurement.exploratory.schmid_leiman import schmid_leiman
from models.measurement.exploratory.solution import ROTATIONS, explore, in_order, score_weights
from models.measurement.hierarchical_omega import omega_hierarchical

HOLZINGER = [f"x{number}" for number in range(1, 10)]
BFI = [f"{letter}{number}" for letter in "ACENO" for number in range(1, 6)]
REVERSED = ["A1", "C4", "C5", "E1", "E2", "O2", "O5"]


@pytest.fixture(scope="module")
def holzinger(reference):
    return pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")[HOLZINGER]


@pytest.fixture(scope="module")
def bfi(reference):
    answers = pd.read_csv(reference / "oracles/data/bfi.csv")[BFI]
    return answers.assign(**{item: 7 - answers[item] for item in REVERSED})


def planted():
    loadings = np.zeros((9, 3))
    for factor in range(3):
        loadings[3 * factor : 3 * factor + 3, factor] = (0.8 - 0.1 * factor, 0.7, 0.6)
    correlation = loadings @ loadings.T
    np.fill_diagonal(correlation, 1.0)
    return loadings, Correlations("pearson", tuple("abcdefghi"), correlation, 500)


@pytest.mark.parametrize("method", ["minres", "ml", "pa"])
@pytest.mark.parametrize("rotation", ["varimax", "promax", "oblimin"])
def test_planted_factors_are_found_in_order(method, rotation):
    loadings, found = planted()
    solution = explore(found, 3, method, rotation)
    assert solution.loadings == pytest.approx(loadings, abs=1e-4)
    assert solution.factor_correlation == pytest.approx(np.eye(3), abs=1e-4)
    assert solution.sum_of_squares == pytest.approx((loadings**2).sum(axis=0), abs=1e-4)
    assert solution.communality + solution.uniqueness == pytest.approx(np.ones(9))
    assert (solution.fit.statistic, solution.fit.df) == (pytest.approx(0, abs=1e-4), 12)
    assert solution.problems == ()


loadings_of = st.integers(0, 10_000).map(lambda seed: np.random.default_rng(seed).uniform(-0.7, 0.7, (8, 2)))


@settings(max_examples=15)
@given(loadings_of)
def test_rotations_leave_what_the_factors_explain(loadings):
    for rotation in (varimax, promax, oblimin):
        turned = rotation(loadings)
        explained = turned.loadings @ turned.factor_correlation @ turned.loadings.T
        assert explained == pytest.approx(loadings @ loadings.T, abs=1e-7)
        assert np.diagonal(turned.factor_correlation) == pytest.approx(np.ones(2))


def clear(seed):
    generator = np.random.default_rng(seed)
    return np.kron(np.eye(2), np.full((4, 1), 0.6)) + generator.uniform(-0.2, 0.2, (8, 2))


@settings(max_examples=15)
@given(st.integers(0, 10_000).map(clear), st.sampled_from([(-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)]))
def test_signs_of_factors_before_rotation_do_not_matter(loadings, signs):
    for rotation in (varimax, promax, oblimin):
        first, second = (in_order(rotation(each)) for each in (loadings, loadings * signs))
        assert np.sort(np.abs(first.loadings)) == pytest.approx(np.sort(np.abs(second.loadings)), abs=1e-5)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(0.1, 9), st.floats(-5, 5))
def test_scale_shift_and_order_of_responses_change_no_solution(seed, scale, shift):
    generator = np.random.default_rng(seed)
    answers = pd.DataFrame(np.repeat(generator.normal(size=(120, 2)), 3, axis=1) + generator.normal(size=(120, 6)))
    changed = answers.iloc[generator.permutation(120)] * scale + shift
    first, second = (explore(correlations(each, "pearson"), 2, "minres", "oblimin") for each in (answers, changed))
    assert second.uniqueness == pytest.approx(first.uniqueness, abs=1e-5)
    assert (first.loadings.sum(axis=0) > 0).all()
    assert first.sum_of_squares[0] >= first.sum_of_squares[1]


def test_a_single_factor_is_not_turned():
    _, found = planted()
    assert explore(found, 1, "minres", "oblimin").rotation == "none"


@pytest.mark.parametrize(("n_factors", "n_groups"), [(0, 0), (6, 6), (-1, 2)])
def test_impossible_numbers_of_factors_are_refused(n_factors, n_groups):
    _, found = planted()
    with pytest.raises(FactorModelError, match=r"expected at least 1 and at most 5"):
        explore(found, n_factors, "minres", "none")
    with pytest.raises(FactorModelError, match=r"at least 3|at most 5"):
        schmid_leiman(found, n_groups)


def test_correlations_without_inverse_are_refused():
    with pytest.raises(FactorModelError, match="no inverse"):
        refuse_indefinite(np.ones((3, 3)))


@pytest.mark.parametrize(("method", "problem"), [("ml", "uniqueness_at_bound"), ("minres", "negative_variance")])
def test_heywood_cases_are_named(method, problem):
    # By hand: r12 r13 / r23 = .8 * .8 / .55 = 1.16 is the communality of a
    correlation = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.55], [0.8, 0.55, 1.0]])
    found = Correlations("pearson", ("a", "b", "c"), correlation, 200)
    solution = explore(found, 1, method, "none")
    assert [each.name for each in solution.problems if "a" in each.about.split()] == [problem]


@pytest.mark.reference
@pytest.mark.parametrize(
    ("method", "first_rows"),
    [
        (
            "regression",
            [
                [-0.15453895482295, -0.37848343020628, -0.60544599284602],
                [-0.74977320691866, 1.35464390067713, 0.13074842369050],
                [-1.96380711193749, -0.32159469184677, 0.64339053326342],
            ],
        ),
        (
            "bartlett",
            [
                [-0.17206865299693, -0.51730462870426, -1.00155091756519],
                [-0.83482165332027, 1.85150393422597, 0.21628882718649],
                [-2.18656613074680, -0.43955008167302, 1.06432016489804],
            ],
        ),
    ],
)
def test_factor_scores_equal_factanal(holzinger, method, first_rows):
    # R 4.2.2, 2026-11-26: factanal(x, 3, rotation = "none", scores = ..., control = list(opt = list(factr =
    # 10)))$scores
    found = correlations(holzinger, "pearson")
    weights = score_weights(found.matrix, explore(found, 3, "ml", "none"), method)
    standard = (holzinger - holzinger.mean()) / holzinger.std()
    scores = standard.to_numpy() @ weights
    signs = np.sign(scores[1]) * np.sign(first_rows[1])
    assert scores[:3] * signs == pytest.approx(np.array(first_rows), abs=1e-4)


@pytest.mark.reference
def test_weights_of_oblique_factors_equal_psych(holzinger):
    # R 4.2.2, psych 2.2.9, 2026-11-26: fa(x, 3, rotate = "oblimin", scores = "regression")$weights[1:3, ]
    found = correlations(holzinger, "pearson")
    weights = score_weights(found.matrix, explore(found, 3, "minres", "oblimin"), "regression")
    wanted = [
        [0.0447478948340931, 0.32485019428754, 0.0197185791174505],
        [0.0062000992900940, 0.19880673891393, -0.0452647036921365],
        [-0.0033168470899358, 0.36552940163370, 0.0079320101996894],
    ]
    assert weights[:3] == pytest.approx(np.array(wanted), abs=1e-5)


@pytest.mark.reference
def test_hierarchical_omega_equals_psych(holzinger):
    # R 4.2.2, psych 2.2.9, 2026-11-26: omega(cor(x), 3, n.obs = 301, flip = FALSE): omega_h, omega.lim, omega.tot, ECV,
    # omega.group, schmid$sl
    found = omega_hierarchical(correlations(holzinger, "pearson"), 3)
    ours = (found.omega_hierarchical, found.omega_limit, found.omega_total, found.common_variance_general)
    assert ours == pytest.approx((0.449242434071, 0.528001781001, 0.850835073357, 0.297265646965), abs=1e-5)
    assert found.group_total == pytest.approx([0.887049126720, 0.646303565233, 0.715548151976], abs=1e-5)
    assert found.group_general == pytest.approx([0.239675093334, 0.271625733498, 0.189047706894], abs=1e-5)
    assert found.group_own == pytest.approx([0.647374033386, 0.374677831735, 0.526500445082], abs=1e-5)
    general = [0.485502147864, 0.291061929260, 0.406832550358, 0.448270591988, 0.417331699312]
    assert found.solution.general[:5] == pytest.approx(general, abs=1e-5)
    first = [0.1685080565136, 0.4602758284803, 0.02815910680050]
    assert found.solution.groups[0] == pytest.approx(first, abs=1e-5)
    assert found.turned == ()


@pytest.mark.reference
def test_hierarchical_omega_of_five_groups_equals_psych(bfi):
    # As above on na.omit(bfi), reverse-scored items turned round: omega(cor(x), 5, n.obs = 2436, flip = FALSE)
    found = omega_hierarchical(correlations(bfi, "pearson"), 5)
    ours = (found.omega_hierarchical, found.omega_limit, found.omega_total, found.common_variance_general)
    assert ours == pytest.approx((0.301600894392, 0.367096718472, 0.821584283419, 0.245385319954), abs=1e-5)
    total = [0.792366333823, 0.719593521876, 0.752448221543, 0.727985754869, 0.640848175817]
    own = [0.688446146120, 0.335855638745, 0.584065875628, 0.485207433478, 0.575781376513]
    order = np.argsort(found.group_total)
    assert found.group_total[order] == pytest.approx(np.sort(total), abs=2e-5)
    assert found.group_own[order] == pytest.approx(np.array(own)[np.argsort(total)], abs=2e-5)
    assert found.turned == ("N1", "N2", "N3", "N4", "N5", "O4")


def test_a_planted_general_factor_is_found():
    # From the factors as extracted the search for oblique ones would end at a saddle: two groups in one factor
    general, group = np.full(9, 0.6), np.zeros((9, 3))
    for factor in range(3):
        group[3 * factor : 3 * factor + 3, factor] = 0.5
    correlation = np.outer(general, general) + group @ group.T
    np.fill_diagonal(correlation, 1.0)
    found = omega_hierarchical(Correlations("pearson", tuple("abcdefghi"), correlation, 500), 3)
    # By hand: (9 * .6)^2 / sum of the correlations
    assert found.omega_hierarchical == pytest.approx(5.4**2 / correlation.sum(), abs=1e-5)
    assert found.solution.general == pytest.approx(general, abs=1e-5)
    assert found.solution.groups.max(axis=1) == pytest.approx(np.full(9, 0.5), abs=1e-5)


def test_extraction_says_when_it_has_converged():
    _, found = planted()
    assert all(extract(found.matrix, 2, method).has_converged for method in ("minres", "ml", "pa"))
    assert set(ROTATIONS) == {"none", "varimax", "promax", "oblimin"}
