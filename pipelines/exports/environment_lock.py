"""What a replication package asks to be installed: the libraries that its software needs, with versions and hashes.

No name of a host, index or machine.
"""

import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from models.origin import ROOT

NEEDED = ("duckdb", "numpy", "pandas", "pyarrow", "pydantic", "pyyaml", "scipy", "statsmodels", "threadpoolctl")
LOCK = "requirements.lock"
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)")
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def requirements() -> tuple[str, bool]:
    """Return the text of ``requirements.txt`` and whether it has hashes.

    Hashes are those of the lock file of the software; there are none when it is not there, or another version than the
    locked one is installed: then the versions alone are written, as installed.
    """
    versions = _installed(NEEDED)
    locked = _locked(ROOT / LOCK)
    blocks = [locked.get((name, version)) for name, version in versions.items()]
    if all(block is not None for block in blocks):
        return "".join(f"{block}\n" for block in blocks), True
    return "".join(f"{name}=={version}\n" for name, version in versions.items()), False


def _installed(names: tuple[str, ...]) -> dict[str, str]:
    """Return the version of the named distributions and of all that they need here, by normalised name."""
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = _normalised(waiting.pop())
        if name in found:
            continue
        distribution = metadata.distribution(name)
        found[name] = distribution.version
        waiting += [each for each in map(_needed, distribution.requires or ()) if each]
    return dict(sorted(found.items()))


def _needed(requirement: str) -> str:
    """Return the name in a requirement that counts here, of no extra and installed; else nothing."""
    text, _, marker = requirement.partition(";")
    name = _NAME.match(text.strip())
    if "extra" in marker or name is None:
        return ""
    try:
        metadata.version(name[0])
    except metadata.PackageNotFoundError:
        return ""
    return name[0]


def _locked(path: Path) -> Mapping[tuple[str, str], str]:
    """Return the entry of every locked version, with its hashes, by normalised name and version."""
    if not path.is_file():
        return {}
    found: dict[tuple[str, str], str] = {}
    for block in re.split(r"\n(?=\S)", path.read_text(encoding="utf-8")):
        match = _REQUIREMENT.match(block)
        if match is not None:
            lines = [line.rstrip() for line in block.splitlines() if not line.lstrip().startswith("#")]
            found[_normalised(match[1]), match[2]] = "\n".join(line for line in lines if line)
    return found


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
