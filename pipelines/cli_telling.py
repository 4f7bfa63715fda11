"""The commands that tell people: what each takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def tell(
    study: StudyFolder,
    *,
    test: Annotated[bool, typer.Option("--test", help="Send a test message to every recipient.")] = False,
    status: Annotated[bool, typer.Option("--status", help="List what was told and what waits; tell nothing.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Try what was given up once more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Notice what happened to a study, and tell those whom study.yaml names; each event once."""
    from pipelines.commands import telling

    loaded = load(study)
    document = telling.status_document(loaded) if status else telling.tell_now(loaded, is_test=test, again=again)
    if as_json:
        printing.print_json(document)
    elif status:
        telling.print_status(document)
    else:
        telling.print_told(document)


@app.command()
def letter(
    study: StudyFolder,
    *,
    out: Annotated[Path | None, typer.Option(help="PDF to write.", metavar="PATH")] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it to everybody who gets the weekly letter.")] = False,
    language: Annotated[str, typer.Option(help="Language of the PDF: en or da.", metavar="en|da")] = "en",
    force: Annotated[bool, typer.Option("--force", help="Replace a file of this name.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write the letter of fieldwork: who has answered, how good the answers are, what is open."""
    from pipelines.commands import letters

    loaded = load(study)
    document = letters.letter_document(loaded, out, language, is_sent=send, replace=force)
    if as_json:
        printing.print_json(document)
    else:
        letters.print_letter(document)
