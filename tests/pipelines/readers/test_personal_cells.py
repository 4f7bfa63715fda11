"""Addresses and civil registration numbers among cells."""

import pytest

from pipelines.readers.personal_cells import count_cpr, holds_cpr, holds_email


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a@example.org"], True), (["a@example.org", "b"], True), (["a@example.org", "b", "c"], False), ([], False),
        (["a@b"], False), (["write to a@example.org"], False),
    ],
)  # fmt: skip
def test_a_column_of_addresses_is_told_from_a_comment_with_one(texts: list[str], expected: bool) -> None:
    assert holds_email(texts) is expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["010203-1234"], True), (["311299-9999", "0102031234"], True), (["310299-9999"], False),
        (["320203-1234"], False),
        (["011303-1234"], False), (["0102031234"], False), (["0102031234", "0102031235", "3112991234"], True),
        (["0102031234", "0102031234", "9902031234"], False), (["010203-1234", "a", "b"], False), ([], False),
        (["11490000000"] * 3, False), (["102031234", "0102031235", "3112991234"], True),
    ],
)  # fmt: skip
def test_a_column_of_registration_numbers_is_told_from_other_numbers(texts: list[str], expected: bool) -> None:
    assert holds_cpr(texts) is expected


@pytest.mark.parametrize(
    ("text", "n_found"), [("ring 010203-1234 i dag", 1), ("1010203-12345", 0), ("010203-1234", 1), ("0102031234", 0)]
)
def test_a_registration_number_is_found_among_other_words(text: str, n_found: int) -> None:
    assert count_cpr([text]) == n_found
