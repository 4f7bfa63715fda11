"""``sensemaking letter``: the letter of fieldwork as a file, and to everybody who gets it by mail."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from instruments.counted import counted
from instruments.faults import UsageError
from pipelines.commands import printing
from pipelines.files import refuse_to_write, whole_or_absent
from pipelines.load import Study
from pipelines.store import Store
from pipelines.telling.delivery import deliver
from pipelines.telling.letter.content import WORDINGS, write_letter
from pipelines.telling.letter.gathering import gather
from pipelines.telling.letter.sending import put_letter
from pipelines.telling.notice import now, problems


def letter_document(study: Study, path: Path | None, language: str, *, is_sent: bool, replace: bool) -> dict[str, Any]:
    """Write the letter of today to a file, send that of this week, or both.

    Args:
        study: The study.
        path: The PDF; None for none.
        language: Of the PDF; recipients get their own.
        is_sent: Whether it is sent; once a week, however often somebody asks.
        replace: Whether a file that is there is replaced.

    Returns:
        The file, how many messages are new, told and waiting, and notes about the telling.

    Raises:
        UsageError: When neither a file nor sending is asked for, or there is no such language.
    """
    if path is None and not is_sent:
        raise UsageError("say where the letter goes: --out PATH, --send, or both")
    if language not in WORDINGS:
        raise UsageError(f"there is no letter in '{language}'; expected {' or '.join(WORDINGS)}")
    moment = now()
    if path is not None:
        refuse_to_write(path, replace=replace)
        day = moment.astimezone(ZoneInfo(study.spec.schedule.time_zone)).date()
        written = write_letter(study, gather(study, Store(study.warehouse), moment, day), language)
        with whole_or_absent(path) as unfinished:
            unfinished.write_bytes(written.pdf)
    document: dict[str, Any] = {"file": str(path) if path else None}
    if is_sent:
        n_new = put_letter(study, moment, is_asked_for=True)
        done = deliver(study, moment, printing.say)
        document |= {"new": n_new, "told": done.n_told, "waiting": done.n_waiting, "notes": problems(done)}
    return document


def print_letter(document: dict[str, Any]) -> None:
    """Print what was written and sent."""
    if document["file"]:
        printing.print_lines([document["file"]])
    if "new" in document:
        new = counted(document["new"], "letter") if document["new"] else "none: that of this week went out before"
        printing.print_lines([f"New: {new}", f"Told: {document['told']}; {document['waiting']} waiting"])
        for note in document["notes"]:
            printing.say(f"note: {note}")
