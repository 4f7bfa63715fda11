"""Standard errors by organisations beside shown means (P11 of the design): what their sums of squares leave hidden.

The attacker knows which organisations are in which region and how many people each is, takes the coefficient of a
region and its error, rounded as they are released, and solves for the two organisations whose means are hidden.
"""

from contextlib import nullcontext
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from models.regression.fit import fit_regression
from models.spec import RegressionSpec
from pipelines import fits_beside_units
from pipelines.release import preview
from pipelines.steps.fit_designs import turned_back
from pipelines.steps.fit_equations import hidden_cells, sums_that_follow, tells
from pipelines.steps.fit_squares import squares_of_errors, squares_widths
from tests.run_steps import bring_up_to_date
from tests.small_study import INSTRUMENT, answers, build_small_study, write_export

LEAST = 0.5
BY_REGION = ({"variable": "region", "use": "category"},)
ERRORS = {
    "CR0": {"cluster": "organisation_id", "covariance": "CR0"},
    "CR1S": {"cluster": "organisation_id", "covariance": "CR1S"},
    "CR2": {"cluster": "organisation_id", "covariance": "CR2"},
    "design": {"covariance": "design", "design": {"strata": "region", "clusters": "organisation_id"}},
}


def rows_of(seed: int, n_regions: int = 5, sizes: tuple[int, ...] = (14, 8, 9)) -> pd.DataFrame:
    """Return scores of organisations of three sizes, one of each in a region."""
    rng = np.random.default_rng(seed)
    names = [f"o{region}{place}" for region in range(n_regions) for place in range(len(sizes))]
    organisation = np.repeat(names, np.tile(sizes, n_regions))
    levels = dict(zip(names, rng.normal(3, 0.5, len(names)), strict=True))
    scores = pd.Series(organisation).map(levels).to_numpy() + rng.normal(0, 0.7, len(organisation))
    return pd.DataFrame(
        {
            "response_id": [f"r{place:04d}" for place in range(len(organisation))],
            "organisation_id": organisation,
            "region": [name[1] for name in organisation],
            "wave": "spring",
            "respondent_group": "FRL",
            "source": "s",
            "score": np.clip(np.round(scores * 3) / 3, 1, 5),
            "age": rng.integers(20, 65, len(organisation)).astype(float),
        }
    )


def spec_of(regressors, **changes) -> RegressionSpec:
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "focal": regressors[0]}
    return RegressionSpec.model_validate({**given, "outcome": "score", "regressors": regressors, **changes})


def people_of(rows: pd.DataFrame) -> pd.DataFrame:
    named = rows.set_index("response_id")[["wave", "respondent_group", "organisation_id", "region", "score"]]
    return named.rename(columns={"organisation_id": "organisation"})


def hidden_beside(rows: pd.DataFrame, hidden: set[str]):
    others = sorted(set(rows["organisation_id"]) - hidden)
    units = pd.DataFrame([("organisation", name) for name in others], columns=["level", "unit"])
    return hidden_cells(people_of(rows), units.assign(wave="spring", respondent_group="FRL"))


def widths_of(spec: RegressionSpec, rows: pd.DataFrame, hidden: set[str], **how: bool) -> np.ndarray:
    """Return what coefficients and errors leave of every hidden mean, the least of all that is told of it."""
    known, people = hidden_beside(rows, hidden), people_of(rows)
    design = turned_back(spec, rows, {}, {})
    more = known.with_known(known.news(sums_that_follow(design.turned, people, known)))
    assert not tells(known, more, LEAST)
    told = [squares_widths(more, each) for each in squares_of_errors(design, people, more, **how)]
    return np.min(told, axis=0) if told else np.full(len(known.cells), np.inf)


@pytest.mark.parametrize("kind", ERRORS)
@pytest.mark.parametrize("seed", range(3))
def test_the_error_of_a_region_tells_two_hidden_organisations_beside_a_shown_one(kind, seed):
    rows = rows_of(seed)
    spec = spec_of(BY_REGION, **ERRORS[kind])
    assert widths_of(spec, rows, {"o01", "o02"}).max() < LEAST


