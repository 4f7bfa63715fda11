"""Shown questionnaires: all that an instrument or form holds is there, in the language asked for, and readable."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from instruments.faults import UsageError
from instruments.forms.asked import asked_items
from instruments.forms.load import FORMS, find_forms, library_labels, load_form
from instruments.forms.spec import Form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.shown.arrange import form_questionnaire, instrument_questionnaire
from instruments.shown.page import html_page
from instruments.shown.questionnaire import Question, Questionnaire
from instruments.shown.terminal import text_lines
from instruments.shown.words import DANISH, ENGLISH
from instruments.spec import Instrument
from instruments.validation import STATUS_LABELS

NAMES = sorted(path.stem for path in LIBRARY.glob("*.yaml"))
FORM_NAMES = sorted(path.stem for path in FORMS.glob("*.yaml"))
LANGUAGES = ("en", "da")
EMPTY_ELEMENTS = {"meta", "br"}


@pytest.fixture(scope="module")
def library() -> dict[str, Instrument]:
    return {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}


@pytest.fixture(scope="module")
def forms(library: dict[str, Instrument]) -> dict[str, Form]:
    return {name: load_form(path, library) for name, path in find_forms([FORMS]).items()}


@pytest.fixture
def shown_form(library: dict[str, Instrument], forms: dict[str, Form]):
    return lambda name, language="en": form_questionnaire(forms[name], library, library_labels(), language)


@pytest.fixture
def shown_instrument(library: dict[str, Instrument]):
    return lambda name, language="en": instrument_questionnaire(library[name], library_labels(), language)


def questions(shown: Questionnaire) -> Iterator[Question]:
    for section in shown.sections:
        for grid in section.grids:
            yield from grid.questions


def on_terminal(shown: Questionnaire, width: int = 100) -> str:
    """Return the lines joined as a reader takes them in, wherever they were wrapped."""
    return re.sub(r"\s+", " ", "\n".join(text_lines(shown, width)))


class WellFormed(HTMLParser):
    """Notes what a page opens and closes, its texts, headings, tables and addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in EMPTY_ELEMENTS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def read_page(shown: Questionnaire) -> WellFormed:
    page = WellFormed()
    page.feed(html_page(shown))
    page.text = re.sub(r"\s+", " ", page.text)
    return page


def test_both_languages_have_the_same_words():
    assert set(ENGLISH) == set(DANISH)
    placeholders = {key: re.findall(r"{(\w+)}", text) for key, text in ENGLISH.items()}
    assert placeholders == {key: re.findall(r"{(\w+)}", DANISH[key]) for key in ENGLISH}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_an_instrument_is_shown_whole(library, shown_instrument, name, language):
    instrument, shown = library[name], shown_instrument(name, language)
    wordings = {each.item: each.text for question in questions(shown) for each in (question, *question.parallels)}
    assert set(wordings) == set(instrument.items)
    told = {"on a terminal": on_terminal(shown), "on a page": read_page(shown).text}
    for text in told.values():
        for item, wording in wordings.items():
            assert item in text
            assert wording in text
            assert "{COPROD}" not in wording
        for scale in instrument.scales.values():
            assert all(part[language] in text for part in (scale.title, scale.definition, scale.high_score_means))
        for source in (
            *instrument.provenance,
            *(each for one in instrument.scales.values() for each in one.provenance),
        ):
            assert source.author in text
            assert source.title in text
            assert re.sub(r"\s+", " ", source.quote) in text
        for related in instrument.related_scales:
            assert all(part in text for part in (related.scale, related.relation, related.licence))
        assert STATUS_LABELS["draft"][language] in text
        assert instrument.evidence[language] in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FORM_NAMES)
def test_a_form_is_shown_whole_and_in_order(library, forms, shown_form, name, language):
    shown = shown_form(name, language)
    assert [each.item for each in questions(shown)] == [each.item for each in asked_items(forms[name], library)]
    assert [bool(section.definition) for section in shown.sections] == [
        section.definition is not None for section in forms[name].sections
    ]
    page, lines = read_page(shown), on_terminal(shown)
    for section in shown.sections:
        assert section.definition in page.text
        assert section.definition in lines
        assert section.stem in page.text
    assert not re.search(r"\{[A-Z]+\}", page.text)
    assert STATUS_LABELS["draft"][language] in page.text


