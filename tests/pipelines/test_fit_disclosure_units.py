"""Least squares that one organisation decides (P11 of the design): what an attacker learns of it, and the rule.

The attacker knows the fact about every organisation, and the released constant and slope. Where one organisation is far
from all others the line passes through its mean.
"""

import numpy as np
import pandas as pd
import pytest

from models.regression.fit import fit_regression
from models.spec import RegressionSpec
from pipelines.steps.fit_rows import behind_a_fit
from pipelines.steps.fits_to_withhold import HIGHEST_LEVERAGE

N_ORGANISATIONS, STAFF = 30, 20
WIDTH = 0.5


def spec_of(*regressors, **changes):
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "focal": regressors[0]}
    return RegressionSpec.model_validate({**given, "outcome": "trust", "regressors": regressors, **changes})


def rows_of(seed, largest):
    """Return staff of organisations of some hundred people each and, last, of one of another size and opinion."""
    rng = np.random.default_rng(seed)
    place = np.repeat(np.arange(N_ORGANISATIONS), STAFF)
    size = np.append(rng.uniform(100, 300, N_ORGANISATIONS - 1), largest)[place]
    trust = 3 + (place == N_ORGANISATIONS - 1) * rng.uniform(-1, 1) + rng.normal(0, 0.8, len(place))
    return pd.DataFrame(
        {
            "response_id": [f"r{each:03d}" for each in range(len(place))],
            "organisation_id": [f"o{each:02d}" for each in place],
            "respondent_key": [f"p{each:03d}" for each in range(len(place))],
            "wave": np.array(["spring", "autumn"])[np.arange(len(place)) % 2],
            "trust": np.clip(np.round(trust), 1, 5),
            "size": size,
            "age": rng.integers(20, 65, len(place)).astype(float),
        }
    )


def known_of(spec, rows):
    units = rows.set_index("response_id")[["organisation_id", "respondent_key"]]
    return behind_a_fit(spec, rows, {}, units, {})


@pytest.mark.parametrize("seed", range(5))
def test_a_line_gives_the_mean_of_an_organisation_far_from_all_others_and_the_rule_withholds_it(seed):
    rows, spec = rows_of(seed, largest=40_000.0), spec_of("size", cluster="organisation_id")
    fit = fit_regression(spec, rows)
    constant, slope = fit.estimates["estimate"].round(6)
    mean = rows.loc[rows["size"] == rows["size"].max(), "trust"].mean()
    assert constant + slope * rows["size"].max() == pytest.approx(mean, abs=WIDTH / 10)
    diagnostics = fit.diagnostics.set_index("diagnostic")["value"]
    assert diagnostics["max_leverage"] < HIGHEST_LEVERAGE / 10, "no response decides"
    assert known_of(spec, rows)["unit_leverage"] >= HIGHEST_LEVERAGE


@pytest.mark.parametrize("seed", range(5))
def test_a_line_through_organisations_alike_leaves_each_its_mean(seed):
    rows, spec = rows_of(seed, largest=250.0), spec_of("size", "age")
    assert known_of(spec, rows)["unit_leverage"] < HIGHEST_LEVERAGE


@pytest.mark.parametrize("effects", ["organisation_id", ("organisation_id", "wave")], ids=["one way", "two ways"])
def test_beside_effects_an_organisation_decides_that_alone_varies_within(effects):
    rows = rows_of(1, largest=250.0)
    only = rows["organisation_id"] == "o03"
    rows["size"] += np.where(only, np.arange(len(rows)) % 7 * 50.0, np.arange(len(rows)) % 3 * 0.5)
    spec = spec_of("size", fixed_effects=effects)
    dummies = pd.get_dummies(rows[spec.effects()[0]], dtype=float)
    if len(spec.effects()) > 1:
        dummies["autumn"] = (rows["wave"] == "autumn").astype(float)
    within = rows["size"] - dummies.to_numpy() @ np.linalg.lstsq(dummies.to_numpy(), rows["size"], rcond=None)[0]
    share = (within[only] ** 2).sum() / (within**2).sum()
    assert known_of(spec, rows)["unit_leverage"] == pytest.approx(share, rel=1e-6)
    assert share >= HIGHEST_LEVERAGE
