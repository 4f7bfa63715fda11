"""Advertising and beliefs, mediated and moderated: oracle 11 (R 4.2.2, lavaan 0.6-14, psych, boot, semTools).

Simple slopes and Johnson-Neyman bounds have no stored figures and are compared with runs of emmeans and clubSandwich
in ``test_simple_slopes.py``.
"""

import functools

import numpy as np

from models.paths.mediated import Inference, Responses, fit_mediation
from models.paths.mediation import Mediation
from models.regression.heteroskedastic import classical_covariance
from models.regression.least_squares import solve_least_squares
from models.regression.moderation.combinations import Coefficients
from models.regression.moderation.simple_slopes import product_of, simple_slopes
from tests.agreement.comparison import Agreement, Tolerance
from tests.models.paths.talor import effect, interval, path, read_talor

SIMPLE = Mediation("cond", ("pmi",), "reaction")
MODERATED = Mediation("cond", ("pmi",), "reaction", moderator="import", moderated=frozenset({"first", "direct"}))
SERIAL = Mediation("cond", ("import", "pmi"), "reaction", "serial")
INDIRECT, DIRECT = "cond -> pmi -> reaction", "cond -> reaction"
INDEX = f"index of moderated mediation: {INDIRECT}"
IN_SERIES = "cond -> import -> pmi -> reaction"
N_RESAMPLES, N_DRAWS = 20_000, 400_000
PARTS = {"est": "estimate", "se": "std_error", "z": "statistic", "pvalue": "p_value"}
ENDS = ("ci.lower", "ci.upper")


def fitted(mediation, data, covariance, n_resamples=0, n_draws=0):
    inference = Inference(covariance, n_resamples, n_draws)
    return fit_mediation(mediation, Responses(data), np.random.default_rng(20261122), inference=inference)


@functools.cache
def mediation(reference):
    data, _ = read_talor(reference)
    normal = fitted(SIMPLE, data, "normal", N_RESAMPLES, N_DRAWS)
    classical = fitted(SIMPLE, data, "classical")
    effects = {"ind": INDIRECT, "c": DIRECT, "total": "total"}
    paths = {"a": ("pmi", "cond"), "b": ("reaction", "pmi")}
    return {
        "tal_or": {
            "ols": {
                "a": path(classical, "pmi", "cond", "estimate"),
                "b": path(classical, "reaction", "pmi", "estimate"),
                "cprime": path(classical, "reaction", "cond", "estimate"),
                "c": effect(classical, "total"),
                "ind": effect(classical, INDIRECT),
            },
            "lavaan_ml": {
                **{key: _effect(normal, name) for key, name in effects.items()},
                **{key: _path(normal, *place) for key, place in paths.items()},
            },
            "lavaan_mlr": {"ind": _effect(fitted(SIMPLE, data, "HC0"), INDIRECT)},
            "sobel": {
                "z": effect(classical, INDIRECT, "statistic"),
                "se": effect(classical, INDIRECT, "std_error"),
                "ind": effect(classical, INDIRECT),
            },
            "boot": _resampled(normal),
            "montecarlo": _drawn(normal),
        },
        "moderated_mediation": {"imm": _effect(fitted(MODERATED, data, "normal"), INDEX), "point": _index(data)},
        "serial": {"serial": _effect(fitted(SERIAL, data, "normal"), IN_SERIES)},
    }


def _effect(fit, name):
    found = {part: effect(fit, name, column) for part, column in PARTS.items()}
    return found | dict(zip(ENDS, interval(fit, name, "delta"), strict=True))


def _path(fit, equation, term):
    columns = PARTS | {"ci.lower": "conf_low", "ci.upper": "conf_high"}
    return {part: path(fit, equation, term, column) for part, column in columns.items()}


def _resampled(fit):
    methods = {"perc": "percentile", "basic": "basic", "bca": "bca"}
    ends = {key: interval(fit, INDIRECT, method) for key, method in methods.items()}
    return {"se": effect(fit, INDIRECT, "boot_error"), **ends}


def _drawn(fit):
    names = (INDIRECT, "total")
    lower, upper = zip(*(interval(fit, name, "monte_carlo") for name in names), strict=True)
    return {"est": [effect(fit, name) for name in names], "ci.lower": lower, "ci.upper": upper}


def _index(data):
    """The index from two simple slopes of the first path and the second path."""
    rows = data.assign(ci=data["cond"] * data["import"])
    moderated = _regressed(rows, "pmi", "cond", "import", "ci")
    coefficients = Coefficients(moderated.coefficients, classical_covariance(moderated), moderated.df_resid)
    slopes = simple_slopes(coefficients, product_of(1, 3, 4), np.array([0.0, 1.0])).estimate
    return (slopes[1] - slopes[0]) * _regressed(rows, "reaction", "pmi", "cond", "import", "ci").coefficients[1]


def _regressed(rows, outcome, *regressors):
    matrix = np.column_stack([np.ones(len(rows)), *(rows[each] for each in regressors)]).astype(float)
    return solve_least_squares(matrix, rows[outcome].to_numpy(float))


def _tolerance(path, tolerances):
    parts = path.split("/")
    if parts[1] == "boot":
        return Tolerance(tolerances["boot_ci"])
    if parts[1] == "montecarlo" and parts[2] != "est":
        return Tolerance(tolerances["mc_ci"])
    is_point = "est" in parts or parts[1] in ("ols", "point") or path.endswith("sobel/ind")
    return Tolerance(tolerances["point" if is_point else "delta"])


MEDIATION = Agreement(
    11,
    mediation,
    _tolerance,
    lambda path: "/".join(path.split("/")[:2]),
    calls={
        r"tal_or/.*|moderated_mediation/imm|serial/.*": "models.paths.mediated.fit_mediation",
        r"moderated_mediation/point": "models.regression.moderation.simple_slopes.simple_slopes",
    },
    not_computed={r"tal_or/boot/B": "given to both: how often rows are drawn"},
)
