"""Responses → SurveyMonkey's export of individual responses, condensed or expanded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.writers.delimited import delimited

OWN = (
    "Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name", "Last Name",
    "Custom Data 1",
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A question: ``single``, ``open``, ``multiple`` or ``grid``, with its options or rows."""

    text: str
    kind: str
    parts: Sequence[str] = ()
    has_other: bool = False


def responses(
    questions: Sequence[Asked], answers: Sequence[Mapping[str, object]], *, expanded: bool, bom: bool = True
) -> bytes:
    """Write two header rows and the responses.

    Args:
        questions: The questions.
        answers: Question → text, ticked options, or row → text; ``other`` → the text beside a question with one.
        expanded: A column an option; otherwise ticked options share one cell.
        bom: Whether the file begins with a byte order mark.
    """
    first, second = list(OWN), [""] * len(OWN)
    for question in questions:
        parts = _parts(question, expanded=expanded)
        first += [question.text, *[""] * (len(parts) - 1)]
        second += parts
    rows = [first, second]
    for number, answer in enumerate(answers):
        row = [
            str(11_490_000_000 + number), "412000123", "03/14/2026 10:23:11 AM", "03/14/2026 10:31:47 PM", "192.0.2.1",
            "removed@example.org", "", "", "",
        ]  # fmt: skip
        for question in questions:
            row += _cells(question, answer.get(question.text, ""), expanded=expanded)
            row += [str(answer.get(f"other: {question.text}", ""))] if question.has_other else []
        rows.append(row)
    return delimited(rows, ",", "utf-8-sig" if bom else "utf-8")


def _parts(question: Asked, *, expanded: bool) -> list[str]:
    own = {"single": ["Response"], "open": ["Open-Ended Response"], "grid": list(question.parts)}
    multiple = list(question.parts) if expanded else ["Response"]
    return own.get(question.kind, multiple) + (["Other (please specify)"] if question.has_other else [])


def _cells(question: Asked, answer: object, *, expanded: bool) -> list[str]:
    if question.kind == "grid":
        rows = answer if isinstance(answer, Mapping) else {}
        return [str(rows.get(part, "")) for part in question.parts]
    if question.kind == "multiple":
        ticked = list(answer) if isinstance(answer, list | tuple | set) else []
        if expanded:
            return [part if part in ticked else "" for part in question.parts]
        return [", ".join(part for part in question.parts if part in ticked)]
    return [str(answer)]
