"""Corrected means of organisations beside shown means (P11 of the design): the check asks as much as of plain ones.

Corrected coefficients are linear in the outcome. The attacker, who knows everything else, moves one answer at a time
and so has all sums of answers that they tell; those that are the same for all people of an organisation are what the
check must know of.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from pipelines.steps.fit_corrected import with_columns_of_errors
from pipelines.steps.fit_designs import turned_back
from pipelines.steps.fit_equations import hidden_cells, sums_that_follow, tells
from tests.models.regression.staff_of_organisations import corrected, mean, prepared, staff

SAME = 1e-7
LEAST = 0.5
WITHIN = {"variable": "climate", "use": "within_organisation"}
AT_ORGANISATIONS = {"level": "organisation_and_wave"}
PRODUCT = {"interaction": (mean("climate"), mean("support"))}
MODELS = {
    "with distances from the organisation": corrected(mean("climate"), WITHIN),
    "with own answers": corrected(mean("climate"), "climate"),
    "without": corrected(mean("climate"), "safety"),
    "with a fact": corrected(mean("climate"), mean("support"), "hosted"),
    "with a product": corrected(mean("climate"), mean("support"), PRODUCT),
    "of organisations": corrected("climate", "hosted", **AT_ORGANISATIONS),
}
HIDDEN = ("o0000", "o0001")


@cache
def rows_of(name):
    seed, n_staff = (7, 8) if name == "with a product" else (11, 6)
    rows = prepared(staff(np.random.default_rng(seed), n_organisations=24, n_staff=n_staff), MODELS[name])
    return rows[rows["respondent_group"] == "FRL"].reset_index(drop=True)


@cache
def sums_told(name):
    """Return what corrected coefficients tell: one row a coefficient, one column a person."""
    rows = rows_of(name)
    whole = fit_regression(MODELS[name], rows).estimates["estimate"].to_numpy()
    moved = []
    for place in range(len(rows)):
        other = rows.assign(strain=rows["strain"] + (rows.index == place))
        moved.append(fit_regression(MODELS[name], other).estimates["estimate"].to_numpy() - whole)
    return np.array(moved).T


def of_organisations(sums, organisations):
    """Return the combinations of sums that are the same for all people of each organisation, one row each."""
    centred = pd.DataFrame(sums.T).groupby(organisations).transform(lambda own: own - own.mean()).to_numpy()
    spread = np.linalg.norm(sums, axis=1)
    _, sizes, ways = np.linalg.svd(centred / spread, full_matrices=False)
    return (ways[sizes < SAME] / spread) @ sums


def checked(name):
    rows = rows_of(name)
    named = rows.set_index("response_id")
    people = named[["wave", "respondent_group"]].assign(
        organisation=named["organisation_id"], region="", score=named["strain"]
    )
    shown = sorted(set(rows["organisation_id"]) - set(HIDDEN))
    units = pd.DataFrame([("all", ""), *(("organisation", each) for each in shown)], columns=["level", "unit"])
    units = units.assign(wave="w1", respondent_group="FRL")
    return people, hidden_cells(people, units), hidden_cells(people, units.iloc[:0])


def looked_at(name):
    """Return the columns that the check looks at."""
    plain = turned_back(MODELS[name], rows_of(name), {}, {})
    return with_columns_of_errors(plain, MODELS[name], rows_of(name), {}).turned


def beside_what_is_known(name, columns):
    """Return the share of the attacker's sums of organisations that lies beside those which the columns tell."""
    organisations = rows_of(name)["organisation_id"].to_numpy()
    people, _, everything = checked(name)
    told = of_organisations(sums_told(name), organisations)
    of_cells = pd.DataFrame(told.T).groupby(organisations).mean().to_numpy().T
    of_cells = of_cells / np.linalg.norm(of_cells, axis=1)[:, None]
    known = sums_that_follow(columns, people, everything)
    assert len(of_cells) <= len(known)
    basis = np.linalg.svd(known / np.linalg.norm(known, axis=1)[:, None], full_matrices=False)[2]
    return np.abs(of_cells - of_cells @ basis.T @ basis).max(initial=0.0)


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_no_sum_of_organisations_follows_that_the_check_does_not_know_of(name):
    assert beside_what_is_known(name, looked_at(name)) < 1e-5


@pytest.mark.slow
def test_without_the_columns_of_errors_a_sum_of_a_product_of_means_would_be_missed():
    """The sums of a product are less a share of everybody's scores in their organisation, by how few answered."""
    plain = turned_back(MODELS["with a product"], rows_of("with a product"), {}, {}).turned
    assert list(looked_at("with a product")) == [*plain, "errors 0"]
    assert beside_what_is_known("with a product", plain) > 1e-3


@pytest.mark.slow
@pytest.mark.parametrize("name", ["with distances from the organisation", "with own answers"])
def test_the_attack_finds_two_hidden_means_and_the_check_withholds_the_fit(name):
    rows = rows_of(name)
    people, hidden, _ = checked(name)
    sums = of_organisations(sums_told(name), rows["organisation_id"].to_numpy())
    is_hidden = rows["organisation_id"].isin(HIDDEN).to_numpy()
    strain = rows["strain"].to_numpy()
    left = sums @ strain - sums[:, ~is_hidden] @ strain[~is_hidden]
    own = [sums[:, (rows["organisation_id"] == each).to_numpy()][:, 0] for each in HIDDEN]
    matrix = np.vstack([np.ones(2), np.array(own).T])
    totals = hidden.cells["total"].to_numpy(dtype=float)
    found = np.linalg.lstsq(matrix, np.r_[totals.sum(), left], rcond=None)[0]
    assert found == pytest.approx(totals, abs=1e-3)
    turned = looked_at(name)
    assert tells(hidden, hidden.with_known(hidden.news(sums_that_follow(turned, people, hidden))), LEAST)
    blind = hidden.with_known(hidden.news(sums_that_follow(turned[["intercept"]], people, hidden)))
    assert not tells(hidden, blind, LEAST), "without the columns of means the rule would let it pass"


@pytest.mark.slow
def test_where_errors_are_shared_with_the_outcome_the_check_asks_more_than_the_attack_has():
    """Part of what people's answers share is taken away from the sums of their organisations, which are blurred."""
    rows = rows_of("without")
    told = of_organisations(sums_told("without"), rows["organisation_id"].to_numpy())
    people, hidden, everything = checked("without")
    turned = looked_at("without")
    assert len(told) < len(sums_that_follow(turned, people, everything))
    assert tells(hidden, hidden.with_known(hidden.news(sums_that_follow(turned, people, hidden))), LEAST)
