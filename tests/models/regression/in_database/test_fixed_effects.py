"""Effects taken out of the rows: the same as one column a group, by moments or by rows, and what is refused."""

from dataclasses import replace

import numpy as np
import pytest
from cut_rows import draw, uncertainty_in_memory
from hypothesis import given, settings
from hypothesis import strategies as st

from models.regression.identification import ModelDataError
from models.regression.in_database.fixed_effects import (
    fit_from_moments,
    fit_from_rows,
    refuse_unfit_within,
    suffice,
)
from models.regression.in_database.group_moments import group_moments
from models.regression.panel.data import Panel
from models.regression.panel.estimators import fit_within

OF_MOMENTS = ("classical", "CR0", "CR1S", "CR2", "CR3")
OF_ROWS = (*OF_MOMENTS, "HC0", "HC1")
TERMS = ("a", "b", "c")


def both(rows, size=100):
    moments = group_moments(rows.blocks(size), with_products=True)
    yield fit_from_moments(moments, OF_MOMENTS), OF_MOMENTS
    yield fit_from_rows(rows.blocks(size), moments, OF_ROWS, TERMS), OF_ROWS


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(60, 300),
    n_groups=st.integers(4, 40),
    is_weighted=st.booleans(),
    size=st.integers(11, 300),
)
def test_effects_are_as_with_one_column_a_group(seed, n, n_groups, is_weighted, size):
    rows = draw(seed, n, n_groups, is_weighted=is_weighted)
    expected = rows.with_dummies()
    for found, kinds in both(rows, size):
        assert np.allclose(found.coefficients, expected.coefficients[:3], rtol=1e-9, atol=1e-9)
        assert found.df_resid == expected.df_resid
        for kind in kinds:
            ours, theirs = found.uncertainties[kind], uncertainty_in_memory(expected, kind, rows.groups)
            assert np.allclose(ours.errors, theirs.errors[:3], rtol=1e-10, atol=0), kind
            assert np.allclose(ours.df, theirs.df[:3], rtol=1e-8, atol=0), kind


def panel_of(rows):
    return Panel(rows.outcome, rows.columns[:, 1:], rows.groups, np.arange(len(rows.outcome)))


@pytest.mark.parametrize("kind", OF_MOMENTS)
def test_covariances_follow_the_convention_of_panels_in_memory(kind):
    rows = draw(6)
    expected = fit_within(panel_of(rows))
    covariance = expected.classical_covariance()
    if kind != "classical":
        covariance = expected.clustered_covariance(kind).covariance
    if kind == "CR1S":
        # panels of one unit column leave the effects out of the factor, as plm does; the language counts them
        covariance = covariance * (len(rows.outcome) - 3) / expected.df_resid
    for found, _ in both(rows):
        assert found.uncertainties[kind].covariance == pytest.approx(covariance, rel=1e-10)
        assert found.r_squared == pytest.approx(expected.r_squared, rel=1e-10)
        assert found.df_resid == expected.df_resid


# linearmodels 7.1, run 2026-11-26 on draw(6): PanelOLS with entity_effects, its fit as it is, and clustered by entity
# with group_debias and debiased false.
LINEARMODELS = {
    "coefficients": [0.24432770696007192, 0.26304557161826936, 0.1369768818491933],
    "classical": [0.018085432111908696, 0.017456880994123545, 0.11051151298998714],
    "CR0": [0.01157934823798433, 0.011240334303281111, 0.09008058794265578],
}


def test_classical_and_clustered_errors_are_those_of_linearmodels():
    for found, _ in both(draw(6)):
        assert found.coefficients == pytest.approx(LINEARMODELS["coefficients"], rel=1e-10)
        for kind in ("classical", "CR0"):
            assert found.uncertainties[kind].errors == pytest.approx(LINEARMODELS[kind], rel=1e-10)


def test_moments_do_not_suffice_where_they_would_not_be_exact():
    rows = draw(7)
    moments = group_moments(rows.blocks(), with_products=True)
    assert suffice(moments, ("classical", "CR2"))
    assert not suffice(moments, ("HC1",))
    assert not suffice(group_moments(rows.blocks()), ("classical",))
    far_apart = rows.columns.copy()
    far_apart[:, 1] += 1_000.0 * rows.groups
    assert not suffice(group_moments(replace(rows, columns=far_apart).blocks(), with_products=True), ("CR2",))
    bent = replace(rows, columns=np.column_stack([rows.columns, rows.columns[:, 1] ** 2, rows.columns[:, 1] ** 3]))
    assert not suffice(group_moments(bent.blocks(), with_products=True), ("CR2",))


def test_groups_that_lie_far_apart_are_solved_from_rows():
    rows = draw(7)
    far_apart = rows.columns.copy()
    far_apart[:, 1] += 1e6 * rows.groups
    far = replace(rows, columns=far_apart)
    moments = group_moments(far.blocks(), with_products=True)
    found = fit_from_rows(far.blocks(), moments, OF_ROWS, TERMS)
    (expected, _), _ = both(rows)
    assert found.coefficients == pytest.approx(expected.coefficients, rel=1e-7)
    assert found.uncertainties["CR2"].errors == pytest.approx(expected.uncertainties["CR2"].errors, rel=1e-7)


def of_groups(rows):
    columns = rows.columns.copy()
    columns[:, 2] = np.sin(rows.groups)
    return replace(rows, columns=columns)


def follows(rows):
    columns = rows.columns.copy()
    columns[:, 2] = columns[:, 1] * 2 + rows.groups
    return replace(rows, columns=columns)


REFUSED = {
    "a fact about groups": (of_groups, "'b' does not vary within any group"),
    "an outcome of groups": (
        lambda rows: replace(rows, outcome=np.cos(rows.groups)),
        "'y' is the same within every group",
    ),
    "columns that follow within groups": (follows, "'[ab]' follows from '[ab]'"),
    "more effects than rows": (
        lambda rows: replace(rows, groups=np.arange(len(rows.outcome))),
        "400 complete responses for 403 coefficients",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_carries_no_effects_is_refused(case):
    change, message = REFUSED[case]
    rows = change(draw(9))
    moments = group_moments(rows.blocks(), with_products=True)
    assert not suffice(moments, ("CR2",)) or case == "more effects than rows"
    with pytest.raises(ModelDataError, match=message):
        fit_if_fit(rows, moments)


def fit_if_fit(rows, moments):
    refuse_unfit_within(moments, TERMS, "y")
    return fit_from_rows(rows.blocks(), moments, ("classical",), TERMS)
