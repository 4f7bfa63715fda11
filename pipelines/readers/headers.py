"""Headers of an export → names that are clean and unique. Nothing that only one platform knows."""

import re
from collections.abc import Sequence

_NO_LETTER = re.compile(r"[^A-Za-z0-9]+")
_BETWEEN_PARTS = re.compile(r"[_\[\]]+")
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


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


def reduced_name(name: str) -> str:
    """Return what is left of a name where a platform takes neither underscores nor capitals.

    ``SM_cu_1``, ``SMcu1`` and ``SM[cu1]`` are all ``smcu1``. Two digits stay apart: ``Q1_1`` is ``q1x1``, not ``q11``.
    """
    reduced = ""
    for part in filter(None, _BETWEEN_PARTS.split(name.lower())):
        joint = "x" if reduced[-1:].isdigit() and part[0].isdigit() else ""
        reduced += joint + part
    return reduced


def plain_name(text: str) -> str:
    """Return a text as a name of letters, digits and underscores that begins with a letter; empty when none is left."""
    plain = _NO_LETTER.sub("_", text.translate(_LETTERS)).strip("_")
    return plain.lstrip("0123456789_")
