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


@app.command("network")
def export_network(
    study: StudyFolder,
    out: OutFile,
    *,
    wave: Annotated[str | None, typer.Option(help="Only this wave; all waves when left out.")] = None,
    people: Annotated[
        bool, typer.Option("--people", help="Every response as a node, under a pseudonym, with dyads.")
    ] = False,
    force: MayReplace = False,
    as_json: AsJson = False,
) -> None:
    """Write collaborations and the groups that name them as a graph: .graphml, or .csv for a list of edges."""
    from pipelines.commands.export_network import export_network as write

    made = write(load(study), out, wave, people=people, replace=force)
    if as_json:
        printing.print_json(vars(made))
        return
    size = f"{counted(made.n_members, 'member')}, {counted(made.n_collaborations, 'collaboration')}"
    printing.print_lines([f"{made.file}: {size}, {counted(made.n_edges, 'edge')}"])
    for warning in made.warnings:
        printing.say(f"note: {warning}")


@app.command("labels")
def export_labels(study: StudyFolder, out: OutFile, *, force: MayReplace = False, as_json: AsJson = False) -> None:
    """Draw which label each invited unit sees, by chance within organisations, as .csv."""
    from pipelines.commands.export_labels import export_labels as write

    made = write(load(study), out, replace=force)
    if as_json:
        printing.print_json(vars(made))
        return
    printing.print_lines([f"{made.file}: {', '.join(f'{label} {n}' for label, n in made.n_units.items())}"])
    for warning in made.warnings:
        printing.say(f"note: {warning}")


@app.command("replication")
def export_replication(
    study: StudyFolder,
    out: Annotated[Path, typer.Option(help="The folder to make, or the archive if it ends in .zip.", metavar="PATH")],
    *,
    data: Annotated[str, typer.Option(help="synthetic, deidentified or none.", metavar="KIND")] = "synthetic",
    release: Annotated[str | None, typer.Option(help="The fits of this release.", metavar="NUMBER")] = None,
    sign_off: Annotated[
        str, typer.Option("--sign-off", help="Who states that a data agreement covers real rows.", metavar="NAME")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Write a package with which others make the results again: specifications, rows, results, software, script."""
    from pipelines.commands.export_replication import export_replication as write

    made = write(load(study), out, data, release, sign_off)
    if as_json:
        printing.print_json(vars(made))
        return
    told = f"{counted(made.n_fits, 'fit')}, {made.data} data, {counted(made.n_rows, 'row')}"
    printing.print_lines([f"{made.file}: {told}", f"manifest {made.manifest_sha256}"])
    for fit, reason in made.withheld.items():
        printing.say(f"withheld {fit}: {reason}")
    for note in made.notes:
        printing.say(f"note: {note}")


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
