"""The command about tables for papers: what it takes and prints."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load, with_options

app = typer.Typer()


class Uncertainty(StrEnum):
    """What stands under an estimate."""

    interval = "interval"
    error = "error"


class PValues(StrEnum):
    """How p-values are shown."""

    exact = "exact"
    stars = "stars"


@dataclass(frozen=True)
class TableOptions:
    """Which tables, and how they look."""

    fit: Annotated[list[str] | None, typer.Option(help="Put these fits side by side.", metavar="FIT_ID")] = None
    model: Annotated[list[str] | None, typer.Option(help="Only these models, with variants.", metavar="NAME")] = None
    kind: Annotated[
        list[str] | None,
        typer.Option(help="regressions, descriptives or measurement; all without one.", metavar="KIND"),
    ] = None
    format: Annotated[
        list[str] | None, typer.Option(help="html, latex, word or excel; all without one.", metavar="FORMAT")
    ] = None
    language: Annotated[
        str, typer.Option(help="en or da; without it the first of the release.", metavar="LANGUAGE")
    ] = ""
    uncertainty: Annotated[Uncertainty, typer.Option(help="What stands under an estimate.")] = Uncertainty.interval
    p_values: Annotated[PValues, typer.Option(help="As figures, or as stars.")] = PValues.exact
    decimals: Annotated[int | None, typer.Option(help="Of estimates.", min=0, max=6)] = None
    release: Annotated[str, typer.Option(help="Instead of the current release.", metavar="NUMBER")] = ""


OutFolder = Annotated[Path, typer.Option(help="The folder to write to; made when it is not there.", metavar="DIR")]
Private = Annotated[
    bool, typer.Option("--private/--released", help="Exact figures of the warehouse, or those of the current release.")
]
MayReplace = Annotated[bool, typer.Option("--force", help="Replace files that are there already.")]


@app.command()
@with_options(TableOptions)
def tables(
    study: StudyFolder,
    out: OutFolder,
    *,
    options: TableOptions,
    private: Private = False,
    force: MayReplace = False,
    as_json: AsJson = False,
) -> None:
    """Write tables for papers: models side by side, descriptives, loadings, and what they say in sentences."""
    from pipelines.commands.table_sources import Asked
    from pipelines.commands.tables import Wish, write_tables
    from pipelines.report_tables.reported import Style
    from pipelines.store.released import number_of_release

    asked = Asked(tuple(options.fit or ()), tuple(options.model or ()), options.language)
    style = Style(options.uncertainty.value, options.p_values.value, options.decimals)
    number = number_of_release(options.release) if options.release else None
    wish = Wish(asked, style, tuple(options.format or ()), tuple(options.kind or ()), private, number)
    made = write_tables(load(study), out, wish, replace=force)
    if as_json:
        printing.print_json({**vars(made), "is_private": private})
        return
    printing.print_lines([*(str(path) for path in made.files), *made.tables])
    for warning in made.warnings:
        printing.say(f"note: {warning}")
    for name, reason in made.withheld.items():
        printing.say(f"note: a release would withhold {name}: {reason}")
