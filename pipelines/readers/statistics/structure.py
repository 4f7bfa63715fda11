"""The variables of an SPSS or Stata file → the survey's structure: questions, options, missing reasons, batteries.

Put here what the file's own labels say of the survey; nothing is taken from a variable's name but which ones belong
together. How the values become text is in ``statistics_variables``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from instruments.sections.response_scale import MissingReason
from pipelines.readers.headers import listed
from pipelines.readers.plan import fold
from pipelines.readers.statistics.missing_labels import UNKNOWN, reason_of_missing_value
from pipelines.readers.statistics.variables import Variable
from pipelines.readers.structure import Option, Question, QuestionKind, Structure, StructureColumn

SHORT_TEXT_BYTES = 8
_MOST_COUNTED = 1_000
_DIGITS = re.compile(r"\d+")


@dataclass
class Seen:
    """What occurs in a variable, as far as it is needed to say what the variable is.

    Attributes:
        declared_missing: Texts of values that the file declares missing.
        unlabelled: Whether a value that is not missing has no label.
        has_fractions: Whether such a value is no whole number.
        has_no_time: Whether a day or moment lies outside of the years 1 to 9999.
    """

    declared_missing: dict[str, None] = field(default_factory=dict[str, None])
    unlabelled: bool = False
    has_fractions: bool = False
    has_no_time: bool = False

    def look_at(self, variable: Variable, values: Iterable[Any]) -> None:
        """Take in the values of one block of rows."""
        for value in set(values) - {None, ""}:
            if variable.is_missing(value):
                if len(self.declared_missing) < _MOST_COUNTED:
                    self.declared_missing[variable.text(value) or ""] = None
            elif value not in variable.labels:
                self.unlabelled = True
                self.has_no_time |= variable.is_no_time(value)
                self.has_fractions |= not isinstance(value, str) and not float(value).is_integer()


@dataclass(frozen=True)
class MultipleResponse:
    """A multiple response set of an SPSS file.

    Attributes:
        name: Its name.
        label: What was asked.
        counted: Text of the value that means ticked; empty for a set whose variables hold categories.
        variables: Names of its variables.
    """

    name: str
    label: str
    counted: str
    variables: tuple[str, ...]


def structure_of(
    platform: str,
    title: str,
    variables: Sequence[Variable],
    seen: Mapping[str, Seen],
    sets: Sequence[MultipleResponse] = (),
    weight: str = "",
) -> Structure:
    """Say what a file tells of its survey.

    Args:
        platform: ``spss`` or ``stata``.
        title: The file's label.
        variables: Its variables.
        seen: Variable → what occurs in it.
        sets: Its multiple response sets.
        weight: Variable by which the file weights; empty when it does not.
    """
    questions = {each.name: _question(each, seen[each.name]) for each in variables}
    if weight:
        questions[weight] = replace(questions[weight], kind="weight")
    questions = _with_batteries(questions, [each.name for each in variables])
    columns: list[StructureColumn] = []
    for each in sets:
        if each.counted:
            questions[set_id(each)] = _multiple_choice(each, questions)
            columns += [StructureColumn(name, set_id(each), name, ticked=each.counted) for name in each.variables]
        else:
            for name in each.variables:
                questions[name] = replace(questions[name], battery=each.name, stem=each.label)
    return Structure(platform, title, "", questions, warnings=_warnings(questions, seen), columns=tuple(columns))


def set_id(each: MultipleResponse) -> str:
    """Return the id of the question that a multiple response set is; no variable can be called so."""
    return f"${each.name}"


def missing_options(question: Question) -> dict[str, MissingReason]:
    """Return the folded texts of values that the file declares missing, with their reasons."""
    return {fold(option.code): option.reason for option in question.options if option.reason is not None}


def _question(variable: Variable, seen: Seen) -> Question:
    options = _options(variable, seen)
    return Question(
        id=variable.name,
        text=variable.label,
        kind=_kind(variable, seen, [option for option in options if option.reason is None]),
        options=options,
    )


def _options(variable: Variable, seen: Seen) -> tuple[Option, ...]:
    """Return labelled values and declared missing ones that have no label, the latter last."""
    options: dict[str, Option] = {}
    for value, label in variable.labels.items():
        code = variable.text(value) or ""
        reason = reason_of_missing_value(label) if variable.is_missing(value) else None
        options[code] = Option(code, " ".join(label.split()), reason=reason)
    points = [variable.text(low) or "" for low, high in variable.missing if low == high]
    for code in (*points, *seen.declared_missing):
        options.setdefault(code, Option(code, "", reason=UNKNOWN))
    return tuple(options.values())


def _kind(variable: Variable, seen: Seen, points: Sequence[Option]) -> QuestionKind:
    if variable.content in ("day", "moment", "duration"):
        return {"day": "date", "moment": "metadata", "duration": "timing"}[variable.content]  # type: ignore[return-value]
    if len(points) > 1 and not seen.has_fractions and not (seen.unlabelled and variable.measure == "scale"):
        return "choice"
    if variable.content == "text":
        return "code" if variable.width <= SHORT_TEXT_BYTES else "open_text"
    return "number"


def _with_batteries(questions: Mapping[str, Question], names: Sequence[str]) -> dict[str, Question]:
    """Propose that neighbouring choices with the same labels, and names that differ in digits only, belong together."""
    found = dict(questions)

    def likeness(name: str) -> object:
        question = questions[name]
        labels = tuple((option.code, fold(option.label)) for option in question.options if option.reason is None)
        return (_DIGITS.sub("#", name), labels) if question.kind == "choice" else name

    for _, group in groupby(names, likeness):
        members = list(group)
        if len(members) > 1:
            found |= {name: replace(found[name], battery=members[0]) for name in members}
    return found


def _multiple_choice(each: MultipleResponse, questions: Mapping[str, Question]) -> Question:
    options = tuple(Option(name, questions[name].text or name) for name in each.variables)
    return Question(set_id(each), each.label, "multiple_choice", options=options)


def _warnings(questions: Mapping[str, Question], seen: Mapping[str, Seen]) -> tuple[str, ...]:
    unclear = [name for name in seen if any(option.reason == UNKNOWN for option in questions[name].options)]
    timeless = [name for name in seen if seen[name].has_no_time]
    found: list[str] = []
    if unclear:
        what_to_do = "they are read as missing for an unknown reason; say which under missing"
        found.append(f"no label says why values are declared missing in {listed(unclear)}; {what_to_do}")
    if timeless:
        found.append(f"days outside of the years 1 to 9999 are left as the file's numbers in {listed(timeless)}")
    return tuple(found)
