"""Fits of several equations, estimating equations and categories in groups (P11 of the design), attacked.

The attacker knows regressors, working correlation and everybody's organisation, and turns released coefficients back
into sums of scores. Each rule is switched off once, and its attack succeeds.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit

from models.regression.fit import fit_regression
from pipelines.steps.fit_equations import hidden_cells, sums_that_follow, tells
from pipelines.steps.fit_paths import each_turned_back, outcomes_of
from pipelines.steps.fit_rows import OVER_WAVES, behind_a_fit
from pipelines.steps.fit_squares import squares_of_organisations, squares_widths
from pipelines.steps.fit_working import Working, freed_of_working
from pipelines.steps.fits_to_withhold import HIGHEST_LEVERAGE, LEAST_DF
from tests.pipelines.test_fit_disclosure_mixed import (
    LEAST,
    SMALL_HIDDEN,
    people_of,
    rows_of,
    shown_of,
    spec_of,
    two_hidden,
    with_one_apart,
)

pytestmark = pytest.mark.filterwarnings("ignore")
THROUGH = {"estimator": "mediation", "paths": {"mediators": ("voice",), "draws": 100}}
BOTH = {"estimator": "two_outcomes", "paths": {"other_outcome": "voice"}}
OF_ORGANISATIONS = {"cluster": "organisation_id"}
LINEAR, YES_NO, COUNTS = ({"estimator": f"gee_{each}", **OF_ORGANISATIONS} for each in ("linear", "logit", "poisson"))


def answered(seed, sizes, **changes):
    """Return rows with a second score, an answer of yes and no, one of four options, a count and waves."""
    rng = np.random.default_rng(seed)
    rows = rows_of(seed, sizes)
    voice = 3 + 0.3 * (rows["score"] - 3) + rng.normal(0, 0.7, len(rows))
    more = {
        "voice": np.clip(np.round(voice * 3) / 3, 1, 5),
        "stays": (rng.random(len(rows)) < expit(0.4 * (rows["score"] - 3))).astype(float),
        "option": rng.integers(1, 5, len(rows)).astype(float),
        "ideas": rng.poisson(2, len(rows)).astype(float),
        "wave_number": rows.groupby("organisation_id").cumcount() + 1.0,
    }
    return rows.assign(**more).assign(**changes)


def fitted(spec, rows):
    """Return diagnostics and coefficients."""
    fit = fit_regression(spec, rows)
    told = dict(zip(fit.diagnostics["diagnostic"], fit.diagnostics["value"], strict=True))
    return told, dict(zip(fit.estimates["term"], fit.estimates["estimate"], strict=True))


def predicted(spec, design, coefficients, outcome):
    """Return the means that the coefficients tell, whatever the estimator calls its terms."""
    paths = spec.paths is not None
    own = [coefficients[f"{outcome} <- {name}" if paths else name] for name in design.matrix]
    predictor = design.matrix.to_numpy() @ own
    return {"gee_logit": expit, "gee_poisson": np.exp}.get(spec.estimator, lambda found: found)(predictor)


SPECS = {
    "mediation": spec_of("age", "voice", **THROUGH),
    "mediation with a fact about organisations": spec_of("age", "voice", "budget", **THROUGH),
    "mediation with weights": spec_of("age", "voice", weights="weight", **THROUGH),
    "mediation with a moderator": spec_of(
        *("age", "voice", "budget"),
        estimator="mediation",
        paths={"mediators": ("voice",), "moderator": "budget", "moderated": ("first", "second"), "draws": 100},
    ),
    "serial mediation": spec_of(
        *("age", "voice", "ideas"),
        estimator="mediation",
        paths={"mediators": ("voice", "ideas"), "form": "serial", "draws": 100},
    ),
    "mediation of organisations": spec_of("age", "voice", level="organisation_and_wave", **THROUGH),
    "two outcomes": spec_of("age", "budget", **BOTH),
    "estimating equations": spec_of("age", "budget", **LINEAR),
    "estimating equations, independence": spec_of("age", "budget", working_correlation="independence", **LINEAR),
    "estimating equations, neighbouring waves": spec_of("age", "budget", working_correlation="ar1", **LINEAR),
    "estimating equations of yes and no": spec_of("age", "budget", outcome="stays", **YES_NO),
    "estimating equations of counts": spec_of("age", "budget", outcome="ideas", **COUNTS),
}


@pytest.mark.parametrize("name", SPECS)
def test_coefficients_of_every_equation_turn_back_into_the_sums_that_are_said_to_follow(name):
    spec, rows = SPECS[name], answered(1, [12, 25, 7, 30, 9, 18, 14, 22, 11, 16, 13, 8])
    told, coefficients = fitted(spec, rows)
    designs = each_turned_back(spec, rows, {}, told, coefficients)
    assert tuple(designs) == outcomes_of(spec)
    for outcome, design in designs.items():
        turned = design.turned.to_numpy()
        sums = turned.T @ predicted(spec, design, coefficients, outcome)
        assert np.abs(sums / (turned.T @ rows[outcome].to_numpy()) - 1).max() < 1e-5


@given(st.integers(0, 999), st.floats(-0.1, 0.9), st.booleans(), st.lists(st.integers(1, 6), min_size=3, max_size=6))
def test_columns_are_freed_as_the_whole_matrix_says(seed, alpha, has_waves, sizes):
    rng = np.random.default_rng(seed)
    codes = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    waves = pd.Series(codes).groupby(codes).cumcount().to_numpy() * 2.0 + 1
    spread, matrix = rng.uniform(0.1, 2, len(codes)), rng.normal(size=(len(codes), 2))
    gaps = np.abs(waves[:, None] - waves) if has_waves else (~np.eye(len(codes), dtype=bool)).astype(float)
    working = np.where(codes[:, None] == codes, np.abs(alpha) ** gaps if has_waves else alpha**gaps, 0.0)
    roots = np.diag(np.sqrt(spread))
    found = freed_of_working(matrix, spread, Working(codes, waves if has_waves else None, alpha))
    assert found == pytest.approx(np.linalg.inv(roots) @ np.linalg.solve(working, roots @ matrix), abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("outcome", ["score", "voice"])
def test_a_fact_about_organisations_pins_two_hidden_means_of_the_outcome_and_of_what_lies_before_it(seed, outcome):
    """The equation of a mediator is as good an attack as that of the outcome."""
    rows = answered(seed, [*SMALL_HIDDEN.values(), 25, 30, 19, 22, 28, 20, 24, 21, 26, 23])
    rows["budget"] = pd.factorize(rows["organisation_id"])[0] % 5 + 1.0
    people = people_of(rows.assign(score=rows[outcome]))
    hidden = hidden_cells(people, shown_of(rows, SMALL_HIDDEN))
    spec = spec_of("budget", "voice", **THROUGH)
    told, coefficients = fitted(spec, rows)
    design = each_turned_back(spec, rows, {}, told)[outcome]
    sums = design.turned.T.to_numpy() @ predicted(spec, design, coefficients, outcome)
    is_hidden = rows["organisation_id"].isin(SMALL_HIDDEN).to_numpy()
    columns = design.turned[["intercept", "budget"]].to_numpy()
    left = sums[[list(design.turned).index(name) for name in ("intercept", "budget")]]
    left = left - columns[~is_hidden].T @ rows[outcome].to_numpy()[~is_hidden]
    own = [columns[(rows["organisation_id"] == name).to_numpy()][0] for name in SMALL_HIDDEN]
    assert np.linalg.solve(np.transpose(own), left) == pytest.approx(hidden.cells["total"].to_numpy(), abs=1e-3)
    more = hidden.with_known(hidden.news(sums_that_follow(design.turned, people, hidden)))
    assert tells(hidden, more, LEAST)


@pytest.mark.parametrize("seed", range(3))
def test_a_working_correlation_beside_the_mean_of_everybody_pins_two_hidden_organisations(seed):
    rows, people, hidden = two_hidden(seed)
    spec = spec_of("age", **LINEAR)
    told, coefficients = fitted(spec, rows)
    assert told["working_correlation"] > 0
    design = each_turned_back(spec, rows, {}, told)["score"]
    sums = design.turned.T.to_numpy() @ predicted(spec, design, coefficients, "score")
    is_hidden = rows["organisation_id"].isin(SMALL_HIDDEN).to_numpy()
    column = design.turned["intercept"].to_numpy()
    rest = float(sums[0] - column[~is_hidden] @ rows["score"].to_numpy()[~is_hidden])
    weights = [column[rows["organisation_id"] == name].mean() for name in SMALL_HIDDEN]
    found = np.linalg.solve(np.array([[1.0, 1.0], weights]), [float(hidden.cells["total"].sum()), rest])
    assert found == pytest.approx(hidden.cells["total"].to_numpy(), abs=1e-3)
    more = hidden.with_known(hidden.news(sums_that_follow(design.turned, people, hidden)))
    assert tells(hidden, more, LEAST)
    blind = hidden.with_known(hidden.news(sums_that_follow(design.matrix, people, hidden)))
    assert not tells(hidden, blind, LEAST), "without R^-1 the rule would let it pass"


def test_the_squares_are_those_of_which_the_working_correlation_is_the_mean_product():
    rows = answered(3, [12, 25, 7, 30, 9, 18, 14, 22, 11, 16, 13, 8])
    people = people_of(rows)
    everything = hidden_cells(people, shown_of(rows, set(rows["organisation_id"])).iloc[:0])
    spec = spec_of("age", **LINEAR)
    told, coefficients = fitted(spec, rows)
    design = each_turned_back(spec, rows, {}, told)["score"]
    squares = squares_of_organisations(design, people, everything, is_of_pairs=True)
    left = rows["score"].to_numpy() - predicted(spec, design, coefficients, "score")
    sizes = rows.groupby("organisation_id").size()
    n_pairs = (sizes * (sizes - 1)).sum() / 2
    expected = 2 * n_pairs * told["working_correlation"] * told["scale"] + left @ left
    assert (squares.residuals**2).sum() == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_a_working_correlation_leaves_two_hidden_organisations_two_values_each(seed):
    rows, people, hidden = two_hidden(seed)
    spec = spec_of("age", **LINEAR)
    told, _ = fitted(spec, rows)
    squares = squares_of_organisations(
        each_turned_back(spec, rows, {}, told)["score"], people, hidden, is_of_pairs=True
    )
    assert hidden.widths(np.arange(2)).min() > LEAST
    assert squares_widths(hidden, squares) == pytest.approx([0, 0])


def behind(spec, rows):
    told, coefficients = fitted(spec, rows)
    units = rows.set_index("response_id")[["organisation_id"]]
    return told, coefficients, behind_a_fit(spec, rows, {}, units, told, coefficients)


ONE_APART = {
    "mediation": spec_of("budget", "voice", **THROUGH),
    "two outcomes": spec_of("budget", **BOTH),
    "estimating equations": spec_of("budget", **LINEAR),
    "estimating equations of yes and no": spec_of("budget", outcome="stays", estimator="gee_logit", **OF_ORGANISATIONS),
    "estimating equations of counts": spec_of("budget", outcome="ideas", **COUNTS),
    "yes and no in groups": spec_of(
        "budget", outcome="stays", estimator="mixed_logit", random_effects=({"groups": "organisation_id"},)
    ),
    "options in groups": spec_of(
        "budget", outcome="option", estimator="mixed_ordered_logit", random_effects=({"groups": "organisation_id"},)
    ),
}


@pytest.mark.parametrize("name", ONE_APART)
def test_one_organisation_that_decides_a_coefficient_is_found_though_no_response_does(name):
    rows = with_one_apart(answered(2, [20] * 14))
    found = behind(ONE_APART[name], rows)[2]
    assert found["row_leverage"] < 0.2
    assert found["unit_leverage"] > HIGHEST_LEVERAGE
    even = behind(ONE_APART[name], answered(2, [20] * 14))[2]
    assert even["unit_leverage"] < HIGHEST_LEVERAGE


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("mediation", "voice"),
        ("two outcomes", "voice"),
        ("two outcomes", "score"),
        ("estimating equations", "score"),
        ("estimating equations of yes and no", "stays"),
        ("estimating equations of counts", "ideas"),
    ],
)
def test_without_the_rule_the_mean_of_that_organisation_is_read_off_its_coefficients(name, outcome):
    """The attack: what the coefficients expect at its budget is its mean, known to a twentieth."""
    rows = with_one_apart(answered(2, [20] * 14))
    spec = ONE_APART[name]
    told, coefficients = fitted(spec, rows)
    design = each_turned_back(spec, rows, {}, told, coefficients)[outcome]
    is_it = (rows["organisation_id"] == "o03").to_numpy()
    expected = predicted(spec, design, coefficients, outcome)[is_it].mean()
    assert expected == pytest.approx(rows.loc[is_it, outcome].mean(), abs=0.05)


def test_one_response_that_decides_the_equation_of_a_mediator_is_found_though_the_outcome_has_another():
    """A moderator of the first stage alone is in the equation of the mediator only."""
    rows = answered(4, [20] * 14)
    rows["age"], rows["budget"] = np.where(rows.index == 7, 400.0, rows["age"]), np.where(rows.index == 7, 300.0, 1.0)
    rows.loc[::3, "budget"] = np.where(rows.index[::3] == 7, 300.0, 2.0)
    spec = spec_of(
        *("age", "voice", "budget"),
        estimator="mediation",
        paths={"mediators": ("voice",), "moderator": "budget", "moderated": ("first",), "draws": 100},
    )
    told, coefficients, found = behind(spec, rows)
    assert found["row_leverage"] > HIGHEST_LEVERAGE
    design = each_turned_back(spec, rows, {}, told)["voice"]
    expected = predicted(spec, design, coefficients, "voice")[7]
    assert expected == pytest.approx(rows.loc[7, "voice"], abs=0.05), "the attack"


GROUPS = {
    "estimating equations": YES_NO,
    "categories in groups": {"estimator": "mixed_logit", "random_effects": ({"groups": "organisation_id"},)},
}


@pytest.mark.parametrize("kind", GROUPS)
@pytest.mark.parametrize(("n_groups", "regressors", "df"), [(12, ("age",), 11), (12, ("age", "budget"), 10)])
def test_degrees_of_freedom_are_groups_less_what_is_the_same_within_each(kind, n_groups, regressors, df):
    rows = answered(5, [12] * n_groups)
    spec = spec_of(*regressors, outcome="stays", **GROUPS[kind])
    units = rows.set_index("response_id")[["organisation_id"]]
    found = behind_a_fit(spec, rows, {}, units, {"variance of organisation_id: intercept": 0.1}, {})
    assert found["df_of_groups"] == df >= LEAST_DF


def test_a_category_that_a_product_makes_is_counted_in_every_equation():
    rows = answered(6, [20] * 14)
    rows["age"], rows["budget"] = (rows.index % 2 == 0) * 1.0, (rows.index % 40 < 4) * 1.0
    spec = spec_of(
        *("age", "voice", "budget"),
        estimator="mediation",
        paths={"mediators": ("voice",), "moderator": "budget", "moderated": ("first",), "draws": 100},
    )
    told, _, found = behind(spec, rows)
    assert told["least_category_n"] > found["least_category_n"] == 14


def test_beside_a_fit_of_one_wave_paths_over_waves_tell_the_score_of_the_one_who_left():
    """The attack by which they are withheld: both tell the sum of the last wave's scores, of all and of who stayed."""
    waves = [answered(each, [20] * 3).assign(wave=f"w{each}", wave_number=each + 1.0) for each in range(3)]
    people = [f"p{place:02d}" for place in range(60)]
    named = [each.assign(respondent_key=people, response_id=each["wave"] + each["response_id"]) for each in waves]
    last = named[2]
    rows = pd.concat([named[0].iloc[1:], *named[1:]], ignore_index=True)
    paths, panel = {**THROUGH["paths"], "lagged": True}, {"unit": "respondent"}
    lagged = spec_of("age", "voice", **{**THROUGH, "paths": paths, "panel": panel, "covariance": "HC3"})
    _, coefficients = fitted(lagged, rows)
    later = named[1].assign(age=named[0]["age"]).iloc[1:]
    of_stayed = coefficients["score <- intercept"] * len(later)
    of_stayed += sum(coefficients[f"score <- {name}"] * later[name].sum() for name in ("age", "voice"))
    _, told = fitted(spec_of("age"), last)
    of_all = told["intercept"] * len(last) + told["age"] * last["age"].sum()
    assert of_all - of_stayed == pytest.approx(last["score"].iloc[0], abs=1e-6)
    assert behind_a_fit(lagged, rows, {}, pd.DataFrame(), {}) == {OVER_WAVES: 1.0}


@pytest.mark.parametrize("seed", range(3))
def test_the_total_effect_between_latent_means_tells_the_mean_of_an_organisation_that_a_fact_sets_apart(seed):
    """The attack by which they are withheld: no diagnostic says that one organisation decides a path between."""
    rows = with_one_apart(answered(seed, [20] * 14))
    levels = np.random.default_rng(seed).normal(0, 0.5, (2, 14))
    places = pd.factorize(rows["organisation_id"])[0]
    rows = rows.assign(score=rows["score"] + levels[0, places], voice=rows["voice"] + levels[1, places])
    spec = spec_of("budget", "voice", **{**THROUGH, **OF_ORGANISATIONS, "estimator": "mediation_across_levels"})
    told, coefficients = fitted(spec, rows)
    assert not {"max_leverage", "unit_leverage"} & set(told)
    means = rows.groupby("organisation_id")[["score", "budget"]].mean()
    others = means.drop(index="o03").mean()
    found = others["score"] + coefficients["total between: budget -> score"] * (500 - others["budget"])
    assert found == pytest.approx(means.loc["o03", "score"], abs=0.05)
