"""What a survey asks, as far as a change of it changes what answers mean; and which questions changed, in words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from instruments.faults import DataError
from pipelines.readers.structures import read_structure

_NO_QUESTIONS = frozenset({"timing", "display_order", "metadata", "embedded", "weight", "score"})
MOST_TOLD = 10


@dataclass(frozen=True)
class Asked:
    """One question.

    Attributes:
        text: What respondents read.
        kind: What its answers are.
        options: Code → label.
        repeated_block: Name of the repeated block it is asked in; empty when it is asked once.
        path: Where exports have it, for platforms that write groups before a name.
    """

    text: str
    kind: str
    options: Mapping[str, str]
    repeated_block: str = ""
    path: str = ""


Questions = Mapping[str, Asked]


class QuestionsChanged(DataError):
    """The survey no longer asks what the source was set up with; nothing of it was taken."""


def questions_in(path: Path) -> dict[str, Asked]:
    """Read the questions of a file that defines a survey.

    Raises:
        ReadingError: When it is of no known form.
    """
    return {
        name: Asked(
            each.whole_text,
            each.kind,
            {option.code: option.label for option in each.options},
            each.repeated_block,
            each.path,
        )
        for name, each in read_structure([path]).questions.items()
        if each.kind not in _NO_QUESTIONS
    }


def read_questions(path: Path) -> dict[str, Asked]:
    """Read questions that were written before."""
    return {name: Asked(**each) for name, each in json.loads(path.read_text(encoding="utf-8")).items()}


def written_questions(questions: Questions) -> str:
    """Write questions as JSON."""
    return json.dumps({name: asdict(each) for name, each in questions.items()}, ensure_ascii=False, indent=1)


def differences(before: Questions, now: Questions) -> Iterator[str]:
    """Say of every question that is new, gone or other than before what changed."""
    for name in before.keys() | now.keys() if before != now else ():
        if name not in now:
            yield f"{name} is asked no more"
        elif name not in before:
            yield f"{name} is new: '{now[name].text}'"
        else:
            yield from (f"{name}: {each}" for each in _of_one(before[name], now[name]))


def _of_one(before: Asked, now: Asked) -> Iterator[str]:
    for what, old, new in (("text", before.text, now.text), ("kind", before.kind, now.kind)):
        if old != new:
            yield f"its {what} was '{old}' and is '{new}'"
    for code in dict.fromkeys([*before.options, *now.options]):
        old, new = before.options.get(code), now.options.get(code)
        if old is None:
            yield f"option {code} '{new}' is new"
        elif new is None:
            yield f"option {code} '{old}' is gone"
        elif old != new:
            yield f"option {code} was '{old}' and is '{new}'"
    if (before.repeated_block, before.path) != (now.repeated_block, now.path):
        yield "it stands in another group"


def refuse_changes(source: str, wave: str, changes: list[str]) -> None:
    """Refuse a survey that changed.

    Raises:
        QuestionsChanged: Where there is any change.
    """
    if changes:
        rest = [f"… and {len(changes) - MOST_TOLD} more"] if len(changes) > MOST_TOLD else []
        told = "\n".join(f"  {each}" for each in [*changes[:MOST_TOLD], *rest])
        raise QuestionsChanged(
            f"source {source} of wave {wave}: the survey no longer asks what the source was set up with; nothing was "
            f"taken:\n{told}\nPut the survey as it was, or mend the instrument and take the change on purpose: "
            'sensemaking pull STUDY --accept-changes "REASON"'
        )
