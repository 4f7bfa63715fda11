"""The command about power: what it takes and prints."""

from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()
FEWEST_DRAWS, MOST_DRAWS = 100, 100_000


@app.command()
def power(
    study: StudyFolder,
    model: Annotated[str, typer.Argument(help="A model of the study that was fitted in its last run.")],
    *,
    effect: Annotated[
        list[float] | None,
        typer.Option(help="A true effect, in units of the coefficient; may be given several times.", metavar="NUMBER"),
    ] = None,
    variant: Annotated[str, typer.Option(help="A variant of the model.")] = "main",
    draws: Annotated[
        int, typer.Option(help="Studies drawn for each effect.", min=FEWEST_DRAWS, max=MOST_DRAWS)
    ] = 2_000,
    as_json: AsJson = False,
) -> None:
    """Tell how likely the design at hand is to show an effect: by formula, and by studies drawn from the fit."""
    from models.regression.power_of_model import Sought
    from pipelines.commands import power as of_model

    loaded = load(study)
    progress = printing.StepProgress(max(len(effect or ()), 1))
    try:
        found = of_model.power(loaded, model, variant, Sought(effect or (), draws, 0, progress.advance))
    finally:
        progress.close()
    facts = {"n_obs": found.n_obs, "n_clusters": found.n_clusters, "intraclass": found.intraclass, "draws": draws}
    if as_json:
        printing.print_json({**facts, "power": printing.records(found.table), "note": found.note})
        return
    clusters = "" if found.n_clusters is None else f", {found.n_clusters} clusters"
    printing.print_lines([f"{model} ({variant}): n = {found.n_obs}{clusters}"])
    printing.print_frame("Power", found.table)
    if found.note:
        printing.print_lines([found.note])
    else:
        told = f"share of the error variance between clusters: {found.intraclass:.3f}; {draws} draws"
        why = (
            "where power by formula and simulated differ, std_error of the data and std_error_drawn of drawn studies do"
        )
        printing.print_lines([told, why])
