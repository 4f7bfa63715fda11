"""The commands that show what a study's material is and how it came about: what each takes and prints."""

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
