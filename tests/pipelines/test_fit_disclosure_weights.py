"""Weights in a release (P11 of the design): what attackers make of weighted fits and of who kept silent, and the rules.

The attacker knows what explains answering, of everybody who could answer, and turns weights back into who did.
"""

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.missing_data.selection import SelectedRows, fit_selection
from models.regression.fit import fit_regression
from models.regression.least_squares import solve_least_squares
from models.spec import RegressionSpec
from pipelines import fit_disclosure, fits_beside_units
from pipelines.release import preview
from pipelines.steps import fit_answering, fits_to_withhold
from pipelines.steps.fit_answering import reasons_of_answering
from pipelines.steps.fit_designs import turned_back
from pipelines.steps.fit_equations import hidden_cells, sums_that_follow, tells
from pipelines.steps.fit_grams import squares_of_gram, squares_of_stacked
from pipelines.steps.fit_silence import as_weighted, models_of_answering, silent_of, with_even_weights
from pipelines.steps.fit_squares import squares_of_errors, squares_widths
from pipelines.steps.fits_to_withhold import too_alike
from tests.districts_study import build_districts

LEAST, N = 0.5, 240
AREA = {"variable": "area", "use": "category"}
WEIGHTS = {"method": "response_weights", "explained_by": (AREA,)}


def spec_of(regressors=(AREA,), **changes):
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "focal": regressors[0]}
    return RegressionSpec.model_validate({**given, "outcome": "score", "regressors": regressors, **changes})


def rows_of(seed=1, n_silent=(20, 40), **columns):
    """Return people of two areas of four organisations each, some of every area silent."""
    rng = np.random.default_rng(seed)
    organisation = np.arange(N) % 8
    area = organisation // 4 + 1
    score = np.clip(np.round((rng.normal(3, 0.6, 8)[organisation] + rng.normal(0, 0.7, N)) * 3) / 3, 1, 5)
    for place, n in enumerate(n_silent, start=1):
        score[rng.choice(np.flatnonzero(area == place), n, replace=False)] = np.nan
    rows = {
        "response_id": [f"r{place:03d}" for place in range(N)],
        "organisation_id": [f"o{place}" for place in organisation],
        "area": area,
        "age": rng.integers(20, 65, N).astype(float),
        "score": score,
        "respondent_group": "FRL",
        "wave": "spring",
        "source": "s",
    }
    return pd.DataFrame({**rows, **columns})


def people_of(rows):
    named = rows.dropna(subset="score").set_index("response_id")
    named = named[["wave", "respondent_group", "organisation_id", "area", "score"]]
    return named.rename(columns={"organisation_id": "organisation", "area": "region"})


def hidden_beside(rows, hidden):
    others = sorted(set(rows["organisation_id"]) - hidden)
    units = pd.DataFrame([("organisation", name) for name in others], columns=["level", "unit"])
    return hidden_cells(people_of(rows), units.assign(wave="spring", respondent_group="FRL"))


def reasons_of(spec, rows, least=10):
    answering = models_of_answering(spec, rows)
    return reasons_of_answering(answering, {}, rows.set_index("response_id")[["organisation_id"]], [], (least, "en"))


@pytest.mark.parametrize("seed", range(3))
def test_weights_that_differ_a_little_within_an_organisation_hide_nothing(seed):
    """One hidden organisation beside three shown ones: weights of .99 to 1.01 leave its mean known to 0.05."""
    rng = np.random.default_rng(seed)
    rows = rows_of(seed, (0, 0), weight=rng.uniform(0.99, 1.01, N))
    spec = spec_of(weights="weight")
    told_of = fit_regression(spec, rows).estimates.set_index("term")["estimate"]
    mean = round(float(told_of["intercept"]), 3)
    by_organisation = rows[rows["area"] == 1].groupby("organisation_id")
    totals, means = (
        np.asarray(each, dtype=float) for each in (by_organisation["weight"].sum(), by_organisation["score"].mean())
    )
    found = (mean * totals.sum() - totals[1:] @ means[1:].round(2)) / totals[0]
    assert found == pytest.approx(means[0], abs=0.05)
    hidden, people = hidden_beside(rows, {"o0", "o4", "o5"}), people_of(rows)
    told = [
        tells(hidden, hidden.with_known(hidden.news(sums_that_follow(design.turned, people, hidden))), LEAST)
        for design in (
            turned_back(spec, each, {}, {}) for each in (with_even_weights(spec, rows, people_of(rows)), rows)
        )
    ]
    assert told == [True, False]


