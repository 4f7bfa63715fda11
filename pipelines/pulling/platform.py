"""What every platform can do for pulling."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from pipelines.pulling.delivery import Delivery
from pipelines.pulling.questions import Questions
from pipelines.pulling.state import Pieces


class Platform(Protocol):
    """One survey on one platform.

    Attributes:
        structure_suffix: Ending of the file that defines the survey; empty where there is none that the readers know.
    """

    structure_suffix: str

    def structure(self) -> bytes:
        """Fetch the file that defines the survey; empty where there is none."""
        ...

    def questions(self, structure: Path) -> Questions:
        """Return what the survey asks.

        Args:
            structure: The file that ``structure`` fetched.
        """
        ...

    def listed(self) -> Mapping[str, str]:
        """Fetch every response that the platform has now: id → when it was last modified.

        The moment is as the platform writes it; empty where it does not say, or where it always delivers everything.
        """
        ...

    def delivered(self, pieces: Pieces, token: str) -> Delivery:
        """Fetch responses: what changed since a token, or everything.

        Args:
            pieces: What was fetched before a kill, and is not fetched again.
            token: Where the last pull ended; empty for everything.
        """
        ...

    def close(self) -> None:
        """Sign out."""
        ...
