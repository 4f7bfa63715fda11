"""Questions of an XLSForm that are shown as one matrix → batteries with their stem.

An XLSForm has no matrix of its own: choices with the same list that stand together in a table (``list-nolabel``,
``table-list``), as Likert rows, in a ``field-list``, or in Kobo's rating matrix (``begin_score``) are read as one.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from pipelines.readers.kobo.xlsform import Placed

_ROWS = frozenset({"list-nolabel", "likert", "label"})
_GROUPS = frozenset({"field-list", "table-list"})
_FEWEST_ROWS = 2


def with_batteries(placed: Sequence[Placed]) -> list[Placed]:
    """Give the rows of every matrix their battery and stem; a row with the options alone becomes the stem."""
    found: list[Placed] = []
    numbers: dict[str, int] = {}
    for key, run in groupby(placed, key=_matrix):
        rows = list(run)
        answered = [each for each in rows if not _is_heading(each)]
        if not key or len(answered) < _FEWEST_ROWS:
            found += rows
            continue
        numbers[key] = numbers.get(key, 0) + 1
        battery = key if numbers[key] == 1 else f"{key}_{numbers[key]}"
        found += [_in_battery(each, battery, _stem(rows)) for each in rows]
    return found


def _matrix(placed: Placed) -> str:
    """Return what the rows of one matrix have in common, empty for a question of its own."""
    if placed.question.kind != "choice" or not placed.question.options:
        return ""
    group = placed.groups[-1] if placed.groups else None
    path = "/".join(each.name for each in placed.groups)
    if placed.type.name == "score__row":
        return path
    is_row = bool(_ROWS & set(placed.appearance.lower().split()))
    is_in_table = group is not None and bool(_GROUPS & set(group.appearance.lower().split()))
    return f"{path}:{placed.type.choices}" if is_row or is_in_table else ""


def _is_heading(placed: Placed) -> bool:
    return "label" in placed.appearance.lower().split()


def _stem(rows: Sequence[Placed]) -> str:
    heading = next((each.question.text for each in rows if _is_heading(each)), "")
    return heading or (rows[0].groups[-1].label if rows[0].groups else "")


def _in_battery(placed: Placed, battery: str, stem: str) -> Placed:
    if _is_heading(placed):
        return replace(placed, question=replace(placed.question, kind="metadata"))
    return replace(placed, question=replace(placed.question, battery=battery, stem=stem))
