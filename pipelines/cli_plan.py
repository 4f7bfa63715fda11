"""The commands about the analysis plan: what each takes and prints."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

if TYPE_CHECKING:
    from pipelines.commands.plan import Locked

app = typer.Typer(no_args_is_help=True, help="The analysis plan: fixed before data come, amended with a reason.")
By = Annotated[str | None, typer.Option("--by", help="Who; the name of the account when left out.", metavar="NAME")]


@app.command("lock")
def lock_plan(study: StudyFolder, *, by: By = None, as_json: AsJson = False) -> None:
    """Freeze every model of the study, with date, hash and what data had arrived."""
    from pipelines.commands import plan

    _print_locked(plan.lock_plan(load(study), by, printing.say), as_json=as_json)


@app.command("amend")
def amend_plan(
    study: StudyFolder,
    *,
    reason: Annotated[str, typer.Option("--reason", help="Why the plan changes.", metavar="TEXT")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write down what changed since the plan was last locked or amended, and why."""
    from pipelines.commands import plan

    _print_locked(plan.amend_plan(load(study), reason, by, printing.say), as_json=as_json)


@app.command("status")
def show_status(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """Say what is locked, whether it is as it was written, and what changed since."""
    from pipelines.commands import plan_status

    found = plan_status.plan_status(load(study), printing.say)
    if as_json:
        printing.print_json(vars(found))
    else:
        shown = [
            {**each, "plan_hash": each["plan_hash"][:12], "arrived": plan_status.had_arrived(each["arrived"])}
            for each in found.entries
        ]
        columns = ["entry", "kind", "locked_at", "locked_by", "plan_hash", "arrived", "reason"]
        if shown:
            printing.print_rows("Plan", columns, ([each[name] for name in columns] for each in shown))
        for model, changes in found.changes.items():
            printing.print_lines(f"{model}: {_in_words(each)}, not amended" for each in changes)
        if found.entries and not found.changes:
            printing.print_lines(["every model is as the plan says"])
        printing.print_lines([*found.notes, *(f"altered: {fault}" for fault in found.faults)])
    if found.faults:
        raise typer.Exit(1)


def _print_locked(made: "Locked", *, as_json: bool) -> None:
    from pipelines.commands import plan_status

    said = made.document
    if as_json:
        printing.print_json({"plan_hash": made.plan_hash, "path": str(made.path), **said})
        return
    printing.print_lines(
        [
            f"{said['kind']} {said['entry']} of {said['study']}, {said['locked_at']}, by {said['locked_by']}",
            f"hash {made.plan_hash}",
            f"data at that moment: {plan_status.had_arrived(said['arrived'])}",
            f"models: {', '.join(said['models'])}",
        ]
    )
    for model, changes in said["changes"].items():
        printing.print_lines(f"{model}: {_in_words(each)}" for each in changes)
    printing.print_lines([f"written to {made.path}; register it where others can see it"])


def _in_words(change: dict[str, str]) -> str:
    from pipelines.steps.difference import Difference

    return f"{change['key']}: {Difference(**change).in_words(sys.maxsize)}"
