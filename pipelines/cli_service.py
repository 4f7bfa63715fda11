"""The commands that let studies run by themselves: what each takes and prints."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from pipelines.commands import printing
from pipelines.commands.arguments import AsJson

app = typer.Typer(no_args_is_help=True, help="Let studies run by themselves: systemd, cron or a container.")

Studies = Annotated[list[Path], typer.Argument(help="Study folders.", metavar="STUDY...")]
Port = Annotated[int, typer.Option(help="Port of Dagster's pages on 127.0.0.1.", min=1, max=65535)]
Secrets = Annotated[
    Path | None,
    typer.Option(help="File with secrets, NAME=value; ~/.config/sensemaking/environment without.", metavar="FILE"),
]


@app.command("print")
def print_service(
    studies: Studies,
    *,
    kind: Annotated[Literal["systemd", "cron", "container"], typer.Option(help="What runs it.")] = "systemd",
    port: Port = 3000,
    environment: Secrets = None,
    as_json: AsJson = False,
) -> None:
    """Print a systemd unit, cron lines or a Containerfile that runs studies by themselves; nothing is written."""
    from pipelines.commands.service import service_of, text_of

    text = text_of(service_of(studies, port, environment), kind)
    if as_json:
        printing.print_json({"kind": kind, "text": text})
    else:
        printing.print_lines(text.splitlines())


@app.command()
def install(
    studies: Studies,
    *,
    port: Port = 3000,
    environment: Secrets = None,
    units: Annotated[
        Path | None, typer.Option(help="Folder of your units; ~/.config/systemd/user without.", metavar="FOLDER")
    ] = None,
    replace: Annotated[bool, typer.Option("--force", help="Replace a unit that says something else.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write a systemd unit of your own that runs studies by themselves, and say how it is started."""
    from pipelines.commands.service import UNIT_NAME, install_unit, service_of

    folder = units or Path.home() / ".config" / "systemd" / "user"
    unit, secrets = install_unit(service_of(studies, port, environment), folder, replace=replace)
    commands = [
        "systemctl --user daemon-reload",
        f"systemctl --user enable --now {UNIT_NAME}",
        "loginctl enable-linger",
    ]
    if as_json:
        printing.print_json({"unit": str(unit), "environment": str(secrets), "next": commands})
        return
    printing.print_lines(
        [f"Unit:    {unit}", f"Secrets: {secrets}", "", "Start it, now and whenever the machine starts:"]
    )
    printing.print_lines(f"  {each}" for each in commands)
