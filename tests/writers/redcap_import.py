"""A data dictionary → the project that REDCap would make of it, as respondents see it."""

import csv
import io

from tests.writers.imported import Shown, plain
from tests.writers.redcap_export import HEADERS, Field, Project


def imported(content: bytes, language: str) -> tuple[Project, list[Shown]]:
    """Return the project, and what is shown in its language; keys are names of fields."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert tuple(rows[0]) == HEADERS
    fields = tuple(
        Field(
            row[0], row[1], row[3], row[4], _choices(row[5]) if row[3] in ("radio", "checkbox") else (), row[2], row[7],
            row[8], row[9], row[10], row[11], row[12], row[15], row[17],
        )
        for row in rows[1:]
    )  # fmt: skip
    return Project(fields), list(_shown(fields[1:], language))


def _choices(text: str) -> tuple[tuple[str, str], ...]:
    pairs = [each.partition(",") for each in text.split("|")]
    return tuple((code.strip(), plain(label.strip())) for code, _, label in pairs)


def _shown(fields, language: str):
    """Yield what is asked; a header stands above the rows of its matrix, or above numbers up to what sums them up."""
    header = ""
    for place, each in enumerate(fields):
        is_row = bool(each.matrix) or each.validation == "number"
        header = plain(each.header) if each.header else header if is_row else ""
        if place and each.matrix and fields[place - 1].matrix not in ("", each.matrix):
            assert each.header, f"{each.name} begins a matrix without a header"
        if each.kind not in ("descriptive", "calc"):
            options = tuple(({language: label}, code) for code, label in each.choices)
            total = next((later.label for later in fields[place:] if later.kind == "calc"), "") if header else ""
            limits = (each.least, each.most, total if not each.matrix else "")
            above = {language: header} if header else {}
            yield Shown(each.name, {language: plain(each.label)}, above, options, each.kind == "checkbox", limits)
        header = "" if each.kind == "calc" else header
