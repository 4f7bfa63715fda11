"""The command that draws recorded fits: what it takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def pictures(
    study: StudyFolder,
    fit_ids: Annotated[
        list[str],
        typer.Argument(help="Recorded fits, or models for their latest fit; at most six.", metavar="FIT_ID..."),
    ],
    *,
    out: Annotated[
        Path, typer.Option(help="Folder the pictures are written to. They are not protected: keep them private.")
    ],
    format_: Annotated[str, typer.Option("--format", help="svg, png or pdf.")] = "svg",
    language: Annotated[str, typer.Option(help="Language of the pictures, en or da.")] = "",
    as_json: AsJson = False,
) -> None:
    """Draw recorded fits: coefficients side by side, slopes, curves, response surface, residuals."""
    from pipelines.commands.pictures import draw_fits

    written = draw_fits(load(study), fit_ids, out, format_, language)
    if as_json:
        printing.print_json({"pictures": [str(path) for path in written]})
    else:
        printing.print_lines(str(path) for path in written)