@given(st.integers(0, 99))
@settings(deadline=None, max_examples=15)
def test_a_sum_of_even_weights_moves_as_the_weighted_one_does_when_all_of_an_organisation_move_alike(seed):
    rng = np.random.default_rng(seed)
    rows = rows_of(seed, (0, 0), weight=rng.uniform(0.5, 3, N))
    spec, people = spec_of(weights="weight"), people_of(rows)
    hidden = hidden_beside(rows, set(rows["organisation_id"]))
    by = rng.normal(0, 1, 8)
    moved = rows["organisation_id"].str[1:].astype(int).map(dict(enumerate(by))).to_numpy()
    even = turned_back(spec, with_even_weights(spec, rows, people_of(rows)), {}, {})
    own = turned_back(spec, rows, {}, {})
    totals = hidden.cells["n"].to_numpy() * by[hidden.cells["organisation"].str[1:].astype(int).to_numpy()]
    np.testing.assert_allclose(sums_that_follow(even.turned, people, hidden) @ totals, own.turned.to_numpy().T @ moved)


@pytest.mark.parametrize(
    ("n_silent", "told"),
    [
        ((20, 40), []),
        ((2, 40), ["a category in which fewer than 3 responses have an answer, or another than the rest"]),
        ((5, 4), ["fewer than 10 responses with a value of the outcome"]),
    ],
)
def test_weights_tell_how_many_of_a_category_kept_silent(n_silent, told):
    """The weight of an area is who could answer over who did."""
    rows, spec = rows_of(2, n_silent), spec_of(missing=WEIGHTS)
    weighted, kept = as_weighted(spec, rows)
    weights = kept[kept["area"] == 1][str(weighted.weights)]
    n = int((kept["area"] == 1).sum())
    assert round((weights.iloc[0] - 1) * n) == n_silent[0]
    said = "weights tell what the model of who answered, behind them, would tell: "
    assert reasons_of(spec, rows) == [f"{said}{each}" for each in told]


@pytest.mark.parametrize("rule", ["LEAST_BAND", "LEAST_ORGANISATIONS"])
def test_without_the_rules_of_a_logit_weights_of_few_silent_people_are_shown(rule, monkeypatch):
    rows = rows_of(2, (2, 40)) if rule == "LEAST_BAND" else rows_of(2)
    if rule == "LEAST_ORGANISATIONS":
        rows["organisation_id"] = [f"o{area}{place % 2}" for place, area in enumerate(rows["area"])]
    spec = spec_of(missing=WEIGHTS)
    assert len(reasons_of(spec, rows)) == 1
    monkeypatch.setattr(fits_to_withhold, rule, 0)
    assert reasons_of(spec, rows) == []


def test_one_person_who_decides_who_answers_is_not_told_by_weights(monkeypatch):
    rows = rows_of(3, organisation_id=[f"o{place}" for place in range(N)])
    rows["age"] = np.where(np.arange(N) == 0, 5000.0, rows["age"])
    spec = spec_of(missing={"method": "response_weights", "explained_by": ("age",)})
    (told,) = reasons_of(spec, rows)
    assert told.endswith("one response nearly decides a coefficient")
    monkeypatch.setattr(fit_answering, "HIGHEST_LEVERAGE", 2.0)
    assert reasons_of(spec, rows) == []


def test_two_fits_of_the_same_answers_may_not_differ_by_one_silent_person():
    used = frozenset(map(str, range(200)))
    asked = {"a": (used | frozenset(map(str, range(200, 230))),), "b": (used | frozenset(map(str, range(200, 231))),)}
    assert list(too_alike({"a": used, "b": used}, 10, {}, "en", asked)) == ["b"]
    assert too_alike({"a": used, "b": used}, 10, {}) == {}
    few = {"a": (used | frozenset({"200"}),)}
    assert list(too_alike({"a": used}, 10, {}, "en", few)) == ["a"]


