"""``init`` as the command line shows it: what was drafted, and what to look at."""

from typing import Any

from instruments.counted import counted
from pipelines.commands import printing
from pipelines.commands.init import Started


def started_document(started: Started) -> dict[str, Any]:
    """Return what was made as JSON values."""
    draft = started.draft
    return {
        "study": str(started.study.folder),
        "items": [item.name for item in draft.items] if draft else [],
        "scales": {scale.name: list(scale.items) for scale in draft.scales} if draft else {},
        "personal_data": list(draft.personal) if draft else [],
        "left_out": dict(draft.left_out) if draft else {},
    }


def print_started(started: Started) -> None:
    """Print what was made and what a person should do next."""
    folder, draft = started.study.folder, started.draft
    printing.print_lines([f"{folder / 'study.yaml'}: no faults"])
    if draft is not None:
        printing.print_lines(
            [
                f"  {counted(len(draft.items), 'item')}, {counted(len(draft.response_scales), 'response scale')}, "
                f"{counted(len(draft.scales), 'candidate scale')}; "
                f"{counted(len(draft.personal), 'column')} that may identify people, not read"
            ]
        )
        rows = ((scale.name, len(scale.items), ", ".join(scale.items)) for scale in draft.scales)
        printing.print_rows("Candidate scales", ("scale", "n", "items"), rows)
    first = (
        f"look through the lines marked 'guess' in {folder}"
        if draft is not None
        else f"put an export into {folder / 'exports'} and say in study.yaml what it is called"
    )
    printing.print_lines(
        [
            f"Next: {first}, then",
            f"  sensemaking check {folder}",
            f"  sensemaking run {folder}",
        ]
    )
