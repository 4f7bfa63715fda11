"""Invented answers in organisations, and what fits them."""

from functools import cache

import numpy as np
import pandas as pd

from models.multilevel.categorical.random_intercept import USUAL_POINTS, fit_random_intercept
from models.multilevel.categorical.responses import BinomialRows, OrderedResponses
from models.regression.categorical.ordered import OrderedRows

NAMES = ["intercept", "age", "lead"]
CUT_NAMES = ["1|2", "2|3", "3|4", "age", "lead"]


def drawn(seed, n=240, n_groups=12, sd=0.9):
    """Draw regressors (age, lead), group, a latent outcome and logistic errors added."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"age": rng.normal(size=n), "lead": rng.integers(0, 2, n).astype(float)})
    table["firm"] = rng.permutation(np.arange(n) % n_groups)
    effects = sd * rng.normal(size=n_groups)
    table["latent"] = 0.5 * table["age"] - 0.4 * table["lead"] + effects[table["firm"]] + rng.logistic(size=n)
    table["agree"] = (table["latent"] > 0.2).astype(float)
    table["level"] = np.digitize(table["latent"], [-1.2, 0.1, 1.5])
    return table


def matrix(table):
    return np.column_stack([np.ones(len(table)), table[["age", "lead"]]])


def binary(table):
    return BinomialRows(matrix(table), table["agree"].to_numpy(), np.ones(len(table)))


def ordered(table, link="logit"):
    return OrderedResponses(
        OrderedRows(matrix(table)[:, 1:], table["level"].to_numpy(), np.ones(len(table)), link=link)
    )


KINDS = {
    "logit": (binary, NAMES),
    "ordered logit": (ordered, CUT_NAMES),
    "ordered probit": (lambda table: ordered(table, "probit"), CUT_NAMES),
}


def fitted(kind, table, n_points=USUAL_POINTS):
    made, names = KINDS[kind]
    return fit_random_intercept(made(table), table["firm"], names, n_points)


@cache
def study(kind, seed, n_points=USUAL_POINTS):
    """Return the fit of a study drawn with its usual size, computed once."""
    return fitted(kind, drawn(seed), n_points)
