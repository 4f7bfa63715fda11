"""Numbers as APA prints them, in two languages."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report_tables.numerals import MOST_DECIMALS, Numerals, decimals_for

EN, DA = Numerals("en"), Numerals("da")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (EN.plain(-0.244, 2), "−0.24"),
        (EN.plain(-0.001, 2), "0.00"),
        (EN.plain(12.0, 0), "12"),
        (EN.interval(float("-inf"), 0.5, 2), "[−∞, 0.50]"),
        (DA.plain(0.2449, 3), "0,245"),
        (EN.without_nought(0.42, 2), ".42"),
        (EN.without_nought(-0.42, 2), "−.42"),
        (EN.without_nought(1.0, 2), "1.00"),
        (EN.without_nought(0.999, 2), "1.00"),
        (DA.without_nought(0.42, 2), ",42"),
        (EN.whole(12345), "12,345"),
        (DA.whole(12345), "12.345"),
        (EN.p_value(0.0123), "= .012"),
        (EN.p_value(0.0009999), "< .001"),
        (EN.p_value(0.001), "= .001"),
        (EN.p_value(0.0), "< .001"),
        (EN.p_value(0.9994), "= .999"),
        (EN.p_value(0.9996), "> .999"),
        (EN.p_value(1.0), "> .999"),
        (DA.p_value(0.0123), "= ,012"),
        (DA.p_value(0.0001), "< ,001"),
        (EN.interval(-0.1, 0.381, 2), "[−0.10, 0.38]"),
        (DA.interval(-0.1, 0.381, 2), "[−0,10; 0,38]"),
        (EN.degrees(41.34), "41.3"),
        (EN.degrees(392.0), "392"),
        (EN.per_cent(0.95), "95 %"),
    ],
)
def test_numbers_are_printed_as_apa_asks(told, shown):
    assert plain(told) == shown


@pytest.mark.parametrize(
    ("errors", "most", "decimals"),
    [([0.07, 0.2], 3, 2), ([0.003], 3, 3), ([0.0004], 3, 3), ([0.0004], 8, 4), ([], 3, 2), ([math.nan, 0.0], 3, 2),
     ([3.0], 3, 2), ([0.01], 3, 2), ([1e-12], 8, 8)],
)  # fmt: skip
def test_decimals_show_the_smallest_standard_error(errors, most, decimals):
    assert decimals_for(errors, most) == decimals


@given(st.floats(-1e6, 1e6), st.integers(0, MOST_DECIMALS))
def test_a_number_reads_back_within_its_rounding(value, decimals):
    for numerals in (EN, DA):
        back = float(numerals.plain(value, decimals).replace("−", "-").replace(",", "."))
        assert abs(back - value) <= 0.5 * 10**-decimals * (1 + 1e-6) + 1e-9


@given(st.floats(0, 1))
def test_a_p_value_never_reads_smaller_than_it_is_beside_the_limits(p):
    told = plain(EN.p_value(p))
    assert ("<" in told) == (p < 0.001)
    assert "= .000" not in told
    assert "1.000" not in told
