"""A log that machines read: a JSON line for every beginning and end of a step, in ``warehouse/logs/``.

A line holds names of this software and of the specifications, counts and times. No message of an error stands in it,
and nothing that anybody answered.
"""

import datetime as dt
import json
import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.files import PRIVATE

FILE = "runs.jsonl"
LARGEST_BYTES = 5_000_000
KEPT_FILES = 5
"""Files beside the current one, ``runs.1.jsonl`` the newest."""


@dataclass(frozen=True)
class RunLog:
    """Where the steps of a run are logged.

    Attributes:
        folder: ``warehouse/logs``.
        study: The study's name.
        run_id: Dagster's id of the run.
    """

    folder: Path
    study: str
    run_id: str

    def began(self, step: str, wave: str) -> None:
        """Log that a step began."""
        self._write("step_began", step, wave, {})

    def ended(self, step: str, wave: str, n_rows: dict[str, int], *, unchanged: bool) -> None:
        """Log that a step ended, with the rows of each of its tables."""
        self._write("step_ended", step, wave, {"n_rows": n_rows, "unchanged": unchanged})

    def failed(self, step: str, wave: str, error: Exception) -> None:
        """Log that a step failed, with the kind of the error; its message may say more than a log should."""
        self._write("step_failed", step, wave, {"error": type(error).__name__})

    def _write(self, event: str, step: str, wave: str, more: dict[str, object]) -> None:
        at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        known = {"at": at, "event": event, "study": self.study, "run_id": self.run_id, "step": step, "wave": wave}
        line = json.dumps({**known, **more}, ensure_ascii=False) + "\n"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _rotate(self.folder, len(line.encode()))
        descriptor = os.open(self.folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, PRIVATE)
        with os.fdopen(descriptor, "a", encoding="utf-8") as file:
            file.write(line)


def _rotate(folder: Path, n_bytes: int) -> None:
    """Begin a new file where the line would make the current one too large; the oldest is dropped."""
    current = folder / FILE
    if not current.exists() or current.stat().st_size + n_bytes <= LARGEST_BYTES:
        return
    for number in range(KEPT_FILES, 1, -1):
        younger = folder / f"runs.{number - 1}.jsonl"
        if younger.exists():
            younger.replace(folder / f"runs.{number}.jsonl")
    current.replace(folder / "runs.1.jsonl")
