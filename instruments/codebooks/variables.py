"""Instruments → the tables of their answers and scores, column by column. No notation of any file."""

from collections.abc import Iterable, Sequence

from instruments.codebook import Category, CodebookTable, Measure, OptOutCode, Variable, VariableKind, first_text
from instruments.codebooks.reasons import REASON_LABELS
from instruments.sections.response_scale import ResponseScale
from instruments.spec import Instrument, Item
from instruments.spec_file import Texts

RESPONSE_ID = Variable("response_id", {"en": "Response", "da": "Besvarelse"}, "text", is_required=True)
OPEN_ANSWER = "text"
"""Column of ``open_answers`` with the answer itself."""
_TICKS = (
    Category(0, {"en": "Not ticked", "da": "Ikke afkrydset"}),
    Category(1, {"en": "Ticked", "da": "Afkrydset"}),
)
_KINDS: dict[str, VariableKind] = {"number": "number", "date": "date", "code": "text", "open_text": "text"}


def tables_of(instruments: Iterable[Instrument], keys: Sequence[Variable]) -> tuple[CodebookTable, ...]:
    """Describe the tables of instruments: answers, open answers, scores, and why answers are missing.

    Args:
        instruments: The instruments as asked, in order.
        keys: What stands before the answers in every table, the response first.
    """
    asked = tuple(instruments)
    answers = [each for one in asked for name in one.items for each in answer_variables(one, name)]
    scores = [score_variable(one, name) for one in asked for name in one.scales]
    tables = [
        _table("answers", {"en": "Answers", "da": "Svar"}, "its coded answers", "dens kodede svar", (*keys, *answers)),
        _open_answers(asked, keys),
        _table("scores", {"en": "Scale scores", "da": "Skalascorer"}, "its scores", "dens scorer", (*keys, *scores)),
        _missing(asked, keys),
    ]
    is_there = {"open_answers": bool(_open_items(asked)), "scores": bool(scores)}
    return tuple(table for table in tables if is_there.get(table.name, True))


def answer_variables(instrument: Instrument, name: str) -> list[Variable]:
    """Describe the columns of ``answers`` that hold the answer to an item; none for an open question."""
    item, scale = instrument.items[name], instrument.response_scale_of(name)
    if item.kind == "open_text":
        return []
    if item.kind == "multiple_choice" and scale is not None:
        return _ticks(instrument, name, item, scale)
    measure: Measure = "nominal" if item.kind == "code" else "interval"
    if scale is not None:
        measure = "ordinal" if scale.ordered else "nominal"
    return [
        Variable(
            name,
            item.text,
            _KINDS.get(item.kind, "code"),
            measure,
            _points(scale) if scale is not None else (),
            _opt_outs(scale) if scale is not None else (),
            item.least,
            item.most,
            may_identify=item.personal_data,
            instrument=instrument.name,
            item=name,
        )
    ]


def score_variable(instrument: Instrument, name: str) -> Variable:
    """Describe the score of a scale, with the smallest and largest score that its response scale allows."""
    scale, points = instrument.scales[name], instrument.points_of(name)
    times = len(scale.items) if scale.score == "sum" else 1
    least, most = points.lowest * times, points.highest * times
    label = scale.title or {"en": name}
    return Variable(name, label, "number", "interval", least=least, most=most, instrument=instrument.name, scale=name)


def scoring_rule(instrument: Instrument, name: str) -> Texts:
    """Say how a scale is scored, in words, by language."""
    scale, points = instrument.scales[name], instrument.points_of(name)
    n, total = scale.least_answered, len(scale.items)
    turned = ", ".join(scale.reverse_scored)
    ends = points.lowest + points.highest
    english = f"{_ENGLISH_SCORES[scale.score]} {total} items; missing where fewer than {n} are answered."
    danish = f"{_DANISH_SCORES[scale.score]} {total} spørgsmål; mangler, hvor færre end {n} er besvaret."
    if turned:
        english += f" Reverse-scored, counted as {ends} minus the code: {turned}."
        danish += f" Vendes, regnet som {ends} minus koden: {turned}."
    return {"en": english, "da": danish}


