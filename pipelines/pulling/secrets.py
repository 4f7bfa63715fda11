"""The token or password of a platform: from the environment, or from a file that only its owner can read.

No message, log or representation holds a secret.
"""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from instruments.faults import EnvironmentFault, UsageError
from instruments.strict_yaml import read_yaml
from pipelines.files import OF_OTHERS

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
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OF_OTHERS:
        raise EnvironmentFault(f"{path} can be read by others (mode {mode:o}); expected 600: chmod 600 {path}")
    said = read_yaml(path).value
    if not isinstance(said, dict) or name not in said:
        raise UsageError(f"{path}: expected the key {name}; write it there, or set {variable}")
    return _checked(said[name], f"the key {name} of {path}")


def _checked(given: object, where: str) -> Secret:
    if not isinstance(given, str) or not given or not given.isascii() or not given.isprintable():
        raise UsageError(f"{where} is empty or no plain text; write it in quotation marks, on one line")
    return Secret(where, given)
