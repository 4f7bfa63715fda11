"""The library's forms, simulated answers to them by item, and the question of a platform that shows each item.

Respondents find a question by its words and an option by its label; names and codes come in only when the platform
exports the answers.
"""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from instruments.forms.asked import as_asked, asked_items
from instruments.forms.load import FORMS, find_forms, labels_of, library_labels, load_form
from instruments.forms.spec import Form, Section
from instruments.forms.writers import in_languages, write_form
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.sections.response_scale import ResponseScale
from instruments.spec import Instrument, Item, option_column
from instruments.wording import with_labels
from tests.received import Delivery, answers_of, reasons_of, receive_asked
from tests.writers.imported import Shown

FORM_NAMES = ("top_managers", "middle_managers", "frontline_staff", "citizens", "partners")
LANGUAGES = ("en", "da")
Answers = Mapping[str, Any]
"""Item → code of a point or an opt-out, codes of ticked options, number or text; None where nothing was answered."""


@dataclass(frozen=True)
class Asking:
    """A form in a language, with the instruments as it asks them.

    Attributes:
        form: The form; its first language is the one respondents answer in.
        instruments: Instruments by name, labels in their slots.
        items: The items in the order asked: name, item and instrument.
    """

    form: Form
    instruments: Mapping[str, Instrument]
    items: Sequence[tuple[str, Item, Instrument]]

    @property
    def language(self) -> str:
        return self.form.languages[0]


@cache
def library() -> dict[str, Instrument]:
    return {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}


@cache
def library_form(name: str) -> Form:
    return load_form(find_forms([FORMS])[name], library())


@cache
def asking(name: str, language: str) -> Asking:
    form = library_form(name)
    return asked_by(in_languages(form, [language, *(each for each in form.languages if each != language)]), library())


def asked_by(form: Form, instruments: Mapping[str, Instrument]) -> Asking:
    labels = labels_of(form, library_labels())
    known = {key: with_labels(each, labels) for key, each in as_asked({form.name: form}, instruments).items()}
    items = [
        (each.item, known[each.instrument].items[each.item], known[each.instrument])
        for each in asked_items(form, instruments)
    ]
    return Asking(form, known, items)


def odd() -> Asking:
    """Return a form whose names and codes platforms spell otherwise: digits side by side, signs, no labels."""
    raw = {
        "name": "odd",
        "version": "1",
        "title": {"en": "Odd", "da": "Sær"},
        "stem": {"en": "How much?", "da": "Hvor meget?"},
        "response_scales": {
            "bare": {"points": {code: {} for code in (-2, -1, 0, 1, 2)}, "opt_outs": {-8: {"reason": "dont_know"}}},
            "any": {
                "ordered": False,
                "points": {code: {"label": {"en": f"Thing {code}", "da": f"Ting {code}"}} for code in (1, 2, 8)},
                "opt_outs": {-8: {"reason": "not_applicable", "label": {"en": "None of them", "da": "Ingen af dem"}}},
            },
        },
        "items": {
            **{name: {"response_scale": "bare", "text": {"en": f"Of {name}", "da": f"Af {name}"}}
               for name in ("Q1_1", "Q1_2", "Q11", "q_2b", "Q3__4")},
            "Q5_1": {"response_scale": "any", "kind": "multiple_choice", "text": {"en": "Which?", "da": "Hvilke?"}},
            "Q5_12": {"kind": "number", "text": {"en": "How many?", "da": "Hvor mange?"}},
            "Q51": {"kind": "code", "text": {"en": "Which code?", "da": "Hvilken kode?"}},
        },
    }  # fmt: skip
    instrument = Instrument.model_validate(raw, strict=False)
    form = Form(
        name="odd",
        version="1",
        title=instrument.title,
        respondent_group="TOP",
        languages=LANGUAGES,
        sections=(Section(instrument="odd", length="full"),),
    )
    return asked_by(form, {"odd": instrument})


@cache
def written(name: str, language: str, target: str) -> bytes:
    return write_form(asking(name, language).form, library(), target)


