"""Exploratory factor analysis: every entry of R's results, at 1e-5, stopped where R stops."""

import numpy as np
import pytest

from models.measurement.exploratory.extraction import extract
from models.measurement.exploratory.rotation import oblimin, promax, varimax
from models.measurement.exploratory.solution import in_order
from tests.agreement.comparison import far
from tests.agreement.exploratory import CLOSE, EXPLORATORY, FILES, analysed, sample_of
from tests.lavaan_models import oracle

# R 4.2.2, psych 2.2.9 fa, stats factanal, GPArotation 2022.10-2; oracles/03_efa.json, made 2026-11-22
pytestmark = pytest.mark.reference
ANALYSES = [
    *(("hs", key) for key in ("ml_varimax", "ml_promax", "minres_oblimin", "minres_none", "ml_oblimin", "pa_varimax")),
    *(("bfi_complete", key) for key in ("minres_oblimin", "ml_none", "ml_promax")),
]


@pytest.mark.parametrize("name", FILES)
def test_every_entry_before_factors_equals_psych(reference, name):
    assert far(reference, EXPLORATORY, f"{name}/pre/") == []


def test_no_analysis_is_left_out(reference):
    stored = oracle(reference, 3)
    assert {(name, key) for name in FILES for key in stored[name] if key != "pre"} == set(ANALYSES)


@pytest.mark.parametrize(("name", "key"), ANALYSES)
def test_every_entry_of_an_analysis_equals_r(reference, name, key):
    assert far(reference, EXPLORATORY, f"{name}/{key}/") == []
    wanted = oracle(reference, 3)[name][key]
    if "fm" in wanted:
        # Order and signs are psych's own without alignment.
        turned, _ = analysed(reference, name, key)
        assert turned.loadings == pytest.approx(np.array(wanted["loadings"]["values"]), abs=CLOSE)


@pytest.mark.parametrize(
    ("name", "method", "m", "uniqueness"),
    [
        ("hs", "ml", 3, [0.512528062225811, 0.748735775106271, 0.542774360019971, 0.27919304220123, 0.242877299279501]),
        ("hs", "pa", 3, [0.52324820561527, 0.74477289740746, 0.546548090712892, 0.272060044602183, 0.246268144519248]),
        ("bfi_complete", "ml", 5, [0.829635357843725, 0.576249353964188, 0.46623384669195, 0.691103407187915]),
    ],
)
def test_uniquenesses_equal_closer_runs_of_r(reference, name, method, m, uniqueness):
    # R 4.2.2, 2026-11-26: factanal(x, m, rotation = "none", control = list(opt = list(factr = 10, maxit = 5000)));
    # psych 2.2.9 fa(x, 3, rotate = "none", fm = "pa", min.err = 1e-12, max.iter = 20000)
    found = extract(sample_of(reference, name).matrix, m, method)
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
def test_loadings_equal_closer_runs_of_r(reference, name, method, m, rotation, first):
    # As above, then varimax(loadings, eps = 1e-15), and promax from it with power 4, as stats::promax computes it
    found = rotation(extract(sample_of(reference, name).matrix, m, method).loadings).loadings[0]
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
def test_minres_and_oblimin_equal_closer_runs_of_r(reference, name, first, fourth, correlation):
    # R 4.2.2, 2026-11-26: uniquenesses that minimise the squared last eigenvalues of R - diag(u) by optim(method =
    # "BFGS", reltol = 1e-16), then GPArotation 2022.10-2 oblimin(L, eps = 1e-10, maxit = 50000), ordered and signed
    # as psych::fa
    found = in_order(oblimin(extract(sample_of(reference, name).matrix, len(first), "minres").loadings))
    assert found.loadings[[0, 3]] == pytest.approx(np.array([first, fourth]), abs=1e-7)
    assert found.factor_correlation[0] == pytest.approx(np.array(correlation), abs=1e-7)
