"""Parts of a whole: log-ratios, noughts, and effects told back in shares."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.regression.comparing.shares_moved import closed, fit_log_ratios, influence, shares_moved
from models.regression.compositional import (
    centred_log_ratios,
    log_ratio_of,
    nought_counts_as,
    pivot_coordinate,
    shares_of_parts,
    without_noughts,
)
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.composition import Composition
from models.sections.population import Population
from models.spec import RegressionSpec

PARTS = ("managers", "staff", "citizens", "partners")
few_examples = settings(max_examples=25, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed, n=40, n_parts=4):
    return np.random.default_rng(seed).dirichlet(np.full(n_parts, 2.0), n)


@few_examples
@given(seeds)
def test_a_log_ratio_knows_neither_the_total_nor_the_order_of_the_others(seed):
    rows = pd.DataFrame(drawn(seed), columns=list(PARTS))
    found = log_ratio_of(Composition(parts=PARTS), "citizens", rows)
    turned = log_ratio_of(Composition(parts=PARTS[::-1]), "citizens", 250 * rows)
    assert turned.to_numpy() == pytest.approx(found.to_numpy(), rel=1e-10, abs=1e-10)


def test_of_two_parts_it_is_the_logit():
    shares = drawn(1, n_parts=2)
    expected = np.log(shares[:, 0] / shares[:, 1]) / np.sqrt(2)
    assert pivot_coordinate(shares, 0) == pytest.approx(expected, abs=1e-12)


def test_it_is_one_axis_of_an_isometry():
    """All its axes in a row (others against what is left) keep the distances of centred log-ratios (Egozcue 2003)."""
    shares = drawn(2)
    axes = [pivot_coordinate(shares[:, place:], 0) for place in range(3)]
    between = centred_log_ratios(shares)[3] - centred_log_ratios(shares)[7]
    assert np.linalg.norm([axis[3] - axis[7] for axis in axes]) == pytest.approx(np.linalg.norm(between), abs=1e-12)


def test_noughts_are_replaced_in_proportion():
    """By hand: (0, .2, .3, .5) with a nought of .01 is (.01, .198, .297, .495); the ratios above nought stay."""
    replaced = without_noughts(np.array([[0.0, 0.2, 0.3, 0.5], [0.1, 0.2, 0.3, 0.4]]), 0.01)
    assert replaced[0] == pytest.approx([0.01, 0.198, 0.297, 0.495], abs=1e-12)
    assert replaced[1].tolist() == [0.1, 0.2, 0.3, 0.4]
    assert replaced.sum(axis=1) == pytest.approx([1, 1], abs=1e-12)


def test_a_nought_counts_as_part_of_the_smallest_share_unless_said():
    shares = np.array([[0.0, 0.05, 0.95], [0.1, 0.4, 0.5]])
    assert nought_counts_as(Composition(parts=("a", "b", "c")), shares) == pytest.approx(0.65 * 0.05)
    assert nought_counts_as(Composition(parts=("a", "b", "c"), zeros_as=1.0), shares) == pytest.approx(0.01)


def groups(n=60, seed=3):
    rng = np.random.default_rng(seed)
    matrix = np.column_stack([np.ones(n), rng.integers(0, 2, n)]).astype(float)
    return matrix, drawn(seed, n), rng.uniform(0.5, 2, n), np.arange(n) % 12


def test_of_two_groups_shares_move_between_their_closed_geometric_means():
    matrix, shares, _, clusters = groups()
    fit = fit_log_ratios(matrix, centred_log_ratios(shares), np.ones(60), clusters)
    moved = shares_moved(fit, np.array([1.0, 0.0]), np.array([1.0, 1.0]), 0.95)
    means = [closed(np.log(shares[matrix[:, 1] == each]).mean(axis=0)) for each in (0, 1)]
    assert moved.moved == pytest.approx(100 * (means[1] - means[0]), abs=1e-10)
    assert moved.moved.sum() == pytest.approx(0, abs=1e-10)


def test_the_influence_of_a_row_is_what_a_little_more_weight_of_it_does():
    matrix, shares, weights, clusters = groups()
    before, after = np.array([1.0, 0.3]), np.array([1.0, 1.3])

    def moved_with(changed):
        fit = fit_log_ratios(matrix, centred_log_ratios(shares), changed, clusters)
        return closed(after @ fit.coefficients) - closed(before @ fit.coefficients)

    fit = fit_log_ratios(matrix, centred_log_ratios(shares), weights, clusters)
    found = influence(fit, before, after)
    for row in (0, 17, 59):
        step = 1e-5 * weights[row]
        more, less = weights.copy(), weights.copy()
        more[row] += step
        less[row] -= step
        slope = (moved_with(more) - moved_with(less)) / (2 * step) * weights[row]
        assert found[row] == pytest.approx(slope, rel=1e-5, abs=1e-9)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """400 samples of 30 clusters at 95 %: between 364 and 393 hold it, the exact binomial 99.9 % limits of .95."""
    rng, holding = np.random.default_rng(20261127), 0
    truth = np.array([[0.2, 0.0, -0.3, 0.1], [0.3, -0.1, 0.2, -0.4]])
    clusters = np.repeat(np.arange(30), 6)
    expected = 100 * (closed(truth[0] + truth[1]) - closed(truth[0]))[2]
    for _ in range(400):
        matrix = np.column_stack([np.ones(180), rng.normal(size=180)])
        noise = rng.normal(size=(180, 4)) + 0.3 * rng.normal(size=(30, 4))[clusters]
        ratios = matrix @ truth + noise
        fit = fit_log_ratios(matrix, ratios - ratios.mean(axis=1, keepdims=True), np.ones(180), clusters)
        found = shares_moved(fit, np.array([1.0, 0.0]), np.array([1.0, 1.0]), 0.95)
        holding += found.conf_low[2] <= expected <= found.conf_high[2]
    assert 364 <= holding <= 393


def analysis(seed=5, n=240):
    rng = np.random.default_rng(seed)
    public = rng.integers(0, 2, n)
    shares = rng.dirichlet([3, 3, 2, 2], n)
    shares[:, 2] *= np.where(public == 1, 0.5, 1.0)
    points = np.array([rng.multinomial(20, each / each.sum()) * 5 for each in shares])
    keys = {"response_id": [f"r{place:04d}" for place in range(n)], "wave": "w1", "respondent_group": "PAR"}
    table = pd.DataFrame({**keys, "source": "s", "host": public + 1, "other": rng.normal(size=n)})
    return table.assign(
        organisation_id=[f"o{place % 24:02d}" for place in range(n)], **dict(zip(PARTS, points.T, strict=True))
    )


def model(**changes):
    given_keys = {
        "name": "power", "kind": "regression", "title": {"en": "Power"}, "estimand": "Difference in the log-ratio",
        "outcome": "citizens", "focal": {"variable": "host", "use": "category"}, "population": Population(),
        "cluster": "organisation_id", "regressors": ({"variable": "host", "use": "category"}, "other"),
        "composition": {"parts": PARTS},
    }  # fmt: skip
    return RegressionSpec.model_validate({**given_keys, **changes})


def test_a_fit_explains_the_log_ratio_and_tells_it_back_in_shares():
    rows = analysis()
    fit = fit_regression(model(), rows)
    shares = shares_of_parts(Composition(parts=PARTS), rows)
    free = without_noughts(shares, 0.65 * 0.05)
    matrix = np.column_stack([np.ones(240), rows["host"] == 2, rows["other"]])
    expected = np.linalg.lstsq(matrix, np.sqrt(3 / 4) * np.log(free[:, 2] / free[:, [0, 1, 3]].prod(axis=1) ** (1 / 3)))
    assert fit.estimates["estimate"].to_numpy() == pytest.approx(expected[0], abs=1e-9)
    moved = fit.readings[fit.readings["reading"].str.startswith("share_moved on ")].set_index("reading")
    assert list(moved.index) == [f"share_moved on {part}" for part in PARTS]
    assert moved["value"].sum() == pytest.approx(0, abs=1e-9)
    assert moved.loc["share_moved on citizens", "conf_high"] < 0
    found = fit.diagnostics.set_index("diagnostic")["value"]
    assert found["noughts_count_as"] == pytest.approx(3.25)
    assert found["share_with_noughts"] == pytest.approx((shares == 0).any(axis=1).mean())
    (other,) = fit.readings[fit.readings["reading"] == "other_noughts"].to_dict("records")
    assert other["value"] == pytest.approx(expected[0][1], abs=1e-9)
    said = [fit_regression(model(composition={"parts": PARTS, "zeros_as": each}), rows).estimates["estimate"][1]
            for each in (3.25 / 2, 5.0)]  # fmt: skip
    assert sorted(said) == pytest.approx([other["conf_low"], other["conf_high"]], abs=1e-9)
    assert {*PARTS} <= set(fit.data)


def test_the_same_model_with_a_random_intercept_keeps_its_noughts():
    mixed = {"estimator": "mixed", "random_effects": ({"groups": "organisation_id"},), "cluster": None}
    found = fit_regression(model(**mixed), analysis()).diagnostics
    assert "noughts_count_as" in set(found["diagnostic"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outcome": "other"}, "none of the parts of its composition"),
        ({"estimator": "logit"}, "a composition is for estimator linear"),
        ({"composition": {"parts": ("citizens", "citizens")}}, "names 'citizens' twice"),
        ({"missing": "multiple_imputation"}, "a composition is of complete responses"),
    ],
)
def test_what_is_no_composition_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        model(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"managers": 80}, "add up to between"),
        ({"managers": -5}, "240 responses with a negative part"),
        (dict.fromkeys(PARTS, 0), "add up to between 0 and 0"),
    ],
)
def test_parts_that_are_no_shares_are_refused(changes, message):
    with pytest.raises(ModelDataError, match=message):
        fit_regression(model(), analysis().assign(**changes))


def test_noughts_that_weigh_half_of_a_response_are_refused():
    with pytest.raises(ModelDataError, match="write a smaller zeros_as"):
        fit_regression(model(composition={"parts": PARTS, "zeros_as": 20}), analysis())
