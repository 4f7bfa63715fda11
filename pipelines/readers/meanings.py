"""An instrument's response scale and a survey's answer options → what the texts of a column mean.

A text means the option that exports write so; the option means the instrument's point or opt-out with its label, in
any language or further spelling, else the one with its code. Which column holds which item is in ``holders``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from instruments.counted import counted
from instruments.sections.response_scale import MissingReason, OptOut, Point, ResponseScale
from instruments.spec import Instrument
from pipelines.readers.headers import listed
from pipelines.readers.plan import PlannedColumn, Written, fold
from pipelines.readers.structure import Option

Meaning = int | MissingReason
"""The instrument's code of a point or an opt-out, or a missing reason that only the survey's definition knows."""
_WHOLE_NUMBER = re.compile(r"([+-]?\d{1,9})(\.0+)?")


@dataclass(frozen=True)
class Meanings:
    """What texts mean, and what does not fit.

    Attributes:
        codes: Folded text → code of a point.
        opt_outs: Folded text → missing reason.
        faults: Why the column cannot be read; the file is then refused.
        warnings: What a person should check.
    """

    codes: dict[str, int] = field(default_factory=dict[str, int])
    opt_outs: dict[str, MissingReason] = field(default_factory=dict[str, MissingReason])
    faults: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass
class OptionMeanings:
    """What every option of a question means to the instrument, and what does not fit."""

    of_option: dict[Option, Meaning] = field(default_factory=dict["Option", "Meaning"])
    faults: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])


def meanings_of_texts(
    instrument: Instrument, item: str, missing: Mapping[str, MissingReason], written: Written = ""
) -> tuple[dict[str, int], dict[str, MissingReason]]:
    """Say which cell texts mean which code, and which mean no answer, by the instrument alone.

    Args:
        instrument: The instrument.
        item: One of its items.
        missing: Cell text → missing reason, as the source states; it goes before the instrument.
        written: Whether cells hold codes or labels; a text that is both is taken as a code unless they hold labels.

    Returns:
        Folded text → code of a point (its labels in every language, further spellings, the code itself), and folded
        text → missing reason of an opt-out.
    """
    scale = instrument.response_scale_of(item)
    labels, codes = _texts_of_labels(scale), _texts_of_codes(scale)
    texts = codes | labels if written == "labels" else labels | codes
    return _apart(texts, scale, missing)


def meanings_of_column(
    column: PlannedColumn, instrument: Instrument, item: str, missing: Mapping[str, MissingReason]
) -> Meanings:
    """Say what the texts of a column mean that holds one answer, or all ticked options, of a closed item.

    Args:
        column: The column, with the options of its question where the survey's definition is known.
        instrument: The instrument.
        item: Its item.
        missing: Cell text → missing reason, as the source states; it goes before everything else.
    """
    options = column.question.options if column.question else ()
    scale = instrument.response_scale_of(item)
    if scale is None or not options or column.option:
        codes, opt_outs = meanings_of_texts(instrument, item, missing, column.written)
        return Meanings(_with_ticks(column, scale, codes), opt_outs)
    matched = match_options(options, scale)
    texts, faults = _texts_of_options(matched.of_option, column.written)
    for text, meaning in _texts_of_labels(scale).items():
        texts.setdefault(text, meaning)
    for text in _texts_of_codes(scale):
        texts.setdefault(text, "invalid")
    codes, opt_outs = _apart(texts, scale, missing)
    return Meanings(codes, opt_outs, (*matched.faults, *faults), tuple(matched.warnings))


def match_options(options: Sequence[Option], scale: ResponseScale) -> OptionMeanings:
    """Say what the options of a question mean to an instrument.

    Args:
        options: Options of the survey's definition.
        scale: Response scale of the item.

    Returns:
        The meaning of every option that has one; a fault for options without one, and for codes that cannot be relied
        on because other options' labels contradict theirs; warnings where labels went before codes.
    """
    labels, codes = _texts_of_labels(scale), _texts_of_codes(scale)
    result = OptionMeanings()
    by_label: list[Option] = []
    by_code: list[Option] = []
    strangers: list[Option] = []
    contradicted: list[Option] = []
    for option in options:
        texts = [text for text in map(fold, (option.label, *option.also)) if text in labels]
        label = labels[texts[0]] if texts else None
        code = _first(codes.get(_plain_code(option.code)), labels.get(fold(option.code)))
        meaning = code if label is None else label
        if label is None and option.reason is not None and code not in scale.opt_outs:
            meaning = option.reason
        if meaning is None:
            strangers.append(option)
            continue
        result.of_option[option] = meaning
        is_told = label is not None or option.reason is not None
        (by_label if is_told else by_code).append(option)
        if is_told and code not in (None, meaning):
            contradicted.append(option)
    _blame_strangers(result, strangers)
    _blame_contradictions(result, by_label, by_code, contradicted)
    _warn_of_codes(result, by_code, scale)
    return result


def _first(*meanings: Meaning | None) -> Meaning | None:
    return next((meaning for meaning in meanings if meaning is not None), None)


def label_in_header(header_text: str, scale: ResponseScale) -> int | None:
    """Return the code of the point or opt-out whose label ends a header text, as in ``Question - Label``."""
    text = fold(header_text)
    found: list[tuple[int, int]] = []
    for code, point in _points_and_opt_outs(scale).items():
        for label in map(fold, (*point.label.values(), *point.also)):
            before = text[: -len(label)].rstrip() if label and text.endswith(label) else ""
            if before and before[-1] in "-–:|[":
                found.append((len(label), code))
    return max(found)[1] if found else None


def _blame_strangers(result: OptionMeanings, strangers: Sequence[Option]) -> None:
    if strangers:
        result.faults.append(
            f"{counted(len(strangers), 'answer option is', 'answer options are')} in the survey's definition, but no "
            f"point and no opt-out of the response scale: {_shown(strangers)}; add each label under also, or the "
            "option to the scale"
        )


def _blame_contradictions(
    result: OptionMeanings, by_label: Sequence[Option], by_code: Sequence[Option], contradicted: Sequence[Option]
) -> None:
    if contradicted:
        result.warnings.append(
            "the survey's definition gives other codes to these labels than the response scale; the labels were "
            f"followed: {_shown(contradicted)}"
        )
    taken = {result.of_option[option] for option in by_label if isinstance(result.of_option[option], int)}
    doubtful = [option for option in by_code if contradicted or result.of_option[option] in taken]
    if doubtful:
        result.faults.append(
            "the codes of these options cannot be relied on, as other options of the question have labels of other "
            f"codes, and their own labels are not in the response scale: {_shown(doubtful)}; add each label under also"
        )


def _warn_of_codes(result: OptionMeanings, by_code: Sequence[Option], scale: ResponseScale) -> None:
    worded = {str(code) for code, point in _points_and_opt_outs(scale).items() if point.label}
    other_words = [
        option
        for option in by_code
        if option.label and fold(option.label) != fold(option.code) and _plain_code(option.code) in worded
    ]
    if other_words:
        result.warnings.append(
            "these labels of the survey's definition are not in the response scale, so their codes were followed; "
            f"check that they mean the same, and add them under also: {_shown(other_words)}"
        )


def _texts_of_options(of_option: Mapping[Option, Meaning], written: Written) -> tuple[dict[str, Meaning], list[str]]:
    """Lay the texts of codes and labels together; a text with two meanings is decided by what the export holds."""
    codes, twice_as_code = _joined((_forms_of_code(option.code), meaning) for option, meaning in of_option.items())
    labels, twice_as_label = _joined(
        (map(fold, (option.label, *option.also)), meaning) for option, meaning in of_option.items()
    )
    faults: list[str] = []
    if twice_as_code and written != "labels":
        faults.append(f"several options share a code and mean different points: {listed(sorted(twice_as_code))}")
    if twice_as_label and written != "codes":
        faults.append(
            f"several options share a label and mean different points: {listed(sorted(twice_as_label))}; export codes"
        )
    both = [text for text in codes if text in labels and labels[text] != codes[text]]
    if both and not written:
        faults.append(
            f"these texts are the code of one option and the label of another: {listed(both)}; the export does not say "
            "whether it holds codes or labels; export it with its status column"
        )
    return (codes | labels if written == "labels" else labels | codes), faults


def _joined(entries: Iterable[tuple[Iterable[str], Meaning]]) -> tuple[dict[str, Meaning], set[str]]:
    texts: dict[str, Meaning] = {}
    twice: set[str] = set()
    for written, meaning in entries:
        for text in filter(None, written):
            if texts.setdefault(text, meaning) != meaning:
                twice.add(text)
    return texts, twice


def _with_ticks(column: PlannedColumn, scale: ResponseScale | None, codes: dict[str, int]) -> dict[str, int]:
    """Where one option's column holds an item with the points 0 and 1, its code and its label mean ticked too."""
    if not column.option or column.question is None or scale is None or set(scale.points) != {0, 1}:
        return codes
    own = [option for option in column.question.options if option.code == column.option]
    ticked = {fold(text): 1 for option in own for text in (option.code, option.label, *option.also) if fold(text)}
    return {**dict.fromkeys(column.unticked, 0), **codes, **ticked, **dict.fromkeys(column.ticked, 1)}


