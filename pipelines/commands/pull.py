"""``sensemaking pull``: what came of it, for people and machines. Never the id of a response."""

from dataclasses import asdict
from typing import Any

from instruments.counted import counted
from pipelines.commands import printing
from pipelines.commands.errors import tell
from pipelines.load import Study
from pipelines.pulling.of_study import PulledStudy
from pipelines.telling.notice import now
from pipelines.telling.notice import tell as tell_people
from pipelines.telling.of_pull import report_of_pull

COLUMNS = ("source", "wave", "platform", "n_listed", "n_new", "n_changed", "n_deleted", "file_name")

GONE = (
    "gone from the platform: listed in the table raw.deletions, analysed no more from the next run on. Files that "
    "arrived before still hold them; sensemaking erase STUDY --response ID --because TEXT takes one out of everything"
)

ERASED = (
    "erased here and still held by the platform: delete them there; they were not taken, and will not be as long as "
    "the key of erasures is kept"
)


def document_of(done: PulledStudy) -> dict[str, Any]:
    """Return what was done as one document."""
    told = [(source, tell(error)) for source, error in done.failures]
    return {
        "sources": [asdict(each) for each in done.pulled],
        "failures": [{"source": name, "exit_code": each.code, "message": each.message} for name, each in told],
    }


def tell_of(study: Study, done: PulledStudy) -> None:
    """Tell those whom the study names what came of it, and say what stood in the way of that."""
    for note in tell_people(study, now(), report_of_pull(study, done)):
        printing.say(f"note: {note}")


def show(done: PulledStudy) -> None:
    """Print what was done, and why what failed did."""
    printing.print_rows("Pulled", COLUMNS, ([getattr(each, name) for name in COLUMNS] for each in done.pulled))
    printing.print_lines(
        f"{each.source}: taken on purpose: {change}" for each in done.pulled for change in each.changes
    )
    n_deleted = sum(each.n_deleted for each in done.pulled)
    if n_deleted:
        printing.print_lines([f"{counted(n_deleted, 'response')} {GONE}"])
    printing.print_lines(
        f"{each.source}: {counted(each.n_erased, 'response')} {ERASED}" for each in done.pulled if each.n_erased
    )
    for source, error in done.failures:
        printing.say(f"{source}: {tell(error).message}")


def exit_code_of(done: PulledStudy) -> int:
    """Return the exit code: 0, or that of the failures; a mistake in the study counts before the environment."""
    codes = {tell(error).code for _, error in done.failures}
    return next((code for code in (2, 3, 1) if code in codes), 0)
