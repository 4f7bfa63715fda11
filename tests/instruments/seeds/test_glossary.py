"""Terms with every definition of the publications: clashes named, quotes those of the rows, all shown."""

import re

import pytest
from pydantic import ValidationError

from instruments.seeds.load import load_glossary, load_seeds
from instruments.seeds.spec import Term
from pipelines.commands.seeds_page import terms_page

TERMS, SEEDS = load_glossary().terms, load_seeds().seeds
KEY_TERMS = [*range(26, 32)], [*range(38, 45)], [16, 17, 18, *range(165, 172)]


def test_every_key_term_of_the_publications_is_defined():
    wanted = {f"{letter}{number:03d}" for letter, numbers in zip("KLD", KEY_TERMS, strict=True) for number in numbers}
    defined = {row for term in TERMS.values() for each in term.definitions for row in each.seeds}
    assert wanted - defined == set()


@pytest.mark.parametrize("name", TERMS)
def test_a_quote_is_that_of_its_row_and_its_publication(name):
    for each in TERMS[name].definitions:
        assert {SEEDS[row].source for row in each.seeds} == {each.source}
        assert not each.quote or each.quote in {SEEDS[row].quote for row in each.seeds}


@pytest.mark.parametrize("name", TERMS)
def test_a_term_is_named_in_both_languages_and_is_the_home_of_its_rows(name):
    assert set(TERMS[name].title) == {"en", "da"}
    first = [each.seeds[0] for each in TERMS[name].definitions]
    assert [
        row for row in first if SEEDS[row].kind in ("term", "definition") and name not in SEEDS[row].homes.glossary
    ] == []


def test_clashing_definitions_stand_side_by_side_on_the_page():
    page = terms_page()
    found = re.search(r"^## Co-production\n(.*?)(?=^## )", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    rows = [line for line in found[1].splitlines() if line.startswith("| ") and "---" not in line][1:]
    authors = [row.split(" | ")[0].removeprefix("| ") for row in rows]
    assert authors[:3] == ["Karp", "Larsen & Madsen", "Nabatchi et al. (2017), in Larsen & Madsen"]
    assert '"Joint production of activities within organizations."' in rows[0]
    assert '"A partnership between citizens and frontline professionals in the production of welfare."' in rows[1]
    assert "**Clash.** Karp's term needs no citizen at all" in found[1]


def test_every_term_with_several_definitions_says_how_they_differ():
    several = {name for name, term in TERMS.items() if len(term.definitions) > 1}
    assert {"coproduction", "collective_leadership", "leadership"} <= several
    assert {name for name, term in TERMS.items() if term.clash} == several
    with pytest.raises(ValidationError, match="say in clash how the definitions differ"):
        Term.model_validate(TERMS["coproduction"].model_dump() | {"clash": ""})
