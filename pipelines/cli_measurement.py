"""The command about measurement: what it takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

app = typer.Typer()


@app.command()
def measurement(
    study: StudyFolder,
    name: Annotated[str, typer.Argument(help="A measurement specification of the study; all without one.")] = "",
    *,
    pictures: Annotated[
        Path | None, typer.Option(help="Draw SVG files into this folder. They are not protected: keep them private.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language of the pictures, en or da.")] = "",
    as_json: AsJson = False,
) -> None:
    """Tell how well scales are measured: conditions and whether they are met, fit, invariance, problems."""
    from pipelines.commands.measurement import found_tables, validation_of
    from pipelines.commands.measurement_pictures import draw_pictures
    from pipelines.steps.measurement_uses import MET

    loaded = load(study)
    tables, status_of = found_tables(loaded, name), validation_of(loaded, name)
    drawn = draw_pictures(loaded, name, pictures, language) if pictures is not None else []
    if as_json:
        documents = {title: printing.records(table) for title, table in tables.items()}
        printing.print_json({**documents, "validation_status": status_of, "pictures": [str(path) for path in drawn]})
        return
    conditions = tables["conditions"]
    for title, table in {**tables, "conditions": conditions.drop(columns="reason")}.items():
        if len(table):
            printing.print_frame(title.replace("_", " ").capitalize(), table)
    printing.print_validation(status_of)
    printing.print_lines(f"{row.verdict}: {row.reason}" for row in conditions.itertuples() if row.verdict != MET)
    printing.print_lines(str(path) for path in drawn)
