"""The commands that write a study's data for other programs: what each takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from instruments.counted import counted
from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer(no_args_is_help=True, help="Write a study's data for other programs; such files are private.")
OutFile = Annotated[Path, typer.Option(help="The file to write.", metavar="FILE")]
MayReplace = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]


@app.command("spss")
def export_spss(study: StudyFolder, out: OutFile, *, force: MayReplace = False, as_json: AsJson = False) -> None:
    """Write the analysed responses as a labelled .sav file, with a codebook beside it."""
    _export(study, "spss", out, force=force, as_json=as_json)


@app.command("stata")
def export_stata(study: StudyFolder, out: OutFile, *, force: MayReplace = False, as_json: AsJson = False) -> None:
    """Write the analysed responses as a labelled .dta file, with a codebook beside it."""
    _export(study, "stata", out, force=force, as_json=as_json)


def _export(study: Path, program: str, out: Path, *, force: bool, as_json: bool) -> None:
    from pipelines.commands.export import export_analysis

    made = export_analysis(load(study), program, out, replace=force)
    if as_json:
        printing.print_json(vars(made))
        return
    size = f"{counted(made.n_rows, 'response')}, {counted(made.n_variables, 'variable')}"
    printing.print_lines([f"{made.file}: {size}; {made.codebook.name}"])
    for warning in made.warnings:
        printing.say(f"note: {warning}")