def test_the_definition_page_stands_between_unprompted_and_prompted_blocks(shown_form):
    told = [section.prompting or "definition" for section in shown_form("frontline_staff").sections]
    unprompted, prompted = ENGLISH["unprompted"], ENGLISH["prompted"]
    assert told[:5] == [unprompted] * 4 + ["definition"]
    assert set(told[5:]) == {prompted}


def test_minutes_are_written_as_each_language_writes_figures(shown_form):
    assert "9.9 for 79" in on_terminal(shown_form("frontline_staff"))
    assert "9,9 for 79" in on_terminal(shown_form("frontline_staff", "da"))


def test_items_of_another_response_scale_stand_in_a_grid_of_their_own(shown_instrument):
    grids = shown_instrument("identity_work").sections[0].grids
    assert [grid.options[0].label for grid in grids] == ["Never", "Strongly disagree"]
    assert [grid.questions[0].item for grid in grids] == ["IW_ac_1", "IW_fa_1"]


def test_a_sum_that_is_shared_out_is_one_question_with_its_parts(shown_instrument):
    grids = [grid for grid in shown_instrument("background").sections[0].grids if "100" in grid.note]
    assert [len(grid.questions) for grid in grids] == [4, 4, 4]
    assert grids[0].text.startswith("Who sets the direction")


def test_marks_say_what_a_researcher_needs(shown_instrument):
    marks = {each.item: each.marks for each in questions(shown_instrument("identity_work"))}
    assert marks["IW_fa_4"] == ("IW.fa", "reverse-scored", "full form only")
    checks = {each.item: each.marks for each in questions(shown_instrument("controls", "da"))}
    assert checks["CTL_at_1"] == ("opmærksomhedstjek: Delvist enig forventes",)


def test_a_language_that_is_not_there_is_refused(shown_instrument, shown_form):
    with pytest.raises(UsageError, match=r"identity_work has no wording in 'sv'; it has en, da"):
        shown_instrument("identity_work", "sv")
    with pytest.raises(UsageError, match=r"citizens has no wording in 'sv'; it has en, da"):
        shown_form("citizens", "sv")


@pytest.mark.parametrize("width", [40, 80, 200])
def test_lines_fit_the_terminal(shown_form, width):
    lines = list(text_lines(shown_form("partners", "da"), width))
    assert max(map(len, lines)) <= min(max(width, 48), 100)
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["sensegiving", "background", "open_questions"])
def test_a_page_is_well_formed_says_its_languages_and_needs_nothing_else(shown_instrument, name, language):
    page = read_page(shown_instrument(name, language))
    assert (page.faults, page.open) == ([], [])
    assert page.seen[0] == ("html", {"lang": language})
    tags = [tag for tag, _ in page.seen]
    assert tags.count("h1") == tags.count("main") == 1
    assert not {"script", "link", "img", "iframe"} & set(tags)
    assert not [attributes for _, attributes in page.seen if "src" in attributes or "href" in attributes]
    assert "url(" not in html_page(shown_instrument(name, language))
    other = {attributes["lang"] for _, attributes in page.seen[1:] if "lang" in attributes}
    assert other == (set() if language == "en" else {"en"})


def test_every_table_of_a_page_has_a_caption_and_headings_for_its_rows_and_columns(shown_instrument):
    page = html_page(shown_instrument("sensemaking"))
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert re.search(r"<caption>[^<]+</caption>", table)
        assert table.count("scope='col'") == 6
        assert table.count("scope='row'") == table.count("<tr>") - 1


def test_what_a_study_writes_is_text_and_never_markup(library):
    words = "<b>&'\"</b>"
    named = library["citizen_experience"].model_copy(update={"title": {"en": words}, "definition": {"en": words}})
    page = read_page(instrument_questionnaire(named, library_labels(), "en"))
    assert "b" not in [tag for tag, _ in page.seen]
    assert words in page.text


def test_a_rule_of_least_answered_and_reversal_is_said_in_words(shown_instrument):
    enabling = next(each for each in shown_instrument("identity_work").scales if each.code == "IW.fa")
    assert enabling.scoring == (
        "mean of the answered items, from 1 to 5; at least 3 of 4 answered; "
        "reverse-scored items count 6 minus the answer"
    )
    both = next(each for each in shown_instrument("sensegiving").scales if each.code == "SG.o")
    assert both.belongs_to == "Second order over SG.gi.o, SG.st.o; Parallel to SG"
