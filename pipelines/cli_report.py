"""The command about reports to carry away: what it takes and prints."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from instruments.faults import UsageError
from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load, with_options

app = typer.Typer()


@dataclass(frozen=True)
class ReportOptions:
    """Which reports, and where to."""

    release: Annotated[int | None, typer.Option(help="Of this number; without it the current one.", min=1)] = None
    language: Annotated[str, typer.Option(help="en or da; without it the first of the study.", metavar="LANGUAGE")] = ""
    to: Annotated[
        Path | None, typer.Option(help="The folder to write to; reports/ of the study without it.", metavar="FOLDER")
    ] = None
    units: Annotated[
        bool, typer.Option("--units", help="One for each organisation and region with a released figure of its own.")
    ] = False
    methods: Annotated[
        bool,
        typer.Option(
            "--methods", help="Instead, measurement and models with definitions, from the warehouse: private."
        ),
    ] = False
    unit: Annotated[str | None, typer.Option(help="One for this organisation or region only.", metavar="NAME")] = None


@app.command()
@with_options(ReportOptions)
def report(study: StudyFolder, *, options: ReportOptions, as_json: AsJson = False) -> None:
    """Write a release as a PDF, slides, a workbook and one HTML file to carry away; or how a study was measured."""
    from pipelines.commands.report import Asked, write_reports
    from pipelines.commands.report_units import WrittenForUnits, write_unit_reports

    if options.units and options.unit is not None:
        raise UsageError("--units writes the reports of all organisations and regions, --unit of one; give one of them")
    if options.methods:
        _write_methods(study, options, as_json=as_json)
        return
    asked = Asked(options.release, options.language, options.to)
    if options.units or options.unit is not None:
        made = write_unit_reports(load(study), asked, options.unit)
        files = [each for unit in made.units for each in unit.files]
    else:
        made = write_reports(load(study), asked)
        files = list(made.files)
    if as_json:
        printing.print_json(asdict(made))
        return
    printing.print_lines(map(str, files))
    if isinstance(made, WrittenForUnits) and made.not_shown:
        printing.say(f"note: no report of those of which nothing is shown: {', '.join(made.not_shown)}")


def _write_methods(study: Path, options: ReportOptions, *, as_json: bool) -> None:
    from pipelines.commands.report_methods import write_methods

    if options.units or options.unit is not None or options.release is not None:
        raise UsageError(
            "--methods reports the warehouse, not a release or an organisation; leave out --release, --units and --unit"
        )
    made = write_methods(load(study), options.language, options.to)
    if as_json:
        printing.print_json(asdict(made))
        return
    printing.print_lines(map(str, made.files))
    printing.say("note: private: exact figures of the warehouse, not audited, not for release")
