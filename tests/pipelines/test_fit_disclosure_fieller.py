"""Intervals of Fieller (P11 of the design): what an attacker solves from estimate, error, p-value and both ends.

The attacker knows the design, how many people of every organisation answered and the means that are shown; nothing of
outcomes, which drop out.
"""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtrit

from models.regression.corrected import estimate
from models.regression.corrected.solved import jackknife_covariance
from models.regression.fit import fit_regression
from pipelines.steps import fit_denominators
from pipelines.steps.fit_denominators import OfScale, least_width
from pipelines.steps.fit_equations import HiddenCells, hidden_cells
from pipelines.steps.release_rounding import rounded_estimates
from tests.models.regression.staff_of_organisations import corrected, mean, prepared, staff

LEAST, N_ORGANISATIONS, N_STAFF = 0.5, 40, 14
MODEL = corrected(mean("climate"))
TERM = "climate_organisation_mean"


@cache
def rows_of(seed):
    rows = prepared(staff(np.random.default_rng(seed), N_ORGANISATIONS, N_STAFF), MODEL)
    return rows[rows["respondent_group"] == "FRL"].reset_index(drop=True)


def solved(rows):
    """Return what is released of the slope, and numerators and denominators of all organisations and without each."""
    kept = []
    with pytest.MonkeyPatch.context() as patch:
        solve = estimate.solve_corrected
        patch.setattr(estimate, "solve_corrected", lambda *said: kept.append(solve(*said)) or kept[-1])
        fit = fit_regression(MODEL, rows)
    shown = rounded_estimates(fit.estimates).set_index("term").loc[TERM]
    return shown, float(fit.estimates["df"].iloc[0]), kept[0].above[:, 1], kept[0].below[:, 1]


def variation_told(shown, df):
    """Solve rounded figures for the jackknife variance of the denominator over its square.

    With b the slope, v the variances of numerator and denominator over the square of the latter, and q the quantile of
    t: ends are the roots of ``(b - x)^2 = q^2 (v_nn - 2 x v_nd + x^2 v_dd)``, and the p-value tells v_nn over b^2.
    """
    squared, tested = stdtrit(df, 0.975) ** 2, stdtrit(df, shown["p_value"] / 2) ** 2
    left = shown["estimate"] ** 2 * (1 - squared / tested)
    return float((1 - left / (shown["conf_low"] * shown["conf_high"])) / squared)


def variation_of(above, below):
    return float(jackknife_covariance(np.column_stack([above, below]))[1, 1] / below[0] ** 2)


def asked_of(rows, hidden):
    """Return what is asked of climate where some organisations are hidden beside everybody's mean."""
    people = rows.set_index("response_id")[["wave", "respondent_group"]].assign(
        organisation=rows["organisation_id"].to_numpy(), region="", score=rows["climate"].to_numpy()
    )
    names = [each for each in sorted(set(people["organisation"])) if each not in hidden]
    units = pd.DataFrame([("all", ""), *(("organisation", each) for each in names)], columns=["level", "unit"])
    units = units.assign(wave="w1", respondent_group="FRL")
    return OfScale(frozenset(["climate"]), people, hidden_cells(people, units), ("w1",))


def farthest(rows, n):
    """Return the organisations whose means are farthest from everybody's."""
    means = rows.groupby("organisation_id")["climate"].mean()
    return list((means - rows["climate"].mean()).abs().sort_values().index[-n:])


def is_told(asked, rows, n_intervals=0):
    return least_width(asked, MODEL, rows, {}, n_intervals) < LEAST


@pytest.mark.parametrize("seed", [2, 3, 5])
def test_an_interval_tells_how_much_its_denominator_varies_over_organisations(seed):
    """An ordinary interval is estimate and error again; the ends of Fieller's tell one thing more."""
    shown, df, above, below = solved(rows_of(seed))
    assert float(shown["p_value"]) > 0
    assert variation_told(shown, df) == pytest.approx(variation_of(above, below), rel=0.15)


@pytest.mark.slow
def test_what_an_interval_tells_bounds_two_hidden_means_of_the_regressor():
    """The attacker moves one hidden mean up and the other down, as everybody's allows, and keeps what fits the ends."""
    rows = rows_of(5)
    shown, df, *_ = solved(rows)
    told, hidden = variation_told(shown, df), farthest(rows, 2)
    sizes = rows.groupby("organisation_id").size()[hidden].to_numpy(dtype=float)
    offsets, fitting = np.linspace(-1.5, 1.5, 21), []
    for offset in offsets:
        moved = rows.copy()
        for organisation, own in zip(hidden, (offset, -offset * sizes[0] / sizes[1]), strict=True):
            moved.loc[moved["organisation_id"] == organisation, ["climate", TERM]] += own
        fitting.append(variation_of(*solved(moved)[2:]) == pytest.approx(told, rel=0.15))
    left = offsets[fitting]
    assert left[0] <= 0 <= left[-1]
    assert left[-1] - left[0] < 0.7
    assert is_told(asked_of(rows, hidden), rows)


@pytest.mark.parametrize(("n_hidden", "expected"), [(2, True), (3, True), (4, False), (8, False)])
def test_a_fit_is_withheld_where_its_interval_leaves_hidden_means_no_room(n_hidden, expected):
    """Everybody's mean takes one direction, squares and fourth powers of the denominator two more."""
    rows = rows_of(5)
    assert is_told(asked_of(rows, farthest(rows, n_hidden)), rows) == expected


def test_every_further_interval_takes_two_directions():
    rows = rows_of(5)
    asked = asked_of(rows, farthest(rows, 8))
    assert [is_told(asked, rows, n_intervals) for n_intervals in range(4)] == [False, False, False, True]


def test_without_the_rule_on_fourth_powers_three_hidden_means_are_left_on_a_circle(monkeypatch):
    rows = rows_of(5)
    asked = asked_of(rows, farthest(rows, 3))
    assert is_told(asked, rows)
    monkeypatch.setattr(fit_denominators, "SUMS_OF_AN_INTERVAL", 1)
    assert not is_told(asked, rows)


def test_hidden_means_that_hardly_differ_are_told_by_their_sum_of_squares():
    """However many are hidden: all lie within the radius that the denominator leaves."""
    rows = rows_of(5)
    nearest = [each for each in farthest(rows, N_ORGANISATIONS) if each not in farthest(rows, N_ORGANISATIONS - 6)]
    alike = rows.copy()
    alike.loc[alike["organisation_id"].isin(nearest), TERM] = rows["climate"].mean()
    assert is_told(asked_of(alike, nearest), alike)


def test_means_of_other_scales_and_groups_are_not_asked():
    rows = rows_of(5)
    asked = asked_of(rows, farthest(rows, 2))
    assert OfScale(frozenset(["support"]), asked.people, asked.hidden, ("w1",)).means_in(MODEL) == []
    others = HiddenCells(asked.hidden.cells.assign(respondent_group="CIT"), asked.hidden.known, asked.hidden.ends)
    assert not is_told(OfScale(asked.names, asked.people, others, ("w1",)), rows)
