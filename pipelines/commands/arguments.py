"""What the commands take alike: the study folder, ``--json``, files that must be there."""

from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

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


def with_options(kind: type[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options that the fields of a dataclass describe; it is handed them together as ``options``.

    Args:
        kind: A dataclass; a field's annotation is that of the option, its default what is used without it.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(kind, include_extras=True)
        added = [Parameter(each.name, Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name])
                 for each in fields(kind)]  # fmt: skip
        own = [each for each in signature(command).parameters.values() if each.name != "options"]

        @wraps(command)
        def called(**given: object) -> None:
            taken = {each.name: given.pop(each.name) for each in added}
            command(**given, options=kind(**taken))

        every = sorted([*own, *added], key=lambda each: each.kind)
        called.__annotations__ = {each.name: each.annotation for each in every}
        vars(called)["__signature__"] = Signature(every)
        return called

    return decorate
