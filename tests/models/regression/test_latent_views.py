"""Means that are measured with errors in the model language: by hand, limits, planes, the jackknife, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.regression.fit import fit_regression
from models.regression.identification import ModelDataError
from tests.models.regression.managers_and_staff import (
    ITEMS,
    MEASURED,
    OWN,
    SCALES,
    VIEWS,
    drawn_views,
    over_both_views,
    with_all_behind,
)
from tests.models.regression.staff_of_organisations import corrected, mean

ROWS = drawn_views(np.random.default_rng(11), n_organisations=120)
CLAIMED = "claimed_organisation_mean_of_TOP"
LINEAR = (OWN, mean("seen"))


def fitted(model, rows=ROWS):
    return fit_regression(model, with_all_behind(rows, model))


def linear(corrected_for, **changes):
    return corrected(*LINEAR, focal=mean("seen"), corrected=corrected_for, **{"outcome": "strain"} | changes)


def slopes(fit):
    return list(fit.estimates["estimate"])


def diagnostics(fit):
    return fit.diagnostics.set_index("diagnostic")["value"]


def without_errors(rows):
    """Return rows in which all items of a manager, and all staff of an organisation, say the same."""
    level = rows["claimed"].to_numpy()
    exact = rows.assign(**{name: level + place for place, name in enumerate(ITEMS)})
    is_staff = rows["respondent_group"] == "FRL"
    seen = rows[is_staff].groupby("organisation_id")["seen"].transform("mean")
    return exact.assign(seen=exact["seen"].where(~is_staff, seen))


def test_slopes_of_a_measured_mean_solve_the_corrected_moments():
    made = fitted(linear((MEASURED,)))
    managers = ROWS[ROWS["respondent_group"] == "TOP"]
    moved = managers[list(ITEMS)] - managers[list(ITEMS)].mean()
    left = moved.sub(moved.mean(axis=1), axis=0).to_numpy()
    error = (left**2).sum() / (3 * 4 * (len(managers) - 1))
    staff = ROWS[ROWS["respondent_group"] == "FRL"]
    by = managers.groupby("organisation_id")["claimed"].agg(["mean", "size"]).loc[staff["organisation_id"]]
    columns = np.column_stack([np.ones(len(staff)), by["mean"], staff["seen_organisation_mean"], staff["strain"]])
    moments = columns.T @ columns
    reliability = 1 - error * (1 / by["size"]).sum() / (len(staff) * by["mean"].var(ddof=0))
    # Fuller's modification: one mean errs
    kept = 1 - 4 / (staff["organisation_id"].nunique() - 1)
    moments[1, 1] -= kept * error * (1 / by["size"]).sum()
    assert slopes(made) == pytest.approx(list(np.linalg.solve(moments[:-1, :-1], moments[:-1, -1])), rel=1e-9)
    assert diagnostics(made)[f"mean_reliability of {CLAIMED}"] == pytest.approx(reliability, rel=1e-9)


def test_views_without_errors_give_the_plain_surface():
    rows = without_errors(ROWS)
    exact, plain = (fitted(over_both_views(corrected_for=each), rows) for each in (("seen", MEASURED), ()))
    assert slopes(exact) == pytest.approx(slopes(plain), rel=1e-10, abs=1e-10)
    told = diagnostics(exact)
    assert told[f"mean_reliability of {CLAIMED}"] == pytest.approx(1.0)
    assert told["mean_reliability of seen_organisation_mean"] == pytest.approx(1.0)


def test_errors_as_large_as_those_of_few_answers_give_the_slopes_corrected_for_these():
    of_answers, of_items = linear(("seen", "claimed")), linear(("seen", MEASURED))
    rows, squares, errors = with_all_behind(ROWS, of_answers), f"squares_behind_{CLAIMED}", f"errors_behind_{CLAIMED}"
    rows = rows.assign(**{squares: rows[squares] / 8})
    number = rows[f"answers_behind_{CLAIMED}"]
    is_first = (rows["respondent_group"] == "FRL") & ~rows.duplicated(["organisation_id", "respondent_group"])
    spread = rows.loc[is_first, squares].sum() / (number[is_first] - 1).sum()
    made = fit_regression(of_items, rows.assign(**{errors: number * spread}))
    assert slopes(made) == pytest.approx(slopes(fit_regression(of_answers, rows)), rel=1e-9)


def test_a_plane_has_the_slopes_of_its_reports():
    plane, alone = fitted(over_both_views(curved=False)), fitted(linear(("seen", MEASURED)))
    assert slopes(plane) == pytest.approx(slopes(alone), rel=1e-9)
    assert list(plane.estimates["std_error"][1:]) == pytest.approx(list(alone.estimates["std_error"][1:]), rel=1e-9)


def test_a_plane_is_a_regression_on_the_mean_and_the_difference():
    plane = fitted(over_both_views(curved=False, corrected_for=(), covariance="HC3", cluster=None))
    staff = with_all_behind(ROWS, over_both_views()).query("respondent_group == 'FRL'")
    x, y = staff[CLAIMED].to_numpy(float), staff["seen_organisation_mean"].to_numpy(float)
    columns = np.column_stack([np.ones(len(x)), (x + y) / 2, x - y])
    of_mean, of_difference = np.linalg.lstsq(columns, staff["strain"].to_numpy(float), rcond=None)[0][1:]
    told = plane.shapes.surface.set_index("feature")
    assert list(told.loc[["a1", "a3", "difference"], "estimate"]) == pytest.approx(
        [of_mean, 2 * of_difference, of_difference], rel=1e-10
    )
    assert set(told.index) == {
        "a1",
        "a3",
        "difference",
        "share_self_higher",
        "share_other_higher",
        "share_in_agreement",
    }
    assert (told["verdict"].dtype, set(told["verdict"])) == ("str", {""})


def test_latent_differences_vary_less_than_observed_ones():
    made = fitted(over_both_views())
    told = made.readings.set_index("reading")
    staff = with_all_behind(ROWS, over_both_views()).query("respondent_group == 'FRL'")
    observed = (staff[CLAIMED] - staff["seen_organisation_mean"]).astype(float)
    ratio = told.loc["latent_difference_reliability", "value"]
    assert told.loc["latent_difference_variance", "value"] == pytest.approx(ratio * observed.var(ddof=0))
    assert told.loc["latent_difference_mean", "value"] == pytest.approx(observed.mean())
    assert 0 < ratio < 1
    plain = np.corrcoef(staff[CLAIMED].astype(float), staff["seen_organisation_mean"])[0, 1]
    assert plain < told.loc["latent_views_correlation", "value"] < 1


@pytest.mark.slow
def test_errors_are_those_of_the_jackknife():
    rows = drawn_views(np.random.default_rng(4), n_organisations=30, n_staff=30, of_items=0.5)
    model = over_both_views(curved=False)
    ready = with_all_behind(rows, model)
    names = rows["organisation_id"].unique()
    left = [fit_regression(model, ready[ready["organisation_id"] != name].reset_index(drop=True)) for name in names]
    again = np.array([slopes(fit) for fit in left])
    expected = np.sqrt(29 / 30 * ((again - again.mean(axis=0)) ** 2).sum(axis=0))
    whole = fit_regression(model, ready)
    assert list(whole.estimates["std_error"]) == pytest.approx(list(expected), rel=1e-6)
    variances = np.array([fit.readings.set_index("reading").loc["latent_difference_variance", "value"] for fit in left])
    told = whole.readings.set_index("reading").loc["latent_difference_variance"]
    error = np.sqrt(29 / 30 * ((variances - variances.mean()) ** 2).sum())
    assert (told["conf_high"] - told["conf_low"]) / 2 == pytest.approx(2.045230 * error, rel=1e-5)  # t, 29 df


def test_a_fit_is_made_again_from_its_rows_to_the_bit():
    made = fitted(over_both_views())
    for again in (made.data, made.data.sample(frac=1, random_state=1)):
        refitted = fit_regression(over_both_views(), again)
        assert refitted.estimates.equals(made.estimates)
        assert refitted.readings.equals(made.readings)


@settings(deadline=None, max_examples=4)
@given(st.sampled_from(ITEMS), st.floats(-3, 3))
def test_a_harder_item_moves_the_level_and_no_slope(item, harder):
    rows = ROWS.assign(**{item: ROWS[item] - harder})
    rows["claimed"] = rows[list(ITEMS)].mean(axis=1)
    model = over_both_views(curved=False)
    assert slopes(fitted(model, rows))[1:] == pytest.approx(slopes(fitted(model))[1:], rel=1e-8)


def test_rows_of_organisations_may_have_both_views_corrected():
    surface = {"surface": {**VIEWS, "other_report": "seen", "curved": False}}
    made = fitted(
        corrected(surface, outcome="strain", focal="seen", corrected=("seen", MEASURED), level="organisation_and_wave")
    )
    assert made.n_obs == 120
    assert slopes(made)[1:] == pytest.approx(slopes(fitted(over_both_views(curved=False)))[1:], abs=0.05)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: linear(({"variable": "seen", "errors": "measurement"},)), "of another group than the rows'"),
        (lambda: linear(("claimed", MEASURED)), "names 'claimed' twice"),
        (lambda: linear(({"variable": "morale", "errors": "measurement"},)), "'morale', which is no regressor"),
        (lambda: linear((MEASURED,), estimator="logit"), "for estimator linear"),
        (
            lambda: corrected({"surface": {**VIEWS, "curved": False, "expected": {"a4": "negative"}}}, focal=OWN),
            "no curvature a4",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(make, message):
    with pytest.raises(ValidationError, match=message):
        make()


def changed(**scale):
    instrument = SCALES["claimed"]
    own = instrument.scales["claimed"].model_copy(update=scale)
    return {"claimed": instrument.model_copy(update={"scales": {"claimed": own}})}


@pytest.mark.parametrize(
    ("scales", "message"),
    [
        ({}, "'claimed' is no scale"),
        (changed(items=ITEMS[:1]), "'claimed' has one item"),
        (changed(measurement="formative"), "'claimed' is an index"),
    ],
)
def test_what_tells_no_error_of_measurement_is_refused(scales, message):
    with pytest.raises(ModelDataError, match=message):
        with_all_behind(ROWS, linear((MEASURED,)), scales)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (drawn_views(np.random.default_rng(2), of_items=6.0), "has a reliability of .*at least 0.3"),
        (drawn_views(np.random.default_rng(2), n_organisations=16, of_items=0.2), "16 organisations for means"),
        (
            drawn_views(np.random.default_rng(2), n_organisations=40, n_staff=4, of_items=2.2),
            "no variation of their own",
        ),
    ],
    ids=["unreliable", "few", "not positive definite"],
)
def test_what_cannot_be_corrected_is_refused_in_words(rows, message):
    with pytest.raises(ModelDataError, match=message):
        fitted(over_both_views(), rows)


def test_sums_err_as_many_times_more_as_they_have_items():
    summed = ROWS.assign(claimed=4 * ROWS["claimed"])
    model = linear((MEASURED,))
    told = [
        with_all_behind(rows, model, scales)[f"errors_behind_{CLAIMED}"].astype(float)
        for rows, scales in ((ROWS, SCALES), (summed, changed(score="sum")))
    ]
    assert list(told[1].dropna()) == pytest.approx(list(16 * told[0].dropna()))
