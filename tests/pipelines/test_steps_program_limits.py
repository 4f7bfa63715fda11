"""What SPSS and Stata allow: names made legal by one rule, labels cut at a letter and never in silence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.steps.program_limits import SPSS, STATA, Program, cut, legal_names, n_bytes

PROGRAMS = pytest.mark.parametrize("program", [SPSS, STATA], ids=["spss", "stata"])


@pytest.mark.parametrize(
    ("program", "name", "legal"),
    [
        (SPSS, "trust_within_organisation", "trust_within_organisation"),
        (STATA, "trust_within_organisation", "trust_within_organisation"),
        (SPSS, "1_Q6", "v_1_Q6"),
        (SPSS, "_Q6", "v__Q6"),
        (SPSS, "Duration (in seconds)", "Duration__in_seconds_"),
        (SPSS, "å", "v__"),
    ],
)
def test_a_name_keeps_what_the_program_allows_of_it(program: Program, name: str, legal: str) -> None:
    assert legal_names([name], program) == {name: legal}


def test_a_long_name_is_its_beginning_and_a_hash_of_the_whole() -> None:
    first = "collective_leadership_within_organisation"
    second = "collective_leadership_within_organisations"
    found = legal_names([first, second], STATA)
    assert re.fullmatch(r"collective_leadership_wit_[0-9a-f]{6}", found[first])
    assert re.fullmatch(r"collective_leadership_wit_[0-9a-f]{6}", found[second])
    assert found[first] != found[second]
    assert legal_names([first], STATA)[first] == found[first]
    assert legal_names([second, first], SPSS) == {second: second, first: first}


@pytest.mark.parametrize(("program", "word"), [(SPSS, "ALL"), (SPSS, "With"), (STATA, "if"), (STATA, "str12")])
def test_a_word_of_the_program_is_no_name(program: Program, word: str) -> None:
    assert re.fullmatch(rf"{word}_[0-9a-f]{{6}}", legal_names([word], program)[word])


def test_names_that_differ_in_capitals_alone_are_told_apart() -> None:
    found = legal_names(["Age", "age", "AGE"], SPSS)
    assert found["Age"] == "Age"
    assert len({name.lower() for name in found.values()}) == 3


def test_a_substitute_never_takes_the_name_of_another_variable() -> None:
    assert legal_names(["1", "v_1"], SPSS)["v_1"] == "v_1"


@PROGRAMS
@given(names=st.lists(st.text("aA1_ .åé$", max_size=70), max_size=12, unique=True))
def test_every_name_becomes_legal_and_its_own_whatever_it_was(program: Program, names: list[str]) -> None:
    found = legal_names(names, program)
    assert list(found) == names
    assert len({name.lower() for name in found.values()}) == len(names)
    for name in found.values():
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name)
        assert len(name) <= program.longest_name
        assert name.lower() not in program.reserved
    assert legal_names(names, program) == found


@given(text=st.text("aæ你😀 ", max_size=200), longest=st.integers(4, 150))
def test_a_text_is_cut_at_a_letter_and_says_so(text: str, longest: int) -> None:
    for length in (n_bytes, len):
        short = cut(text, longest, length)
        assert length(short) <= longest
        if length(text) <= longest:
            assert short == text
        else:
            assert short.endswith("…")
            assert text.startswith(short[:-1])
            rest = text[len(short) - 1 :].lstrip()
            assert length(short) + length(rest[:1]) > longest - length(" ") * (len(text) - len(short))


def test_sixty_danish_letters_fit_into_a_value_label_and_no_more() -> None:
    assert cut("æ" * 60, 120) == "æ" * 60
    assert cut("æ" * 61, 120) == "æ" * 58 + "…"
