"""The commands about releases: what each takes and prints."""

from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder, load

if TYPE_CHECKING:
    from pipelines.load import Study

app = typer.Typer()


@app.command()
def release(
    study: StudyFolder,
    *,
    sign_off: Annotated[str, typer.Option(help="Who answers for it; asked for without.", metavar="NAME")] = "",
    embargo: Annotated[str, typer.Option(help="First day on which it may be shown.", metavar="YYYY-MM-DD")] = "",
    look: Annotated[bool, typer.Option("--look", help="Say what would be published; publish nothing.")] = False,
    reports: Annotated[
        bool, typer.Option("--reports", help="Write its reports too, in every language and for every unit.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Protect, audit and publish the present results."""
    from pipelines.commands import shown
    from pipelines.embargo import embargo_day, local_day
    from pipelines.release_managers import unprotected_managers

    embargo_until, seen = embargo_day(embargo, local_day()), None
    loaded = load(study)
    managers = unprotected_managers(loaded.spec)
    for each in managers.values():
        printing.say(f"note: {each}")
    if look or not (sign_off or as_json):
        seen = shown.preview_current(loaded)
        if as_json:
            printing.print_json(shown.release_document(seen) | {"unprotected_managers": managers})
        else:
            shown.print_draft(seen)
        if look:
            return
        sign_off = printing.ask("Who signs this release off? (nobody: publish nothing)")
    released = shown.publish_current(loaded, sign_off, seen, embargo_until)
    if not as_json:
        shown.print_release(released)
    files = _reports_of(loaded, released.number) if reports else []
    if as_json:
        beside = {"unprotected_managers": managers, "reports": files}
        printing.print_json(shown.release_document(released) | beside)
    else:
        printing.print_lines(files)


def _reports_of(study: "Study", number: int) -> list[str]:
    from pipelines.commands.report_units import write_every_report

    return [str(file) for file in write_every_report(study, number)]


@app.command()
def releases(study: StudyFolder, *, as_json: AsJson = False) -> None:
    """List what was published and what has become of it: shown, superseded, under embargo or withdrawn."""
    from pipelines.commands.shown_releases import log_document, print_log

    log = log_document(load(study))
    if as_json:
        printing.print_json(log)
    else:
        print_log(log)


@app.command()
def withdraw(
    study: StudyFolder,
    *,
    number: Annotated[str, typer.Option("--release", help="Number of the release.", metavar="NUMBER")],
    because: Annotated[str, typer.Option(help="Why, for the record.", metavar="TEXT")],
    sign_off: Annotated[str, typer.Option(help="Who answers for it.", metavar="NAME")],
    as_json: AsJson = False,
) -> None:
    """Show a release never again, and the newest other one instead. Cannot be undone."""
    from pipelines.commands.shown_releases import withdrawal_document
    from pipelines.release_withdrawal import withdraw as withdraw_now
    from pipelines.store import Store
    from pipelines.store.released import number_of_release

    loaded = load(study)
    done = withdraw_now(
        loaded, Store(loaded.warehouse), number_of_release(number), because, sign_off, on_wait=printing.say
    )
    if as_json:
        printing.print_json(withdrawal_document(done))
        return
    instead = "nothing is shown any more" if done.shown is None else f"release {done.shown} is shown"
    printing.print_lines([f"Release {done.release.number} is withdrawn; {instead}."])
