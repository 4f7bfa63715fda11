"""The command line: what each command takes and prints; what it does is in ``commands``.

Results go to stdout, messages to stderr; with ``--json`` stdout holds one JSON document and nothing else.
Heavy libraries are imported by the commands that need them.
"""

import gc
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import TyperException

from pipelines import (
    cli_codebook,
    cli_coding,
    cli_exports,
    cli_fits,
    cli_instruments,
    cli_material,
    cli_measurement,
    cli_pictures,
    cli_plan,
    cli_power,
    cli_privacy,
    cli_pull,
    cli_recovery,
    cli_releases,
    cli_report,
    cli_service,
    cli_studies,
    cli_tables,
    cli_telling,
)
from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load
from pipelines.stopping import was_stopped

DASHBOARD_PORT, WORKBENCH_PORT, DAGSTER_PORT = 8501, 8502, 3000
STOPPED = 130
OBJECTS_BEFORE_COLLECTION = 100_000  # the 700 of Python look through all that was imported again and again

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="From survey exports to released results: how managers make sense of co-production.",
)
app.add_typer(cli_studies.app)
app.add_typer(cli_codebook.app)
app.add_typer(cli_fits.app)
app.add_typer(cli_tables.app)
app.add_typer(cli_report.app)
app.add_typer(cli_measurement.app)
app.add_typer(cli_pictures.app)
app.add_typer(cli_power.app)
app.add_typer(cli_plan.app, name="plan")
app.add_typer(cli_exports.app, name="export")
app.add_typer(cli_releases.app)
app.add_typer(cli_privacy.app)
app.add_typer(cli_pull.app)
app.add_typer(cli_recovery.app)
app.add_typer(cli_telling.app)
app.add_typer(cli_material.app)
app.add_typer(cli_coding.app, name="code")
app.add_typer(cli_instruments.app, name="instruments")
app.add_typer(cli_service.app, name="service")


def _print_version(is_asked: bool) -> None:  # noqa: FBT001 - as Typer calls it
    if is_asked:
        printing.print_lines([version_of("sensemaking")])
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """From survey exports to released results: how managers make sense of co-production."""


@app.command()
def demo(
    home: Annotated[Path, typer.Option(help="Folder the demonstration study is written to.")] = Path("demo-study"),
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the dashboard afterwards.")] = False,
    recovery: Annotated[
        bool, typer.Option("--recovery", help="Write nothing; tell how well what is planted is recovered.")
    ] = False,
    replications: Annotated[int, typer.Option(help="Studies drawn for --recovery.", min=2)] = 20,
    as_json: AsJson = False,
) -> None:
    """Write the SYNTHETIC demonstration study, run it end to end, release it."""
    if recovery:
        from pipelines.commands.recovery import show_recovery

        show_recovery(replications, as_json=as_json)
        return
    from pipelines.commands import shown, shown_run
    from pipelines.commands.serve import serve_dashboard
    from pipelines.studies.demo.generate import write_demo_study

    printing.say(f"Writing the SYNTHETIC demonstration study to {home / 'demo'} …")
    folder = write_demo_study(home)
    study = load(folder)
    outcome = shown.run(study, None, None)
    released = shown.publish_current(study, "demonstration")
    if as_json:
        documents = {"run": shown.outcome_document(outcome), "release": shown.release_document(released)}
        printing.print_json({"study": str(folder), **documents})
    else:
        shown_run.print_outcome(study, outcome)
        shown.print_release(released)
        nexts = {"Look at it": "dashboard", "Take it away": "report", "Look behind it": "workbench"}
        printing.print_lines(
            ["", *(f"{what + ':':<16}sensemaking {command} {folder}" for what, command in nexts.items())]
        )
    if serve:
        serve_dashboard(study, DASHBOARD_PORT, as_json=False)


@app.command()
def run(
    study: StudyFolder,
    *,
    wave: Annotated[str | None, typer.Option(help="Only this wave, and the results over all waves.")] = None,
    select: Annotated[str | None, typer.Option(help="Only this asset and what it needs.", metavar="ASSET")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a study up to date: what changed runs through Dagster in this process."""
    from pipelines.commands import shown, shown_run

    loaded = load(study)
    outcome = shown.run(loaded, wave, select)
    if as_json:
        printing.print_json(shown.outcome_document(outcome))
    else:
        shown_run.print_outcome(loaded, outcome)


@app.command()
def dashboard(
    study: StudyFolder,
    *,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes any.")] = DASHBOARD_PORT,
    address: Annotated[str, typer.Option(help="Address to listen on; others only where people sign in.")] = "127.0.0.1",
    as_json: AsJson = False,
) -> None:
    """Serve the released results on this machine, or to people who sign in."""
    from pipelines.commands.serve import serve_dashboard

    raise typer.Exit(serve_dashboard(load(study), port, address, as_json=as_json))


@app.command()
def workbench(
    study: StudyFolder,
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes any.")] = WORKBENCH_PORT,
    as_json: AsJson = False,
) -> None:
    """Serve the methodologists' private pages on this machine; a run is never held up by them."""
    from pipelines.commands.serve import serve_workbench

    raise typer.Exit(serve_workbench(load(study), port, as_json=as_json))


@app.command()
def orchestrate(
    studies: Annotated[list[Path], typer.Argument(help="Study folders.", metavar="STUDY...")],
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes any.")] = DAGSTER_PORT,
    as_json: AsJson = False,
) -> None:
    """Serve Dagster's pages, and run schedules and sensors, on this machine."""
    from pipelines.commands.serve import serve_dagster

    raise typer.Exit(serve_dagster(studies, port, as_json=as_json))


def main() -> None:
    """Run a command; end with 0 done, 1 data failed, 2 wrong usage or specification, 3 wrong environment, 70 defect."""
    gc.set_threshold(OBJECTS_BEFORE_COLLECTION)
    try:
        code = app(standalone_mode=False)
        if code == STOPPED:  # what Typer makes of Ctrl-C, without a word
            code = _stopped()
    except TyperException as error:
        code = _fail(2, error.format_message().replace("Value error, ", ""), {})
    except (typer.Abort, KeyboardInterrupt):
        code = _stopped()
    except Exception as error:
        from pipelines.commands.errors import tell

        if was_stopped(error):
            code = _stopped()
        else:
            told = tell(error)
            code = _fail(told.code, told.message, told.details)
    sys.exit(code if isinstance(code, int) else 0)


def _stopped() -> int:
    return _fail(STOPPED, "stopped; earlier tables and the release are as they were; run again to go on", {})


def _fail(code: int, message: str, details: dict[str, Any]) -> int:
    if "--json" in sys.argv:
        printing.print_json({"error": {"exit_code": code, "message": message, **details}})
    printing.say(message)
    return code


if __name__ == "__main__":
    main()
