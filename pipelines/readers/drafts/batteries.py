"""Answers that occur in an export → items that seem to share answer options, with the options in order.

Proposals for a person to check; nothing is read into ``core`` by them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.readers.plan import fold

_FEWEST_OPTIONS, _MOST_OPTIONS = 3, 11
_FEWEST_ITEMS = 2
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)")
_NUMBERED_OPTION = re.compile(r"(-?\d{1,3})(?:\.0+|\s*[^\d.,].*)?", re.DOTALL)
_LAST_PART = re.compile(r"(\[[^\]]*\]|[_.]?\d+)$")
_NUMBERED_QUESTIONS = frozenset({"", "Q", "V", "QID", "QUESTION", "VAR"})
_YES_OR_NO = frozenset({"yes", "no", "y", "n", "1", "0", "true", "false", "ja", "nej", "checked", "unchecked"})
_FAMILIES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("strongly disagree", "completely disagree", "helt uenig", "meget uenig"),
        ("disagree", "uenig"),
        ("somewhat disagree", "slightly disagree", "delvist uenig", "overvejende uenig"),
        (
            "neither agree or disagree", "neither agree nor disagree", "neutral", "undecided",
            "hverken enig eller uenig", "hverken/eller",
        ),
        ("somewhat agree", "slightly agree", "delvist enig", "overvejende enig"),
        ("agree", "enig"),
        ("strongly agree", "completely agree", "helt enig", "meget enig"),
    ),
    (
        ("never", "aldrig"),
        ("almost never", "very rarely", "næsten aldrig"),
        ("rarely", "seldom", "sjældent"),
        ("occasionally", "en gang imellem"),
        ("sometimes", "nogle gange", "af og til"),
        ("often", "ofte"),
        ("very often", "meget ofte"),
        ("almost always", "næsten altid"),
        ("always", "altid"),
    ),
    (
        ("very dissatisfied", "extremely dissatisfied", "meget utilfreds"),
        ("dissatisfied", "utilfreds"),
        ("somewhat dissatisfied", "delvist utilfreds"),
        ("neither satisfied nor dissatisfied", "neutral", "hverken tilfreds eller utilfreds", "hverken/eller"),
        ("somewhat satisfied", "delvist tilfreds"),
        ("satisfied", "tilfreds"),
        ("very satisfied", "extremely satisfied", "meget tilfreds"),
    ),
    (
        ("not at all", "to no extent", "slet ikke"),
        ("to a very small extent", "very little", "i meget ringe grad", "i meget lav grad"),
        ("to a small extent", "a little", "i ringe grad", "i lav grad"),
        ("to some extent", "somewhat", "i nogen grad"),
        ("to a moderate extent", "moderately", "i moderat grad"),
        ("to a large extent", "to a great extent", "a lot", "i høj grad"),
        ("to a very large extent", "to a very great extent", "completely", "i meget høj grad"),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Battery:
    """Items that share answer options.

    Attributes:
        items: Column names in the order of the file.
        labels: Options from low to high where the order is known, else as they first occur.
    """

    items: tuple[str, ...]
    labels: tuple[str, ...]


def question_of(column: str) -> str:
    """Return the name without its last part: ``Q2_1`` and ``Q2[SQ001]`` belong to ``Q2``, ``Q2`` to itself."""
    question = _LAST_PART.sub("", column)
    return column if question.upper() in _NUMBERED_QUESTIONS else question


def is_yes_or_no(columns: Sequence[Mapping[str, int]]) -> bool:
    """Say whether the columns of one question hold nothing but ticks."""
    found = {fold(text) for texts in columns for text in texts}
    return bool(found) and found <= _YES_OR_NO


def natural_order(texts: Iterable[str]) -> list[str]:
    """Sort different texts with the numbers in them by size: 2 before 10."""
    return sorted(dict.fromkeys(texts), key=_natural)


def find_batteries(items: Mapping[str, Mapping[str, int]]) -> list[Battery]:
    """Propose batteries.

    Options in words belong together whatever the question, as labels say enough; an item in which not every label
    occurs joins the battery that has them all. Options in numbers belong together only within one question.

    Args:
        items: Column → its texts, in the order in which they first occur.

    Returns:
        Batteries of at least two items and three to eleven options, in the order of the file.
    """
    in_numbers: dict[str, dict[str, list[str]]] = {}
    in_words: dict[frozenset[str], dict[str, list[str]]] = {}
    for column, texts in items.items():
        options = list(texts)
        if are_numbered(options):
            in_numbers.setdefault(question_of(column), {})[column] = options
        elif _FEWEST_OPTIONS <= len(set(map(fold, options))) <= _MOST_OPTIONS:
            in_words.setdefault(frozenset(map(fold, options)), {})[column] = options
    groups = [*in_numbers.values(), *_joined(in_words)]
    found = [_battery(group, list(items)) for group in groups if len(group) >= _FEWEST_ITEMS]
    usable = [each for each in found if _FEWEST_OPTIONS <= len(each.labels) <= _MOST_OPTIONS]
    place = {column: index for index, column in enumerate(items)}
    return sorted(usable, key=lambda battery: place[battery.items[0]])


def are_numbered(options: Sequence[str]) -> bool:
    """Say whether the options are the whole numbers of a short range, with or without a label."""
    numbers = [found for option in options if (found := _NUMBERED_OPTION.fullmatch(option.strip()))]
    if not options or len(numbers) < len(options):
        return False
    codes = [int(found.group(1)) for found in numbers]
    return max(codes) - min(codes) < _MOST_OPTIONS


def _joined(groups: Mapping[frozenset[str], dict[str, list[str]]]) -> list[dict[str, list[str]]]:
    """Let groups whose options are a part of exactly one larger group's options join it."""
    joined = {options: dict(columns) for options, columns in groups.items()}
    for options in sorted(groups, key=len):
        largest = [other for other in groups if options < other and not any(other < third for third in groups)]
        if len(largest) == 1:
            joined[largest[0]] |= joined.pop(options)
    return list(joined.values())


def _battery(group: Mapping[str, Sequence[str]], order: Sequence[str]) -> Battery:
    columns = sorted(group, key=order.index)
    labels: dict[str, str] = {}
    for column in columns:
        for option in group[column]:
            labels.setdefault(fold(option), option.strip())
    return Battery(tuple(columns), tuple(labels[folded] for folded in low_to_high(list(labels))))


def order_is_known(labels: Sequence[str]) -> bool:
    """Say whether all labels belong to one family whose order is known."""
    folded = [fold(label) for label in labels]
    return len(folded) > 1 and any(
        all(option in {label for labels in family for label in labels} for option in folded) for family in _FAMILIES
    )


def low_to_high(options: list[str]) -> list[str]:
    """Sort options from low to high where their order is known; otherwise leave them as they are."""
    for family in _FAMILIES:
        rank = {label: place for place, labels in enumerate(family) for label in labels}
        if all(fold(option) in rank for option in options):
            return sorted(options, key=lambda option: rank[fold(option)])
    if all(_NUMBERED_OPTION.fullmatch(option) for option in options):
        return sorted(options, key=_natural)
    return options


def _natural(text: str) -> tuple[tuple[int, float, str], ...]:
    parts = [part for part in _NUMBER.split(text) if part]
    return tuple((0, float(part), "") if _NUMBER.fullmatch(part) else (1, 0.0, part.casefold()) for part in parts)
