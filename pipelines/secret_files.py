"""A file of secrets beside a study: read only where nobody but its owner can, and never told, not even in a fault."""

import stat
from pathlib import Path

from instruments.faults import EnvironmentFault, UsageError
from instruments.strict_yaml import read_yaml
from pipelines.files import OF_OTHERS


def read_secret_file(path: Path) -> dict[str, object]:
    """Read keys and secrets from a YAML file with mode 0600 that is there.

    Raises:
        EnvironmentFault: When others can read the file.
        UsageError: When it is no YAML, or no keys with values; which line is told, and nothing that stands there.
    """
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OF_OTHERS:
        raise EnvironmentFault(f"{path} can be read by others (mode {mode:o}); expected 600: chmod 600 {path}")
    document = read_yaml(path)
    if document.faults:
        raise UsageError(
            f"{path}:{document.faults[0].line}: this is no valid YAML, or a key stands twice; expected a line "
            'key: "secret" for each, in quotation marks'
        )
    if not isinstance(document.value, dict):
        raise UsageError(f'{path}: expected a line key: "secret" for each, found none; write them there')
    return {str(key): value for key, value in document.value.items()}
