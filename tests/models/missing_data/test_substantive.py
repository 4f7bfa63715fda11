"""Imputations that agree with the model fitted later: powers, products, categories, random intercepts."""

import numpy as np
import pandas as pd
import pytest

from models.missing_data.chained import impute_chained
from models.missing_data.convergence import problems_of
from models.missing_data.plan import Column, ImputationPlan, OrganisationMean, SubstantiveModel, power
from models.missing_data.pooling import CompletedEstimates, pool_estimates
from models.regression.categorical.binary import fit_binary
from models.regression.categorical.generalised import observed
from models.regression.heteroskedastic import classical_covariance
from models.regression.identification import ModelDataError
from models.regression.least_squares import solve_least_squares

X = Column("x", method="substantive")
Z = Column("z")


def quadratic(values):
    return np.column_stack([np.ones(len(values["x"])), values["x"], values["x"] ** 2, values["z"]])


def interaction(values):
    return np.column_stack([np.ones(len(values["x"])), values["x"], values["z"], values["x"] * values["z"]])


def linear_fit(design):
    def fit(completed):
        found = solve_least_squares(design(completed), completed["y"].to_numpy())
        names = tuple(str(place) for place in range(len(found.coefficients)))
        return CompletedEstimates(names, found.coefficients, classical_covariance(found), found.df_resid)

    return fit


def distances(pooled, truth):
    """In standard errors, which hold sampling and imputation."""
    return (pooled.estimates - truth) / np.sqrt(np.diag(pooled.covariance))


def drawn(n, seed, organisations=None):
    random = np.random.default_rng(seed)
    z = random.normal(size=n)
    x = 0.5 * z + random.normal(size=n)
    level = 0.0 if organisations is None else random.normal(0, 1, organisations.max() + 1)[organisations]
    y = 1 + x + 0.5 * x**2 - 0.5 * z + level + random.normal(size=n)
    return pd.DataFrame({"x": x, "y": y, "z": z}), random


def lose(data, name, random, by="y"):
    """Take values of a column out, more often where another is large."""
    chance = 1 / (1 + np.exp(-(data[by] - data[by].mean()) / data[by].std() * 1.5 + 0.5))
    return data.assign(**{name: data[name].where(random.random(len(data)) > chance)})


def test_a_square_keeps_its_coefficient_where_chained_regressions_lose_it():
    complete, random = drawn(2000, 1)
    data, truth = lose(complete, "x", random), np.array([1, 1, 0.5, -0.5])
    model = SubstantiveModel("y", quadratic)
    ours = impute_chained(data, ImputationPlan((X, Column("y"), Z), (), 10, 8, None, model), random)
    pooled = ours.pool(linear_fit(quadratic))
    assert np.abs(distances(pooled, truth)).max() < 3
    assert ours.n_unaccepted < 0.02 * 10 * 8 * data["x"].isna().sum()
    passive = ImputationPlan((Column("x", method="normal"), Column("y"), Z), (power("x2", "x", 2),), 10, 8)
    theirs = impute_chained(data, passive, np.random.default_rng(2)).pool(linear_fit(quadratic))
    assert distances(theirs, truth)[2] < -3


def test_a_category_with_a_product_and_missing_outcomes_in_a_logit():
    random = np.random.default_rng(3)
    n, truth = 2000, np.array([-0.5, 1.0, 0.5, -1.0])
    z = random.normal(size=n)
    x = (random.random(n) < 1 / (1 + np.exp(-z))).astype(float)
    complete = pd.DataFrame({"x": x, "z": z})
    chance = 1 / (1 + np.exp(-interaction(complete) @ truth))
    complete["y"] = (random.random(n) < chance).astype(float)
    data = lose(complete, "x", random)
    data = lose(data, "y", random, by="z")
    columns = (Column("x", 2, "substantive"), Column("y", 2, "substantive"), Z)
    model = SubstantiveModel("y", interaction, "logit")
    found = impute_chained(data, ImputationPlan(columns, (), 8, 6, None, model), random)

    def fit(completed):
        logit = fit_binary(observed(interaction(completed), completed["y"].to_numpy()), ["intercept", "x", "z", "xz"])
        return CompletedEstimates(("intercept", "x", "z", "xz"), logit.coefficients, logit.covariance)

    pooled = found.pool(fit)
    assert np.abs(distances(pooled, truth)).max() < 3
    assert set(found.completed(0)["x"]) == {0, 1}


