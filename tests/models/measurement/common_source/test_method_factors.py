"""Method factors, measured and unmeasured: against lavaan, and what is refused."""

import numpy as np
import pytest

from models.measurement.common_source.compared import value_of
from models.measurement.common_source.marker_factor import marker_factor
from models.measurement.common_source.method_factor import unmeasured_method_factor
from models.measurement.confirmatory.model import FactorModel
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.confirmatory.sample import sample_of
from tests.agreement.comparison import far
from tests.agreement.factor_models import FACTOR_MODELS
from tests.agreement.method_variance import HOSTILITY, LEADERSHIP, SIGNIFICANCE, companies_of

SMALL = FactorModel({"a": ("a1", "a2", "a3"), "b": ("b1", "b2", "b3")})


def invented(method=0.0):
    random = np.random.default_rng(20261126)
    factors = np.repeat(random.normal(size=(2000, 2)), 3, axis=1) * [1.6, 1.0, 0.5, 1.4, 0.9, 0.4]
    return sample_of(factors + method * random.normal(size=(2000, 1)) + random.normal(size=(2000, 6)))


@pytest.mark.reference
@pytest.mark.parametrize("entry", ["one_factor", "three_factor", "ulmc_equal", "delta_chisq"])
def test_an_unmeasured_method_factor_equals_lavaan(reference, entry):
    # R 4.2.2, lavaan 0.6.14: models in oracles/04_cfa_sem.json, made 2026-11-22
    assert far(reference, FACTOR_MODELS, f"cmv/{entry}/") == []


@pytest.mark.reference
def test_the_sequence_of_marker_models_equals_lavaan(reference):
    # R 4.2.2, lavaan 0.6.14, 2026-11-26: cfa() with variances 1 (A =~ NA*LEAD01 + ...; A ~~ 1*A), marker M of HOSTIL01
    # to 05; from baseline on M ~~ 0*A, M ~~ 0*B and loadings and residual variances of M at the values of the first;
    # M =~ m*LEAD01 + ... + m*TSIG03 (method_c), without m (method_u), and A ~~ 0.543502080200443*B (method_r)
    model = FactorModel({"A": LEADERSHIP[:6], "B": SIGNIFICANCE, "M": HOSTILITY})
    found = marker_factor(model, "M", companies_of(reference, model))
    expected = {
        "cfa": (1443.61015276808, 74, 0.895534355958163, 0.0952039033154724, 0.0491549641361867),
        "baseline": (1788.74424763505, 86, 0.8701248861888, 0.0984685666960411, 0.149458131975443),
        "method_c": (1447.99600900283, 85, 0.89603884315609, 0.088615554701936, 0.0528676972161931),
        "method_u": (1388.33265535074, 77, 0.899979413764243, 0.0913236385957837, 0.0446958585770469),
        "method_r": (1402.98330215475, 78, 0.898938224337393, 0.0912073909004527, 0.0476963674124779),
    }
    for name, each in found.models.items():
        figures = (each.fit.standard.statistic, each.fit.standard.df, each.cfi, each.rmsea, each.srmr)
        # lavaan stops at gradients of 1e-6: its held values are six digits.
        assert figures == pytest.approx(expected[name], rel=1e-6, abs=1e-5)
    correlations = [value_of(each.fit, "factor_covariance", "A", "B") for each in found.models.values()]
    r = 0.543502080200443
    assert correlations[1:] == pytest.approx([r, 0.46080626992604, 0.460266600994081, r], abs=1e-5)
    assert value_of(found.models["method_c"].fit, "loading", "M", "TSIG01") == pytest.approx(
        -0.312643963356332, abs=1e-5
    )
    assert (found.retained, found.has_method.df, found.is_unequal.df, found.biases_correlations.df) == (
        "method_u", 1, 8, 1
    )  # fmt: skip
    split = {"A": (0.823409177, 0.689290384, 0.134118793), "B": (0.828574072, 0.692833621, 0.135740451)}
    for factor, figures in split.items():
        own = found.reliability[factor]
        assert (own.total, own.substantive, own.method) == pytest.approx(figures, abs=1e-5)


def test_a_method_that_moves_all_items_is_found_and_one_that_does_not_exist_is_not():
    present, absent = (unmeasured_method_factor(SMALL, invented(method)) for method in (0.7, 0.0))
    # method .49, residuals 1, factors of variance 1 times squared loadings
    expected = np.mean(0.49 / (1.49 + np.square([1.6, 1.0, 0.5, 1.4, 0.9, 0.4])))
    assert present.variance_share == pytest.approx(expected, abs=0.06)
    assert absent.difference.p_value > 0.001
    assert present.with_method.fit.standard.statistic <= present.without.fit.standard.statistic + 1e-9


def test_a_marker_may_stand_anywhere_among_the_factors():
    data = invented(0.7)
    other = FactorModel({"b": SMALL.indicators["b"], "a": SMALL.indicators["a"]})
    moved = sample_of(data.data[:, [3, 4, 5, 0, 1, 2]])
    first, second = marker_factor(SMALL, "b", data), marker_factor(other, "b", moved)
    for name, each in first.models.items():
        assert second.models[name].fit.standard.statistic == pytest.approx(each.fit.standard.statistic, abs=1e-5)


def test_robust_tests_are_scaled():
    found = unmeasured_method_factor(SMALL, invented(0.7), is_robust=True)
    assert found.difference.name == "satorra_bentler_2001"


@pytest.mark.parametrize(
    ("model", "marker", "words"),
    [
        (SMALL, "c", "the marker c is no factor of the model: name one of a, b"),
        (FactorModel({"a": ("a1", "a2", "a3")}), "a", "needs another factor beside it"),
        (FactorModel({"a": ("a1", "a2"), "b": ("a1", "b1")}), "b", "without shared items"),
    ],
)
def test_a_marker_that_cannot_be_one_is_refused(model, marker, words):
    with pytest.raises(FactorModelError, match=words):
        marker_factor(model, marker, invented())


def test_a_factor_called_method_is_refused():
    with pytest.raises(FactorModelError, match="give it another name"):
        unmeasured_method_factor(FactorModel({"method": ("a1", "a2", "a3")}), invented())


def test_a_method_factor_that_is_not_identified_is_refused():
    two = sample_of(invented().data[:, :3])
    with pytest.raises(FactorModelError):
        unmeasured_method_factor(FactorModel({"a": ("a1", "a2", "a3")}), two)
