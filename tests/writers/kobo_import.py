"""An XLSForm → the form that KoboToolbox would make of it, as respondents see it."""

import io
import re

import openpyxl

from tests.writers.imported import Shown
from tests.writers.kobo_export import Form, Row


def sheets(content: bytes) -> dict[str, list[dict[str, str]]]:
    """Return the rows of every sheet."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    found: dict[str, list[dict[str, str]]] = {}
    for sheet in book:
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [
            dict(zip(head, ("" if cell is None else cell for cell in row), strict=True)) for row in rows
        ]
    return found


def imported(content: bytes) -> tuple[Form, list[Shown]]:
    """Return the form with labels in its default language, and what is shown; keys are names of questions."""
    tables = sheets(content)
    default = tables["settings"][0]["default_language"]
    columns = {code: name for name in tables["survey"][0] for code in re.findall(r"^label::.* \((\w+)\)$", name)}
    rows = tuple(
        Row(each["type"], each["name"], each[f"label::{default}"], appearance=each["appearance"])
        for each in tables["survey"]
    )
    choices: dict[str, list[tuple[dict[str, str], str]]] = {}
    for each in tables["choices"]:
        labels = {code: each[name] for code, name in columns.items()}
        choices.setdefault(each["list_name"], []).append((labels, each["name"]))
    first = next(code for code, name in columns.items() if name == f"label::{default}")
    form = Form(
        rows, {name: tuple((code, labels[first]) for labels, code in options) for name, options in choices.items()}
    )
    return form, list(_shown(tables["survey"], columns, choices))


def _shown(survey, columns, choices):
    """Yield what is asked; a table's heading stands above its rows, a note above the numbers that follow it."""
    above: dict[str, str] = {}
    for each in survey:
        kind, _, name = each["type"].partition(" ")
        texts = {code: each[column] for code, column in columns.items()}
        appearance = each["appearance"]
        if appearance == "label" or (kind == "note" and each["name"].endswith("_sum")):
            above = texts
        elif kind in ("select_one", "select_multiple", "decimal", "date", "text"):
            stays = appearance == "list-nolabel" or kind == "decimal"
            above = above if stays else {}
            total = re.search(r" = (\d+)$", each["constraint"])
            least, most = (re.search(rf"\. {sign} (-?[\d.]+)", each["constraint"]) for sign in (">=", "<="))
            limits = tuple(found[1] if found else "" for found in (least, most, total))
            options = tuple(choices[name]) if name else ()
            yield Shown(each["name"], texts, above, options, kind == "select_multiple", limits)
            above = {} if total else above
