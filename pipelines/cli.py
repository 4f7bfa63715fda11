"""The command line: what each command takes and prints; what it does is in ``commands``.

Results go to stdout, messages to stderr; with ``--json`` stdout holds one JSON document and nothing else.
Heavy libraries are imported by the commands that need them.
"""

import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.exceptions import TyperException

from pipelines.commands import printing

if TYPE_CHECKING:
    from pipelines.load import Study

DASHBOARD_PORT, DAGSTER_PORT = 8501, 3000

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="From survey exports to released results: how managers make sense of co-production.",
)
StudyFolder = Annotated[Path, typer.Argument(help="The study folder, which holds study.yaml.", metavar="STUDY")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


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
    as_json: AsJson = False,
) -> None:
    """Write the SYNTHETIC demonstration study, run it end to end, release it."""
    from pipelines.commands import shown
    from pipelines.commands.serve import serve_dashboard
    from pipelines.studies.demo.generate import write_demo_study

    printing.say(f"Writing the SYNTHETIC demonstration study to {home / 'demo'} …")
    folder = write_demo_study(home)
    study = load(folder)
    outcome = shown.run(study, None, None)
    released = shown.publish_current(study)
    if as_json:
        documents = {"run": shown.outcome_document(outcome), "release": shown.release_document(released)}
        printing.print_json({"study": str(folder), **documents})
    else:
        shown.print_outcome(study, outcome)
        shown.print_release(released)
        printing.print_lines([f"\nLook at it:  sensemaking dashboard {folder}"])
    if serve:
        serve_dashboard(study, DASHBOARD_PORT, as_json=False)


