"""Responses in groups that cannot carry a random intercept are refused in words."""

import numpy as np
import pytest

from models.multilevel.categorical.random_intercept import fit_random_intercept
from models.multilevel.categorical.refusals import refuse_unreached
from models.multilevel.categorical.responses import BinomialRows, OrderedResponses
from models.regression.categorical.ordered import OrderedRows
from models.regression.categorical.separation import SeparationError
from models.regression.identification import ModelDataError
from tests.models.multilevel.categorical.answered_in_groups import CUT_NAMES, NAMES, binary, drawn, fitted, ordered


@pytest.mark.parametrize(
    ("kind", "changed", "words"),
    [
        ("logit", lambda t: t.assign(firm=t["firm"] % 4), "4 groups of 'firm': too few .* expected at least 5"),
        ("logit", lambda t: t.assign(firm=range(len(t))), "each of the 240 groups of 'firm' has one response"),
        ("ordered logit", lambda t: t.assign(firm=range(len(t))), "each of the 240 groups of 'firm' has one response"),
        (
            "logit",
            lambda t: t.assign(agree=t["firm"] % 2.0),
            "in every one of the 12 groups .* variance .* is infinite",
        ),
        ("ordered logit", lambda t: t.assign(level=(t["firm"] % 2) * 3), "in every one of the 12 groups"),
        ("logit", lambda t: t.assign(firm=t["firm"].where(t.index > 2)), "3 of 240 responses have no 'firm'"),
        ("logit", lambda t: t.assign(agree=1.0), "in every one of the 12 groups"),
        ("logit", lambda t: t.assign(agree=2.0 * t["agree"]), "successes .* between nought and the trials"),
        ("ordered logit", lambda t: t.assign(level=t["level"] * 2), "4 of 7 categories of the outcome were used"),
        ("logit", lambda t: t.assign(age=t["lead"] * 2), "the coefficients cannot be told apart"),
    ],
)
def test_data_that_cannot_carry_a_random_intercept_are_refused(kind, changed, words):
    with pytest.raises(ModelDataError, match=words):
        fitted(kind, changed(drawn(1)))


@pytest.mark.parametrize("kind", ["logit", "ordered logit"])
def test_regressors_that_foretell_outcomes_are_named(kind):
    table = drawn(2)
    table["lead"] = table["latent"] > 0.2 if kind == "logit" else table["level"] > 2
    with pytest.raises(SeparationError, match="foretold by 'lead'"):
        fitted(kind, table.assign(lead=table["lead"].astype(float)))


def test_groups_that_foretell_nearly_all_are_refused():
    table = drawn(3, 400, 20)
    table["agree"] = (table["firm"] % 2).astype(float)
    table.loc[table.index[:1], "agree"] = 1 - table["agree"].iloc[0]
    with pytest.raises(ModelDataError, match="of the latent variance lies between groups of 'firm'"):
        fitted("logit", table)


def test_a_maximum_that_was_not_reached_is_never_reported():
    with pytest.raises(ModelDataError, match=r"no search reached a maximum of the likelihood of the logit \(gradient"):
        refuse_unreached(np.nan, 1e-8, "logit")


def test_calls_that_make_no_sense_say_so():
    table = drawn(4)
    with pytest.raises(ValueError, match="0 points of quadrature; give 1 for Laplace, or more"):
        fitted("logit", table, 0)
    with pytest.raises(ValueError, match="100 groups for 240 rows"):
        fit_random_intercept(binary(table), table["firm"].head(100), NAMES)
    rows = ordered(table).rows
    weighted = OrderedResponses(OrderedRows(rows.matrix, rows.categories, rows.weights * 2))
    with pytest.raises(ModelDataError, match="the random intercept takes every response once"):
        fit_random_intercept(weighted, table["firm"], CUT_NAMES)
    half = BinomialRows(binary(table).matrix, table["agree"].to_numpy(), np.full(240, 1.5))
    with pytest.raises(ModelDataError, match=r"240 of 240 rows .* successes .* between nought and the trials"):
        fit_random_intercept(half, table["firm"], NAMES)
