"""Exploratory factor analysis: every entry of R's results, at 1e-5, stopped where R stops."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

from models.measurement.exploratory.adequacy import sampling_adequacy, sphericity, squared_multiple_correlations
from models.measurement.exploratory.correlations import correlations
from models.measurement.exploratory.extraction import extract, principal_axes
from models.measurement.exploratory.fit import exploratory_fit
from models.measurement.exploratory.number import average_partials
from models.measurement.exploratory.rotation import Rotated, oblimin, promax, unrotated, varimax
from models.measurement.exploratory.solution import in_order
from tests.leaves import leaves

# R 4.2.2, psych 2.2.9 fa, stats factanal, GPArotation 2022.10-2; oracles/03_efa.json, made 2026-11-22
pytestmark = pytest.mark.reference
CLOSE = 1e-5
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
STOPPED_EARLY = {
    # Entries on which R's optim (factr = 1e7) stops farther than 1e-5 from the optimum: how far, measured. R run with a
    # smaller factr is within 1e-5 of ours, below.
    ("hs", "minres_oblimin", "ss_loadings"): 1.2e-5,
    ("hs", "minres_oblimin", "chi"): 3e-5,
    ("hs", "minres_none", "chi"): 3e-5,
    ("hs", "minres_oblimin", "BIC"): 3e-5,
    ("hs", "minres_none", "BIC"): 3e-5,
    ("bfi_complete", "minres_oblimin", "chi"): 3e-4,
    ("bfi_complete", "minres_oblimin", "BIC"): 3e-4,
    ("bfi_complete", "ml_none", "uniqueness"): 1.1e-5,
    ("bfi_complete", "ml_promax", "uniqueness"): 1.1e-5,
}


@pytest.fixture(scope="module")
def expected(reference):
    return json.loads((reference / "oracles/03_efa.json").read_text())


@pytest.fixture(scope="module")
def samples(reference):
    return {
        name: correlations(pd.read_csv(reference / "oracles/data" / file)[items], "pearson")
        for name, (file, items) in FILES.items()
    }


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


@pytest.mark.parametrize("name", FILES)
def test_every_entry_before_factors_equals_psych(expected, samples, name):
    ours, theirs = leaves(before_factors(samples[name])), leaves(expected[name]["pre"])
    assert set(ours) == set(theirs)
    for path, value in theirs.items():
        assert np.array(ours[path]) == pytest.approx(np.array(value), abs=1e-8, rel=1e-10), path


def analysed(sample, method, rotation, wanted):
    """Return the analysis as a tree like R's, and its factors before alignment."""
    n_factors = wanted["nf"]
    if method == "pa":
        found = principal_axes(sample.matrix, n_factors, smallest_change=0.001, most_steps=50)
    else:
        found = extract(sample.matrix, n_factors, method)
    turned = in_order(STOPPED_AS_IN_R[rotation](found.loadings))
    close = aligned(turned, np.array(wanted["loadings"]["values"]))
    fit = exploratory_fit(sample.matrix, found.loadings, found.uniqueness, sample.n_obs)
    is_oblique = rotation == "oblimin"
    squares = np.diagonal(close.factor_correlation @ close.loadings.T @ close.loadings)
    return turned, {
        "nf": n_factors,
        "fm": method,
        "rotate": rotation,
        "rotation": rotation,
        "loadings": close.loadings.tolist(),
        "communality": by_item(sample, found.communality),
        "uniqueness": by_item(sample, found.uniqueness),
        "Phi": close.factor_correlation.tolist() if is_oblique else None,
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


def analyses():
    return [
        *(
            ("hs", key)
            for key in ("ml_varimax", "ml_promax", "minres_oblimin", "minres_none", "ml_oblimin", "pa_varimax")
        ),
        *(("bfi_complete", key) for key in ("minres_oblimin", "ml_none", "ml_promax")),
    ]


def test_no_analysis_is_left_out(expected):
    assert {(name, key) for name in FILES for key in expected[name] if key != "pre"} == set(analyses())


@pytest.mark.parametrize(("name", "key"), analyses())
def test_every_entry_of_an_analysis_equals_r(expected, samples, name, key):
    wanted = expected[name][key]
    turned, found = analysed(samples[name], *key.split("_"), wanted)
    ours, theirs = leaves(found), leaves(wanted)
    assert set(theirs) <= set(ours)
    for path, value in theirs.items():
        if isinstance(value, (str, type(None))):
            assert ours[path] == value, path
        else:
            close = STOPPED_EARLY.get((name, key, path.split("/")[0]), CLOSE)
            assert np.array(ours[path], dtype=float) == pytest.approx(np.array(value, dtype=float), abs=close), path
    if "fm" in wanted:
        # Order and signs are psych's own without alignment.
        assert turned.loadings == pytest.approx(np.array(wanted["loadings"]["values"]), abs=CLOSE)


@pytest.mark.parametrize(
    ("name", "method", "m", "uniqueness"),
    [
        ("hs", "ml", 3, [0.512528062225811, 0.748735775106271, 0.542774360019971, 0.27919304220123, 0.242877299279501]),
        ("hs", "pa", 3, [0.52324820561527, 0.74477289740746, 0.546548090712892, 0.272060044602183, 0.246268144519248]),
        ("bfi_complete", "ml", 5, [0.829635357843725, 0.576249353964188, 0.46623384669195, 0.691103407187915]),
    ],
)
def test_uniquenesses_equal_closer_runs_of_r(samples, name, method, m, uniqueness):
    # R 4.2.2, 2026-11-26: factanal(x, m, rotation = "none", control = list(opt = list(factr = 10, maxit = 5000)));
    # psych 2.2.9 fa(x, 3, rotate = "none", fm = "pa", min.err = 1e-12, max.iter = 20000)
    found = extract(samples[name].matrix, m, method)
    assert found.uniqueness[: len(uniqueness)] == pytest.approx(np.array(uniqueness), abs=1e-6)


@pytest.mark.parametrize(
    ("name", "method", "m", "rotation", "first"),
    [
        ("hs", "ml", 3, varimax, [0.277003356, 0.151506163, 0.622725431]),
        ("hs", "ml", 3, promax, [0.14565213, 0.008792578, 0.623907964]),
        ("hs", "pa", 3, varimax, [0.279024745, 0.15248644, 0.612898745]),
        ("bfi_complete", "ml", 5, promax, [-0.128432946, 0.223982979, 0.052518119, 0.032409178, -0.405808419]),
    ],
)
def test_loadings_equal_closer_runs_of_r(samples, name, method, m, rotation, first):
    # As above, then varimax(loadings, eps = 1e-15), and promax from it with power 4, as stats::promax computes it
    found = rotation(extract(samples[name].matrix, m, method).loadings).loadings[0]
    assert np.sort(np.abs(found)) == pytest.approx(np.sort(np.abs(first)), abs=CLOSE)


@pytest.mark.parametrize(
    ("name", "first", "fourth", "correlation"),
    [
        (
            "hs",
            [0.196436520, 0.591617670, 0.030942002],
            [0.846104959, 0.016272680, 0.007661645],
            [1, 0.322911343, 0.213332760],
        ),
        (
            "bfi_complete",
            [0.203599350, -0.178759186, 0.066003337, -0.435023327, -0.050935636],
            [-0.054182613, -0.082912509, 0.189672647, 0.448087655, -0.155476590],
            [1, 0.216941064, -0.190892619, -0.046223601, -0.001496991],
        ),
    ],
)
def test_minres_and_oblimin_equal_closer_runs_of_r(samples, name, first, fourth, correlation):
    # R 4.2.2, 2026-11-26: uniquenesses that minimise the squared last eigenvalues of R - diag(u) by optim(method =
    # "BFGS", reltol = 1e-16), then GPArotation 2022.10-2 oblimin(L, eps = 1e-10, maxit = 50000), ordered and signed
    # as psych::fa
    found = in_order(oblimin(extract(samples[name].matrix, len(first), "minres").loadings))
    assert found.loadings[[0, 3]] == pytest.approx(np.array([first, fourth]), abs=1e-7)
    assert found.factor_correlation[0] == pytest.approx(np.array(correlation), abs=1e-7)