_ENGLISH_SCORES = {
    "mean": "Mean of the answered items out of",
    "sum": "Mean of the answered items times their number, which is the plain sum where all are answered, over",
}
_DANISH_SCORES = {
    "mean": "Gennemsnit af de besvarede spørgsmål ud af",
    "sum": "Gennemsnit af de besvarede spørgsmål gange antallet, altså summen, hvor alle er besvaret, over",
}


def languages_of(instruments: Iterable[Instrument], preferred: Iterable[str] = ()) -> tuple[str, ...]:
    """List the languages that instruments are worded in, those preferred first, the others by the alphabet."""
    used: set[str] = set()
    for each in instruments:
        used |= {*each.title, *each.stem, *(language for item in each.items.values() for language in item.text)}
    ordered = [*(language for language in preferred if language in used), *sorted(used)]
    return tuple(dict.fromkeys(ordered)) or ("en",)


def _table(name: str, title: Texts, english: str, danish: str, variables: Sequence[Variable]) -> CodebookTable:
    grain = {"en": f"One row a response: {english}", "da": f"En række pr. besvarelse: {danish}"}
    return CodebookTable(name, title, grain, ("response_id",), tuple(variables))


def _open_answers(instruments: Sequence[Instrument], keys: Sequence[Variable]) -> CodebookTable:
    open_items = _open_items(instruments)
    text = Variable(OPEN_ANSWER, {"en": "The answer", "da": "Svaret"}, "text", is_required=True, may_identify=True)
    return CodebookTable(
        "open_answers",
        {"en": "Open answers", "da": "Åbne svar"},
        {"en": "One row an open answer", "da": "En række pr. åbent svar"},
        ("response_id", "item"),
        (*keys, _item_variable(open_items), text),
    )


def _missing(instruments: Sequence[Instrument], keys: Sequence[Variable]) -> CodebookTable:
    items = [Category(name, item.text) for each in instruments for name, item in each.items.items()]
    reasons = tuple(Category(reason, label) for reason, label in REASON_LABELS.items())
    label = {"en": "Why there is no answer", "da": "Hvorfor svaret mangler"}
    reason = Variable("reason", label, "text", "nominal", reasons, is_required=True)
    return CodebookTable(
        "missing",
        {"en": "Missing answers", "da": "Manglende svar"},
        {"en": "One row a missing answer", "da": "En række pr. manglende svar"},
        ("response_id", "item"),
        (*keys, _item_variable(items), reason),
    )


def _item_variable(items: Sequence[Category]) -> Variable:
    return Variable("item", {"en": "Item", "da": "Spørgsmål"}, "text", "nominal", tuple(items), is_required=True)


def _open_items(instruments: Sequence[Instrument]) -> list[Category]:
    return [
        Category(name, item.text)
        for each in instruments
        for name, item in each.items.items()
        if item.kind == "open_text"
    ]


def _ticks(instrument: Instrument, name: str, item: Item, scale: ResponseScale) -> list[Variable]:
    return [
        Variable(
            column,
            _with_option(item.text, scale.points[code].label, code),
            "code",
            "nominal",
            _TICKS,
            may_identify=item.personal_data,
            instrument=instrument.name,
            item=name,
        )
        for column, code in instrument.option_columns(name).items()
    ]


def _with_option(text: Texts, label: Texts, code: int) -> Texts:
    languages = tuple(dict.fromkeys([*text, *label])) or ("en",)
    return {
        each: f"{first_text(text, (each,))}: {first_text(label, (each,)) or code}".removeprefix(": ")
        for each in languages
    }


def _points(scale: ResponseScale) -> tuple[Category, ...]:
    """Return the points: of a ranked scale from low to high, else in the order shown."""
    codes = sorted(scale.points) if scale.ordered else list(scale.points)
    return tuple(Category(code, scale.points[code].label) for code in codes)


def _opt_outs(scale: ResponseScale) -> tuple[OptOutCode, ...]:
    return tuple(OptOutCode(code, each.reason, each.label) for code, each in scale.opt_outs.items())
