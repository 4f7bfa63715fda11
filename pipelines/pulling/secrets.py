"""The token or password of a platform: from the environment, or from a file that only its owner can read.

No message, log or representation holds a secret.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from instruments.faults import UsageError
from pipelines.secret_files import read_secret_file

FILE = "pull.secrets.yaml"
PREFIX = "SENSEMAKING_PULL_"


@dataclass(frozen=True)
class Secret:
    """A token or password.

    Attributes:
        where: Where it came from, for messages.
        text: What only this program and the platform may know.
    """

    where: str
    text: str = field(repr=False)


def read_secret(folder: Path, name: str) -> Secret:
    """Read a secret from ``SENSEMAKING_PULL_<NAME>`` or, where that is not set, from the file in the study folder.

    Raises:
        UsageError: When it is nowhere, or no text that a request can carry.
        EnvironmentFault: When others can read the file.
    """
    variable, path = PREFIX + name.upper(), folder / FILE
    if os.environ.get(variable):
        return _checked(os.environ[variable], f"the environment variable {variable}")
    if not path.is_file():
        message = f"set {variable}, or write {path} with the key {name}, readable by its owner alone"
        raise UsageError(f"pulling needs the secret {name}: {message}")
    said = read_secret_file(path)
    if name not in said:
        raise UsageError(f"{path}: expected the key {name}; write it there, or set {variable}")
    return _checked(said[name], f"the key {name} of {path}")


def _checked(given: object, where: str) -> Secret:
    if not isinstance(given, str) or not given or not given.isascii() or not given.isprintable():
        raise UsageError(f"{where} is empty or no plain text; write it in quotation marks, on one line")
    return Secret(where, given)
