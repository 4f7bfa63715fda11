"""One file to damage and what lies beside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A file and what lies beside it.

    Attributes:
        content: The file that is damaged.
        form: How it may be damaged; see ``damage.damaged``.
        definitions: For an export, the files of the survey's definition.
        export: For a definition, an export of its survey.
        platform: Named platform; None to recognise it.
    """

    content: bytes
    form: str
    definitions: tuple[bytes, ...] = ()
    export: bytes | None = None
    platform: str | None = None
