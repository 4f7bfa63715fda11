"""What a REFI-QDA codebook (``.qdc``) and project (``.qdpx``) hold, which programs for qualitative analysis exchange.

As the schemas of 18 March 2019 say: ``urn:QDA-XML:codebook:1.0`` and ``urn:QDA-XML:project:1.0``. Positions count the
signs of a text from 0, the end one beyond the last. Put here what there is; how it is written and read stands beside.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CODEBOOK, PROJECT = "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"
PROJECT_FILE = "project.qde"
INTERNAL = "internal://"


class ExchangeFault(Exception):
    """A file is no codebook or project that can be read; the message says why and what to do."""


@dataclass(frozen=True)
class QdaCode:
    """One code of a codebook.

    Attributes:
        guid: Its id.
        name: Its name.
        description: What it means.
        is_codable: Whether it can be given; a family cannot.
        children: Codes below it.
    """

    guid: str
    name: str
    description: str = ""
    is_codable: bool = True
    children: tuple["QdaCode", ...] = ()


@dataclass(frozen=True)
class QdaCoding:
    """One code given to a text.

    Attributes:
        guid: Its id.
        code: Id of the code.
        user: Id of who gave it; empty when the file does not say.
        segment: First and last-plus-one sign; None for the whole text.
        note: What the user wrote beside it.
    """

    guid: str
    code: str
    user: str = ""
    segment: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True)
class QdaSource:
    """One text.

    Attributes:
        guid: Its id.
        name: Its name.
        text: The text.
        variables: Variable → value.
        codings: Codes given to it.
    """

    guid: str
    name: str
    text: str
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    codings: tuple[QdaCoding, ...] = ()


@dataclass(frozen=True)
class QdaProject:
    """A project.

    Attributes:
        name: Its name.
        description: What it says of itself.
        users: Id → name.
        codes: The codebook.
        variables: Variable → id.
        sources: Its texts; other kinds of source are passed over.
    """

    name: str
    description: str
    users: Mapping[str, str]
    codes: tuple[QdaCode, ...]
    variables: Mapping[str, str]
    sources: tuple[QdaSource, ...]
