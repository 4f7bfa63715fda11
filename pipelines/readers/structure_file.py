"""What every reader of survey definitions takes: the files, and the form of such a reader.

Which readers there are is in ``structures``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipelines.readers.structure import Structure


@dataclass(frozen=True)
class StructureFile:
    """A file that defines a survey, or a part of it.

    Attributes:
        name: Name without folder, for messages; never used to recognise the format.
        content: Its bytes.
    """

    name: str
    content: bytes


class StructureReader(Protocol):
    """The form in which one platform writes survey definitions."""

    platform: str

    def recognises(self, files: Sequence[StructureFile]) -> bool:
        """Say from content alone whether the platform wrote the files."""
        ...

    def read(self, files: Sequence[StructureFile]) -> Structure:
        """Read the definition.

        Raises:
            ReadingError: When a file is damaged or a part is missing.
        """
        ...