def half_of(*choices: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return every second combination of choices, such that any two of them meet where there are three kinds."""
    placed = product(*(list(enumerate(each)) for each in choices))
    return [tuple(choice for _, choice in each) for each in placed if sum(place for place, _ in each) % 2 == 0]


def draw(asked: Asking, n_responses: int = 6) -> list[Answers]:
    """Draw answers; every option of every closed item is given by someone, and everything is left out by someone."""
    generator = random.Random(f"{asked.form.name} {asked.language}")
    return [
        {name: _drawn(item, instrument, name, number, generator) for name, item, instrument in asked.items}
        for number in range(n_responses)
    ]


def _drawn(item: Item, instrument: Instrument, name: str, number: int, generator: random.Random) -> Any:
    scale = instrument.response_scale_of(name)
    if number == 0 or generator.random() < 0.1:
        return None
    if item.kind == "multiple_choice" and scale is not None:
        is_opt_out = bool(scale.opt_outs) and number % 2 == 1
        return frozenset([next(iter(scale.opt_outs))] if is_opt_out else generator.sample(list(scale.points), 2))
    if scale is not None:
        codes = [*scale.points, *scale.opt_outs]
        return codes[(number - 1) % len(codes)] if number < 3 else generator.choice(codes)
    if item.kind == "number":
        return generator.randint(int(item.least or 0), int(item.most or 99))
    return generator.choice(["One; two, three", 'She said "no"\nand left', "NA", "-8", "1", "Bøf & Æg"])


def question_of(asked: Asking, shown: Sequence[Shown], name: str) -> Shown:
    """Find the question that shows an item, by its words in every language and what stands above it."""
    item, instrument = next((item, instrument) for each, item, instrument in asked.items if each == name)
    total = next((each for each in instrument.constant_sums.values() if name in each.items), None)
    is_row = total is not None or (item.kind == "choice" and bool(instrument.stem))
    above = total.text if total is not None else instrument.stem if is_row else {}

    def says(each: Shown) -> bool:
        spoken = [language for language in asked.form.languages if language in each.text]
        same = all(each.text[language] == item.text[language] for language in spoken)
        return same and all(each.above.get(language, "") == above.get(language, "") for language in spoken)

    found = [each for each in shown if says(each)]
    assert len(found) == 1, f"{len(found)} questions show {name}"
    return found[0]


def given(
    asked: Asking, shown: Sequence[Shown], drawn: Sequence[Answers], by_item: Mapping[str, Shown] = {}
) -> list[dict[str, Any]]:
    """Return what every respondent gives: key of the question → code of the option with the label, or what is typed.

    Args:
        asked: The form.
        shown: The questions as shown.
        drawn: Answers by item.
        by_item: Item → its question, where the words do not tell them apart.
    """
    questions = by_item or {name: question_of(asked, shown, name) for name, _, _ in asked.items}
    scales = {name: instrument.response_scale_of(name) for name, _, instrument in asked.items}
    return [
        {
            questions[name].key: _given(questions[name], scales[name], answer, asked.language)
            for name, answer in answers.items()
            if answer is not None
        }
        for answers in drawn
    ]


def _given(question: Shown, scale: ResponseScale | None, answer: Any, language: str) -> Any:
    if scale is None:
        return str(answer)
    labels = {
        code: each.label.get(language, str(code)) for code, each in (*scale.points.items(), *scale.opt_outs.items())
    }
    if question.is_multiple:
        return frozenset(question.option(labels[code], language) for code in answer)
    return question.option(labels[answer], language)


def stored(asked: Asking, answers: Answers) -> dict[str, Any]:
    """Return what ``core`` must hold of a response."""
    found: dict[str, Any] = {}
    for name, item, instrument in asked.items:
        scale, answer = instrument.response_scale_of(name), answers[name]
        if answer is None or _reason(scale, answer) is not None:
            continue
        if item.kind == "multiple_choice" and scale is not None:
            found |= {option_column(name, code): int(code in answer) for code in scale.points}
        else:
            found[name] = answer
    return found


def missing(asked: Asking, answers: Answers, blank: str) -> dict[str, str]:
    """Return item → why it has no answer, when nothing answered is stored as ``blank``."""
    found: dict[str, str] = {}
    for name, _, instrument in asked.items:
        reason = blank if answers[name] is None else _reason(instrument.response_scale_of(name), answers[name])
        found |= {} if reason is None else {name: reason}
    return found


def _reason(scale: ResponseScale | None, answer: Any) -> str | None:
    """Return why an answer is none; None where it is one."""
    if scale is None:
        return None
    codes = answer if isinstance(answer, frozenset) else [answer]
    reasons = [scale.opt_outs[code].reason for code in codes if code in scale.opt_outs]
    return reasons[0] if reasons else None


def with_nothing_ticked(asked: Asking, drawn: Sequence[Answers]) -> list[Answers]:
    """Return what a platform can say that writes out every option that is not ticked."""
    several = {name for name, item, _ in asked.items if item.kind == "multiple_choice"}
    return [
        {name: frozenset() if answer is None and name in several else answer for name, answer in answers.items()}
        for answers in drawn
    ]


def check(folder: Path, asked: Asking, delivery: Delivery, drawn: Sequence[Answers], blank: str) -> None:
    """Read a delivery without any mapping and compare every answer and every missing reason with what was drawn."""
    result = receive_asked(folder, delivery, asked.instruments)
    assert list(answers_of(result).values()) == [stored(asked, each) for each in drawn]
    assert list(reasons_of(result).values()) == [missing(asked, each, blank) for each in drawn]
    assert result.rejects.empty