def stacked_of(spec, rows, hidden, is_even=True):
    weighted, kept = as_weighted(spec, rows)
    own = turned_back(weighted, kept, {}, {})
    even = turned_back(weighted, with_even_weights(weighted, kept, people_of(rows)) if is_even else kept, {}, {})
    silent = silent_of(spec, rows)
    assert silent is not None
    return squares_of_stacked(own, even, silent, "organisation_id", (people_of(rows), hidden))


EXPLAINED = {"area": (AREA,), "age": (AREA, "age")}


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 999), st.sampled_from(sorted(EXPLAINED)))
def test_the_squares_of_weighted_errors_are_those_of_a_fit_with_other_scores(seed, by):
    """Scores of organisations move so that coefficients stay; the error of the fit made again is what squares say."""
    rows = rows_of(seed)
    spec = spec_of(missing={"method": "response_weights", "explained_by": EXPLAINED[by]}, cluster="organisation_id")
    hidden, people = hidden_beside(rows, set(rows["organisation_id"])), people_of(rows)
    weighted, kept = as_weighted(spec, rows)
    even = turned_back(weighted, with_even_weights(weighted, kept, people_of(rows)), {}, {})
    sums = sums_that_follow(even.turned, people, hidden)
    by_organisation = np.random.default_rng(seed).normal(0, 20, len(hidden.cells))
    totals = by_organisation - np.linalg.pinv(sums) @ (sums @ by_organisation)
    moved = dict(zip(hidden.cells["organisation"], totals / hidden.cells["n"], strict=True))
    changed = rows.assign(score=rows["score"] + rows["organisation_id"].map(moved))
    before, after = (fit_regression(spec, each).estimates for each in (rows, changed))
    np.testing.assert_allclose(before["estimate"], after["estimate"], atol=1e-9)
    told = stacked_of(spec, rows, hidden)[:2]
    said = [np.linalg.norm(each.weights @ totals + each.residuals) / np.linalg.norm(each.residuals) for each in told]
    np.testing.assert_allclose(said, after["std_error"] / before["std_error"], rtol=1e-6)


@pytest.mark.parametrize("by", sorted(EXPLAINED))
def test_errors_with_weights_of_response_tell_two_hidden_organisations(by):
    rows = rows_of(5)
    spec = spec_of(missing={"method": "response_weights", "explained_by": EXPLAINED[by]}, cluster="organisation_id")
    hidden, people = hidden_beside(rows, {"o0", "o1"}), people_of(rows)
    weighted, kept = as_weighted(spec, rows)
    even = turned_back(weighted, with_even_weights(weighted, kept, people_of(rows)), {}, {})
    more = hidden.with_known(hidden.news(sums_that_follow(even.turned, people, hidden)))
    assert not tells(hidden, more, LEAST)
    assert min(squares_widths(more, each).min() for each in stacked_of(spec, rows, more)) < LEAST
    uneven = stacked_of(spec, rows, more, is_even=False)
    assert bool(uneven) == (by == "area")


def test_readings_of_selection_tell_sums_of_answers_that_coefficients_and_errors_do_not():
    """People of one category change places in what they answer; the fit is the same, readings are not."""
    rows = rows_of(6, (20, 30)).assign(area=np.arange(N) % 2)
    rows["organisation_id"] = [f"o{place % 8}" for place in range(N)]
    known = rows["score"].notna().to_numpy()
    others = np.random.default_rng(6).permutation(np.flatnonzero(known & (rows["area"] == 1)))
    moved = rows["score"].to_numpy().copy()
    moved[np.sort(others)] = moved[others]
    columns = pd.DataFrame({"intercept": 1.0, "area": rows["area"].astype(float)})
    selection = columns.assign(age=rows["age"] / 50)
    fits = [solve_least_squares(columns[known].to_numpy(), each[known]) for each in (rows["score"].to_numpy(), moved)]
    np.testing.assert_allclose(fits[0].coefficients, fits[1].coefficients)
    assert fits[0].sigma2 == pytest.approx(fits[1].sigma2)
    told = [
        fit_selection(SelectedRows(columns, each, selection), 0.9).coefficients
        for each in (rows["score"].to_numpy(), moved)
    ]
    assert np.abs(told[0] - told[1]).max() > 0.0005


