"""The commands about people's rights: what each takes and prints."""

from typing import Annotated

import typer

from instruments.counted import counted
from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def erase(
    study: StudyFolder,
    *,
    response: Annotated[str | None, typer.Option(help="Id of a response: SOURCE/ID.", metavar="ID")] = None,
    person: Annotated[str | None, typer.Option(help="Key of a person, as exports hold it.", metavar="KEY")] = None,
    because: Annotated[str, typer.Option(help="Why, for the record.", metavar="TEXT")],
    as_json: AsJson = False,
) -> None:
    """Take a response, or a person with all responses, out of everything the software keeps. Cannot be undone."""
    from pipelines.assets.whereabouts import Wanted
    from pipelines.commands.erase import erase as erase_now

    done = erase_now(load(study), Wanted(response, person), because, printing.say)
    if as_json:
        printing.print_json(vars(done))
        return
    printing.print_lines([f"erased: {counted(done.n_responses, 'response')}"])
    for what, rewritten in (("kept files", done.files), ("rows of fits", done.fit_rows)):
        rows = ((old[:12], new[:12], n) for old, new, n in rewritten)
        printing.print_rows(f"Rewritten {what}", ("old sha256", "new sha256", "rows taken out"), rows)
    printing.print_rows("Rows taken out of exports that were pulled", ("file", "rows"), done.pulled)
    printing.print_rows("Rows taken out of coding files", ("file", "rows"), done.codings)
    printing.print_rows("Deleted", ("table", "rows"), done.deleted.items())
    printing.print_lines(f"still holds them, yours to change: {each}" for each in done.still_held)
    printing.print_lines(f"note: {each}" for each in done.notes)
