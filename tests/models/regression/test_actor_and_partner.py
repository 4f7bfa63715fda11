"""Actor-partner interdependence: both members of dyads in one model, by closed forms and generalised least squares."""

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from tests.models.regression.people_in_dyads import OTHER, dyadic, people, prepared

ROLE = {"variable": "respondent_group", "use": "category", "reference": "FRL"}
OF_ROLES = ("belief", OTHER, ROLE, {"interaction": (ROLE, "belief")}, {"interaction": (ROLE, OTHER)})
IN_ROLES = ("", "respondent_group[MID] x ")
IN_DYADS = {"estimator": "mixed", "random_effects": ({"groups": "dyad_id"},)}
EQUAL = "belief = belief_other_member"


def fitted(model, n_staff=4, seed=5):
    """Return a fit, its estimates and its rows."""
    rows, dyads = people(np.random.default_rng(seed), n_staff=n_staff)
    table = prepared(rows, dyads, model)
    fit = fit_regression(model, table)
    return fit, fit.estimates.set_index("term"), table.set_index("response_id").loc[fit.data["response_id"]]


@pytest.mark.parametrize("likelihood", ["REML", "ML"])
def test_in_pairs_effects_are_those_of_sums_and_differences(likelihood):
    """Of two rows a dyad, generalised least squares is least squares of sums and of differences (Kenny 1996)."""
    _, found, rows = fitted(dyadic(**IN_DYADS, likelihood=likelihood), n_staff=1)
    answers = rows.set_index(["dyad_id", "respondent_group"])[["belief", "taking_part"]]
    one, other = (answers.xs(group, level="respondent_group") for group in ("MID", "FRL"))
    sums, differences = one + other, one - other
    between = np.polyfit(sums["belief"], sums["taking_part"], 1)[0]
    within = (differences["belief"] @ differences["taking_part"]) / (differences["belief"] @ differences["belief"])
    expected = [(between + within) / 2, (between - within) / 2]
    assert found.loc[["belief", "belief_other_member"], "estimate"].tolist() == pytest.approx(expected, abs=1e-7)


def columns_of(rows, terms):
    """Return the columns of some terms as written out by hand, and the outcome."""
    is_manager = (rows["respondent_group"] == "MID").to_numpy(dtype=float)
    own, other = (rows[name].to_numpy(dtype=float) for name in ("belief", "belief_other_member"))
    columns = {
        "intercept": np.ones(len(rows)),
        "belief": own,
        "belief_other_member": other,
        "respondent_group[MID]": is_manager,
        "respondent_group[MID] x belief": is_manager * own,
        "respondent_group[MID] x belief_other_member": is_manager * other,
    }
    return np.column_stack([columns[term] for term in terms]), rows["taking_part"].to_numpy(dtype=float)


def spread_of(rows, diagnostics):
    """Return the covariance of the outcomes of rows by the variances of a fit."""
    values = diagnostics.set_index("diagnostic")["value"]
    same = rows["dyad_id"].to_numpy()[:, None] == rows["dyad_id"].to_numpy()
    return values["variance of dyad_id: intercept"] * same + values["variance_residual"] * np.eye(len(rows))


def generalised(rows, terms, diagnostics):
    """Return coefficients and their covariance with the variances of a fit, every matrix written out."""
    matrix, outcome = columns_of(rows, terms)
    weighted = np.linalg.solve(spread_of(rows, diagnostics), matrix)
    covariance = np.linalg.inv(matrix.T @ weighted)
    return covariance @ weighted.T @ outcome, covariance


def test_effects_of_both_roles_are_generalised_least_squares_of_all_members():
    fit, found, rows = fitted(dyadic(*OF_ROLES, **IN_DYADS))
    coefficients, covariance = generalised(rows, list(found.index), fit.diagnostics)
    assert len(rows) == 40 * 5
    assert found["estimate"].to_numpy() == pytest.approx(coefficients, abs=1e-8)
    assert found["std_error"].to_numpy() == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-8)


