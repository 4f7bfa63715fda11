"""Variables of a codebook: every item and score once, with its options, limits and reasons."""

import pytest

from instruments.codebook import first_text
from instruments.codebooks.reasons import REASON_LABELS, REASON_MEANINGS
from instruments.codebooks.variables import languages_of, scoring_rule
from instruments.forms.asked import asked_items
from instruments.forms.load import FORMS, load_form
from tests.codebooks import FORM_NAMES, codebook_of, codebook_of_built_in, everything, library

BOOK = codebook_of(everything())
ANSWERS = {each.name: each for each in BOOK.variables_of("answers")}


def test_tables_stand_in_order_and_each_begins_with_the_response():
    assert [table.name for table in BOOK.tables] == ["answers", "open_answers", "scores", "missing"]
    assert {table.variables[0].name for table in BOOK.tables} == {"response_id"}
    assert all(set(table.key) <= {each.name for each in table.variables} for table in BOOK.tables)


@pytest.mark.parametrize(
    ("name", "kind", "measure", "values", "missing"),
    [
        ("E_1", "code", "ordinal", [1, 2, 3], [(-8, "dont_know")]),
        ("E_one", "code", "nominal", [1, 7], []),
        ("E_tools_1", "code", "nominal", [0, 1], []),
        ("E_years", "number", "interval", [], []),
        ("E_day", "date", "interval", [], []),
        ("E_code", "text", "nominal", [], []),
    ],
)
def test_an_item_becomes_a_variable_of_its_kind(name, kind, measure, values, missing):
    found = ANSWERS[name]
    assert (found.kind, found.measure) == (kind, measure)
    assert [each.value for each in found.categories] == values
    assert [(each.code, each.reason) for each in found.opt_outs] == missing


def test_options_of_a_multiple_choice_are_variables_and_open_questions_are_none():
    assert {"E_tools_1", "E_tools_7"} <= set(ANSWERS)
    assert not {"E_tools", "E_open"} & set(ANSWERS)
    assert ANSWERS["E_tools_7"].label == {"en": "Tools?: Ink", "da": "Redskaber?: Blæk"}
    assert (ANSWERS["E_years"].least, ANSWERS["E_years"].most) == (0, 60.5)
    assert [each.name for each in ANSWERS.values() if each.may_identify] == ["E_code"]


def test_a_score_has_the_limits_and_the_rule_of_its_scale():
    (score,) = [each for each in BOOK.variables_of("scores") if each.scale]
    assert (score.name, score.least, score.most) == ("whole", 2, 6)
    told = scoring_rule(everything(), "whole")
    assert "missing where fewer than 2 are answered" in told["en"]
    assert "counted as 4 minus the code: E_2" in told["en"]
    assert "4 minus koden: E_2" in told["da"]


def test_the_table_of_missing_answers_names_every_item_and_reason():
    missing = {each.name: each for each in BOOK.variables_of("missing")}
    assert [each.value for each in missing["item"].categories] == list(everything().items)
    assert [each.value for each in missing["reason"].categories] == list(REASON_LABELS)
    assert set(REASON_LABELS) == set(REASON_MEANINGS)
    assert all(set(told) == {"en", "da"} for told in (*REASON_LABELS.values(), *REASON_MEANINGS.values()))


@pytest.mark.parametrize("name", FORM_NAMES)
def test_the_codebook_of_a_form_describes_exactly_what_it_asks(name):
    book, form = codebook_of_built_in(name), load_form(FORMS / f"{name}.yaml", library())
    asked = asked_items(form, library())
    described = {each.item for each in book.variables_of("answers") if each.item}
    described |= {each.value for table in book.tables for each in items_of(table, "open_answers")}
    assert described == {each.item for each in asked} == set(book.asked_of)
    shows_the_word = any(section.definition for section in form.sections)
    says_so = {name for one in book.instruments for name, each in one.items.items() if each.prompted is False}
    before = {each.item for each in asked if each.is_unprompted}
    assert book.unprompted == (before if shows_the_word else before & says_so)
    assert not any("{COPROD}" in text for one in book.instruments for each in one.items.values() for text in
                   each.text.values())  # fmt: skip


def items_of(table, name):
    return [value for each in table.variables if table.name == name if each.name == "item" for value in each.categories]


def test_languages_are_those_worded_the_preferred_first():
    assert languages_of([everything()], ["da", "sv"]) == ("da", "en")
    assert languages_of([], ["da"]) == ("en",)
    assert first_text({"da": "Alt"}, ("en",)) == "Alt"
    assert first_text({}, ("en",)) == ""
