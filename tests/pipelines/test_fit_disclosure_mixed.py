"""Mixed models and weights beside shown means (P11 of the design): what follows of hidden organisations, and the rules.

The attacker knows regressors, weights, variances and everybody's organisation, turns released coefficients back into
sums of scores and solves linear programmes over all hidden totals. Each rule is switched off once, and its attack
succeeds.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from models.regression.fit import fit_regression
from models.spec import RegressionSpec
from pipelines.steps.fit_designs import solved, turned_back
from pipelines.steps.fit_equations import HiddenCells, hidden_cells, sums_that_follow, tells
from pipelines.steps.fit_rows import behind_a_fit, unit_leverage
from pipelines.steps.fit_squares import Squares, squares_of_organisations, squares_widths
from pipelines.steps.fits_to_withhold import HIGHEST_LEVERAGE

LEAST = 0.5
LOWEST, HIGHEST = 1.0, 5.0
MIXED = {"estimator": "mixed", "random_effects": ({"groups": "organisation_id"},)}


def spec_of(*regressors, **changes):
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "focal": regressors[0]}
    return RegressionSpec.model_validate({**given, "outcome": "score", "regressors": regressors, **changes})


def rows_of(seed, sizes, spread=0.5):
    rng = np.random.default_rng(seed)
    names = [f"o{place:02d}" for place in range(len(sizes))]
    organisation = np.repeat(names, sizes)
    levels = dict(zip(names, rng.normal(0, spread, len(sizes)), strict=True))
    budgets = dict(zip(names, rng.integers(0, 5, len(sizes)), strict=True))
    scores = 3 + pd.Series(organisation).map(levels).to_numpy() + rng.normal(0, 0.8, len(organisation))
    return pd.DataFrame(
        {
            "response_id": [f"r{place:04d}" for place in range(len(organisation))],
            "organisation_id": organisation,
            "wave": "spring",
            "respondent_group": "FRL",
            "source": "s",
            "score": np.clip(np.round(scores * 3) / 3, LOWEST, HIGHEST),
            "age": rng.integers(20, 65, len(organisation)).astype(float),
            "budget": pd.Series(organisation).map(budgets).to_numpy(dtype=float),
            "weight": rng.choice([0.5, 1.0, 2.0], len(sizes))[np.repeat(np.arange(len(sizes)), sizes)],
        }
    )


def people_of(rows):
    named = rows.set_index("response_id")[["wave", "respondent_group", "organisation_id", "score"]]
    return named.rename(columns={"organisation_id": "organisation"}).assign(region="")


def shown_of(rows, hidden):
    others = sorted(set(rows["organisation_id"]) - set(hidden))
    units = pd.DataFrame([("all", ""), *(("organisation", name) for name in others)], columns=["level", "unit"])
    return units.assign(wave="spring", respondent_group="FRL")


def fitted(spec, rows):
    """Return the coefficients, and the variances that the diagnostics tell."""
    fit = fit_regression(spec, rows)
    return fit, dict(zip(fit.diagnostics["diagnostic"], fit.diagnostics["value"], strict=True))


def known_totals(spec, rows, fit, variances):
    """Turn coefficients back: sums over everybody of the columns that follow, and what they are."""
    design = turned_back(spec, rows, {}, variances)
    coefficients = fit.estimates["estimate"].to_numpy()
    return design, design.turned.T.to_numpy() @ design.matrix.to_numpy() @ coefficients


ESTIMATORS = {
    "least squares": {},
    "with weights": {"weights": "weight"},
    "mixed": MIXED,
    "mixed, by maximum likelihood": {**MIXED, "likelihood": "ML"},
    "of organisations": {"level": "organisation_and_wave"},
    "of organisations, by answers": {"level": "organisation_and_wave", "weights": "number_of_answers"},
    "of organisations, mixed": {**MIXED, "level": "organisation_and_wave"},
    "of organisations, mixed, by answers": {
        **MIXED,
        "level": "organisation_and_wave",
        "weights": "number_of_answers",
    },
    "with a slope": {**MIXED, "random_effects": ({"groups": "organisation_id", "slopes": ("age",)},)},
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_coefficients_turn_back_into_the_sums_that_are_said_to_follow(estimator):
    rows = rows_of(1, [12, 25, 7, 30, 9, 18, 14, 22, 11, 16, 13, 8])
    rows["wave"] = np.random.default_rng(1).choice(["autumn", "spring"], len(rows))
    spec = spec_of("age", "budget", **ESTIMATORS[estimator])
    fit, variances = fitted(spec, rows)
    design, sums = known_totals(spec, rows, fit, variances)
    found = design.turned.T.to_numpy() @ rows["score"].to_numpy()
    assert np.abs(sums / found - 1).max() < 1e-5


@given(st.integers(0, 999), st.floats(0.01, 3), st.lists(st.integers(1, 6), min_size=3, max_size=6))
def test_the_inverse_is_that_of_the_whole_matrix(seed, ratio, sizes):
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(len(sizes)), sizes)
    matrix = np.column_stack([np.ones(len(codes)), rng.normal(size=len(codes))])
    weights = rng.uniform(0.5, 2, len(codes))
    variance = np.diag(1 / weights) + ratio * (codes[:, None] == codes)
    from pipelines.steps.fit_designs import Varying  # noqa: PLC0415

    varying = [Varying(codes, np.ones((len(codes), 1)), np.array([[ratio]]))]
    assert solved(matrix, weights, varying) == pytest.approx(np.linalg.solve(variance, matrix), abs=1e-9)


SMALL_HIDDEN = {"o00": 6, "o01": 9}


def two_hidden(seed):
    """Return rows of twelve organisations of which two small ones are hidden, and what follows of them from means."""
    rows = rows_of(seed, [*SMALL_HIDDEN.values(), 25, 30, 19, 22, 28, 20, 24, 21, 26, 23])
    people = people_of(rows)
    return rows, people, hidden_cells(people, shown_of(rows, SMALL_HIDDEN))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(3))
def test_a_mixed_model_beside_the_mean_of_everybody_pins_two_hidden_organisations(seed):
    """The intercept is another mean of organisations than that of everybody: two equations for two means."""
    rows, people, hidden = two_hidden(seed)
    spec = spec_of("age", **MIXED)
    fit, variances = fitted(spec, rows)
    assert variances["variance of organisation_id: intercept"] > 0
    design, sums = known_totals(spec, rows, fit, variances)
    is_hidden = rows["organisation_id"].isin(SMALL_HIDDEN).to_numpy()
    column = design.turned["intercept"].to_numpy()
    rest = float(sums[0] - column[~is_hidden] @ rows["score"].to_numpy()[~is_hidden])
    weights = [column[rows["organisation_id"] == name].mean() for name in SMALL_HIDDEN]
    total = float(hidden.cells["total"].sum())
    found = np.linalg.solve(np.array([[1.0, 1.0], weights]), [total, rest])
    assert found == pytest.approx(hidden.cells["total"].to_numpy(), abs=1e-3)
    more = hidden.with_known(hidden.news(sums_that_follow(design.turned, people, hidden)))
    assert tells(hidden, more, LEAST)
    blind = hidden.with_known(hidden.news(sums_that_follow(design.matrix, people, hidden)))
    assert not tells(hidden, blind, LEAST), "without V^-1 the rule would let it pass"


@pytest.mark.filterwarnings("ignore")
def test_two_mixed_fits_by_other_likelihoods_and_least_squares_are_set_beside_each_other():
    rows = rows_of(5, [8, 9, 7, 25, 30, 19, 22, 28, 20, 24, 21, 26, 23])
    people = people_of(rows)
    hidden = hidden_cells(people, shown_of(rows, ["o00", "o01", "o02"]))
    told = []
    for changes in ({}, MIXED):
        spec = spec_of("budget", **changes)
        _, variances = fitted(spec, rows)
        turned = turned_back(spec, rows, {}, variances).turned
        more = hidden.with_known(hidden.news(sums_that_follow(turned, people, hidden)))
        told.append(tells(hidden, more, LEAST))
        hidden = more
    assert told[-1]


def attacked_widths(hidden: HiddenCells, turned, rows, scores_known=0.005):
    """Bound every hidden mean by a linear programme over people's totals, with released means rounded."""
    n, total = hidden.cells["n"].to_numpy(float), hidden.cells["total"].to_numpy(float)
    organisations = rows["organisation_id"].to_numpy()
    sums, errors = [], []
    for name in turned:
        column = turned[name].to_numpy()
        weights = [column[organisations == cell] for cell in hidden.cells["organisation"]]
        if all(np.ptp(each) < 1e-9 for each in weights):
            sums.append([each[0] for each in weights])
            errors.append(0.0)
    matrix, slack = np.array([np.ones(len(n)), *sums]), np.array([scores_known * n.sum(), *errors])
    bounds = list(zip(n * LOWEST, n * HIGHEST, strict=True))
    limits = np.concatenate([matrix @ total + slack + 1e-9, -(matrix @ total) + slack + 1e-9])
    found = []
    for place in range(len(n)):
        goal = np.eye(len(n))[place]
        ends = [linprog(s * goal, np.vstack([matrix, -matrix]), limits, bounds=bounds).fun * s for s in (1, -1)]
        found.append((ends[1] - ends[0]) / n[place])
    return np.array(found)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@settings(deadline=None, max_examples=15)
