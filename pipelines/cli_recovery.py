"""The commands that keep a study safe: what each takes and prints."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson, StudyFolder

app = typer.Typer()


@app.command()
def doctor(
    study: StudyFolder,
    *,
    repair: Annotated[bool, typer.Option("--repair", help="Repair what can be proved and repaired.")] = False,
    ended_on: Annotated[
        list[str] | None,
        typer.Option(help="A machine on which nothing of the study is at work any more.", metavar="MACHINE"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find what a killed run, a full disk, a move or a copy left; end with 3 while something is to be done."""
    from pipelines.commands.doctor import findings_document, is_sound, print_findings
    from pipelines.recovering.examination import examine

    found = examine(study, repair=repair, ended_on=ended_on or (), on_wait=printing.say)
    if as_json:
        printing.print_json(findings_document(study, found))
    else:
        print_findings(study, found)
    raise typer.Exit(0 if is_sound(found) else 3)


@app.command()
def backup(
    study: StudyFolder,
    *,
    to: Annotated[Path | None, typer.Option(help="The backup to make, outside the study.", metavar="PATH")] = None,
    verify: Annotated[Path | None, typer.Option(help="A backup to prove; nothing is made.", metavar="PATH")] = None,
    as_json: AsJson = False,
) -> None:
    """Copy a whole study as it is between two runs, every file proved by its hash; or prove such a copy."""
    from instruments.faults import UsageError
    from pipelines.commands.backups import backup_document, print_backup
    from pipelines.recovering.backing_up import back_up
    from pipelines.recovering.backup_files import prove_backup

    place = to or verify
    if place is None or (to and verify):
        raise UsageError("say either --to PATH, to make a backup, or --verify PATH, to prove one")
    listed = back_up(study, place, printing.say) if to else prove_backup(place)
    if as_json:
        printing.print_json(backup_document(place, listed))
    else:
        print_backup(place, listed, is_new=to is not None)


@app.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="The backup.", metavar="BACKUP")],
    *,
    to: Annotated[Path, typer.Option(help="The study folder to be; absent or empty.", metavar="PATH")],
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty folder, proved before and after."""
    from pipelines.commands.backups import backup_document, print_backup
    from pipelines.commands.doctor import findings_document, is_sound, print_findings
    from pipelines.recovering.restoring import restore as restore_now

    listed, found = restore_now(backup, to)
    if as_json:
        printing.print_json(backup_document(backup, listed) | findings_document(to, found))
    else:
        print_backup(backup, listed, is_new=False)
        print_findings(to, found)
    raise typer.Exit(0 if is_sound(found) else 3)


@app.command()
def upgrade(
    study: StudyFolder,
    *,
    backup: Annotated[
        Path | None, typer.Option(help="Backup to make before anything is changed.", metavar="PATH")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the tables of a study to this version of the software, after a backup of the whole study."""
    from dataclasses import asdict

    from pipelines.commands.backups import print_upgrade
    from pipelines.recovering.upgrading import upgrade as upgrade_now

    upgraded = upgrade_now(study, backup, printing.say)
    if as_json:
        printing.print_json({"study": str(study)} | asdict(upgraded))
    else:
        print_upgrade(study, upgraded)
