"""The commands that keep a study safe: what each takes and prints."""

from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder

app = typer.Typer()


@app.command()
def doctor(
    study: StudyFolder,
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be proved and repaired.")] = False,
    ended_on: Annotated[
        list[str] | None,
        typer.Option(help="A machine on which nothing of the study is at work any more.", metavar="MACHINE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find what a killed run, a full disk, a move or a copy left; end with 3 while something is to be done."""
    from pipelines.commands.doctor import findings_document, is_sound, print_findings
    from pipelines.recovering.examination import examine

    found = examine(study, repair=repair, ended_on=ended_on or (), on_wait=printing.say)
    if as_json:
        printing.print_json(findings_document(study, found))
    else:
        print_findings(study, found)
    raise typer.Exit(0 if is_sound(found) else 3)
