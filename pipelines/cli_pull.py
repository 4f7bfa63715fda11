"""The command that fetches responses from platforms: what it takes and prints."""

from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def pull(
    study: StudyFolder,
    *,
    wave: Annotated[str | None, typer.Option(help="Only sources of this wave.")] = None,
    whole: Annotated[bool, typer.Option("--whole", help="Fetch everything, not only what changed.")] = False,
    accept_changes: Annotated[str, typer.Option(help="Take changed questions: why.", metavar="REASON")] = "",
    accept_deletions: Annotated[str, typer.Option(help="Take an unusual loss: why.", metavar="REASON")] = "",
    as_json: AsJson = False,
) -> None:
    """Fetch new, changed and deleted responses from the platforms that the study names into exports/."""
    from pipelines.commands.pull import document_of, exit_code_of, show, tell_of
    from pipelines.pulling.of_source import Wishes
    from pipelines.pulling.of_study import pull_study

    wishes = Wishes(accept_changes.strip(), accept_deletions.strip(), whole)
    loaded = load(study)
    done = pull_study(
        loaded, wave, wishes, on_wait=printing.say, on_source=lambda name: printing.say(f"Pulling {name} …")
    )
    tell_of(loaded, done)
    if as_json:
        printing.print_json(document_of(done))
    else:
        show(done)
    raise typer.Exit(exit_code_of(done))
