"""Proposing which items share answer options."""

import pytest

from pipelines.readers.drafts.batteries import find_batteries, natural_order

AGREE = ["Agree", "Strongly Agree", "Neither agree or disagree", "Strongly disagree", "Disagree"]


def texts(*options: str) -> dict[str, int]:
    return dict.fromkeys(options, 1)


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        (AGREE, ["Strongly disagree", "Disagree", "Neither agree or disagree", "Agree", "Strongly Agree"]),
        (["Enig", "Helt enig", "Uenig", "Helt uenig"], ["Helt uenig", "Uenig", "Enig", "Helt enig"]),
        (["Often", "Never", "Always", "Sometimes"], ["Never", "Sometimes", "Often", "Always"]),
        (["I høj grad", "Slet ikke", "I nogen grad"], ["Slet ikke", "I nogen grad", "I høj grad"]),
        (["tilfreds", "meget utilfreds", "utilfreds"], ["meget utilfreds", "utilfreds", "tilfreds"]),
        (["red", "green", "blue"], ["red", "green", "blue"]),
    ],
)
def test_options_in_words_are_put_in_order_where_it_is_known(options: list[str], labels: list[str]) -> None:
    (battery,) = find_batteries({"a": texts(*options), "b": texts(*reversed(options))})
    assert list(battery.labels) == labels


def test_spelling_in_other_cases_is_the_same_option() -> None:
    (battery,) = find_batteries({"a": texts(*AGREE), "b": texts(*[each.lower() for each in AGREE])})
    assert (battery.items, len(battery.labels)) == (("a", "b"), 5)


def test_an_item_that_misses_an_option_joins_the_battery_that_has_them_all() -> None:
    (battery,) = find_batteries({"a": texts(*AGREE[:4]), "b": texts(*AGREE), "c": texts(*AGREE)})
    assert (battery.items, len(battery.labels)) == (("a", "b", "c"), 5)


def test_numbers_belong_together_within_one_question_only() -> None:
    items = {f"LEAD0{n}": texts("1", "2", "3", "4", "5") for n in (1, 2, 3)}
    items |= {"LEAD": texts("1.5", "2.25"), "HOST1": texts("0", "1", "2"), "HOST2": texts("2", "3")}
    assert [(each.items, each.labels) for each in find_batteries(items)] == [
        (("LEAD01", "LEAD02", "LEAD03"), ("1", "2", "3", "4", "5")),
        (("HOST1", "HOST2"), ("0", "1", "2", "3")),
    ]


def test_questions_that_are_only_numbered_do_not_belong_together() -> None:
    assert not find_batteries({"Q1": texts("1", "2", "3"), "Q2": texts("1", "2", "3", "4", "5", "6", "7")})


def test_numbers_with_labelled_ends_are_one_scale() -> None:
    (battery,) = find_batteries({"t[a]": texts("2", "1 (None)", "10 (All)"), "t[b]": texts("9", "3")})
    assert battery.labels == ("1 (None)", "2", "3", "9", "10 (All)")


def test_ages_and_ticks_are_no_scales() -> None:
    assert not find_batteries({"age1": texts("20", "35", "61"), "age2": texts("40", "41", "42")})
    assert not find_batteries({"q1": texts("Yes", "No"), "q2": texts("Yes", "No")})


def test_numbers_in_texts_are_sorted_by_size() -> None:
    assert natural_order(["10 (All)", "2", "b", "1 (None)", "a", "2"]) == ["1 (None)", "2", "10 (All)", "a", "b"]
