"""Means of shown units: those of their people, with the intervals that everybody's means have."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.measurement.means import scale_mean
from pipelines.steps.lattice.figures import UNKNOWN, ScaleOf, unit_means
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.units import unit_tree

KEY = {"respondent_group": "FRL", "wave": "w1"}
TRUST = ScaleOf("trust", 3.5)


@given(st.lists(st.integers(0, 40), min_size=3, max_size=8).filter(any), st.integers(0, 99), st.booleans())
def test_figures_of_shown_units_are_those_of_their_people_and_others_have_none(sizes, seed, has_unknown):
    rng = np.random.default_rng(seed)
    names = [f"org{place}" for place in range(len(sizes))]
    organisations = pd.Series(np.repeat(names, sizes), dtype="str")
    if has_unknown:
        organisations = organisations.mask(rng.random(len(organisations)) < 0.1)
    rows = pd.DataFrame({"organisation_id": organisations, "trust": rng.integers(4, 21, len(organisations)) / 4})
    regions = dict(zip(names, "aabbccdd", strict=False))
    found = unit_means(rows.assign(before=0), TRUST, unit_tree([*names, UNKNOWN], regions), Policy(), KEY)
    assert set(found["unit"]) == {"", *regions.values(), *names}
    for row in found.to_dict("records"):
        inside = {"all": pd.Series(data=True, index=rows.index), "organisation": organisations == row["unit"]}
        is_own = inside.get(row["level"], organisations.map(regions) == row["unit"])
        own = rows[is_own.fillna(value=False)]
        if row["is_hidden"]:
            assert pd.isna([row[name] for name in ("n_obs", "mean", "conf_low", "conf_high", "percent_high")]).all()
            continue
        expected = scale_mean(own["trust"], None if row["level"] == "organisation" else own["organisation_id"])
        assert abs(row["n_obs"] - expected.n_obs) <= 2
        assert row["mean"] == pytest.approx(expected.mean, abs=0.0051)
        assert row["percent_high"] == pytest.approx(np.clip(100 * (own["trust"] >= 3.5).mean(), 5, 95), abs=0.51)
        is_exact = row["level"] == "organisation" or not hides_some(found, row["unit"], regions)
        if pd.isna(row["conf_low"]) and pd.isna(row["conf_high"]):
            assert not is_exact
            continue
        wider = 0.0 if is_exact else 5.0
        assert 0 <= expected.conf_low - row["conf_low"] + 0.0051 <= wider + 0.0102
        assert 0 <= row["conf_high"] - expected.conf_high + 0.0051 <= wider + 0.0102


def hides_some(found, unit, regions):
    """Tell whether an organisation of a unit is not shown; of those of no known one nothing is."""
    own = found[(found["level"] == "organisation") & ((unit == "") | (found["unit"].map(regions) == unit))]
    return own["is_hidden"].any() or unit == ""
