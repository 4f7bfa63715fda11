"""What a fake platform is asked and answers, and who may ask."""

from dataclasses import dataclass, field

TOKEN = "t0p-secret-token-of-a-fake"
USER = "researcher"


@dataclass
class Request:
    """What was asked of the platform."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass
class Reply:
    """What it answers."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