@given(st.integers(0, 9999), st.integers(2, 9), st.sampled_from([("age",), ("budget",), ("age", "budget")]))
def test_of_a_mixed_model_that_may_be_shown_every_hidden_mean_stays_wide(seed, n_hidden, regressors):
    rng = np.random.default_rng(seed)
    rows = rows_of(seed, [*rng.integers(3, 10, n_hidden), *rng.integers(12, 30, 8)])
    people = people_of(rows)
    names = [f"o{place:02d}" for place in range(n_hidden)]
    hidden = hidden_cells(people, shown_of(rows, names))
    spec = spec_of(*regressors, **MIXED)
    _, variances = fitted(spec, rows)
    design = turned_back(spec, rows, {}, variances)
    more = hidden.with_known(hidden.news(sums_that_follow(design.turned, people, hidden)))
    if tells(hidden, more, LEAST):
        return
    before = attacked_widths(hidden, design.turned.iloc[:, :0], rows)
    widths = attacked_widths(hidden, design.turned, rows)
    assert (widths >= np.minimum(before, LEAST) - 1e-6).all()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(3))
def test_the_variance_between_organisations_leaves_two_hidden_ones_two_values_each(seed):
    rows, people, hidden = two_hidden(seed)
    spec = spec_of("age", **MIXED)
    _, variances = fitted(spec, rows)
    squares = squares_of_organisations(turned_back(spec, rows, {}, variances), people, hidden)
    assert hidden.widths(np.arange(2)).min() > LEAST
    assert squares_widths(hidden, squares) == pytest.approx([0, 0])


