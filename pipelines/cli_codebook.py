"""The command that writes the codebook of a study: what it takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def codebook(
    study: StudyFolder,
    *,
    to: Annotated[str, typer.Option("--to", help="datapackage, ddi or html.", metavar="NOTATION")] = "html",
    out: Annotated[Path, typer.Option(help="The file to write.", metavar="FILE")],
    counts: Annotated[bool, typer.Option("--counts", help="Tell on the page how often answers are missing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write what the data of a study hold: wording, answer options, scales, missing reasons. No answers."""
    from instruments.counted import counted
    from pipelines.commands.codebook import write_codebook

    written = write_codebook(load(study), to, out, with_counts=counts, replace=force)
    if as_json:
        printing.print_json(vars(written))
        return
    told = f"{counted(written.n_instruments, 'instrument')}, {counted(written.n_variables, 'variable')}"
    printing.print_lines([f"{written.file}: {told}"])
    for note in written.notes:
        printing.say(f"note: {note}")
