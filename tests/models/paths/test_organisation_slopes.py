"""Corrected slopes of organisations' means: closed forms, limits, the jackknife, refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.paths.organisation_slope import OrganisationModel, corrected_slopes
from models.regression.identification import ModelDataError

MODEL = OrganisationModel("out", ("x", "z"), frozenset({"x"}))
BOTH = OrganisationModel("y", ("x", "z"), frozenset({"x", "y"}))


def staff(n_groups=40, sizes=(6, 6), seed=2, noise=1.0):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(n_groups), rng.integers(sizes[0], sizes[1] + 1, n_groups))
    level, z = 0.5 * rng.normal(size=n_groups), rng.normal(size=n_groups)
    out = level + 0.3 * z + 0.4 * rng.normal(size=n_groups)
    own = noise * rng.normal(size=len(group))
    y = out[group] + 0.5 * own + noise * rng.normal(size=len(group))
    return pd.DataFrame({"x": level[group] + own, "z": z[group], "out": out[group], "y": y, "group": group})


def slopes(model, data):
    return corrected_slopes(model, data, data["group"])


@pytest.mark.parametrize("model", [MODEL, BOTH])
def test_slopes_solve_the_corrected_moments(model):
    data = staff()
    names = [model.outcome, "x", "z"]
    means = data.groupby("group")[names].mean()
    own = (data[names] - data.groupby("group")[names].transform("mean")).to_numpy(copy=True)
    own[:, [name not in model.averaged for name in names]] = 0.0
    # Fuller's modification: one regressor errs, 40 organisations
    moments = np.cov(means.T) - (1 - 4 / 39) * own.T @ own / (len(data) - len(means)) / 6
    expected = np.linalg.solve(moments[1:, 1:], moments[1:, 0])
    np.testing.assert_allclose(slopes(model, data).estimates["estimate"], expected, atol=1e-10)


def test_members_who_agree_give_the_plain_regression():
    data = staff(noise=0.0)
    found = slopes(MODEL, data)
    means = data.groupby("group")[["x", "z", "out"]].mean()
    columns = np.column_stack([np.ones(40), means[["x", "z"]]])
    plain = np.linalg.lstsq(columns, means["out"], rcond=None)[0][1:]
    np.testing.assert_allclose(found.estimates["estimate"], plain, atol=1e-10)
    np.testing.assert_allclose(found.plain["estimate"], plain, atol=1e-10)
    assert found.reliability["reliability"].iloc[0] == pytest.approx(1.0)


def test_a_known_reliability_of_one_gives_the_plain_regression():
    data = staff()
    found = slopes(OrganisationModel("out", ("x", "z"), frozenset({"x"}), {"x": 1.0}), data)
    pd.testing.assert_frame_equal(found.estimates, found.plain)


def test_a_single_slope_is_the_plain_one_over_the_reliability():
    data = staff()
    for known, share in (({"x": 0.5}, 1.0), (None, 1 - 4 / 39)):
        found = slopes(OrganisationModel("out", ("x",), frozenset({"x"}), known), data)
        reliability = found.reliability["reliability"].iloc[0]
        expected = found.plain["estimate"].iloc[0] / (1 - share * (1 - reliability))
        assert found.estimates["estimate"].iloc[0] == pytest.approx(expected, rel=1e-10)
    assert 0.4 < reliability < 0.8


def test_errors_are_those_of_the_jackknife_over_organisations():
    data = staff(25, (2, 8), noise=0.4)
    found = slopes(BOTH, data)
    without = np.array([slopes(BOTH, data[data["group"] != each]).estimates["estimate"] for each in range(25)])
    expected = np.sqrt(24 / 25 * ((without - without.mean(axis=0)) ** 2).sum(axis=0))
    np.testing.assert_allclose(found.estimates["std_error"], expected, rtol=1e-8)
    assert (found.estimates["df"] == 22).all()


@given(st.permutations(range(60)), st.floats(0.1, 20), st.floats(-50, 50))
def test_order_units_and_levels_do_not_matter(order, scale, shift):
    data = staff(20, (3, 3))
    found = slopes(MODEL, data)
    moved = data.iloc[list(order)]
    pd.testing.assert_frame_equal(slopes(MODEL, moved).estimates, found.estimates, check_exact=True)
    rescaled = slopes(MODEL, data.assign(x=data["x"] * scale + shift))
    assert rescaled.estimates["estimate"].iloc[0] == pytest.approx(
        found.estimates["estimate"].iloc[0] / scale, rel=1e-6
    )


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: slopes(MODEL, staff().drop(columns="z")), "no column z"),
        (lambda: slopes(MODEL, staff().assign(z=np.nan)), "no member has all"),
        (lambda: slopes(MODEL, staff(4)), "4 organisations for 2 slopes; expected at least 5"),
        (lambda: slopes(MODEL, staff(40, (1, 1))), "no organisation has two members"),
        (lambda: slopes(OrganisationModel("out", ("x",), frozenset()), staff()), "'x' differs within organisations"),
        (
            lambda: slopes(OrganisationModel("out", ("x",), frozenset({"x"}), {"x": 1.5}), staff()),
            "reliability 1.5 of 'x'",
        ),
        (
            lambda: slopes(
                MODEL, staff().assign(x=lambda data: np.tile([-1.0, 1.0], len(data) // 2) + data["z"] * 0.01)
            ),
            "differ no more than members",
        ),
    ],
)
def test_what_cannot_be_corrected_is_refused_in_words(make, message):
    with pytest.raises(ModelDataError, match=message):
        make()
