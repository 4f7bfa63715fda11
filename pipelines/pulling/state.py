"""What pulling remembers of a source in ``warehouse/pull/<source>/``: what is held, pieces of an unfinished pull."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from instruments.faults import EnvironmentFault
from pipelines.files import whole_or_absent
from pipelines.load import Study

FORMAT = 1


@dataclass(frozen=True)
class PullState:
    """What was pulled of a source so far.

    Attributes:
        number: Number of the last export that was landed; 0 before the first.
        base: Number of the last export that holds everything; those before it are not needed.
        token: Where the platform goes on from; empty where everything is fetched every time.
        held: Response → SHA-256 of its content.
        modified: Response → when it was last modified, as the platform listed it; only where it says so.
        whole_at: When everything was fetched last, ISO; empty for never.
        survey: What the responses were pulled from; of another survey nothing is held.
        format: Form of this file.
    """

    number: int = 0
    base: int = 0
    token: str = field(default="", repr=False)
    held: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    modified: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    whole_at: str = ""
    survey: str = ""
    format: int = FORMAT


def folder_of(study: Study, source: str) -> Path:
    """Return where what pulling remembers of a source lies."""
    return study.warehouse / "pull" / source


def read_state(folder: Path) -> PullState:
    """Read the state of a source; a new one before its first pull.

    Raises:
        EnvironmentFault: When the file is damaged or written by a later version.
    """
    path = folder / "state.json"
    if not path.is_file():
        return PullState()
    try:
        state = PullState(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise EnvironmentFault(
            f"{path} is damaged; remove it and pull again: everything is then fetched anew"
        ) from None
    if state.format != FORMAT:
        raise EnvironmentFault(f"{path} has form {state.format}, expected {FORMAT}; update the software")
    return state


def write_state(folder: Path, state: PullState) -> None:
    """Write the state of a source, whole or not at all."""
    with whole_or_absent(folder / "state.json") as path:
        path.write_text(json.dumps(asdict(state)), encoding="utf-8")


class Pieces:
    """Parts of a pull that is not finished: each is whole, and is not fetched again after a kill.

    Attributes:
        folder: Where they lie; nobody but the owner may enter.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def kept(self, name: str, fetch: Callable[[], bytes]) -> bytes:
        """Return a piece, fetched where it is not there yet."""
        path = self.folder / name
        if not path.is_file():
            with whole_or_absent(path) as unfinished:
                unfinished.write_bytes(fetch())
        return path.read_bytes()

    def forget(self) -> None:
        """Remove every piece."""
        shutil.rmtree(self.folder)
        self.folder.mkdir(mode=0o700)
