"""Imputation of rows in organisations that are in greater groups: variances, values once each, what does not fit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.missing_data.chained import impute_chained
from models.missing_data.plan import Column, ImputationPlan, OrganisationMean
from models.missing_data.two_level_draws import InterceptDraw, clustered, draw_coefficients, draw_intercepts
from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from models.sections.random_effects import RandomEffects
from tests.models.regression.analysis_tables import model_of


def nested(n_above=40, n_organisations=3, n_each=4, seed=3):
    """Return codes of rows in organisations in groups above, a regressor, and an outcome that varies at all levels."""
    random = np.random.default_rng(seed)
    above = np.repeat(np.arange(n_above), n_organisations)
    organisations = np.repeat(np.arange(len(above)), n_each)
    x = random.normal(0, 1, len(organisations)) + random.normal(0, 0.7, n_above)[above[organisations]]
    y = 1 + 0.5 * x + random.normal(0, 0.9, n_above)[above[organisations]]
    y = y + random.normal(0, 0.5, len(above))[organisations] + random.normal(0, 1, len(organisations))
    return above, organisations, x, y


class Fixed:
    """A generator whose normal draws are noughts, so that a draw is the mean that it is drawn around."""

    def standard_normal(self, n):
        return np.zeros(n)


@given(st.integers(0, 1000), st.floats(0.05, 3), st.floats(0.05, 3))
@settings(max_examples=25, deadline=None)
def test_coefficients_are_drawn_around_generalised_least_squares(seed, between, above_variance):
    above, organisations, x, y = nested(6, 3, 2, seed)
    matrix = np.column_stack([np.ones(len(x)), x])
    rows = clustered(matrix, y, organisations, len(above), "y", above)
    within = np.random.default_rng(seed).uniform(0.5, 2, len(above))
    last = InterceptDraw(np.zeros(2), np.zeros(len(above)), between, within, 1.0, 10.0, above_variance)
    of_rows = above[organisations]
    covariance = np.diag(within[organisations]) + between * (organisations[:, None] == organisations)
    covariance = covariance + above_variance * (of_rows[:, None] == of_rows)
    solved = np.linalg.solve(covariance, np.column_stack([matrix, y]))
    expected = np.linalg.solve(matrix.T @ solved[:, :2], matrix.T @ solved[:, 2])
    assert draw_coefficients(rows, last, Fixed()) == pytest.approx(expected, rel=1e-9, abs=1e-10)


def test_draws_lie_around_the_estimates_of_restricted_likelihood():
    above, organisations, x, y = nested()
    n = len(y)
    table = pd.DataFrame(
        {
            "response_id": [f"r{number:04d}" for number in range(n)],
            "organisation_id": [f"o{each:03d}" for each in organisations],
            "region": [f"s{each:03d}" for each in above[organisations]],
            "trust": x,
            "strain": y,
        }
    )
    effects = tuple(RandomEffects(groups=each) for each in ("organisation_id", "region"))
    fit = fit_regression(model_of("trust", estimator="mixed", random_effects=effects, bootstrap_draws=None), table)
    found = fit.estimates.set_index("term")
    rows = clustered(np.column_stack([np.ones(n), x]), y, organisations, len(above), "y", above)
    memory: dict[str, np.ndarray] = {}
    random = np.random.default_rng(1)
    draws = [draw_intercepts(rows, memory, random, has_equal_spread=True) for _ in range(200)]
    slopes = np.array([each.coefficients[1] for each in draws])
    assert slopes.mean() == pytest.approx(found.loc["trust", "estimate"], abs=0.15 * found.loc["trust", "std_error"])
    assert slopes.std() == pytest.approx(found.loc["trust", "std_error"], rel=0.15)
    variances = fit.diagnostics.set_index("diagnostic")["value"]
    for drawn, name in (("between", "organisation_id"), ("above", "region")):
        middle = np.median([getattr(each, drawn) for each in draws])
        assert middle == pytest.approx(variances[f"variance of {name}: intercept"], rel=0.25)


PLAN = ImputationPlan(
    (
        Column("y", method="two_level_normal", predictors=("x", "fact", "lasting", "x over groups")),
        Column("x"),
        Column("fact", method="two_level_normal", predictors=("x", "lasting"), is_of_organisation=True),
        Column("lasting", method="normal", predictors=("x", "fact"), is_of_above=True),
    ),
    (OrganisationMean("x over groups", "x", is_above=True),),
    2,
    3,
    "organisation",
    above="group",
)


def with_gaps():
    above, organisations, x, y = nested(12, 3, 4)
    random = np.random.default_rng(2)
    data = pd.DataFrame({"organisation": organisations, "group": above[organisations], "x": x, "y": y})
    data["fact"] = random.normal(0, 1, len(above))[organisations]
    data["lasting"] = random.normal(0, 1, 12)[above[organisations]]
    data.loc[random.random(len(data)) < 0.2, "y"] = np.nan
    data.loc[data["organisation"].isin([3, 8, 20]), "fact"] = np.nan
    data.loc[data["group"].isin([2, 7]), "lasting"] = np.nan
    data.loc[data["organisation"] == 0, "lasting"] = np.nan
    return data


def test_values_are_drawn_once_for_what_they_belong_to_and_known_ones_are_shared():
    data = with_gaps()
    for each in impute_chained(data, PLAN, np.random.default_rng(1)):
        assert each.groupby("organisation")["fact"].nunique().eq(1).all()
        assert each.groupby("group")["lasting"].nunique().eq(1).all()
        assert (
            each.loc[data["organisation"] == 0, "lasting"].eq(data["lasting"][data["organisation"] == 1].iloc[0]).all()
        )
        means = each.groupby(["group", "organisation"])["x"].mean().groupby("group").mean()
        assert each["x over groups"].to_numpy() == pytest.approx(means[each["group"]].to_numpy(), rel=1e-12)


UNFIT = {
    "nothing above": (
        replace(PLAN, above=None),
        {},
        "a mean above organisations and nothing is above.*'lasting' needs what is above",
    ),
    "absent": (replace(PLAN, above="region"), {}, "'region' is not in the data"),
    "differs": (PLAN, {"group": lambda data: np.arange(len(data)) % 2}, "'group' differs within 36 organisations"),
    "lasting differs": (PLAN, {"lasting": lambda data: data["x"]}, "'lasting' differs within 12 organisations"),
    "levels of what is above": (
        replace(PLAN, columns=(*PLAN.columns[:3], replace(PLAN.columns[3], method="two_level_normal"))),
        {},
        "'lasting' belongs to organisations, so it is imputed without levels",
    ),
}


@pytest.mark.parametrize(("plan", "changes", "message"), UNFIT.values(), ids=UNFIT)
def test_plans_and_data_that_do_not_fit_what_is_above_are_refused(plan, changes, message):
    data = with_gaps()
    changed = data.assign(**{name: change(data) for name, change in changes.items()})
    with pytest.raises(ModelDataError, match=message):
        impute_chained(changed, plan, np.random.default_rng(1))
