"""d_MACS: against lavaan's estimates and R's integrals, by closed form, and what is refused."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from models.measurement.confirmatory.analysis import analyse, measured
from models.measurement.confirmatory.answers import grouped_answers
from models.measurement.confirmatory.implied import matrices
from models.measurement.confirmatory.model import FactorModel, Setting
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.equivalence.effect_size import anchored_setting, item_distances, pooled_deviation

TWO = FactorModel({"visual": ("x1", "x2", "x3"), "textual": ("x4", "x5", "x6")})
ONE = FactorModel({"F": ("E3", "E4", "E5", "A3", "A5")})


def fitted(model, answers, groups, estimator, anchors):
    grouped = grouped_answers(answers, model.items, is_complete=True, groups=groups)
    summary = measured(grouped, estimator)
    return analyse(model, summary, anchored_setting(model, anchors, len(grouped.names), summary.n_categories))


@pytest.mark.reference
def test_distances_of_schools_equal_lavaan_and_integrate(reference):
    # R 4.2.2, lavaan 0.6.14, 2026-11-26: cfa() with group = "school", x1 and x4 equal in loading and intercept, the
    # others free, variances 1 and means 0 in the first group; sqrt(integrate(diff^2 * dnorm)) over the mean deviation
    answers = pd.read_csv(reference / "oracles/data/HolzingerSwineford1939.csv")
    found = fitted(TWO, answers, answers["school"], "ml", {"x1", "x4"})
    assert found.measured.grouped.names == ("Pasteur", "Grant-White")
    assert found.fit.standard.statistic == pytest.approx(28.56489405958, abs=1e-5)
    expected = {
        "x1": (0.0, 0.0, 1.16925471639701),
        "x2": (0.330738764808101, 0.187787552578318, 1.17292968383249),
        "x3": (0.550455250590345, -0.43962445814655, 1.10400556603971),
        "x4": (0.0, 0.0, 1.13931137307037),
        "x5": (0.192571070726126, 0.104554879740564, 1.23943467097743),
        "x6": (0.139255419974952, 0.109957999291458, 1.06017022528514),
    }
    for each in item_distances(TWO, found, 0, 1):
        # lavaan's default stops at five to six digits of the estimates
        figures = (each.unsigned, each.signed, each.pooled_deviation)
        assert figures == pytest.approx(expected[each.item], abs=1e-5)


@pytest.mark.reference
def test_distances_of_ordered_items_equal_lavaan_and_integrate(reference):
    # R 4.2.2, lavaan 0.6.14, 2026-11-26: cfa() with group = "gender", ordered, WLSMV, theta; E3 and E4 equal in
    # loading and thresholds, residual variances 1, intercepts 0; expected answers 1 + sum(pnorm(l * f - t)), integrate
    answers = pd.read_csv(reference / "oracles/data/bfi.csv").sort_values("gender", kind="stable")
    found = fitted(ONE, answers, answers["gender"], "wlsmv", {"E3", "E4"})
    assert found.fit.standard.statistic == pytest.approx(114.87711837384, abs=1e-4)
    assert found.fit.standard.df == 20
    expected = {
        "E3": (0.0, 0.0, 1.3483354695066),
        "E4": (0.0, 0.0, 1.45512209993784),
        "E5": (0.0972074901011128, 0.0474507178621414, 1.33383943224886),
        "A3": (0.180421682980268, 0.174474204646256, 1.2924280284159),
        "A5": (0.0722183831260576, 0.0710627844771284, 1.25396039562085),
    }
    for each in item_distances(ONE, found, 0, 1):
        figures = (each.unsigned, each.signed, each.pooled_deviation)
        assert figures == pytest.approx(expected[each.item], abs=1e-5)


@pytest.mark.reference
def test_mean_distances_of_ordered_items_with_free_residuals_equal_their_closed_form(reference):
    # mean of pnorm((v + l f - t) / sqrt(r)) over f ~ N(m, p) is pnorm((v + l m - t) / sqrt(r + l^2 p))
    answers = pd.read_csv(reference / "oracles/data/bfi.csv").sort_values("gender", kind="stable")
    grouped = grouped_answers(answers, ONE.items, is_complete=True, groups=answers["gender"])
    metric = Setting(2, "unit_variance", has_means=True, equal=frozenset({"threshold", "loading"}))
    found = analyse(ONE, measured(grouped, "wlsmv"), metric)
    groups = [matrices(found.fit.layout, found.fit.theta, group) for group in (0, 1)]
    mean, variance = groups[1].latent_mean[0], groups[1].latent_covariance[0, 0]
    assert not np.allclose(np.diagonal(groups[1].residual_covariance), 1)
    for place, each in enumerate(item_distances(ONE, found, 0, 1)):
        expected = [
            ndtr(
                (of.intercept[place] + of.loading[place, 0] * mean - of.threshold[5 * place : 5 * place + 5])
                / np.sqrt(of.residual_covariance[place, place] + of.loading[place, 0] ** 2 * variance)
            ).sum()
            for of in groups
        ]
        assert each.points == pytest.approx(expected[1] - expected[0], abs=1e-10)


def invented(shift=0.0):
    random = np.random.default_rng(20261126)
    group = np.repeat(["a", "b"], 1500)
    level = random.normal(size=3000) * np.where(group == "a", 1.0, 1.3) + np.where(group == "a", 0.0, 0.4)
    answers = level[:, None] + random.normal(size=(3000, 4))
    answers[:, 3] += np.where(group == "b", shift, 0.0)
    return pd.DataFrame(answers, columns=["y1", "y2", "y3", "y4"]), pd.Series(group)


def test_continuous_distances_equal_their_closed_form_and_show_the_shift():
    model = FactorModel({"f": ("y1", "y2", "y3", "y4")})
    found = fitted(model, *invented(shift=0.5), "ml", {"y1", "y2"})
    layout, theta = found.fit.layout, found.fit.theta
    first, second = (matrices(layout, theta, group) for group in (0, 1))
    mean, variance = second.latent_mean[0], second.latent_covariance[0, 0]
    for place, each in enumerate(item_distances(model, found, 0, 1)):
        slope = second.loading[place, 0] - first.loading[place, 0]
        middle = second.intercept[place] - first.intercept[place] + slope * mean
        assert each.points == pytest.approx(middle, abs=1e-12)
        assert each.unsigned * each.pooled_deviation == pytest.approx(
            np.sqrt(middle**2 + slope**2 * variance), abs=1e-9
        )
    assert item_distances(model, found, 0, 1)[3].points == pytest.approx(0.5, abs=0.1)
    assert item_distances(model, found, 0, 1)[0].unsigned == 0


def test_a_distance_turns_its_sign_with_the_groups():
    model = FactorModel({"f": ("y1", "y2", "y3", "y4")})
    found = fitted(model, *invented(shift=0.5), "ml", {"y1", "y2"})
    there, back = item_distances(model, found, 0, 1)[3], item_distances(model, found, 1, 0)[3]
    assert there.signed > 0 > back.signed
    assert there.pooled_deviation == back.pooled_deviation


def test_distances_in_deviations_do_not_depend_on_the_unit_of_the_items():
    model = FactorModel({"f": ("y1", "y2", "y3", "y4")})
    answers, groups = invented(shift=0.5)
    first, other = (fitted(model, each, groups, "ml", {"y1", "y2"}) for each in (answers, 10 * answers - 3))
    for one, two in zip(item_distances(model, first, 0, 1), item_distances(model, other, 0, 1), strict=True):
        assert (two.unsigned, two.signed) == pytest.approx((one.unsigned, one.signed), abs=1e-5)


def test_deviations_are_averaged_by_their_degrees_of_freedom():
    assert pooled_deviation(np.array([1.0, 3.0, np.nan]), np.array([0.0, 1.0, 2.0])) == pytest.approx(
        (np.sqrt(2) + 2) / 3
    )


@pytest.mark.parametrize(
    ("model", "anchors", "words"),
    [
        (TWO, {"x1"}, "textual has no anchor"),
        (TWO, {"x1", "x9"}, "the anchor x9 is no item of the model"),
        (FactorModel({"f": ("a", "b"), "g": ("b", "c")}), {"a", "c"}, "b is no item of g alone"),
        (FactorModel({"f": ("a", "b"), "g": ("c", "d"), "h": ("f", "g")}), {"a", "c"}, "f is no item of h alone"),
    ],
)
def test_groups_that_cannot_be_compared_are_refused(model, anchors, words):
    with pytest.raises(FactorModelError, match=words):
        anchored_setting(model, anchors, 2)
