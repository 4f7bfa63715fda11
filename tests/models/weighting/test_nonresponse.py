"""Nonresponse: factors of weighting cells by hand, when and with what cells are joined, propensities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.weighting.faults import WeightingError
from models.weighting.nonresponse import Sample, adjust_in_cells
from models.weighting.propensity import Known, fit_propensities, propensity_classes

RESPONDED, SILENT, UNKNOWN, INELIGIBLE = (True, 1.0), (False, 1.0), (False, 0.5), (False, 0.0)


def sample(*units, weights=None):
    has_responded, eligibility = zip(*units, strict=True)
    design = np.ones(len(units)) if weights is None else np.array(weights, float)
    return Sample(design, np.array(eligibility, float), np.array(has_responded))


def cells(text):
    return [tuple(word) for word in text.split()]


def known(name, values):
    categories = tuple(sorted(set(values)))
    return Known(name, categories, np.array([categories.index(value) for value in values]))


def test_factors_of_cells_by_hand():
    found = adjust_in_cells(sample(RESPONDED, SILENT, SILENT, RESPONDED, RESPONDED, SILENT), cells("a a a b b b"))
    assert found.factors == pytest.approx([3, 0, 0, 1.5, 1.5, 0])
    assert [(cell.cells, cell.n_units, cell.n_responses) for cell in found.cells] == [
        ((("a",),), 3, 1),
        ((("b",),), 3, 2),
    ]


def test_units_of_unknown_eligibility_count_by_their_share_and_ineligible_ones_do_not():
    assert adjust_in_cells(
        sample(RESPONDED, UNKNOWN, UNKNOWN, SILENT, INELIGIBLE), cells("a a a a a")
    ).factors == pytest.approx([3, 0, 0, 0, 0])


def test_factors_are_design_weighted():
    found = adjust_in_cells(sample(RESPONDED, RESPONDED, SILENT, weights=[1, 3, 4]), cells("a a a"))
    assert found.factors == pytest.approx([2, 2, 0])


def test_a_cell_with_too_few_responses_joins_the_one_that_shares_its_first_category():
    units = [RESPONDED, SILENT, *[RESPONDED] * 3, SILENT, *[RESPONDED] * 3, SILENT]
    found = adjust_in_cells(sample(*units), cells("ax ax ay ay ay ay bx bx bx bx"), least_responses=2)
    assert [cell.cells for cell in found.cells] == [(("a", "x"), ("a", "y")), (("b", "x"),)]
    assert found.factors[[0, 2, 6]] == pytest.approx([6 / 4, 6 / 4, 4 / 3])


def test_among_equals_the_cell_with_the_nearest_response_rate_is_joined():
    units = [*[RESPONDED] * 4, SILENT, *[RESPONDED] * 2, *[SILENT] * 3, RESPONDED, SILENT]
    found = adjust_in_cells(sample(*units), cells("a a a a a b b b b b c c"), least_responses=2)
    assert [cell.cells for cell in found.cells] == [(("a",),), (("b",), ("c",))]


def test_a_cell_with_too_large_a_factor_is_joined():
    units = [RESPONDED, *[SILENT] * 5, RESPONDED, RESPONDED]
    assert len(adjust_in_cells(sample(*units), cells("a a a a a a b b"), largest_factor=6).cells) == 2
    assert len(adjust_in_cells(sample(*units), cells("a a a a a a b b"), largest_factor=5).cells) == 1


def test_a_cell_without_anybody_eligible_needs_no_weights():
    found = adjust_in_cells(sample(RESPONDED, INELIGIBLE), cells("a b"), least_responses=1)
    assert [cell.cells for cell in found.cells] == [(("a",),), (("b",),)]
    assert found.factors.tolist() == [1, 0]


def test_too_large_a_factor_of_everybody_is_refused():
    with pytest.raises(WeightingError, match=r"the factor of all units together is 3, above the largest factor 2"):
        adjust_in_cells(sample(RESPONDED, SILENT, SILENT), cells("a a b"), largest_factor=2)


def test_nobody_who_responded_is_refused():
    with pytest.raises(WeightingError, match="nobody responded"):
        adjust_in_cells(sample(SILENT), cells("a"))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([RESPONDED, SILENT, UNKNOWN, INELIGIBLE]),
            st.sampled_from(["ax", "ay", "bx", "by", "cx"]),
            st.floats(1, 5),
        ),
        min_size=1,
        max_size=40,
    ).filter(lambda units: any(unit[0] == RESPONDED for unit in units)),
    st.integers(1, 6),
)
def test_adjusted_weights_add_up_to_the_eligible_units(units, least):
    of_sample = sample(*(unit[0] for unit in units), weights=[unit[2] for unit in units])
    found = adjust_in_cells(of_sample, cells(" ".join(unit[1] for unit in units)), least_responses=least)
    eligible = of_sample.design_weights @ of_sample.eligibility
    assert of_sample.design_weights @ found.factors == pytest.approx(eligible)
    assert (found.factors[of_sample.has_responded] >= 1 - 1e-12).all()
    with_eligible = [cell for cell in found.cells if cell.n_responses or cell.response_rate < 1]
    assert len(with_eligible) == 1 or all(cell.n_responses >= least for cell in with_eligible)
    assert sum(cell.n_units for cell in found.cells) == len(units)


def test_propensities_of_one_variable_are_the_response_rates_of_its_categories():
    values = ["a"] * 4 + ["b"] * 5
    fitted = fit_propensities([known("sector", values)], np.array([1, 0, 0, 0, 1, 1, 1, 0, 0], bool))
    assert fitted.values == pytest.approx([0.25] * 4 + [0.6] * 5)


def test_counts_weigh_the_units():
    fitted = fit_propensities([], np.array([True, False, False]), counts=np.array([1.0, 0.5, 0.5]))
    assert fitted.values == pytest.approx([0.5, 0.5, 0.5])


@pytest.mark.parametrize(
    ("variables", "responded", "told"),
    [
        ([known("sector", "aabb")], [1, 1, 1, 0], "everybody with sector 'a' responded"),
        ([known("sector", "aabb")], [0, 0, 1, 0], "nobody with sector 'a' responded"),
        ([], [1, 1], "everybody or nobody responded"),
        (
            [known("sector", "aaaabbbb"), known("size", "ssllssll"), known("age", "oyoyoyoy")],
            [0, 0, 0, 1, 0, 1, 1, 1],
            "everybody or nobody of a combination of sector, size, age",
        ),
    ],
)
def test_certain_responses_are_refused_by_name(variables, responded, told):
    with pytest.raises(WeightingError, match=told):
        fit_propensities(variables, np.array(responded, bool))


def test_classes_are_of_about_equal_size_in_order_of_propensity():
    assert propensity_classes(np.array([0.9, 0.1, 0.2, 0.8]), 2) == [
        ("class 02",),
        ("class 01",),
        ("class 01",),
        ("class 02",),
    ]
    assert len(set(propensity_classes(np.full(5, 0.4), 5))) == 1
