"""How results and errors look on a terminal, and as JSON. Nothing is computed here."""

import datetime as dt
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from instruments.validation import STATUS_LABELS

if TYPE_CHECKING:
    import pandas as pd

WIDTH_OF_A_FILE = 200

messages = Console(stderr=True, highlight=False, soft_wrap=True)
results = Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDTH_OF_A_FILE)


def say(message: str) -> None:
    """Print a message for a person to stderr."""
    messages.print(message, markup=False)


def print_json(document: object) -> None:
    """Print one JSON document to stdout, at once; figures that are not finite become null."""
    sys.stdout.write(json.dumps(_plain(document), ensure_ascii=False, indent=2, default=str) + "\n")
    sys.stdout.flush()


def print_rows(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], first_width: int = 0) -> None:
    """Print a table to stdout, its first column at least so many signs wide; of one without rows, that it has none."""
    listed = list(rows)
    if not listed:
        print_lines([f"{title}: none"])
        return
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, column in enumerate(columns):
        table.add_column(column, overflow="fold", min_width=None if number else first_width)
    for row in listed:
        table.add_row(*(Text(cell(value)) for value in row))
    results.print(table)


def print_frame(title: str, frame: "pd.DataFrame", *, is_named_whole: bool = False) -> None:
    """Print a data frame to stdout, the names in its first column in one piece where half a line holds them."""
    names = max((len(str(each)) for each in frame.iloc[:, 0]), default=0) if is_named_whole else 0
    first_width = min(names, results.width // 2)
    print_rows(title, list(frame.columns), frame.itertuples(index=False), first_width)


def ask(question: str) -> str:
    """Ask a person at a terminal; return nothing where there is none."""
    return messages.input(f"{question} ").strip() if sys.stdin.isatty() else ""


def print_lines(lines: Iterable[str]) -> None:
    """Print lines to stdout."""
    for line in lines:
        results.print(line, markup=False)


def print_validation(status_of: Mapping[str, str]) -> None:
    """Say how far the instruments behind scores have been validated: each status with its scales."""
    by_status: dict[str, list[str]] = {}
    for scale, status in status_of.items():
        by_status.setdefault(STATUS_LABELS[status]["en"], []).append(scale)
    print_lines(f"Validation status, {label}: {', '.join(scales)}" for label, scales in by_status.items())


class StepProgress:
    """A progress display on stderr over a known number of steps."""

    def __init__(self, n_steps: int) -> None:
        self.display = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False),
            console=messages,
            transient=True,
        )
        self.task = self.display.add_task("starting", total=n_steps, completed=-1)
        self.display.start()

    def advance(self, description: str) -> None:
        """Say which step begins."""
        self.display.update(self.task, advance=1, description=description)

    def close(self) -> None:
        """Take the display away."""
        self.display.stop()


def records(frame: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the rows of a data frame as plain values; missing as None."""
    plain = frame.astype("object").where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def fact(value: object) -> str:
    """Write one fact of an export in words: what is not stated, and separators by name."""
    names = {"\t": "tab", ",": "comma", ";": "semicolon"}
    return "not stated" if value is None else names.get(str(value), str(value))


def cell(value: object) -> str:
    """Write one value: figures to four significant digits, missing as a dash."""
    if _is_missing(value):
        return "–"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return str(value)


def _is_missing(value: object) -> bool:
    if value is None or isinstance(value, str | int):
        return value is None
    if isinstance(value, float):
        return math.isnan(value)
    import pandas as pd  # noqa: PLC0415 - what has neither frames nor dates is printed without it

    return value is pd.NA or value is pd.NaT


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
