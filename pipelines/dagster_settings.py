"""``warehouse/dagster/dagster.yaml``: written once, renewed where nobody changed it, otherwise told what it lacks."""

from pathlib import Path
from typing import cast

import yaml

from pipelines.files import PRIVATE, whole_or_absent

SETTINGS_FILE = "dagster.yaml"
_FIRST = "telemetry:\n  enabled: false\n"
_SECOND = f"{_FIRST}nux:\n  enabled: false\n"
_LIMITS = """\
concurrency:
  runs:
    max_concurrent_runs: 4
    tag_concurrency_limits:
      - key: study
        value: {applyLimitPerUniqueValue: true}
        limit: 1
"""
DAGSTER_SETTINGS = f"{_SECOND}{_LIMITS}"
"""Runs of a study follow each other without a process each that waits, and no study takes every place."""
EARLIER_SETTINGS = frozenset({_FIRST, _SECOND})
"""What earlier versions wrote, byte for byte."""


def write_settings(home: Path, *, renew: bool = False) -> None:
    """Write the settings where there are none.

    Args:
        home: Folder of Dagster's records.
        renew: Whether settings that an earlier version wrote, and that nobody changed, are replaced as well.
    """
    path = home / SETTINGS_FILE
    if path.exists() and not (renew and _text(path) in EARLIER_SETTINGS):
        return
    with whole_or_absent(path, PRIVATE) as unfinished:
        unfinished.write_text(DAGSTER_SETTINGS, encoding="utf-8")


def lacking(home: Path) -> str:
    """Say what the settings of a person lack that new ones have, and what to do; empty when nothing, or when renewed.

    Args:
        home: Folder of Dagster's records.
    """
    path = home / SETTINGS_FILE
    text = _text(path) if path.exists() else DAGSTER_SETTINGS
    if text in EARLIER_SETTINGS:
        return ""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        return "it is no YAML, so that Dagster cannot read it; mend it, or remove it and it is written anew"
    if _limits_studies(said):
        return ""
    return f"it lets runs of one study wait in a process each, or take the places of others; add:\n{_LIMITS}"


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _limits_studies(said: object) -> bool:
    """Tell whether settings limit runs by the tag of the study, in any of the places where Dagster looks for it."""
    for place in (("concurrency", "runs"), ("run_queue",), ("run_coordinator", "config")):
        limits = _at(said, *place, "tag_concurrency_limits")
        if isinstance(limits, list) and any(_at(each, "key") == "study" for each in cast("list[object]", limits)):
            return True
    return False


def _at(value: object, *place: str) -> object:
    for key in place:
        value = cast("dict[object, object]", value).get(key) if isinstance(value, dict) else None
    return value
