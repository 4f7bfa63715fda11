"""Repeated forms as the rows of a REDCap export name them → the forms' own names.

Raw exports write the name, ``my_form``, exports of labels the title, which began as *My Form* and may have been changed
since. Put here what tells which form a title is; how columns are spelled is in ``columns``.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.readers.headers import cell, listed
from pipelines.readers.plan import Head, fold
from pipelines.readers.redcap.columns import UNTICKED, RedcapColumn
from pipelines.readers.structure import Structure

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_ANSWERS = ("field", "option", "complete", "timestamp")


@dataclass(frozen=True)
class RepeatedForms:
    """What the rows call repeated forms.

    Attributes:
        forms: Names of the forms that the first rows repeat, likely ones where nobody knows.
        titles: Folded text other than the name → name of the form.
        unclear: Texts, as written, that are titles of nobody knows which form.
    """

    forms: frozenset[str] = frozenset()
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    unclear: tuple[str, ...] = ()

    def warnings(self) -> tuple[str, ...]:
        """Say which repeated forms have titles for names."""
        if not self.unclear:
            return ()
        return (
            "the export writes titles of repeated forms and does not show which forms they are, so core.repeats has "
            f"the titles: {listed(self.unclear)}; give the data dictionary as structure, or export raw data",
        )


def repeated_forms(head: Head, found: Sequence[RedcapColumn], structure: Structure | None) -> RepeatedForms:
    """Find the form of every text in the column of the repeated instrument.

    A form's own name is itself. A title is the form whose columns its rows fill, as a repetition fills no other; else
    the form with a name like it.

    Args:
        head: The beginning of the file.
        found: Its columns, each with the form it stands on.
        structure: The dictionary, which names every form.
    """
    place = next((index for index, column in enumerate(found) if column.kind == "repeat_instrument"), None)
    if place is None:
        return RepeatedForms()
    forms = _forms(found, structure)
    has_names = found[place].header == "redcap_repeat_instrument"
    names, unclear = dict[str, str](), list[str]()
    for text, rows in _rows_by_text(head, place).items():
        if has_names and (text in forms or (not structure and _NAME.fullmatch(text))):
            names[text] = text
            continue
        filled = _filled_forms(rows, found, forms) or {_like_a_name(text)} & forms
        if len(filled) == 1:
            names[text] = filled.pop()
        else:
            unclear.append(text)
    # A title that comes later in the file is most likely the one the form began with.
    titles = {} if has_names else {fold(form.replace("_", " ")): form for form in forms}
    titles |= {fold(text): form for text, form in names.items() if text != form}
    return RepeatedForms(frozenset((*names.values(), *map(_like_a_name, unclear))), titles, tuple(unclear))


def _rows_by_text(head: Head, place: int) -> dict[str, list[Sequence[str]]]:
    found: dict[str, list[Sequence[str]]] = {}
    for row in head.rows[1:]:
        found.setdefault(cell(row, place), []).append(row)
    return {text: rows for text, rows in found.items() if text}


def _forms(found: Sequence[RedcapColumn], structure: Structure | None) -> frozenset[str]:
    """Return the forms with a known name: those of the dictionary, else those with a status that is headed by it."""
    if structure is not None:
        return frozenset(question.section for question in structure.questions.values())
    statuses = [column for column in found if column.kind == "complete" and column.header.startswith(column.form)]
    return frozenset(column.form for column in statuses)


def _filled_forms(rows: Sequence[Sequence[str]], found: Sequence[RedcapColumn], forms: Collection[str]) -> set[str]:
    """Return the forms of which some row fills a column; a check box that is not ticked may be of any form."""
    filled: set[str] = set()
    for index, column in enumerate(found):
        if index > 0 and column.form in forms and column.kind in _ANSWERS:
            empty = UNTICKED | {""} if column.kind == "option" else {""}
            if any(fold(cell(row, index)) not in empty for row in rows):
                filled.add(column.form)
    return filled


def _like_a_name(title: str) -> str:
    return re.sub(r"\W+", "_", fold(title)).strip("_")
