"""Advertising and beliefs, the regressions of paths: oracle 11 (R 4.2.2, lavaan 0.6-14, stats).

The file's moderation is the index of moderated mediation; simple slopes and Johnson-Neyman bounds have no stored
figures and are compared with runs of emmeans and clubSandwich in ``test_simple_slopes.py``.
"""

import functools

import numpy as np
import pandas as pd

from models.regression.heteroskedastic import classical_covariance
from models.regression.least_squares import solve_least_squares
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.simple_slopes import product_of, simple_slopes
from tests.agreement.comparison import Agreement, Tolerance


def _fitted(rows, outcome, *regressors):
    matrix = np.column_stack([np.ones(len(rows)), *(rows[each] for each in regressors)]).astype(float)
    return solve_least_squares(matrix, rows[outcome].to_numpy(float))


@functools.cache
def moderation(reference):
    rows = pd.read_csv(reference / "oracles/data/tal_or.csv")
    rows["ci"] = rows["cond"] * rows["import"]
    moderated = _fitted(rows, "pmi", "cond", "import", "ci")
    coefficients = Coefficients(moderated.coefficients, classical_covariance(moderated), moderated.df_resid)
    slopes = simple_slopes(coefficients, product_of(1, 3, 4), np.array([0.0, 1.0])).estimate
    index = (slopes[1] - slopes[0]) * _fitted(rows, "reaction", "pmi", "cond", "import", "ci").coefficients[1]
    second = _fitted(rows, "reaction", "pmi", "cond").coefficients
    return {
        "tal_or": {
            "ols": {
                "a": _fitted(rows, "pmi", "cond").coefficients[1],
                "b": second[1],
                "cprime": second[2],
                "c": _fitted(rows, "reaction", "cond").coefficients[1],
            }
        },
        "moderated_mediation": {"imm": {"est": index}, "point": index},
    }


MODERATION = Agreement(
    11,
    moderation,
    lambda _, tolerance: Tolerance(tolerance["point"]),
    lambda path: "/".join(path.split("/")[:2]),
    calls={
        r"tal_or/ols": "models.regression.least_squares.solve_least_squares",
        r"moderated_mediation/.*": "models.regression.moderation.simple_slopes.simple_slopes",
    },
    not_computed={
        r"tal_or/(ols/ind|lavaan_mlr?/.*|sobel/.*|boot/.*|montecarlo/.*)": "indirect effects and path models (errors "
        "by delta, bootstrap, Monte Carlo) belong to mediation, which is not offered yet",
        r"moderated_mediation/imm/(se|z|pvalue|ci\..*)": "the error of an index of moderated mediation belongs to "
        "mediation, which is not offered yet",
        r"serial/.*": "serial mediation is not offered yet",
    },
)
