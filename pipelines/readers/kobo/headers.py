"""Headers of a Kobo or ODK export → the form's questions and options, in every way in which they are spelled.

Groups stand in front of a name or not, joined by ``/``, ``-`` or ``.``; an option stands behind its question; R changes
signs; an export may show labels instead. A spelling that two questions share finds neither.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pipelines.readers.kobo.names import r_name
from pipelines.readers.plan import fold
from pipelines.readers.structure import Option, Question, Structure

Spelling = Literal["name", "r_name", "label"]
_JOINTS = ("/", "-", ".", ":")
_OPTION_JOINTS = ("/", ".")
_WITH_OPTIONS = ("multiple_choice", "ranking")


@dataclass(frozen=True)
class Target:
    """What a header stands for: a question, or one option of it."""

    question: Question
    option: str = ""
    spelling: Spelling = "name"


class FormHeaders:
    """All headers that exports of one form may have."""

    def __init__(self, structure: Structure) -> None:
        questions = list(structure.questions.values())
        whole = [spelled for question in questions for spelled in _spelled(question, whole=True)]
        short = [spelled for question in questions for spelled in _spelled(question, whole=False)]
        labels = [spelled for question in questions for spelled in _labelled(question)]
        self._layers = (
            _unique(whole),
            _unique(short),
            _unique((r_name(text), _respelled(target, "r_name")) for text, target in whole),
            _unique((r_name(text), _respelled(target, "r_name")) for text, target in short),
            _unique(spelled for question in questions for spelled in _underlined(question)),
            _unique((fold(text), target) for text, target in labels),
        )

    def find(self, header: str) -> Target | None:
        """Return what a header stands for, or None when no question or several are spelled so."""
        for layer in self._layers[:-1]:
            if layer.get(header) is not None:
                return layer[header]
        return self._layers[-1].get(fold(header))


def _respelled(target: Target, spelling: Spelling) -> Target:
    return Target(target.question, target.option, spelling)


def _spelled(question: Question, *, whole: bool) -> Iterator[tuple[str, Target]]:
    """Yield the headers of a question and its options, with all of its groups in front or with fewer."""
    parts = (question.path or question.id).split("/")
    suffixes = [parts] if whole else [parts[start:] for start in range(1, len(parts))]
    for suffix in suffixes:
        for head in dict.fromkeys(joint.join(suffix) for joint in _JOINTS):
            yield head, Target(question)
            for option in _headed(question):
                for joint in _OPTION_JOINTS:
                    yield head + joint + option.code, Target(question, option.code)


def _underlined(question: Question) -> Iterator[tuple[str, Target]]:
    """Yield SurveyCTO's headers of options, ``tools_3`` and ``tools__999`` for -999; other names go before them."""
    name = question.path.rpartition("/")[2] or question.id
    for option in _headed(question):
        for code in dict.fromkeys((option.code, option.code.replace("-", "_"))):
            yield f"{name}_{code}", Target(question, option.code)


def _labelled(question: Question) -> Iterator[tuple[str, Target]]:
    texts = [text for text in dict.fromkeys((question.text, *question.texts.values())) if text]
    in_section = [f"{question.section}/{text}" for text in texts if question.section]
    for head in (*texts, *in_section):
        yield head, Target(question, spelling="label")
        for option in _headed(question):
            for label in dict.fromkeys((option.label, *option.also)):
                yield f"{head}/{label}", Target(question, option.code, "label")


def _headed(question: Question) -> tuple[Option, ...]:
    return question.options if question.kind in _WITH_OPTIONS else ()


def _unique(spelled: Iterable[tuple[str, Target]]) -> Mapping[str, Target | None]:
    """Index spellings; one that stands for two different things finds nothing."""
    found: dict[str, Target | None] = {}
    targets: dict[str, tuple[str, str]] = {}
    for text, target in spelled:
        same = (target.question.id, target.option)
        found[text] = target if targets.setdefault(text, same) == same else None
    return found
