"""SPSS and Stata files are read in a process of its own: a damaged file can bring down the library that reads them.

One such process serves for as long as this one lives, as starting one takes longer than reading most files; after a
crash the next file gets a new one. Put here both ends of the pipe; what is read is in ``statistics_reading``.
"""

import atexit
import json
import os
import resource
import select
import subprocess
import sys
from functools import cache
from pathlib import Path
from threading import Lock

import pyarrow as pa
from pydantic import TypeAdapter

from pipelines.readers.files.opener import OpenedExport, Settings
from pipelines.readers.plan import Head, ReadingError
from pipelines.readers.statistics.reading import is_statistics_file, read_statistics_file

_CELLS = "cells.arrow"
_LEAST_SECONDS, _SECONDS_A_BYTE = 60, 1e-5


class StatisticsFileOpener:
    """Opener of SPSS and Stata files."""

    def opens(self, start: bytes) -> bool:
        """Say whether the file is one of SPSS or Stata."""
        return is_statistics_file(start)

    def open(self, path: Path, settings: Settings, folder: Path) -> OpenedExport:
        """Read the file.

        Raises:
            ReadingError: When it is damaged, or its texts are not in the encoding it states.
        """
        name = settings.file_name or path.name
        head = _the_process().read(path, name, settings.encoding, folder)
        with pa.OSFile(str(folder / _CELLS)) as file:
            cells = pa.ipc.open_file(file).read_all()
        (folder / _CELLS).unlink()
        return OpenedExport(head, path, folder, cells)


class _Process:
    """The process that reads, and its pipe."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.running: subprocess.Popen[bytes] | None = None

    def read(self, path: Path, name: str, encoding: str, folder: Path) -> Head:
        """Have a file read; its cells lie in ``folder`` afterwards."""
        request = {"path": str(path.resolve()), "name": name, "encoding": encoding, "cells": str(folder / _CELLS)}
        seconds = _LEAST_SECONDS + _SECONDS_A_BYTE * path.stat().st_size
        with self.lock:
            answer = self._ask(json.dumps(request).encode() + b"\n", seconds)
        if not answer:
            message = "the file is damaged: it cannot be read; open it and save it again, or export it as CSV"
            raise ReadingError(name, message)
        found = json.loads(answer)
        if "error" in found:
            raise ReadingError(name, found["error"])
        return TypeAdapter(Head).validate_python(found["head"])

    def stop(self) -> None:
        """End the process."""
        if self.running is not None:
            self.running.kill()
            self.running.communicate()
            self.running = None

    def _ask(self, request: bytes, seconds: float) -> bytes:
        """Send a request; the answer is empty when the process died or did not answer in time."""
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise AssertionError("the process was started with pipes")
        try:
            process.stdin.write(request)
            process.stdin.flush()
            is_ready = select.select([process.stdout], [], [], seconds)[0]
            answer = process.stdout.readline() if is_ready else b""
        except BrokenPipeError:
            answer = b""
        if answer.endswith(b"\n"):
            return answer
        self.stop()
        return b""

    def _started(self) -> "subprocess.Popen[bytes]":
        if self.running is None or self.running.poll() is not None:
            self.stop()
            self.running = subprocess.Popen(
                [sys.executable, "-P", "-m", "pipelines.readers.statistics.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        return self.running


@cache
def _the_process() -> _Process:
    process = _Process()
    atexit.register(process.stop)
    return process


def _serve() -> None:
    """Answer requests until the other end is closed; whatever the library itself prints goes nowhere."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        for line in sys.stdin:
            answers.write(json.dumps(_answer(json.loads(line))) + "\n")
            answers.flush()


def _answer(request: dict[str, str]) -> dict[str, object]:
    try:
        head, cells = read_statistics_file(Path(request["path"]), request["name"], request["encoding"])
    except ReadingError as error:
        return {"error": error.message}
    except MemoryError:
        return {"error": "the file asks for more memory than there is; export a part of it, or export it as CSV"}
    with pa.OSFile(request["cells"], "wb") as file, pa.ipc.new_file(file, cells.schema) as writer:
        writer.write_table(cells)
    return {"head": TypeAdapter(Head).dump_python(head, mode="json")}


if __name__ == "__main__":
    _serve()