def _apart(
    texts: Mapping[str, Meaning], scale: ResponseScale | None, missing: Mapping[str, MissingReason]
) -> tuple[dict[str, int], dict[str, MissingReason]]:
    reason_of = {code: each.reason for code, each in scale.opt_outs.items()} if scale else {}
    opt_outs: dict[str, MissingReason] = {}
    codes: dict[str, int] = {}
    for text, meaning in texts.items():
        if not isinstance(meaning, int):
            opt_outs[text] = meaning
        elif meaning in reason_of:
            opt_outs[text] = reason_of[meaning]
        else:
            codes[text] = meaning
    opt_outs |= {fold(text): reason for text, reason in missing.items() if fold(text)}
    return {text: code for text, code in codes.items() if text not in opt_outs}, opt_outs


def _points_and_opt_outs(scale: ResponseScale | None) -> dict[int, Point | OptOut]:
    return {**scale.points, **scale.opt_outs} if scale else {}


def _texts_of_labels(scale: ResponseScale | None) -> dict[str, Meaning]:
    return {
        text: code
        for code, point in _points_and_opt_outs(scale).items()
        for text in map(fold, (*point.label.values(), *point.also))
        if text
    }


def _texts_of_codes(scale: ResponseScale | None) -> dict[str, Meaning]:
    return {str(code): code for code in _points_and_opt_outs(scale)}


def _forms_of_code(code: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((fold(code), _plain_code(code))))


def _plain_code(code: str) -> str:
    """Write a whole number without a sign or zeros that change nothing; other codes folded."""
    number = _WHOLE_NUMBER.fullmatch(code.strip())
    return str(int(number.group(1))) if number else fold(code)


def _shown(options: Sequence[Option]) -> str:
    return listed([f"{option.code} ({option.label})" if option.label else option.code for option in options])