@pytest.mark.filterwarnings("ignore")
def test_the_squares_are_those_that_the_likelihood_sets():
    """By maximum likelihood the sum of squares equals what V and the sizes of groups give: nothing secret is in it."""
    rows = rows_of(3, [12, 25, 7, 30, 9, 18, 14, 22, 11, 16, 13, 8])
    people = people_of(rows)
    everything = hidden_cells(people, shown_of(rows, set(rows["organisation_id"])).iloc[:0])
    spec = spec_of("age", **MIXED, likelihood="ML")
    _, variances = fitted(spec, rows)
    design = turned_back(spec, rows, {}, variances)
    squares = squares_of_organisations(design, people, everything)
    sizes = rows.groupby("organisation_id").size()
    ratio = variances["variance of organisation_id: intercept"] / variances["variance_residual"]
    expected = variances["variance_residual"] * (sizes / (1 + sizes * ratio)).sum()
    assert (squares.residuals**2).sum() == pytest.approx(expected, rel=1e-4)


def spread_hidden(totals, sizes, known):
    cells = pd.DataFrame({"wave": "w", "respondent_group": "g", "organisation": [f"o{k}" for k in range(len(sizes))]})
    return HiddenCells(cells.assign(n=sizes, total=totals), known, (-1e6, 1e6))


