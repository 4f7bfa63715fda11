"""Headers of an export → names that are clean and unique. Nothing that only one platform knows."""

from collections.abc import Sequence


def cell(row: Sequence[str], index: int) -> str:
    """Return the text of a header cell, outer blanks cut and inner blanks single; empty beyond the row's end."""
    return " ".join(row[index].replace("\ufeff", "").split()) if index < len(row) else ""


def unique_names(headers: Sequence[str]) -> list[str]:
    """Name every column.

    Args:
        headers: Clean header texts, left to right.

    Returns:
        The header; ``column_<position>`` where it is blank; ``_2``, ``_3`` … after a repeated one. A name that a
        later header has literally is left to that header.
    """
    wanted = [header or f"column_{position}" for position, header in enumerate(headers, start=1)]
    taken: set[str] = set()
    literal = set(headers)
    names: list[str] = []
    for header, name in zip(headers, wanted, strict=True):
        free, count = name, 1
        while free in taken or (free in literal and free != header):
            count += 1
            free = f"{name}_{count}"
        taken.add(free)
        names.append(free)
    return names


def listed(names: Sequence[str], most: int = 10) -> str:
    """List names in one line, the first ones only when there are many."""
    shown = ", ".join(name[:60] for name in names[:most])
    return f"{shown} … ({len(names)} in all)" if len(names) > most else shown
