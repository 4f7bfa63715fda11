"""How often intervals over a corrected mean hold the true features of a response surface.

Declared before the first run: 120 surfaces; the mean of the estimates within three Monte Carlo errors of the truth, and
95 % within the exact 99 % interval of the share of intervals that hold it.
"""

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from pipelines.steps.organisation_means import organisation_means
from tests.models.paths.rates import binomial_interval
from tests.models.regression.staff_of_organisations import corrected, mean, prepared

pytestmark = pytest.mark.slow
SEED, N_SURFACES = 20261122, 120
VIEWS = {"self_report": "claimed", "other_report": mean("seen"), "scale": (-1, 1)}
SURFACE = corrected({"surface": VIEWS}, outcome="strain", corrected=("seen",), focal=mean("seen"))
TRUE_SURFACE = np.array([0.05, 0.35, -0.08, 0.16, -0.08])


def refuse_bias_and_undercoverage(told, true):
    """Assert the criterion of every term; told: n x terms x (estimate, low, high)."""
    for place, value in enumerate(true):
        estimates, low, high = told[:, place].T
        allowed = 3 * estimates.std(ddof=1) / np.sqrt(len(estimates))
        covered = int(((low <= value) & (value <= high)).sum())
        ends = binomial_interval(covered, len(estimates), 0.99)
        assert abs(estimates.mean() - value) < allowed, (place, estimates.mean(), value, allowed)
        assert ends[0] <= 0.95 <= ends[1], (place, covered, len(estimates))


def drawn_views(rng, n_organisations=130, n_staff=12):
    """Return staff whose experience follows a surface of what is claimed and the level of what is seen."""
    sizes = rng.integers(n_staff // 2, n_staff + n_staff // 2 + 1, n_organisations)
    group = np.repeat(np.arange(n_organisations), sizes)
    x = rng.normal(size=n_organisations)
    y = 0.35 * x + 0.5 * rng.normal(size=n_organisations)
    level = np.column_stack([x, y, x * x, x * y, y * y]) @ TRUE_SURFACE + 0.25 * rng.normal(size=n_organisations)
    own = rng.normal(size=(2, len(group)))
    rows = pd.DataFrame(
        {
            "organisation_id": group, "claimed": x[group], "seen": y[group] + 0.9 * own[0],
            "strain": level[group] + 0.2 * own[0] + 0.7 * own[1],
        }
    )  # fmt: skip
    rows = rows.assign(respondent_group="FRL", wave="w1", wave_number=0, source="s")
    rows["organisation_id"] = "o" + rows["organisation_id"].astype(str).str.zfill(4)
    rows["response_id"] = [f"r{number:06d}" for number in range(len(rows))]
    return rows.join(organisation_means(rows, ["seen"]))


def test_the_surface_over_a_corrected_view_is_recovered():
    rng, found = np.random.default_rng(SEED), []
    for _ in range(N_SURFACES):
        rows = drawn_views(rng)
        fit = fit_regression(SURFACE, prepared(rows, SURFACE))
        told = fit.shapes.surface.set_index("feature").loc[["a1", "a2", "a3", "a4"]]
        found.append(told[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float))
    b1, b2, b3, b4, b5 = TRUE_SURFACE
    true = [b1 + b2, b3 + b4 + b5, b1 - b2, b3 - b4 + b5]
    refuse_bias_and_undercoverage(np.array(found), true)