def test_a_direction_that_no_square_tells_is_none_of_a_gram_matrix():
    rows = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 0.0]])
    squares = squares_of_gram(rows.T @ rows, np.ones(2))
    assert np.linalg.matrix_rank(squares.weights) == 1
    np.testing.assert_allclose(squares.weights.T @ squares.residuals, [5.0, 0.0], atol=1e-9)


def test_weights_of_errors_by_organisation_are_looked_at_though_they_differ_within():
    rng = np.random.default_rng(4)
    rows = rows_of(4, (0, 0), weight=rng.uniform(0.9, 1.1, N))
    spec, people = spec_of(weights="weight", cluster="organisation_id"), people_of(rows)
    hidden = hidden_beside(rows, {"o0", "o1"})
    own, even = (turned_back(spec, each, {}, {}) for each in (rows, with_even_weights(spec, rows, people_of(rows))))
    more = hidden.with_known(hidden.news(sums_that_follow(even.turned, people, hidden)))
    assert squares_of_errors(own, people, more) == []
    told = squares_of_errors(own, people, more, even=even)
    assert min(squares_widths(more, each).min() for each in told) < LEAST


DISTRICTS = """\
name: districts
kind: regression
title: {en: Districts}
estimand: Difference in teamwork between districts.
outcome: teamwork
focal: {variable: district, use: category}
regressors: [{variable: district, use: category}]
missing: {method: response_weights, explained_by: [tenure]}
"""
CLUSTERED = "cluster: organisation_id\n"
OF_UNIT = "the mean of a hidden organisation would follow from it and the means that are shown"
OF_ANSWERING = "how many of one organisation answered would follow from its weights"


@pytest.mark.slow
def test_without_even_weights_a_fit_that_tells_of_a_hidden_organisation_is_released(tmp_path: Path):
    """One of three organisations of every district is too small to be shown."""
    found = build_districts(tmp_path / "small", DISTRICTS, (24, 20, 9))
    assert list(preview(*found).withheld_fits.values()) == [OF_UNIT]
    with patch.object(fits_beside_units, "with_even_weights", lambda _, rows, *others: rows):
        assert preview(*found).withheld_fits == {}


@pytest.mark.slow
def test_without_their_squares_weighted_errors_of_two_hidden_organisations_are_released(tmp_path: Path):
    found = build_districts(tmp_path / "small", DISTRICTS + CLUSTERED, (24, 9, 8))
    assert list(preview(*found).withheld_fits.values()) == [OF_UNIT]
    with patch.object(fits_beside_units, "squares_of_stacked", lambda *_: []):
        assert preview(*found).withheld_fits == {}


FACTS = """\
variants:
  - {name: by_district, missing: {method: response_weights, explained_by: [district]}}
  - {name: by_budget, missing: {method: response_weights, explained_by: [budget]}}
  - {name: by_age, missing: {method: response_weights, explained_by: [age]}}
"""


@pytest.mark.slow
def test_without_their_rules_weights_tell_how_many_of_an_organisation_answered(tmp_path: Path):
    """Three facts about four organisations, each behind other weights: after the third all shares follow."""
    model = DISTRICTS.replace("{variable: district, use: category}", "tenure") + FACTS
    found = build_districts(tmp_path / "small", model, (40,))
    withheld = preview(*found).withheld_fits
    assert [(name.split(".")[1], why) for name, why in withheld.items()] == [("by_district", OF_ANSWERING)]
    with patch.object(fits_beside_units, "models_of_answering", lambda *_: []):
        assert preview(*found).withheld_fits == {}
    with patch.object(fit_disclosure, "reasons_of_answering", lambda *_: ["x"]):
        assert len(preview(*found).withheld_fits) == 4
