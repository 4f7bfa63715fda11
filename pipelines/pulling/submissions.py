"""What Kobo and ODK Central have in common: forms written as XLSForms, submissions that are never asked for in part."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from instruments.faults import UsageError
from pipelines.pulling.questions import Questions, questions_in


def questions_of_form(structure: Path) -> Questions:
    """Return what an XLSForm asks.

    Raises:
        UsageError: When it has repeated groups, whose answers would be lost.
    """
    found = questions_in(structure)
    repeated = sorted({each.repeated_block for each in found.values() if each.repeated_block})
    if repeated:
        raise UsageError(
            f"the form repeats {', '.join(repeated)}, and repeats are not pulled; take pull out of study.yaml and "
            "export the form by hand"
        )
    return found


def texts(submission: Mapping[str, object], passed_over: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Write the answers of a submission as texts, by column; lists and nested values are passed over by name only.

    Raises:
        UsageError: When it holds a list that is no list of the platform's own.
    """
    for name, value in submission.items():
        if name in passed_over:
            continue
        if isinstance(value, list | dict):
            if any(cast("list[object]", value)):
                raise UsageError(f"{name} holds a list, and repeats are not pulled; export the form by hand")
            continue
        yield name, "" if value is None else str(value)