def test_errors_of_clusters_are_those_of_their_residuals():
    fit, found, rows = fitted(dyadic(*OF_ROLES, **IN_DYADS, cluster="dyad_id", covariance="CR0"))
    _, bread = generalised(rows, list(found.index), fit.diagnostics)
    meat = np.zeros_like(bread)
    for _, own in rows.groupby("dyad_id"):
        matrix, outcome = columns_of(own, found.index)
        residuals = outcome - matrix @ found["estimate"].to_numpy()
        part = matrix.T @ np.linalg.solve(spread_of(own, fit.diagnostics), residuals)
        meat += np.outer(part, part)
    assert fit.n_clusters == rows["dyad_id"].nunique() == 40
    assert found["std_error"].to_numpy() == pytest.approx(np.sqrt(np.diag(bread @ meat @ bread)), rel=1e-7)


@pytest.mark.parametrize(
    "changes",
    [IN_DYADS, {**IN_DYADS, "cluster": "dyad_id", "covariance": "CR2"}, {"cluster": "dyad_id"}, {"covariance": "HC3"}],
    ids=["mixed", "mixed, clusters", "clusters", "alone"],
)
def test_actor_and_partner_effects_are_equal_when_the_difference_of_both_beliefs_has_no_coefficient(changes):
    rows, dyads = people(np.random.default_rng(5))
    table = prepared(rows, dyads, dyadic(**changes))
    test = fit_regression(dyadic(**changes), table).joint_tests.set_index("regressor").loc[EQUAL]
    own, other = table["belief"], table["belief_other_member"].astype(float)
    turned = dyadic("apart", "together", **changes)
    same = fit_regression(turned, table.assign(apart=own - other, together=own + other)).estimates.set_index("term")
    assert test["statistic"] == pytest.approx(same.loc["apart", "statistic"] ** 2, rel=1e-6)
    assert test["p_value"] == pytest.approx(same.loc["apart", "p_value"], rel=1e-5)
    assert test["df_num"] == 1


def test_with_roles_actor_and_partner_effects_are_equal_in_each():
    fit, found, rows = fitted(dyadic(*OF_ROLES, **IN_DYADS))
    test = fit.joint_tests.set_index("regressor").loc[EQUAL]
    coefficients, covariance = generalised(rows, list(found.index), fit.diagnostics)
    of_term = dict(zip(found.index, np.eye(len(found)), strict=True))
    apart = np.array([of_term[f"{role}belief"] - of_term[f"{role}belief_other_member"] for role in IN_ROLES])
    values = apart @ coefficients
    expected = values @ np.linalg.solve(apart @ covariance @ apart.T, values) / 2
    assert (test["df_num"], test["statistic"]) == (2, pytest.approx(expected, rel=1e-6))


def test_both_effects_and_what_dyads_share_are_found_again():
    told = [fitted(dyadic(**IN_DYADS), n_staff=6, seed=seed)[:2] for seed in range(12)]
    means = pd.concat([found["estimate"] for _, found in told], axis=1).mean(axis=1)
    shared = [fit.diagnostics.set_index("diagnostic")["value"]["icc"] for fit, _ in told]
    assert means["belief"] == pytest.approx(0.5, abs=0.05)
    assert means["belief_other_member"] == pytest.approx(0.3, abs=0.08)
    assert np.mean(shared) == pytest.approx(0.64 / 1.64, abs=0.08)


def test_managers_and_staff_may_vary_differently():
    varying = {"groups": "dyad_id", "slopes": (ROLE,)}
    fit, _, _ = fitted(dyadic(*OF_ROLES, estimator="mixed", random_effects=(varying,)))
    found = set(fit.diagnostics["diagnostic"])
    assert "variance of dyad_id: respondent_group[MID]" in found
    assert "covariance of dyad_id: intercept, respondent_group[MID]" in found


@pytest.mark.parametrize(
    ("regressors", "tested"),
    [
        (("belief", OTHER, ROLE, {"interaction": ("belief", ROLE)}, {"interaction": (ROLE, OTHER)}), [2]),
        (("belief", OTHER, ROLE, {"interaction": (ROLE, OTHER)}), []),
        (({"variable": "belief", "centre": "grand_mean"}, OTHER), []),
        (({"variable": "belief", "centre": "grand_mean"}, {**OTHER, "centre": "grand_mean"}), [1]),
    ],
    ids=["another order", "a product of one alone", "one centred", "both centred"],
)
def test_equal_effects_are_tested_where_both_stand_in_the_model_in_the_same_form(regressors, tested):
    tests = fitted(dyadic(*regressors, cluster="dyad_id"))[0].joint_tests
    assert tests.loc[tests["regressor"] == EQUAL, "df_num"].tolist() == tested
