"""The two secrets of sign-in: from environment variables, or from a file that only its owner can read.

No message, log or representation holds a secret.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from instruments.faults import UsageError
from pipelines.secret_files import read_secret_file

FILE = "access.secrets.yaml"
VARIABLES = ("SENSEMAKING_CLIENT_SECRET", "SENSEMAKING_COOKIE_SECRET")
SHORTEST_COOKIE_SECRET = 32


@dataclass(frozen=True)
class AccessSecrets:
    """What only the dashboard's server may know.

    Attributes:
        client_secret: Proves to the provider that it is this dashboard who asks.
        cookie_secret: Signs what browsers keep about who signed in; whoever has it can sign in as anybody.
    """

    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)


def read_secrets(folder: Path) -> AccessSecrets:
    """Read the secrets from the environment or, where neither variable is set, from the file in the study folder.

    Raises:
        UsageError: When they are nowhere, or not as expected.
        EnvironmentFault: When others can read the file.
    """
    path = folder / FILE
    given = [os.environ.get(name, "") for name in VARIABLES]
    if any(given):
        return _checked(given, f"the environment variables {' and '.join(VARIABLES)}")
    if not path.is_file():
        raise UsageError(
            f"sign-in needs two secrets: set {' and '.join(VARIABLES)}, or write {path} "
            "with client_secret and cookie_secret, readable by its owner alone"
        )
    said = read_secret_file(path)
    keys = ("client_secret", "cookie_secret")
    if set(said) != set(keys):
        raise UsageError(f"{path}: expected the keys client_secret and cookie_secret, and nothing else")
    return _checked([said[key] for key in keys], str(path))


def _checked(given: list[object], where: str) -> AccessSecrets:
    client, cookie = given
    if not isinstance(client, str) or not client:
        raise UsageError(f"{where}: the client secret is missing or no text; write it in quotation marks")
    if not isinstance(cookie, str) or len(cookie) < SHORTEST_COOKIE_SECRET:
        raise UsageError(
            f"{where}: the cookie secret is missing, no text, or shorter than {SHORTEST_COOKIE_SECRET} characters; "
            "make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return AccessSecrets(client, cookie)