@app.command()
def check(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Load all specifications of a study and report every fault."""
    loaded = load(study)
    document = {
        "study": loaded.name,
        "waves": list(loaded.spec.waves),
        "sources": list(loaded.spec.sources),
        "instruments": {name: each.status for name, each in loaded.instruments.items()},
        "models": list(loaded.models),
        "faults": [],
    }
    if as_json:
        printing.print_json(document)
    else:
        printing.print_lines([f"{study / 'study.yaml'}: no faults"])
        for key in ("waves", "sources", "instruments", "models"):
            printing.print_lines([f"  {key}: {', '.join(document[key]) or 'none'}"])


@app.command()
def inspect(
    file: Annotated[Path, typer.Argument(help="An export of a survey platform.")],
    *,
    structure: Annotated[
        list[Path] | None, typer.Option(help="A file of the survey's definition; may be given several times.")
    ] = None,
    platform: Annotated[str | None, typer.Option(help="Who wrote the file, when it is not recognised.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what an export is, column by column, without a study."""
    from instruments.faults import UsageError
    from pipelines.readers.registry import READERS
    from pipelines.receive import inspect_export

    for path in (file, *(structure or ())):
        if not path.is_file():
            raise UsageError(f"there is no file {path}")
    if platform is not None and platform not in READERS:
        raise UsageError(f"there is no platform '{platform}'; expected {', '.join(READERS)}")
    found = inspect_export(file, structure or (), platform)
    if as_json:
        printing.print_json(found)
        return
    facts = ("platform", "layout", "encoding", "delimiter", "time_zone", "n_rows", "n_responses", "n_preview", "n_test")
    printing.print_lines(f"{name}: {printing.fact(found[name])}" for name in (*facts, "n_finished", "n_partial"))
    columns = ("position", "name", "role", "n_answered", "question_text")
    printing.print_rows("Columns", columns, ([column[name] for name in columns] for column in found["columns"]))
    scales = (
        (len(scale["items"]), ", ".join(scale["items"]), " | ".join(scale["labels"])) for scale in found["scales"]
    )
    printing.print_rows("Items that share answers", ("n", "items", "labels"), scales)
    printing.print_lines(f"note: {warning}" for warning in found["warnings"])


@app.command()
def run(
    study: StudyFolder,
    *,
    wave: Annotated[str | None, typer.Option(help="Only this wave, and the results over all waves.")] = None,
    select: Annotated[str | None, typer.Option(help="Only this asset and what it needs.", metavar="ASSET")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring a study up to date: what changed runs through Dagster in this process."""
    from pipelines.commands import shown

    loaded = load(study)
    outcome = shown.run(loaded, wave, select)
    if as_json:
        printing.print_json(shown.outcome_document(outcome))
    else:
        shown.print_outcome(loaded, outcome)


@app.command()
def fit(
    study: StudyFolder,
    model: Annotated[str, typer.Argument(help="A model of the study.")],
    *,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="Replace a key of the model.", metavar="KEY=VALUE")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Fit one model now, without orchestration; the fit is marked exploratory."""
    from pipelines.commands import fits

    rows = fits.fit_now(load(study), model, settings or [])
    if as_json:
        tables = {"fit": rows.fits, "estimates": rows.estimates, "diagnostics": rows.diagnostics}
        printing.print_json({name: printing.records(table) for name, table in tables.items()})
        return
    row = rows.fits.iloc[0]
    printing.print_lines([f"{row['fit_id']} (exploratory): {row['outcome']}, {row['covariance']}, n = {row['n_obs']}"])
    figures = ["term", "estimate", "std_error", "df", "p_value", "conf_low", "conf_high"]
    printing.print_frame("Estimates", rows.estimates[figures])
    printing.print_frame("Diagnostics", rows.diagnostics[["diagnostic", "value", "threshold", "verdict"]])


@app.command("fits")
def list_fits(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """List every fit of a study."""
    from pipelines.commands import fits

    recorded = fits.recorded_fits(load(study)).drop(columns=["spec_json", "env_json"])
    if as_json:
        printing.print_json(printing.records(recorded))
    else:
        shown = ["fit_id", "label", "is_declared", "is_current", "outcome", "covariance", "n_obs", "fitted_at"]
        printing.print_frame("Fits", recorded[shown])


@app.command()
def rerun(
    study: StudyFolder, fit_id: Annotated[str, typer.Argument(help="A recorded fit.")], *, as_json: AsJson = False
) -> None:
    """Refit from the recorded origin: identical, equal within 1e-9, or different."""
    from pipelines.commands import fits

    made = fits.rerun(load(study), fit_id)
    if as_json:
        tables = {"recorded": printing.records(made.recorded), "refitted": printing.records(made.refitted)}
        printing.print_json({**vars(made), **tables})
    else:
        changed = ", ".join(made.changed) or "nothing"
        verdict = {"equal": "equal within 1e-9"}.get(made.verdict, made.verdict)
        printing.print_lines([f"{fit_id}: {verdict} (largest difference {made.largest_difference:.3g})"])
        printing.print_lines([f"changed since it was recorded: {changed}"])


@app.command()
def compare(
    study: StudyFolder,
    first: Annotated[str, typer.Argument(help="A recorded fit.")],
    second: Annotated[str, typer.Argument(help="Another.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Put two fits side by side, with what differs in specification, data, code and environment."""
    from pipelines.commands import fits

    side_by_side, differing = fits.compare(load(study), first, second)
    if as_json:
        printing.print_json({"terms": printing.records(side_by_side), "differing": differing})
    else:
        printing.print_frame(f"{first} and {second}", side_by_side)
        printing.print_lines([f"differing: {', '.join(differing) or 'nothing'}"])


@app.command()
def release(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Protect, audit and publish the present results."""
    from pipelines.commands import shown

    released = shown.publish_current(load(study))
    if as_json:
        printing.print_json(shown.release_document(released))
    else:
        shown.print_release(released)


@app.command()
def dashboard(
    study: StudyFolder,
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes any.")] = DASHBOARD_PORT,
    as_json: AsJson = False,
) -> None:
    """Serve the released results on this machine."""
    from pipelines.commands.serve import serve_dashboard

    raise typer.Exit(serve_dashboard(load(study), port, as_json=as_json))


@app.command()
def orchestrate(
    studies: Annotated[list[Path], typer.Argument(help="Study folders.", metavar="STUDY...")],
    *,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 takes any.")] = DAGSTER_PORT,
    as_json: AsJson = False,
) -> None:
    """Serve Dagster's pages, and run schedules and sensors, on this machine."""
    from pipelines.commands.serve import serve_dagster

    raise typer.Exit(serve_dagster([load(folder) for folder in studies], port, as_json=as_json))


def main() -> None:
    """Run a command; end with 0 done, 1 data failed, 2 wrong usage or specification, 3 wrong environment, 70 defect."""
    try:
        code = app(standalone_mode=False)
    except TyperException as error:
        code = _fail(2, error.format_message(), {})
    except (typer.Abort, KeyboardInterrupt):
        code = _fail(130, "stopped", {})
    except Exception as error:
        from pipelines.commands.errors import tell

        told = tell(error)
        code = _fail(told.code, told.message, told.details)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(code: int, message: str, details: dict[str, Any]) -> int:
    if "--json" in sys.argv:
        printing.print_json({"error": {"exit_code": code, "message": message, **details}})
    printing.say(message)
    return code


def load(folder: Path) -> "Study":
    """Read a study folder; every fault of its specifications at once."""
    from pipelines.load import load_study

    return load_study(folder)


if __name__ == "__main__":
    main()
