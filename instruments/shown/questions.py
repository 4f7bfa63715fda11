"""Items → questions in words, those that share their answer options in one grid."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from instruments.shown.questionnaire import Grid, Option, Parallel, Question
from instruments.shown.words import say
from instruments.spec import Instrument, Item
from instruments.spec_file import ANY_LANGUAGE, Texts


def in_language(texts: Texts, language: str) -> str:
    """Return a wording in a language, else the one that stands for every language, else English, else the first."""
    wanted = (texts.get(each) for each in (language, ANY_LANGUAGE, "en"))
    return next((text for text in wanted if text), next(iter(texts.values()), ""))


def grids_of(
    instrument: Instrument, items: Sequence[str], language: str, marks: Mapping[str, tuple[str, ...]]
) -> tuple[Grid, ...]:
    """Arrange items into grids: neighbours that share a response scale, or a sum that is shared out.

    Args:
        instrument: The instrument, with labels in its slots.
        items: Items in the order shown.
        language: Language of the wording.
        marks: Item → what to say of it before everything else.
    """
    sum_of = {item: name for name, each in instrument.constant_sums.items() for item in each.items}

    def what_is_shared(item: str) -> tuple[str, str]:
        return instrument.items[item].response_scale or "", sum_of.get(item) or instrument.items[item].kind

    grids: list[Grid] = []
    for (scale, shared), group in groupby(items, what_is_shared):
        questions = tuple(_question(instrument, item, language, marks.get(item, ())) for item in group)
        total = instrument.constant_sums.get(shared)
        if total is not None:
            note = say(language, "share_out", total=total.total)
            grids.append(Grid(questions, text=in_language(total.text, language), note=note))
        else:
            note = say(language, "tick_all") if shared == "multiple_choice" else ""
            grids.append(Grid(questions, tuple(_options(instrument, scale, language)), note=note))
    return tuple(grids)


def _options(instrument: Instrument, scale: str, language: str) -> Iterator[Option]:
    if not scale:
        return
    for code, point in instrument.response_scales[scale].points.items():
        yield Option(code, in_language(point.label, language))
    for code, opt_out in instrument.response_scales[scale].opt_outs.items():
        yield Option(code, in_language(opt_out.label, language), is_opt_out=True)


def _question(instrument: Instrument, name: str, language: str, first_marks: tuple[str, ...]) -> Question:
    item = instrument.items[name]
    parallels = tuple(
        Parallel(other, say(language, f"wording_{each.wording}"), in_language(each.text, language))
        for other, each in instrument.items.items()
        if each.parallel_to == name
    )
    marks = (*first_marks, *_marks(instrument, item, language))
    return Question(name, in_language(item.text, language), _answer(item, language), marks, parallels)


def _marks(instrument: Instrument, item: Item, language: str) -> Iterator[str]:
    if item.expected_answer is not None:
        scale = instrument.response_scales[str(item.response_scale)]
        label = in_language(scale.points[item.expected_answer].label, language)
        yield say(language, "expected", answer=label or item.expected_answer)
    if item.personal_data:
        yield say(language, "personal")


def _answer(item: Item, language: str) -> str:
    if item.response_scale is not None:
        return ""
    if item.kind == "number" and item.least is not None:
        key = "number_from" if item.most is None else "number_between"
        return say(language, key, least=f"{item.least:g}", most=f"{item.most or 0:g}")
    return say(language, {"open_text": "in_own_words"}.get(item.kind, item.kind))