@pytest.mark.parametrize("seed", range(3))
def test_an_attacker_solves_both_means_from_coefficient_and_error(seed):
    """By CR0 the squared error of the constant is the sum of squares of its region alone."""
    rows = rows_of(seed)
    told = fit_regression(spec_of(BY_REGION, **ERRORS["CR0"]), rows).estimates.set_index("term").round(3)
    mean, error = told.loc["intercept", ["estimate", "std_error"]]
    sizes, true = np.array([14, 8, 9]), rows.groupby("organisation_id")["score"].mean()
    shown = round(true["o00"], 2)

    def third(second: float) -> float:
        return (sizes.sum() * mean - sizes[0] * shown - sizes[1] * second) / sizes[2]

    def apart(second: float) -> float:
        means = np.array([shown, second, third(second)])
        return float(((sizes * (means - mean)) ** 2).sum() / sizes.sum() ** 2 - error**2)

    grid = np.linspace(1, 5, 401)
    values = np.array([apart(each) for each in grid])
    found = [brentq(apart, *grid[[place, place + 1]]) for place in np.flatnonzero(values[:-1] * values[1:] < 0)]
    assert len(found) <= 2
    assert min(abs(each - true["o01"]) for each in found) < 0.25
    assert min(abs(third(each) - true["o02"]) for each in found) < 0.25


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 9999), st.lists(st.integers(3, 15), min_size=2, max_size=5))
def test_the_squares_are_those_of_which_errors_are_made(seed, sizes):
    rows = rows_of(seed, sizes=tuple(sizes))
    spec = spec_of(BY_REGION, **ERRORS["CR0"])
    everything = hidden_beside(rows, set(rows["organisation_id"]))
    told = squares_of_errors(turned_back(spec, rows, {}, {}), people_of(rows), everything)
    whole = [each for each in told if len(each.residuals) == len(everything.cells)]
    errors = fit_regression(spec, rows).estimates["std_error"].to_numpy()
    assert [np.linalg.norm(each.residuals) for each in whole] == pytest.approx(list(errors), rel=1e-9)


@pytest.mark.parametrize("kind", ERRORS)
def test_errors_of_a_region_of_many_hidden_organisations_leave_their_means_wide(kind):
    rows = rows_of(4, sizes=(14, 8, 9, 7, 9, 8, 6))
    hidden = {name for name in rows["organisation_id"].unique() if name[2] != "0"}
    assert widths_of(spec_of(BY_REGION, **ERRORS[kind]), rows, hidden).min() > LEAST


def test_where_people_of_an_organisation_differ_errors_tell_no_sum_of_them():
    rows = rows_of(5)
    spec = spec_of(("age", *BY_REGION), **ERRORS["CR2"])
    assert np.isinf(widths_of(spec, rows, {"o01", "o02"})).all()


def test_the_residual_variance_of_organisations_is_a_sum_of_squares_of_their_means():
    """Two coefficients tell two sums of three hidden organisations, and the variance of residuals what is left."""
    rows = rows_of(7)
    spec = spec_of(("age",), level="organisation_and_wave", covariance="classical")
    assert widths_of(spec, rows, {"o01", "o02", "o11"}, has_rows_of_organisations=True).max() < LEAST


DISTRICTS = """\
name: districts
kind: regression
title: {en: Districts}
estimand: Difference in teamwork between districts.
outcome: teamwork
focal: {variable: district, use: category}
regressors: [{variable: district, use: category}]
cluster: organisation_id
covariance: CR1S
"""


@pytest.fixture(scope="module")
def districts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five districts of three organisations, two of each too small to be shown; a model explains teamwork by them."""
    folder = build_small_study(tmp_path_factory.mktemp("errors") / "small", waves=())
    item = "  district: {text: {en: District}, kind: number, least: 0, most: 9}\n"
    instrument = INSTRUMENT.replace("scales:\n  teamwork", f"{item}scales:\n  teamwork")
    (folder / "instruments/teamwork.yaml").write_text(instrument, encoding="utf-8")
    rows = rows_of(3)
    table = answers("spring", n_responses=len(rows))
    told = table.assign(organisation=rows["organisation_id"].to_numpy(), district=rows["region"].to_numpy())
    write_export(folder, "spring.csv", told)
    (folder / "models/districts.yaml").write_text(DISTRICTS, encoding="utf-8")
    (folder / "models/trust.yaml").unlink()
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("models: [trust]", "models: [districts]")
    path.write_text(
        text.replace("languages: [en]", "languages: [en], units: {respondent_groups: [FRL]}"), encoding="utf-8"
    )
    return folder


@pytest.mark.parametrize("is_on", [True, False], ids=["with", "without"])
def test_without_the_rule_a_regression_on_districts_is_released_with_its_errors(districts: Path, is_on: bool):
    study, store = bring_up_to_date(districts)
    with nullcontext() if is_on else patch.object(fits_beside_units, "_of_errors", lambda *_: []):
        withheld = preview(study, store).withheld_fits
    tells_of_unit = "the mean of a hidden organisation would follow from it and the means that are shown"
    assert list(withheld.values()) == ([tells_of_unit] if is_on else [])
