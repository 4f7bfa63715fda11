"""Headers of an export and the survey's structure → which column of the survey each header is.

A header that could be several columns is left open rather than guessed. Put here the search; not what a column means.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from pipelines.readers.limesurvey.headings import Heading
from pipelines.readers.structure import StructureColumn

_ELLIPSIS = ".."
_IN_BRACKETS = re.compile(r"\[([^\[\]]*)\]$")


@dataclass(frozen=True)
class Lookup:
    """What was found.

    Attributes:
        columns: For every header, left to right, its column; None for those that are not found.
        unclear: Headers that could be several columns.
    """

    columns: tuple[StructureColumn | None, ...]
    unclear: tuple[str, ...]


def look_up(headings: Sequence[Heading], columns: Sequence[StructureColumn]) -> Lookup:
    """Find the column of every header: by code where it has one, by text else."""
    by_code = _by_code(columns)
    times = Counter(each.code.casefold() for each in headings)
    found = [_of_code(each, by_code) if times[each.code.casefold()] == 1 else None for each in headings]
    taken = {column.name for column in found if column is not None}
    open_places = [
        place
        for place, (heading, column) in enumerate(zip(headings, found, strict=True))
        if column is None and heading.text and not heading.code and not heading.own and not heading.is_time
    ]
    free = [column for column in columns if column.name not in taken and column.headings]
    unclear = [code for code, n_times in times.items() if n_times > 1 and code in by_code]
    for places, candidates in _groups(headings, open_places, free):
        if len(candidates) == len(places):
            for place, column in zip(places, candidates, strict=True):
                found[place] = column
        elif candidates:
            unclear += [headings[place].header for place in places]
    return Lookup(tuple(found), tuple(unclear))


def heading_key(text: str) -> str:
    """Return the form in which headings are compared: without blanks, underscores and entities, in lower case."""
    plain = unicodedata.normalize("NFKC", unescape(unescape(text)))
    return re.sub(r"[\s_\u200b\ufeff]+", "", plain).casefold()


def _by_code(columns: Sequence[StructureColumn]) -> dict[str, StructureColumn]:
    """Return every name → its column; a name of several columns is only that of the one it is the heading of."""
    times = Counter(alias.casefold() for column in columns for alias in {*column.aliases})
    found = {alias.casefold(): column for column in columns for alias in column.aliases if times[alias.casefold()] == 1}
    return found | {column.name.casefold(): column for column in columns}


def _of_code(heading: Heading, by_code: Mapping[str, StructureColumn]) -> StructureColumn | None:
    return by_code.get(heading.code.casefold()) if heading.code and not heading.own else None


def _groups(
    headings: Sequence[Heading], places: Sequence[int], free: Sequence[StructureColumn]
) -> list[tuple[list[int], list[StructureColumn]]]:
    """Put headers that are worded the same together with all columns that could be meant, both in order."""
    of_text: dict[str, list[StructureColumn]] = {}
    for column in free:
        for key in dict.fromkeys(map(heading_key, column.headings)):
            of_text.setdefault(key, []).append(column)
    alike: dict[str, list[int]] = {}
    for place in places:
        alike.setdefault(heading_key(headings[place].header), []).append(place)
    parts = [(column, [_parts(key) for key in map(heading_key, column.headings)]) for column in free]
    groups: list[tuple[list[int], list[StructureColumn]]] = []
    for key, same in alike.items():
        candidates = of_text.get(key, [])
        if not candidates and _ELLIPSIS in key:
            shown = _parts(key)
            candidates = [column for column, forms in parts if any(_begins(form, shown) for form in forms)]
        groups.append((same, candidates))
    return groups


def _parts(key: str) -> tuple[str, ...]:
    """Cut a heading into its text and what stands in brackets at its end."""
    parts: list[str] = []
    while found := _IN_BRACKETS.search(key):
        parts.append(found.group(1))
        key = key[: found.start()]
    return (key, *reversed(parts))


def _begins(full: Sequence[str], shown: Sequence[str]) -> bool:
    """Say whether every part that is shown is the full one, or its beginning followed by two dots."""
    return len(full) == len(shown) and all(
        whole.startswith(part.removesuffix(_ELLIPSIS)) if part.endswith(_ELLIPSIS) else whole == part
        for whole, part in zip(full, shown, strict=True)
    )
