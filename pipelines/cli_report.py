"""The command about reports to carry away: what it takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def report(
    study: StudyFolder,
    *,
    release: Annotated[int | None, typer.Option(help="Of this number; without it the current one.", min=1)] = None,
    language: Annotated[
        str, typer.Option(help="en or da; without it the first of the study.", metavar="LANGUAGE")
    ] = "",
    to: Annotated[
        Path | None, typer.Option(help="The folder to write to; reports/ of the study without it.", metavar="FOLDER")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a release as a PDF, slides, a workbook and one HTML file to carry away."""
    from pipelines.commands.report import write_reports

    made = write_reports(load(study), release, language, to)
    if as_json:
        printing.print_json(
            {"release": made.number, "language": made.language, "files": [str(each) for each in made.files]}
        )
    else:
        printing.print_lines(str(each) for each in made.files)
