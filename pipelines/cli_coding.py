"""The commands of coding open answers: what each takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load, refuse_missing

app = typer.Typer(no_args_is_help=True, help="Code open answers; sheets hold answers and are private.")


@app.command()
def sheets(
    study: StudyFolder,
    *,
    recode: Annotated[bool, typer.Option("--recode", help="Those of the recode queue instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write for every coder the sheet of answers that are left to code."""
    from pipelines.commands.coding import write_sheets

    _print_counts(write_sheets(load(study), recode=recode), "answers", as_json=as_json)


@app.command()
def read(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Add what is filled in the sheets to the coding files; what was coded before stays."""
    from pipelines.commands.coding import read_sheets

    _print_counts(read_sheets(load(study)), "new rows", as_json=as_json)


@app.command()
def adjudicate(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Write for the third person the sheet of answers on which coders differ."""
    from pipelines.commands.coding import write_adjudication

    _print_counts(write_adjudication(load(study)), "answers", as_json=as_json)


@app.command()
def status(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Say how far the coding is, and how far coders agree."""
    from pipelines.commands.coding import progress

    now = progress(load(study))
    if as_json:
        tables = {"people": printing.records(now.people), "agreement": printing.records(now.agreement)}
        printing.print_json({**vars(now), **tables})
        return
    printing.print_frame("Who has coded what", now.people)
    figures = [
        "code",
        "n_answers",
        "n_used",
        "percent_agreement",
        "kappa",
        "alpha",
        "alpha_low",
        "alpha_high",
        "verdict",
    ]
    used = now.agreement[now.agreement["n_answers"] > 0]
    printing.print_frame("Agreement of coders over all questions (empty code: all codes)", used[figures])
    printing.print_lines([f"{now.n_undecided} answers wait for a third person, {now.n_queue} codings to be made again"])
    for model, reasons in now.refused_models.items():
        printing.print_lines(f"the model {model} is refused: {reason}" for reason in reasons)


@app.command()
def queue(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """List codings made before their code changed, and proposals of new codes."""
    from pipelines.commands.coding import queue as queue_of

    rows = queue_of(load(study))
    if as_json:
        printing.print_json(printing.records(rows))
    else:
        printing.print_frame("To be looked at again", rows)


@app.command("export")
def export_codings(
    study: StudyFolder,
    *,
    out: Annotated[Path, typer.Option(help="File: .qdc codebook, .qdpx project, .xlsx or .csv codings.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write codebook, screened answers and codings for another program; such files are private."""
    from pipelines.commands.coding_exchange import export_codings as export_now

    _print_counts({str(out): export_now(load(study), out, replace=force)}, "codes or codings", as_json=as_json)


@app.command("import")
def import_codings(
    study: StudyFolder,
    file: Annotated[Path, typer.Argument(help="A .qdpx project, or .xlsx or .csv codings.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Add codings made in another program to the coding files; what was coded before stays."""
    from pipelines.commands.coding_exchange import import_codings as import_now

    refuse_missing([file])
    _print_counts(import_now(load(study), file), "new rows", as_json=as_json)


def _print_counts(counts: dict[str, int], what: str, *, as_json: bool) -> None:
    if as_json:
        printing.print_json(counts)
    else:
        printing.print_lines(f"{name}: {n} {what}" for name, n in counts.items())
