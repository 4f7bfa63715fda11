"""The commands that show what a study's material is and how it came about: what each takes and prints."""

from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def sample(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Say how units were selected and referred, and which figures allow no inference to a population."""
    from pipelines.commands.sample import print_sample, read_sample

    found = read_sample(load(study))
    if as_json:
        tables = {"selections": found.selections, "referrals": found.referrals}
        documents = {name: printing.records(table) for name, table in tables.items()}
        printing.print_json({**documents, "notes": found.notes})
    else:
        print_sample(found)


@app.command()
def cases(
    study: StudyFolder,
    *,
    case: Annotated[str | None, typer.Option("--case", help="Only this case.", metavar="ID")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what material there is of every case: responses, members, documents, interviews, process trace."""
    from pipelines.commands.cases import describe_cases, print_cases

    found = describe_cases(load(study), case)
    if as_json:
        printing.print_json({"cases": found})
    else:
        print_cases(found)