@settings(deadline=None)
@given(st.integers(0, 9999), st.integers(2, 7), st.integers(0, 3))
def test_no_totals_that_keep_sums_and_squares_lie_farther_apart_than_said_and_some_lie_so_far(seed, n_cells, n_sums):
    rng = np.random.default_rng(seed)
    sizes, totals = rng.integers(2, 9, n_cells).astype(float), rng.normal(size=n_cells)
    known = rng.normal(size=(min(n_sums, n_cells - 1), n_cells))
    weights = np.diag(rng.uniform(0.2, 1, n_cells))
    hidden = spread_hidden(totals, sizes, known)
    widths = squares_widths(hidden, Squares(weights, weights @ totals))
    free = np.linalg.svd(known)[2][len(known) :].T if len(known) else np.eye(n_cells)
    image = weights @ free
    middle = -np.linalg.lstsq(image, weights @ totals, rcond=None)[0]
    radius = np.linalg.norm(image @ -middle)
    lengthen, turn = np.linalg.qr(image)
    directions = rng.normal(size=(free.shape[1], 4000))
    directions *= radius / np.linalg.norm(directions, axis=0)
    points = totals[:, None] + free @ (middle[:, None] + np.linalg.solve(turn, directions))
    assert np.abs(np.linalg.norm(weights @ points, axis=0) - np.linalg.norm(weights @ totals)).max() < 1e-6
    assert lengthen.shape[1] == free.shape[1]
    seen = np.ptp(points, axis=1) / sizes
    if free.shape[1] == 1:
        assert widths == pytest.approx(0)
        return
    assert (seen <= widths + 1e-6).all()
    assert (seen >= 0.5 * widths).all()


def test_hidden_organisations_without_variance_among_them_are_pinned():
    """A variance of nought with equal means: the sphere is a point, however many are hidden."""
    sizes = np.full(12, 5.0)
    hidden = spread_hidden(np.zeros(12), sizes, np.ones((1, 12)))
    assert squares_widths(hidden, Squares(np.eye(12), np.zeros(12))).max() < 1e-6
    apart = spread_hidden(np.linspace(-5, 5, 12), sizes, np.ones((1, 12)))
    assert squares_widths(apart, Squares(np.eye(12), np.linspace(-5, 5, 12))).min() > LEAST


def with_one_apart(rows, organisation="o03"):
    """Give one organisation a budget beyond all others, though it is no category."""
    is_it = rows["organisation_id"] == organisation
    return rows.assign(budget=np.where(is_it, 500.0, rows["budget"]))


@pytest.mark.filterwarnings("ignore")
def test_one_organisation_that_decides_a_coefficient_is_found_though_no_response_does():
    rows = with_one_apart(rows_of(2, [20] * 14))
    spec = spec_of("budget", **MIXED)
    fit, variances = fitted(spec, rows)
    assert variances["max_leverage"] < 0.1
    units = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(spec, rows, {}, units, variances)
    assert found["unit_leverage"] > HIGHEST_LEVERAGE
    told = fit.estimates.set_index("term")["estimate"]
    mean = rows.loc[rows["organisation_id"] == "o03", "score"].mean()
    assert told["intercept"] + 500 * told["budget"] == pytest.approx(mean, abs=0.05)
    even = behind_a_fit(spec, rows_of(2, [20] * 14), {}, units, variances)
    assert even["unit_leverage"] < HIGHEST_LEVERAGE


@given(st.integers(0, 999), st.lists(st.integers(1, 6), min_size=4, max_size=8))
def test_the_leverage_of_a_unit_lies_between_its_share_of_trace_and_one(seed, sizes):
    rng = np.random.default_rng(seed)
    units = pd.Series(np.repeat(np.arange(len(sizes)), sizes))
    matrix = np.column_stack([np.ones(len(units)), rng.normal(size=len(units))])
    found = unit_leverage(matrix, matrix, units)
    hat = matrix @ np.linalg.pinv(matrix)
    own = [np.linalg.eigvalsh(hat[np.ix_(units == unit, units == unit)]).max() for unit in range(len(sizes))]
    assert found == pytest.approx(max(own), abs=1e-7)
    assert unit_leverage(matrix, matrix, pd.Series(np.zeros(len(units)))) == pytest.approx(1)
