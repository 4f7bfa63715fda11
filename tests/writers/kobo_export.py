"""Writes XLSForms and exports of KoboToolbox, ODK Central and R's re-saved files, from a form stated by a test.

Shares nothing with the readers: what each column is meant to be is noted while it is written.
"""

import csv
import io
import re
from dataclasses import dataclass

SURVEY = (
    "type",
    "name",
    "label::English (en)",
    "label::Dansk (da)",
    "relevant",
    "required",
    "appearance",
    "constraint",
)
CHOICES = ("list_name", "name", "label::English (en)", "label::Dansk (da)")


@dataclass(frozen=True)
class Row:
    """One row of the sheet survey."""

    type: str
    name: str = ""
    label: str = ""
    danish: str = ""
    relevant: str = ""
    required: str = ""
    appearance: str = ""
    constraint: str = ""


@dataclass(frozen=True)
class Form:
    """A form: the rows of survey, and by list its choices as pairs of code and label."""

    rows: tuple[Row, ...]
    choices: dict[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Written:
    """An export and, column by column, the question and the option that was written into it; blank for the rest."""

    text: str
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Style:
    """How an export is written.

    ``joint`` stands between groups; empty leaves groups out. ``several`` is ``details``, ``summary`` or ``both``.
    """

    joint: str = "/"
    several: str = "both"
    platform: str = "kobo"
    delimiter: str = ";"
    ticks: tuple[str, str] = ("0", "1")
    through_r: bool = False
    labels: bool = False


def as_csv(rows, delimiter=",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue()


def survey_sheet(form: Form) -> list[tuple[str, ...]]:
    found = [
        (row.type, row.name, row.label, row.danish, row.relevant, row.required, row.appearance, row.constraint)
        for row in form.rows
    ]
    return [SURVEY, *found]


def choices_sheet(form: Form) -> list[tuple[str, ...]]:
    return [CHOICES, *((name, code, label, "") for name, pairs in form.choices.items() for code, label in pairs)]


def leaves(form: Form):
    """Yield every question with the groups around it and the repeat it is in, outermost first."""
    groups: list[tuple[str, bool]] = []
    for row in form.rows:
        kind = row.type.replace(" ", "_")
        if kind.startswith("begin"):
            groups.append((row.name, kind == "begin_repeat"))
        elif kind.startswith("end_"):
            groups.pop()
        else:
            repeats = [name for name, is_repeat in groups if is_repeat]
            yield row, tuple(name for name, _ in groups), repeats[-1] if repeats else ""


def mangled(header: str) -> str:
    """Spell a header as R's ``make.names`` does, letter by letter."""
    kept = "".join(letter if letter.isalnum() or letter in "._" else "." for letter in header)
    return kept if kept[0].isalpha() or re.match(r"\.\D", kept) else "X" + kept


def export(form: Form, records, style: Style = Style(), repeat: str = "") -> Written:
    """Write the submissions, or the child table of one repeat, whose records name their submission in ``_parent``."""
    columns: list[tuple[str, tuple[str, str], list[str]]] = []
    odk = style.platform == "odk"
    if odk and not repeat:
        columns.append(("SubmissionDate", ("", ""), [f"2026-03-01T10:00:0{n}.000Z" for n, _ in enumerate(records)]))
    for row, groups, block in leaves(form):
        if block != repeat or row.type == "note":
            continue
        shown = groups[groups.index(repeat) + 1 :] if odk and repeat else groups
        head = style.joint.join((*shown, row.name)) if style.joint else row.name
        head = row.label if style.labels and row.label else head
        columns += _columns(form, row, head, records, style)
    columns += _added(records, style, repeat)
    headers = [header for header, _, _ in columns]
    if style.through_r:
        headers = ["X.U.FEFF." + headers[0], *map(mangled, headers[1:])]
    cells = [[texts[place] for _, _, texts in columns] for place in range(len(records))]
    return Written(as_csv([headers, *cells], style.delimiter), tuple(meaning for _, meaning, _ in columns))


def _columns(form: Form, row: Row, head: str, records, style: Style):
    kind, _, choices = row.type.partition(" ")
    texts = [record.get(row.name, "") for record in records]
    if kind != "select_multiple":
        known = dict(form.choices.get(choices, ())) if style.labels else {}
        return [(head, (row.name, ""), [known.get(text, text) for text in texts])]
    between = "/" if style.platform != "surveycto" else "_"
    summary = (head, ("" if style.several == "both" else row.name, ""), texts)
    details = [
        (
            f"{head}{between}{label if style.labels else code}",
            (row.name, code),
            ["" if not text else style.ticks[code in text.split(" ")] for text in texts],
        )
        for code, label in form.choices[choices]
    ]
    return {"both": [summary, *details], "details": details, "summary": [summary]}[style.several]


def _added(records, style: Style, repeat: str):
    numbers = [str(place) for place, _ in enumerate(records, start=1)]
    parents = [str(record.get("_parent", number)) for record, number in zip(records, numbers, strict=True)]
    ids = [f"uuid-{parent}" for parent in parents]
    if style.platform == "odk":
        keys = [f"uuid:{parent}" for parent in parents]
        if repeat:
            turns = [parents[: place + 1].count(parent) for place, parent in enumerate(parents)]
            own = [f"{key}/{repeat}[{turn}]" for key, turn in zip(keys, turns, strict=True)]
            return [("PARENT_KEY", ("", ""), keys), ("KEY", ("", ""), own)]
        return [
            ("meta-instanceID", ("", ""), keys), ("KEY", ("", ""), keys), ("SubmitterName", ("", ""), numbers),
            ("ReviewState", ("", ""), [""] * len(keys)),
        ]  # fmt: skip
    if repeat:
        return [
            ("_index", ("", ""), numbers), ("_parent_table_name", ("", ""), ["Form"] * len(numbers)),
            ("_parent_index", ("", ""), parents), ("_submission__id", ("", ""), parents),
            ("_submission__uuid", ("", ""), ids), ("_submission__submitted_by", ("", ""), numbers),
        ]  # fmt: skip
    return [
        ("_id", ("", ""), numbers), ("_uuid", ("", ""), ids),
        ("_submission_time", ("", ""), ["2026-03-01T10:00:00"] * len(numbers)),
        ("_validation_status", ("", ""), numbers), ("_submitted_by", ("", ""), numbers),
        ("__version__", ("", ""), numbers), ("_index", ("", ""), numbers),
    ]  # fmt: skip