@pytest.mark.parametrize(("n_categories", "is_scored"), [(3, False), (4, True)])
def test_categories_of_several_agree_with_the_model(n_categories, is_scored):
    random = np.random.default_rng(4)
    z = random.normal(size=3000)
    x = np.digitize(z + random.logistic(size=3000), np.linspace(-1, 1, n_categories - 1)).astype(float)
    complete = pd.DataFrame({"x": x, "z": z, "y": x - 0.7 * x * z + z + random.normal(size=3000)})
    column = Column("x", n_categories, "substantive", is_scored=is_scored)
    plan = ImputationPlan((column, Column("y"), Z), (), 8, 6, None, SubstantiveModel("y", interaction))
    pooled = impute_chained(lose(complete, "x", random), plan, random).pool(linear_fit(interaction))
    assert np.abs(distances(pooled, np.array([0, 1, 1, -0.7]))).max() < 3


def test_random_intercepts_of_the_model_are_kept():
    organisations = np.repeat(np.arange(100), 20)
    complete, random = drawn(2000, 5, organisations)
    data = lose(complete, "x", random).assign(organisation=organisations)
    model = SubstantiveModel("y", quadratic, has_random_intercept=True)
    plan = ImputationPlan((X, Column("y"), Z), (), 8, 8, "organisation", model)
    found = impute_chained(data, plan, random)

    def fit(completed):
        """Least squares within organisations: random intercepts drop out."""
        within = completed.groupby("organisation").transform("mean")
        rows = quadratic(completed)[:, 1:]
        means = pd.DataFrame(rows).groupby(organisations).transform("mean").to_numpy()
        found = solve_least_squares(rows - means, (completed["y"] - within["y"]).to_numpy())
        return CompletedEstimates(("x", "x2", "z"), found.coefficients, classical_covariance(found), 1897)

    assert np.abs(distances(pool_estimates([fit(each) for each in found]), np.array([1, 0.5, -0.5]))).max() < 3


def test_a_row_for_which_nothing_is_accepted_is_named():
    complete, random = drawn(200, 6)
    complete.loc[0, "y"] = 80.0
    data = lose(complete, "x", random)
    data.loc[0, "x"] = np.nan
    model = SubstantiveModel("y", interaction)
    plan = ImputationPlan((X, Column("y"), Z), (), 2, 8, None, model)
    messages = [each.message for each in problems_of(impute_chained(data, plan, random))]
    assert any("accepted none of 500 proposals" in message for message in messages)


@pytest.mark.parametrize(
    ("columns", "derived", "model", "message"),
    [
        (
            (Column("x", method="substantive", predictors=("y", "z")), Column("y"), Z),
            (),
            SubstantiveModel("y", quadratic),
            "which the substantive model brings in itself",
        ),
        (
            (X, Column("y"), Z),
            (),
            SubstantiveModel("y", quadratic, "logit", has_random_intercept=True),
            "random intercepts need organisations and a linear substantive model",
        ),
        (
            (X, Column("y"), Z),
            (),
            SubstantiveModel("y", lambda values: np.column_stack([values["z"], values["z"]])),
            "coefficients of the substantive model of 'y' cannot be told apart",
        ),
        (
            (X, Column("y"), Z),
            (OrganisationMean("mean", "x"),),
            SubstantiveModel("y", lambda values: np.column_stack([values["z"], values["mean"]])),
            "organisation mean 'mean', which depends on values of other rows",
        ),
    ],
    ids=["outcome as predictor", "random intercepts of a logit", "collinear", "organisation mean"],
)
def test_models_that_cannot_be_carried_are_refused(columns, derived, model, message):
    complete, random = drawn(200, 7)
    data = lose(complete, "x", random).assign(organisation=np.arange(200) % 5)
    with pytest.raises(ModelDataError, match=message):
        impute_chained(data, ImputationPlan(columns, derived, 2, 1, "organisation", model), random)
