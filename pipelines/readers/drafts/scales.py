"""Options of a survey's definition, or the answers that occur → a draft of a response scale, with what was guessed.

Put here codes, order and opt-outs; which items share a response scale is in ``draft``.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from instruments.counted import counted
from instruments.sections.response_scale import LARGEST_CODE, MissingReason
from pipelines.readers.drafts.batteries import are_numbered, low_to_high, order_is_known
from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.plan import fold
from pipelines.readers.structure import Option

_WHOLE = re.compile(r"-?\d{1,5}")
_NUMBERS = (re.compile(r"-?\d+(?:\.\d+)?"), re.compile(r"-?\d+(?:,\d+)?"))


@dataclass(frozen=True)
class DraftPoint:
    """One answer option: code, label, and further spellings."""

    code: int
    label: str = ""
    also: tuple[str, ...] = ()
    reason: MissingReason | None = None


@dataclass(frozen=True)
class DraftResponseScale:
    """Answer options that items share.

    Attributes:
        points: Options that are answers, in order.
        opt_outs: Options that are none.
        ordered: Whether the codes rank the options.
        guess: What was guessed and from what; empty when the survey's definition says it.
    """

    points: tuple[DraftPoint, ...]
    opt_outs: tuple[DraftPoint, ...] = ()
    ordered: bool = True
    guess: str = ""


def scale_from_options(options: Sequence[Option], *, is_ranked: bool) -> DraftResponseScale:
    """Make a response scale of a platform's options; codes that are no whole numbers are counted from 1.

    A label such as "No opinion" makes an opt-out only at the end of the codes: between others it is the midpoint.
    """
    code_of = codes_of(options)
    answers = [code_of[each.code] for each in options if not each.reason and not reason_of_label(each.label)]
    points: list[DraftPoint] = []
    opt_outs: list[DraftPoint] = []
    for option in options:
        also = tuple(dict.fromkeys(text for text in option.also if text and fold(text) != fold(option.label)))
        if str(code_of[option.code]) != option.code:
            also = (*also, option.code)
        is_between = bool(answers) and min(answers) < code_of[option.code] < max(answers)
        reason = option.reason or (None if is_between else reason_of_label(option.label))
        (opt_outs if reason else points).append(DraftPoint(code_of[option.code], option.label, also, reason))
    codes = [point.code for point in points]
    ordered = is_ranked or order_is_known([point.label for point in points])
    told = "from the survey's definition"
    if opt_outs:
        told += "; opt-outs by their label"
    if ordered and codes not in (sorted(codes), sorted(codes, reverse=True)):
        ordered = False
    return DraftResponseScale(tuple(points), tuple(opt_outs), ordered, told)


def codes_of(options: Sequence[Option]) -> dict[str, int]:
    """Return the platform's code of every option → ours: the same when all are whole numbers, else counted from 1."""
    wholes = [option.code for option in options if _WHOLE.fullmatch(option.code)]
    if len(wholes) == len(options) and all(abs(int(code)) <= LARGEST_CODE for code in wholes):
        return {code: int(code) for code in wholes}
    return {option.code: place for place, option in enumerate(options, start=1)}


def with_other_texts(scale: DraftResponseScale, texts: Sequence[str]) -> DraftResponseScale:
    """Add answers that occur although the survey's definition does not know them."""
    every = (*scale.points, *scale.opt_outs)
    known = {fold(text) for each in every for text in (str(each.code), each.label, *each.also)}
    strange = list({fold(text): text for text in texts if fold(text) not in known}.values())
    if not strange:
        return scale
    taken = {each.code for each in every}
    points = list(scale.points)
    for text in strange:
        is_code = _WHOLE.fullmatch(text) and int(text) not in taken and abs(int(text)) <= LARGEST_CODE
        code = int(text) if is_code else max([*taken, 0]) + 1
        taken.add(code)
        points.append(DraftPoint(code, "" if is_code else text))
    guess = f"{scale.guess}; {counted(len(strange), 'more answer occurs', 'more answers occur')}, added at the end"
    return replace(scale, points=tuple(points), ordered=False, guess=guess)


def are_numbers(texts: Sequence[str]) -> bool:
    """Say whether all texts are numbers with the same decimal sign."""
    return any(all(pattern.fullmatch(text) for text in texts) for pattern in _NUMBERS)


def decimal_sign(columns: Iterable[Sequence[str]]) -> str:
    """Return the decimal sign of columns of numbers: a comma where one occurs and nowhere a point, else a point."""
    signs = {sign for texts in columns for text in texts for sign in ".," if sign in text}
    return "," if signs == {","} else "."


def scale_from_texts(texts: Sequence[str]) -> DraftResponseScale:
    """Make a response scale of the texts that occur: their numbers, else their places in a known order."""
    reasons = {text: reason_of_label(text) for text in texts}
    answers = [text for text, reason in reasons.items() if reason is None]
    guess = "from the answers that occur; options nobody chose are not there"
    if answers and all(_WHOLE.fullmatch(text) for text in answers):
        codes = sorted({int(text) for text in answers})
        points = tuple(DraftPoint(code) for code in range(codes[0], codes[-1] + 1)) if are_numbered(answers) else ()
        points = points or tuple(DraftPoint(code) for code in codes)
        if len(points) == 1:
            points = (points[0], DraftPoint(points[0].code + 1))
        ordered = True
    elif len(answers) == 1:
        points, ordered = (DraftPoint(0), DraftPoint(1, answers[0])), False
        guess += "; one answer occurs, so 0 stands for the one that nobody gave"
    else:
        labels = list({fold(text): text for text in answers}.values())
        ordered = order_is_known(labels)
        points = tuple(DraftPoint(place, label) for place, label in enumerate(low_to_high(labels), start=1))
        guess += "; their order is that of their labels" if ordered else "; their order is not known"
    least = min((point.code for point in points), default=0)
    refusals = [(text, reason) for text, reason in reasons.items() if reason is not None]
    opt_outs = tuple(
        DraftPoint(min(least, 0) - place, text, (), reason) for place, (text, reason) in enumerate(refusals, start=1)
    )
    return DraftResponseScale(points, opt_outs, ordered, guess)
