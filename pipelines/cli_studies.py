"""The commands that begin, check and look: what each takes and prints."""

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load, refuse_missing

app = typer.Typer()


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="The study folder to make.")],
    *,
    export: Annotated[Path | None, typer.Option("--from", help="An export to draft the study from.")] = None,
    structure: Annotated[
        list[Path] | None, typer.Option(help="A file of the survey's definition; may be given several times.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start a study; with an export, draft its items and scales, every guess marked."""
    from pipelines.commands.init import start_study
    from pipelines.commands.shown_init import print_started, started_document

    refuse_missing([export, *(structure or ())])
    started = start_study(folder, export, structure or ())
    if as_json:
        printing.print_json(started_document(started))
    else:
        print_started(started)


def print_remarks(document: dict[str, Any]) -> None:
    """Print what ``check`` found that is no fault: refusals to come; means, independence, top managers left unsaid."""
    from pipelines.commands.independence import FOUND, REMEDY

    for model, reasons in document["refused_models"].items():
        printing.print_lines(f"  the model {model} will be refused: {reason}" for reason in reasons)
    for model, scales in document["averaged_without_rule"].items():
        told = f"  the model {model} averages {', '.join(scales)} to the organisation, and no measurement "
        printing.print_lines([f"{told}specification says when that may be done (gates: agreement)"])
    for model, variants in document["independent_by_default"].items():
        printing.print_lines([f"  the model {model} ({', '.join(variants)}): {FOUND}; {REMEDY}"])
    printing.print_lines(f"  {each}" for each in document["unprotected_managers"].values())


@app.command()
def check(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Load all specifications of a study and report every fault."""
    from pipelines import access
    from pipelines.commands.coding import refused_models
    from pipelines.commands.independence import independent_by_default
    from pipelines.commands.measurement_rules import averaged_without_rule, unmeasured_models
    from pipelines.release_managers import unprotected_managers

    loaded = load(study)
    if (study / access.FILE).exists():
        access.read_access(study / access.FILE)
    of_codes, of_scores = refused_models(loaded), unmeasured_models(loaded)
    document = {
        "study": loaded.name,
        "waves": list(loaded.spec.waves),
        "sources": list(loaded.spec.sources),
        "instruments": {name: each.status for name, each in loaded.instruments.items()},
        "models": list(loaded.models),
        "measurement": list(loaded.measurement),
        "faults": [],
        "refused_models": {
            model: of_codes.get(model, []) + of_scores.get(model, []) for model in {**of_codes, **of_scores}
        },
        "averaged_without_rule": averaged_without_rule(loaded),
        "independent_by_default": independent_by_default(loaded),
        "unprotected_managers": unprotected_managers(loaded.spec),
    }
    if as_json:
        printing.print_json(document)
    else:
        printing.print_lines([f"{study / 'study.yaml'}: no faults"])
        listed = {key: list(document[key]) for key in ("waves", "sources", "models", "measurement")}
        listed["instruments"] = [f"{name} ({status})" for name, status in document["instruments"].items()]
        for key in ("waves", "sources", "instruments", "models", "measurement"):
            printing.print_lines([f"  {key}: {', '.join(listed[key]) or 'none'}"])
        print_remarks(document)


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

    refuse_missing([file, *(structure or ())])
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
