"""How often intervals across levels hold the true effects, ten staff an organisation."""

import numpy as np
import pandas as pd
import pytest

from models.paths.mediation import Mediation
from models.paths.organisation_slope import OrganisationModel, corrected_slopes
from models.paths.two_level_mediation import TwoLevelInference, TwoLevelMediation, fit_two_level
from tests.models.paths.rates import binomial_interval
from tests.models.paths.talor import effect, interval

pytestmark = pytest.mark.slow
N_GROUPS, SIZE = 130, 10
BETWEEN, WITHIN = 0.5 * 0.6, 0.3 * 0.2
GROUP = np.repeat(np.arange(N_GROUPS), SIZE)


def organisations(rng):
    """Staff whose means have a reliability of about a half to two thirds."""
    x = np.sqrt(0.15) * rng.normal(size=N_GROUPS)
    m = 0.5 * x + np.sqrt(0.12) * rng.normal(size=N_GROUPS)
    y = 0.6 * m + np.sqrt(0.05) * rng.normal(size=N_GROUPS)
    own = rng.normal(size=(3, len(GROUP)))
    within = [own[0], 0.3 * own[0] + own[1]]
    within.append(0.2 * within[1] + own[2])
    data = {name: level[GROUP] + part for name, level, part in zip("xmy", (x, m, y), within, strict=True)}
    return pd.DataFrame(data | {"X": x[GROUP], "M": m[GROUP], "Y": y[GROUP]})


def holds_the_true(found, true, n):
    """Whether a mean lies within three Monte Carlo errors, and 95 % in the exact interval of the coverage."""
    estimates, covered = found[:, 0], int(((found[:, 1] <= true) & (true <= found[:, 2])).sum())
    low, high = binomial_interval(covered, n, 0.99)
    return abs(estimates.mean() - true) < 3 * estimates.std(ddof=1) / np.sqrt(n) and low <= 0.95 <= high


@pytest.mark.parametrize(
    ("focal", "mediator", "of_organisations", "true"),
    [
        ("x", "m", (), {"within": WITHIN, "between": BETWEEN}),
        ("X", "m", ("X",), {"between": BETWEEN}),
        ("X", "M", ("X", "M"), {"between": BETWEEN}),
    ],
    ids=["1-1-1", "2-1-1", "2-2-1"],
)
def test_indirect_effects_across_levels_are_recovered(focal, mediator, of_organisations, true):
    rng, n = np.random.default_rng(20261127), 120
    stated = TwoLevelMediation(Mediation(focal, (mediator,), "y"), frozenset(of_organisations))
    found = {level: [] for level in true}
    for _ in range(n):
        fit = fit_two_level(stated, organisations(rng), pd.Series(GROUP), rng, TwoLevelInference(n_draws=4_000))
        for level, values in found.items():
            name = f"{level}: {focal} -> {mediator} -> y"
            values.append((effect(fit, name), *interval(fit, name, "monte_carlo")))
    for level, values in found.items():
        assert holds_the_true(np.array(values), true[level], n), level


def test_the_plain_mean_of_ten_staff_shrinks_the_slope_and_the_corrected_one_does_not():
    rng, n = np.random.default_rng(7), 400
    model = OrganisationModel("Y", ("m",), frozenset({"m"}))
    corrected, plain, reliability = [], [], []
    for _ in range(n):
        found = corrected_slopes(model, organisations(rng), pd.Series(GROUP))
        for kept, table in ((corrected, found.estimates), (plain, found.plain)):
            row = table.iloc[0]
            kept.append((row["estimate"], row["conf_low"], row["conf_high"]))
        reliability.append(found.reliability["reliability"].iloc[0])
    assert holds_the_true(np.array(corrected), 0.6, n)
    assert np.array(plain)[:, 0].mean() == pytest.approx(0.6 * np.mean(reliability), abs=0.01)
    assert np.mean(reliability) < 0.65
    covered = int((np.array(plain)[:, 2] >= 0.6).sum())
    assert binomial_interval(covered, n, 0.99)[1] < 0.5
