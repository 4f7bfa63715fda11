"""Figures of the population (P11 of the design): what attackers make of a packaged mean, ratio or total, and the rules.

A package has all digits. The attacker knows weights and who is in a category, and turns figures back into sums.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from models.regression.fit import fit_regression
from models.spec import RegressionSpec
from pipelines.steps import fit_designs, fit_rows, fits_to_withhold
from pipelines.steps.fit_equations import hidden_cells
from pipelines.steps.fit_figures import widths_beside_figures
from pipelines.steps.fit_rows import behind_a_fit
from pipelines.steps.fits_to_withhold import reasons_to_withhold

N, N_ORGANISATIONS, LEAST = 120, 24, 0.5
SMALL = "a category with fewer than 10 responses"
FEW_ORGANISATIONS = "a category with fewer than 3 organisations"
ALIKE = "a category in which fewer than 3 responses have an answer, or another than the rest"
OF_ONE = "a number to which one or two responses bring nearly all, or a category in which all have nought"
HEAVY = "a response with more weight than one of 10 would have"
DECIDED = "one organisation or person nearly decides a coefficient"


def spec_of(estimator="population_mean", **changes):
    usual = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "outcome": "score"}
    usual |= {"estimator": estimator, "figures": {"by": "area"}, "design": {"clusters": "organisation_id"}}
    return RegressionSpec.model_validate({**usual, **changes})


def rows_of(n_in_area=40, **columns):
    """Return people of two areas in organisations, five in each, with drawn scores and counts."""
    rng = np.random.default_rng(20261128)
    rows = {
        "response_id": [f"r{place:03d}" for place in range(N)],
        "organisation_id": [f"o{place % N_ORGANISATIONS:02d}" for place in range(N)],
        "area": [1 if place < n_in_area else 2 for place in range(N)],
        "score": rng.integers(3, 16, N) / 3,
        "staff": rng.integers(1, 9, N).astype(float),
        "analysis_weight": np.ones(N),
        "respondent_group": "FRL",
        "wave": "spring",
        "source": "s",
        **columns,
    }
    return pd.DataFrame(rows)


def told_of(spec, rows):
    """Return the fit and why no package holds it."""
    fit = fit_regression(spec, rows)
    units = rows.set_index("response_id")[["organisation_id"]]
    known = dict(zip(fit.diagnostics["diagnostic"], fit.diagnostics["value"], strict=True))
    behind = behind_a_fit(spec, fit.data, {}, units, {})
    known |= {name: min(value, known.get(name, value)) for name, value in behind.items()}
    known |= {"least_df": float(fit.estimates["df"].min())}
    row = {"estimator": fit.estimator, "covariance": fit.covariance, "n_obs": fit.n_obs, "df_resid": fit.df_resid}
    row |= {"n_clusters": fit.n_clusters, "least_cell_size": 10}
    return fit, reasons_to_withhold(row, known, fit.estimates["term"], [])


def beside_shown(rows, hidden):
    """Return the people of rows, and what is hidden where all other organisations are shown."""
    named = rows.set_index("response_id")[["wave", "respondent_group", "organisation_id", "score"]]
    people = named.rename(columns={"organisation_id": "organisation"}).assign(region="")
    others = sorted(set(people["organisation"]) - hidden)
    units = pd.DataFrame([("organisation", name) for name in others], columns=["level", "unit"])
    return people, hidden_cells(people, units.assign(wave="spring", respondent_group="FRL"))


def estimate_of(fit, column="estimate"):
    return float(fit.estimates.set_index("term")[column].astype(float)["area[1]"])


@pytest.mark.parametrize("estimator", ["population_mean", "population_total", "population_ratio"])
def test_figures_of_enough_people_are_packaged(estimator):
    figures = {"by": "area", **({"per": "staff"} if estimator == "population_ratio" else {})}
    assert told_of(spec_of(estimator, figures=figures, weights="analysis_weight"), rows_of())[1] == []


@pytest.mark.parametrize(("n_in_area", "told"), [(9, [SMALL]), (10, [])])
def test_a_category_of_too_few_is_not_packaged(n_in_area, told):
    assert told_of(spec_of(), rows_of(n_in_area))[1] == told


def test_without_columns_of_categories_nobody_asks_who_is_behind_one(monkeypatch):
    """Nine of ten people with the lowest score: the mean of their area tells what the tenth said."""
    rows = rows_of(12, score=np.where(np.arange(N) < 12, 1.0, 3.0))
    rows.loc[0, "score"] = 4.0
    rows["organisation_id"] = [f"o{place % 2 if place < 12 else place % 22 + 2:02d}" for place in range(N)]
    fit, told = told_of(spec_of(), rows)
    mean = estimate_of(fit)
    assert mean * 12 - 11 == pytest.approx(4.0)
    assert told == [FEW_ORGANISATIONS]
    monkeypatch.setattr(fit_designs, "columns_of", lambda *_: {})
    assert told_of(spec_of(), rows)[1] == []


@pytest.mark.parametrize(("n_yes", "is_kept"), [(0, False), (1, False), (2, False), (3, True)])
def test_a_share_that_nearly_all_or_none_make_up_is_not_packaged(monkeypatch, n_yes, is_kept):
    """The share of an area and its number of people give the number who said yes exactly."""
    rows = rows_of(score=np.where(np.arange(N) < 40, np.arange(N) < n_yes, np.arange(N) % 2).astype(float))
    fit, told = told_of(spec_of(), rows)
    share = estimate_of(fit)
    assert share * 40 == pytest.approx(n_yes)
    assert (ALIKE not in told) == is_kept
    monkeypatch.setattr(fits_to_withhold, "LEAST_BAND", 0)
    assert ALIKE not in told_of(spec_of(), rows)[1]


@pytest.mark.parametrize(
    ("estimator", "figures", "dominated"),
    [
        ("population_mean", {"by": "area"}, "score"),
        ("population_total", {"by": "area"}, "score"),
        ("population_ratio", {"by": "area", "per": "staff"}, "score"),
        ("population_ratio", {"by": "area", "per": "staff"}, "staff"),
    ],
)
def test_a_sum_that_one_person_makes_is_not_packaged(monkeypatch, estimator, figures, dominated):
    """Who has the second largest number takes it from the sum of an area, and what is left is the largest one."""
    rows = rows_of(12)
    rows.loc[:11, dominated] = [200.0, 9.0, *[1.0] * 10]
    spec = spec_of(estimator, figures=figures, weights="analysis_weight")
    fit, told = told_of(spec, rows)
    figure = estimate_of(fit)
    other = float(rows["staff" if dominated == "score" else "score"].iloc[:12].sum())
    total = {"population_mean": figure * 12, "population_total": figure}.get(
        estimator, figure * other if dominated == "score" else other / figure
    )
    assert total - 9 == pytest.approx(200, rel=0.1)
    assert told == [OF_ONE]
    monkeypatch.setattr(fits_to_withhold, "LEAST_BESIDE_TWO", 0.0)
    assert told_of(spec, rows)[1] == []


def test_the_denominator_of_a_ratio_is_asked_as_its_numerator_is(monkeypatch):
    rows = rows_of(12)
    rows.loc[:11, "staff"] = [200.0, 9.0, *[1.0] * 10]
    spec = spec_of("population_ratio", figures={"by": "area", "per": "staff"})
    assert told_of(spec, rows)[1] == [OF_ONE]
    monkeypatch.setattr(fit_rows, "outcomes_of", lambda said: (said.outcome,))
    assert told_of(spec, rows)[1] == []


def test_nobody_stands_for_most_of_a_category():
    weights = np.where(np.arange(N) == 0, 30.0, 1.0)
    told = told_of(spec_of(weights="analysis_weight"), rows_of(12, analysis_weight=weights))[1]
    assert HEAVY in told


def test_no_organisation_makes_up_a_category():
    area = np.where(np.arange(N) % N_ORGANISATIONS < 3, 1, 2)
    weights = np.where(np.arange(N) % N_ORGANISATIONS == 0, 50.0, 1.0)
    spec = spec_of(weights="analysis_weight")
    rows = rows_of(area=area, analysis_weight=weights)
    rows = pd.concat([rows, rows.assign(response_id="s" + rows["response_id"])], ignore_index=True)
    assert told_of(spec, rows)[1] == [DECIDED]


@pytest.mark.parametrize("covariance", ["design", "unit_jackknife", "unit_bootstrap"])
def test_every_covariance_of_a_design_has_its_rules(covariance):
    rows = rows_of(region=[place % N_ORGANISATIONS // 12 for place in range(N)])
    spec = spec_of(covariance=covariance, design={"clusters": "organisation_id", "strata": "region"})
    assert told_of(spec, rows)[1] == []
    lonely = rows.assign(region=[int(place % N_ORGANISATIONS < 2) for place in range(N)])
    assert told_of(spec, lonely)[1] == ["a stratum with fewer than 3 sampled units"]


@given(means=st.lists(st.floats(1.5, 4.5), min_size=3, max_size=3), seed=st.integers(0, 99))
@settings(max_examples=8, deadline=None)
def test_rounded_mean_and_error_of_a_region_tell_two_hidden_organisations_beside_a_shown_one(means, seed):
    """Why a release sets errors beside hidden means: distances within a stratum add to nought, squares to its error.

    The attacker knows how many people of every organisation answered and the mean of the first; what is left of the
    others are two values each, to within half a point.
    """
    assume(abs(means[1] - means[2]) > 0.5)
    rng = np.random.default_rng(seed)
    region = np.arange(N) % N_ORGANISATIONS // 3
    rows = rows_of(region=region, area=np.where(region == 0, 1, 2))
    of_region = pd.Series(means, index=["o00", "o01", "o02"])
    levels = rows["organisation_id"].map(of_region).fillna(3.0)
    rows["score"] = np.round((levels + rng.normal(0, 0.3, N)) * 3) / 3
    spec = spec_of(design={"clusters": "organisation_id", "strata": "region"})
    fit, told = told_of(spec, rows)
    assert told == []
    assert widths_beside_figures(spec, rows, {}, beside_shown(rows, {"o01", "o02"}), ({"score"}, 0)).max() < LEAST
    mean, error = (round(estimate_of(fit, column), 3) for column in ("estimate", "std_error"))
    n, true = 5, rows.groupby("organisation_id")["score"].mean().loc[["o00", "o01", "o02"]].to_numpy()
    first = n * (true[0] - mean) / (3 * n)
    squares = error**2 / 1.5 - first**2
    half = np.sqrt(max(squares / 2 - first**2 / 4, 0.0))
    found = mean + 3 * (-first / 2 + np.array([-half, half]))
    np.testing.assert_allclose(np.sort(found), np.sort(true[1:]), atol=0.25)
