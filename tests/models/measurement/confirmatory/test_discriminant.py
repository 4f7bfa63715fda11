"""HTMT with its interval and the comparison of Fornell and Larcker: against R, by hand, and where undefined."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from models.measurement.confirmatory.analysis import analyse, measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.discriminant import bootstrap_htmt, factor_validity, fornell_larcker
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.validity import heterotrait_monotrait

TWO = {"f": ("a", "b", "c"), "g": ("d", "e", "h")}
ITEMS = tuple("abcdeh")
HOLZINGER = FactorModel({"visual": ("x1", "x2", "x3"), "textual": ("x4", "x5", "x6"), "speed": ("x7", "x8", "x9")})
HS_BOOT = {("visual", "textual"): (0.275284, 0.566230), ("visual", "speed"): (0.359185, 0.590738)}
HS_BOOT |= {("textual", "speed"): (0.149189, 0.433765)}
"""R 4.2.2, semTools 0.5.6, 2026-11-26: set.seed(20261126); replicate(2000, htmt(model, data = d[i, ], htmt2 = FALSE))
with i = sample(301, replace = TRUE), quantiles .025 and .975."""
HS_EXTRACTED = {"visual": 0.3709843574, "textual": 0.7195304530, "speed": 0.4297932161}
HS_RELIABILITY = {"visual": 0.6258388689, "textual": 0.8850015501, "speed": 0.6913742498}
HS_CORRELATION = {("visual", "textual"): 0.4585097995, ("visual", "speed"): 0.4705346829}
HS_CORRELATION |= {("textual", "speed"): 0.2829855573}
"""R 4.2.2, lavaan 0.6.14, 2026-11-26: cfa(model, std.lv = TRUE); means of squared standardizedSolution loadings,
sum(l)^2 / (sum(l)^2 + sum(1 - l^2)), lavInspect(fit, "cor.lv")."""


def drawn(correlation: float, n: int = 200, seed: int = 3) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    factors = draw.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], size=n)
    return pd.DataFrame(np.repeat(factors, 3, axis=1) + 0.7 * draw.normal(size=(n, 6)), columns=list(ITEMS))


def analysis(rows: pd.DataFrame, estimator: str = "ml"):
    answers = measured(grouped_answers(rows, ITEMS, is_complete=True), estimator)
    return analyse(FactorModel(TWO), answers, Setting())


@pytest.fixture
def school_tests(reference) -> pd.DataFrame:
    return pd.read_csv(reference / "oracles" / "data" / "HolzingerSwineford1939.csv")[list(HOLZINGER.items)]


@pytest.mark.reference
def test_the_interval_of_htmt_equals_that_of_r(school_tests):
    codes, items, indicators = school_tests.to_numpy(dtype=float), HOLZINGER.items, HOLZINGER.indicators
    found = bootstrap_htmt(codes, items, indicators, seed=1, replications=2000)
    names = list(indicators)
    for first, second in combinations(range(3), 2):
        low, high = HS_BOOT[names[first], names[second]]
        # Both are quantiles of 2,000 draws, each with a standard error of about 0.005.
        assert found.conf_low[first, second] == pytest.approx(low, abs=0.02)
        assert found.conf_high[first, second] == pytest.approx(high, abs=0.02)
    whole = heterotrait_monotrait(np.corrcoef(codes, rowvar=False), items, indicators)
    assert found.ratio == pytest.approx(whole, abs=1e-12)


@pytest.mark.reference
def test_pairs_of_factors_equal_lavaan(school_tests):
    answers = measured(grouped_answers(school_tests, HOLZINGER.items, is_complete=True), "ml")
    found = analyse(HOLZINGER, answers, Setting())
    factors = {each.factor: each for each in factor_validity(found)}
    extracted = {name: each.variance_extracted for name, each in factors.items()}
    reliability = {name: each.composite_reliability for name, each in factors.items()}
    assert extracted == pytest.approx(HS_EXTRACTED, abs=1e-6)
    assert reliability == pytest.approx(HS_RELIABILITY, abs=1e-6)
    pairs = {(each.first, each.second): each for each in fornell_larcker(found)}
    assert {pair: each.correlation for pair, each in pairs.items()} == pytest.approx(HS_CORRELATION, abs=1e-6)
    assert all(each.is_distinct for each in pairs.values())


@pytest.mark.parametrize(("correlation", "is_distinct"), [(0.2, True), (0.95, False)])
@pytest.mark.parametrize("estimator", ["ml", "mlr", "wlsmv"])
def test_factors_that_are_nearly_one_are_not_told_apart(correlation, is_distinct, estimator):
    rows = drawn(correlation, 600)
    rows = np.clip(np.rint(rows * 1.2 + 3), 1, 5) if estimator == "wlsmv" else rows
    (pair,) = fornell_larcker(analysis(rows, estimator))
    assert (pair.first, pair.second, pair.is_distinct) == ("f", "g", is_distinct)
    assert pair.correlation == pytest.approx(correlation, abs=0.1)


def test_a_resampled_set_has_the_htmt_of_its_repeated_rows():
    codes, n = drawn(0.5, 60).to_numpy(), 60
    found = bootstrap_htmt(codes, ITEMS, TWO, seed=9, replications=50)
    counts = np.random.default_rng(9).multinomial(n, np.full(n, 1 / n), size=50)
    by_hand = [
        heterotrait_monotrait(np.corrcoef(np.repeat(codes, each, axis=0), rowvar=False), ITEMS, TWO)[0, 1]
        for each in counts
    ]
    assert [found.conf_low[0, 1], found.conf_high[0, 1]] == pytest.approx(np.quantile(by_hand, [0.025, 0.975]))


def test_whole_clusters_are_drawn_where_responses_belong_together():
    single = drawn(0.5, 60)
    codes = np.repeat(single.to_numpy(), 4, axis=0)
    alone = bootstrap_htmt(single.to_numpy(), ITEMS, TWO, seed=2)
    together = bootstrap_htmt(codes, ITEMS, TWO, 2, np.repeat(np.arange(60), 4))
    careless = bootstrap_htmt(codes, ITEMS, TWO, 2)
    assert together.conf_high[0, 1] == pytest.approx(alone.conf_high[0, 1], abs=1e-12)
    widths = [(each.conf_high - each.conf_low)[0, 1] for each in (careless, together)]
    assert widths[0] < 0.7 * widths[1]


def test_the_scale_level_and_sign_of_items_change_nothing():
    codes = drawn(0.5, 80).to_numpy()
    first = bootstrap_htmt(codes, ITEMS, TWO, seed=4, replications=100)
    changed = bootstrap_htmt(codes * [1, 2, 3, -1, -2, -3] + 5, ITEMS, TWO, seed=4, replications=100)
    assert first.conf_low == pytest.approx(changed.conf_low, abs=1e-10)
    assert first.ratio == pytest.approx(changed.ratio, abs=1e-10)


def test_a_constant_item_and_a_factor_of_one_item_have_no_htmt():
    codes = drawn(0.5, 80).assign(a=3.0).to_numpy()
    assert np.isnan(bootstrap_htmt(codes, ITEMS, TWO, seed=4, replications=20).ratio).all()
    lonely = {"f": ("a",), "g": ("b", "c")}
    found = bootstrap_htmt(drawn(0.5).to_numpy()[:, :3], ("a", "b", "c"), lonely, seed=4, replications=20)
    assert np.isnan([found.ratio[0, 1], found.conf_low[0, 1], found.conf_high[0, 1]]).all()
