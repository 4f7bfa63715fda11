"""Exploratory factors, stopped where R stops: oracle 03 (R 4.2.2, psych 2.2.9, stats, GPArotation 2022.10-2).

The file names no tolerance: 1e-8 before factors are extracted, 1e-5 for what a search ends with.
"""

import functools

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from models.measurement.exploratory.adequacy import sampling_adequacy, sphericity, squared_multiple_correlations
from models.measurement.exploratory.correlations import correlations
from models.measurement.exploratory.extraction import extract, principal_axes
from models.measurement.exploratory.fit import exploratory_fit
from models.measurement.exploratory.number import average_partials
from models.measurement.exploratory.rotation import Rotated, oblimin, promax, unrotated, varimax
from models.measurement.exploratory.solution import in_order
from tests.agreement.comparison import Agreement, Stopped, Tolerance
from tests.lavaan_models import oracle

CLOSE, CLOSED_FORM = 1e-5, 1e-8
BFI = [f"{letter}{number}" for letter in "ACENO" for number in range(1, 6)]
FILES = {
    "hs": ("HolzingerSwineford1939.csv", [f"x{number}" for number in range(1, 10)]),
    "bfi_complete": ("bfi.csv", BFI),
}
STOPPED_AS_IN_R = {
    "none": unrotated,
    "varimax": lambda loadings: varimax(loadings, smallest_change=1e-5, n_starts=1),
    "promax": lambda loadings: promax(loadings, smallest_change=1e-5, n_starts=1),
    "oblimin": lambda loadings: oblimin(loadings, smallest_gradient=1e-5, n_starts=1),
}
CLOSER = (
    "R's optim stops at factr = 1e7, short of the optimum; closer runs of R are within 1e-6 of our uniquenesses, 1e-7 "
    "of our loadings: `test_factors_against_r.py`, tests of closer runs"
)
STOPPED = (
    # How far, as measured: 2026-11-26.
    Stopped(r"hs/minres_oblimin/ss_loadings/\d+", 1.2e-5, CLOSER),
    Stopped(r"hs/minres_(oblimin|none)/(chi|BIC)", 3e-5, CLOSER),
    Stopped(r"bfi_complete/minres_oblimin/(chi|BIC)", 3e-4, CLOSER),
    Stopped(r"bfi_complete/ml_(none|promax)/uniqueness/\w+", 1.1e-5, CLOSER),
)


@functools.cache
def sample_of(reference, name):
    file, items = FILES[name]
    return correlations(pd.read_csv(reference / "oracles/data" / file)[items], "pearson")


def by_item(sample, values):
    return dict(zip(sample.items, np.asarray(values, dtype=float).tolist(), strict=True))


def aligned(found, wanted):
    """Put factors in the order, and with the signs, in which they resemble given loadings most."""
    likeness = wanted.T @ found.loadings
    order = linear_sum_assignment(-np.abs(likeness))[1]
    sign = np.sign(likeness[np.arange(len(order)), order])
    correlation = found.factor_correlation[np.ix_(order, order)] * np.outer(sign, sign)
    return Rotated(found.loadings[:, order] * sign, correlation)


def eigenvalues(matrix):
    return np.linalg.eigvalsh(matrix)[::-1].tolist()


def before_factors(sample):
    adequacy, test = sampling_adequacy(sample.matrix), sphericity(sample.matrix, sample.n_obs)
    shared = squared_multiple_correlations(sample.matrix)
    reduced = sample.matrix - np.diag(1 - shared)
    return {
        "n": sample.n_obs,
        "kmo": adequacy.overall,
        "msa": by_item(sample, adequacy.by_item),
        "bartlett": {"chisq": test.statistic, "p": test.p_value, "df": test.df},
        "eigen": eigenvalues(sample.matrix),
        "smc": by_item(sample, shared),
        "eig_reduced_smc": eigenvalues(reduced),
        "map": average_partials(sample.matrix).squared[1:9].tolist(),
    }


@functools.cache
def analysed(reference, name, key):
    """Return factors before alignment, and the analysis as a tree like R's."""
    sample, wanted = sample_of(reference, name), oracle(reference, 3)[name][key]
    method, rotation = key.split("_")
    n_factors = wanted["nf"]
    if method == "pa":
        found = principal_axes(sample.matrix, n_factors, smallest_change=0.001, most_steps=50)
    else:
        found = extract(sample.matrix, n_factors, method)
    turned = in_order(STOPPED_AS_IN_R[rotation](found.loadings))
    close = aligned(turned, np.array(wanted["loadings"]["values"]))
    fit = exploratory_fit(sample.matrix, found.loadings, found.uniqueness, sample.n_obs)
    squares = np.diagonal(close.factor_correlation @ close.loadings.T @ close.loadings)
    everything = {
        "nf": n_factors,
        "loadings": close.loadings.tolist(),
        "communality": by_item(sample, found.communality),
        "uniqueness": by_item(sample, found.uniqueness),
        "Phi": close.factor_correlation.tolist() if rotation == "oblimin" else None,
        "eig": eigenvalues(sample.matrix),
        "ss_loadings": squares.tolist(),
        "chi": fit.statistic,
        "dof": fit.df,
        "p": fit.p_value,
        "TLI": fit.tli,
        "RMSEA": [fit.rmsea, fit.rmsea_low, fit.rmsea_high, 0.9],
        "BIC": fit.bic,
        "rms": fit.root_mean_square_residual,
    }
    return turned, {part: value for part, value in everything.items() if part in wanted}


def analyses(reference):
    return [(name, key) for name in FILES for key in oracle(reference, 3)[name] if key != "pre"]


@functools.cache
def exploratory(reference):
    found = {name: {"pre": before_factors(sample_of(reference, name))} for name in FILES}
    for name, key in analyses(reference):
        found[name][key] = analysed(reference, name, key)[1]
    return found


def _tolerance(path, _):
    return Tolerance(CLOSED_FORM if path.split("/")[1] == "pre" else CLOSE)


EXPLORATORY = Agreement(3, exploratory, _tolerance, lambda path: "/".join(path.split("/")[:3]), stopped=STOPPED)
