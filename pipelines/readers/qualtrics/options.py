"""Choices of a Qualtrics question → answer options with the codes that exports write, and which of them are no answer.

An export writes the recode value of a choice, which is neither its id nor its place on the screen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.readers.opt_outs import reason_of_label
from pipelines.readers.plan import fold
from pipelines.readers.qualtrics.texts import entries, mapping, plain, spellings
from pipelines.readers.structure import Option

_WHOLE_NUMBER = re.compile(r"[+-]?\d{1,9}")
_FEWEST_POINTS = 2
_SEVERAL = frozenset({"MAVR", "MAHR", "MACOL", "MSB"})


def ordered(given: object, order: object) -> dict[str, dict[str, Any]]:
    """Return choices by id in the order shown; those that the order leaves out come last.

    Args:
        given: ``Choices`` or ``Answers``.
        order: ``ChoiceOrder`` or ``AnswerOrder``.
    """
    choices = entries(given)
    wanted = [str(each) for each in mapping(order).values() if str(each) in choices]
    return {key: choices[key] for key in dict.fromkeys((*wanted, *choices))}


def choice_label(choice: Mapping[str, Any]) -> str:
    """Return what a choice shows: its words, or those of its picture."""
    picture = mapping(choice.get("Image"))
    shown = (choice.get("Display"), picture.get("Display"), choice.get("ImageDescription"))
    return next((label for label in map(plain, shown) if label), "")


def options_of(payload: Mapping[str, Any], key: str, order: str) -> tuple[Option, ...]:
    """Read the answer options of a question.

    Args:
        payload: The question.
        key: ``Choices``, or ``Answers`` for the scale points of a matrix.
        order: ``ChoiceOrder`` or ``AnswerOrder``.
    """
    recodes, names = mapping(payload.get("RecodeValues")), mapping(payload.get("VariableNaming"))
    languages = [entries(each.get(key)) for each in entries(payload.get("Language")).values()]
    options: list[Option] = []
    for choice_id, choice in ordered(payload.get(key), payload.get(order)).items():
        name = plain(names.get(choice_id))
        label = choice_label(choice) or name
        translated = [each[choice_id].get("Display") for each in languages if choice_id in each]
        written = [name, *spellings(choice.get("Display"))]
        written += [form for text in translated for form in (plain(text), *spellings(text))]
        also = tuple({fold(text): text for text in reversed(written) if fold(text) not in ("", fold(label))}.values())
        code = _code(recodes, choice_id)
        options.append(Option(code, label, also[::-1], id="" if code == choice_id else choice_id))
    return with_opt_outs(options, is_ranked=not allows_several(payload))


def allows_several(payload: Mapping[str, Any]) -> bool:
    """Say whether a respondent may tick several of the options."""
    return str(payload.get("Selector")) in _SEVERAL or payload.get("SubSelector") == "MultipleAnswer"


def with_opt_outs(options: Sequence[Option], *, is_ranked: bool) -> tuple[Option, ...]:
    """Mark options with a negative recode as no answer, where the label says so or the recode breaks the order.

    Negative recodes shown before or after codes that are in order, as -1 after 1, 2, 3, set the option apart;
    -2, -1, 0, 1, 2 in this order is a bipolar scale.

    Args:
        options: In the order shown.
        is_ranked: Whether the order of the recodes counts; it does not where several options may be ticked.
    """
    if len([option for option in options if not _is_negative(option)]) < _FEWEST_POINTS:
        return tuple(options)
    marked = [replace(each, reason=reason_of_label(each.label) if _is_negative(each) else None) for each in options]
    rest = [option for option in marked if option.reason is None]
    apart = _before_or_after_the_order(rest) if is_ranked else ()
    return tuple(replace(each, reason="not_applicable") if each in apart else each for each in marked)


def _before_or_after_the_order(options: Sequence[Option]) -> Sequence[Option]:
    """Return the options with negative codes at one end without which the others are in order; none if all are."""
    if _are_in_order(options):
        return ()
    n_first = next((place for place, option in enumerate(options) if not _is_negative(option)), 0)
    n_last = next((place for place, option in enumerate(reversed(options)) if not _is_negative(option)), 0)
    for apart, others in (
        (options[len(options) - n_last :], options[: len(options) - n_last]),
        (options[:n_first], options[n_first:]),
    ):
        if apart and _are_in_order(others):
            return apart
    return ()


def _are_in_order(options: Sequence[Option]) -> bool:
    numbers = [int(option.code) for option in options if _WHOLE_NUMBER.fullmatch(option.code)]
    return numbers in (sorted(numbers), sorted(numbers, reverse=True))


def _is_negative(option: Option) -> bool:
    return _WHOLE_NUMBER.fullmatch(option.code) is not None and int(option.code) < 0


def set_apart_by_order(question: str, options: Sequence[Option]) -> str:
    """Return a warning that names options taken for no answer though their labels do not say so; empty if none."""
    odd = [option for option in options if option.reason is not None and reason_of_label(option.label) is None]
    if not odd:
        return ""
    listed = ", ".join(f"{option.code} ({option.label[:60]})" for option in odd)
    return (
        f"question {question}: taken as no answer for its negative recode, though the label does not say so: {listed}; "
        "list it among the points or the opt_outs of the instrument's response scale to decide"
    )


def _code(recodes: Mapping[str, Any], choice_id: str) -> str:
    code = recodes.get(choice_id)
    return choice_id if code is None or not str(code).strip() else str(code).strip()
