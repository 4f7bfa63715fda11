"""Values that several sections of study.yaml share: time zones, names of files."""

from functools import cache
from zoneinfo import available_timezones


def known_time_zone(name: str) -> str:
    """Return the name of a time zone, or raise ValueError when there is none of that name."""
    if name not in _time_zones():
        raise ValueError(f"there is no time zone '{name}'; expected a name such as Europe/Copenhagen")
    return name


@cache
def _time_zones() -> frozenset[str]:
    """Return the names of all time zones; remembered, because finding them opens every file of time zones."""
    return frozenset(available_timezones())


def plain_file_name(name: str, folder: str) -> str:
    """Return the name of a file that lies in a folder itself, or raise ValueError when it leads elsewhere."""
    if "/" in name or "\\" in name or name.startswith("."):
        raise ValueError(f"expected a file name in {folder}, without folders, found '{name}'")
    return name
