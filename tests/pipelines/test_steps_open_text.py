"""Finding e-mail addresses, telephone, CPR and CHI numbers in open answers. Every number here is invented."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps.open_text import KINDS, SUSPICIOUS, redact, screen_texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write to anna.holm+work@kommune.example.dk.", "Write to [email]."),
        ("søren@øst.example", "[email]"),
        ("anna (at) example.org", "[email]"),
        ("My number is 010180-1234", "My number is [cpr]"),
        ("cpr 0101801234!", "cpr [cpr]!"),
        ("010180 1234", "[cpr]"),
        ("29.02.2000", "29.02.2000"),
        ("2902001234", "[cpr]"),
        ("2902011234", "2902011234"),
        ("3213991234", "3213991234"),
        ("CHI 0101800010", "CHI [chi]"),
        ("call 12 34 56 78", "call [phone]"),
        ("call 12345678 or 1234 5678", "call [phone] or [phone]"),
        ("+45 12 34 56 78", "[phone]"),
        ("0045 12345678", "[phone]"),
        ("0131 496 0000", "[phone]"),
        ("(+44) 131 496 0000", "[phone]"),
        ("in 2019-2020 and 2019 2020", "in 2019-2020 and 2019 2020"),
        ("we are 12 of 345", "we are 12 of 345"),
        ("a budget of 12.345.678,00 kr.", "a budget of 12.345.678,00 kr."),
        ("a budget of 1,234,567", "a budget of 1,234,567"),
        ("", ""),
    ],
)
def test_what_identifies_is_replaced_and_the_rest_is_kept(text: str, expected: str):
    found = screen_texts(pd.Series([text], dtype="str"))
    assert found.texts.tolist() == [expected]
    assert found.counts.to_numpy().sum() == sum(expected.count(f"[{kind}]") for kind in KINDS)


def test_missing_texts_stay_missing_and_counts_stand_beside_their_text():
    found = screen_texts(pd.Series([None, "a@b.example and c@d.example", "nothing"], dtype="str"))
    assert found.texts.isna().tolist() == [True, False, False]
    assert found.counts["email"].tolist() == [0, 2, 0]


@given(st.text(alphabet="0123456789 -+.,@ab()[]", max_size=40))
def test_nothing_is_replaced_that_the_quick_look_passes_over(text: str):
    quick = bool(pd.Series([text], dtype="str").str.contains(SUSPICIOUS, regex=True)[0])
    assert quick or redact(text)[0] == text


@given(st.text(max_size=60))
def test_screening_twice_finds_nothing_more(text: str):
    once, _ = redact(text)
    assert redact(once) == (once, dict.fromkeys(KINDS, 0))
