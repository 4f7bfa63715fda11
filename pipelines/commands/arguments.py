"""What the commands take alike: the study folder, ``--json``, files that must be there."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.load import Study

StudyFolder = Annotated[Path, typer.Argument(help="The study folder, which holds study.yaml.", metavar="STUDY")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]


def refuse_missing(files: list[Path | None]) -> None:
    """Raise UsageError for the first file that is named but not there."""
    from instruments.faults import UsageError

    for path in files:
        if path is not None and not path.is_file():
            raise UsageError(f"there is no file {path}")


def load(folder: Path) -> "Study":
    """Read a study folder; every fault of its specifications at once."""
    from pipelines.load import load_study

    return load_study(folder)
