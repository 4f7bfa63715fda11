"""A form → a REDCap data dictionary (CSV), in the first of its languages, as a dictionary holds one.

Fields are called like their items in small letters. The file was never uploaded to a live project, see ``docs/how-to``.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from instruments.forms.pages import Block, Page, pages_of, said, sum_name
from instruments.forms.refusal import FormFault, refuse
from instruments.forms.spec import Form
from instruments.shown.words import say
from instruments.spec import Instrument
from instruments.spec_file import Texts

HEADERS: tuple[str, ...] = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
LONGEST_NAME = 26
RECORD_ID = "record_id"
_FIELD, _FORM, _HEADER, _TYPE, _LABEL, _CHOICES, _NOTE, _VALIDATION, _LEAST, _MOST, _IDENTIFIER = HEADERS[:11]
_MATRIX = "Matrix Group Name"
_TYPES = {"choice": "radio", "multiple_choice": "checkbox", "open_text": "notes"}
_VALIDATIONS = {"number": "number", "date": "date_ymd"}
_PLATFORM = "REDCap"
Row = dict[str, str]


def write_dictionary(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write a form as a data dictionary in its first language.

    Args:
        form: The form, free of faults.
        instruments: Instruments as asked, by name.
        labels: Slot → label by language.

    Returns:
        CSV in UTF-8.

    Raises:
        UsageError: When a text is missing, or REDCap does not take the form: a name too long, two names that are the
            same in small letters, or an option with a stroke or a line break.
    """
    pages = pages_of(form, instruments, labels)
    refuse(form, [*_faults_of_names(form, pages), *_faults_of_options(form, pages)], _PLATFORM)
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADERS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({_FORM: field_name(form.name), **row} for row in _rows(form, pages))
    return out.getvalue().encode()


def field_name(name: str) -> str:
    """Return a name as REDCap takes it: small letters, and never two underscores in a row or one at the end."""
    return re.sub(r"_+", "_", name.lower()).strip("_")


def _as_html(text: str) -> str:
    """Return a plain text as REDCap stores it; a name in brackets is no field whose answer is put in."""
    return escape(text, quote=False).replace("[", "&#91;").replace("\n", "<br>")


def _rows(form: Form, pages: Sequence[Page]) -> Iterator[Row]:
    language = form.languages[0]
    yield {_FIELD: RECORD_ID, _TYPE: "text", _LABEL: "Record ID"}
    if form.introduction:
        yield _read("introduction_text", form.introduction, language)
    n_blocks = 0
    for page in pages:
        for name, texts in ((f"heading_{page.number}", page.title), (f"text_{page.number}", page.text)):
            if texts:
                yield _read(name, texts, language)
        for block in page.blocks:
            n_blocks += 1
            yield from _fields(block, f"grid_{n_blocks}", language)


def _read(name: str, texts: Texts, language: str) -> Row:
    return {_FIELD: name, _TYPE: "descriptive", _LABEL: _as_html(said(texts, language))}


def _fields(block: Block, grid: str, language: str) -> Iterator[Row]:
    header = _as_html(said(block.text, language))
    for name, item in block.items.items():
        kind = "choice" if block.kind == "grid" else "number" if block.kind == "sum" else block.kind
        yield {
            _FIELD: field_name(name),
            _HEADER: header,
            _TYPE: _TYPES.get(kind, "text"),
            _LABEL: _as_html(said(item.text, language)),
            _CHOICES: _choices(block, language),
            _VALIDATION: _VALIDATIONS.get(kind, ""),
            _LEAST: "" if item.least is None else f"{item.least:.15g}",
            _MOST: "" if item.most is None else f"{item.most:.15g}",
            _IDENTIFIER: "y" if item.personal_data else "",
            _MATRIX: grid if block.kind == "grid" else "",
        }
        header = ""
    if block.kind == "sum":
        parts = ", ".join(f"[{field_name(name)}]" for name in block.items)
        label = say(language, "share_out", total=block.total)
        yield {_FIELD: _total_of(block), _TYPE: "calc", _LABEL: label, _CHOICES: f"sum({parts})"}


def _total_of(block: Block) -> str:
    return f"{field_name(sum_name(block))}_sum"


def _choices(block: Block, language: str) -> str:
    """Write ``1, Low | 2, High``; the code of a check box is part of a name, so its sign is written out."""
    sign = "minus_" if block.kind == "multiple_choice" else "-"
    return " | ".join(
        f"{each.code if each.code >= 0 else f'{sign}{-each.code}'}, {_as_html(said(each.label, language))}"
        for each in block.options
    )


def _faults_of_names(form: Form, pages: Sequence[Page]) -> Iterator[FormFault]:
    owner = {RECORD_ID: "the record id", f"{field_name(form.name)}_complete": "the status of the form"}
    for page in pages:
        for block in page.blocks:
            names = [*block.items, *([_total_of(block)] if block.kind == "sum" else [])]
            for name in names:
                field, place = field_name(name), ("items", name) if name in block.items else block.text_place
                if len(field) > LONGEST_NAME:
                    long = f"{len(field)} characters, and the name of a field at most {LONGEST_NAME}"
                    yield FormFault(page.number, f"{field} has {long}; shorten the name of the item", within=place)
                if re.fullmatch(r"(grid|text|heading)_\d+|introduction_text", field):
                    message = f"{field} is the name of a text or a grid of ours; rename the item"
                    yield FormFault(page.number, message, within=place)
                other = owner.setdefault(field, name)
                if other != name:
                    message = f"{name} and {other} are both {field} in small letters; rename the item"
                    yield FormFault(page.number, message, within=place)


def _faults_of_options(form: Form, pages: Sequence[Page]) -> Iterator[FormFault]:
    for page in pages:
        for block in page.blocks:
            for each in block.options:
                label = said(each.label, form.languages[0])
                if "|" in label or "\n" in label:
                    found = f"option {each.code} of {block.scale} holds a stroke or a line break"
                    message = f"{found}, which separate options in a dictionary; word it without"
                    yield FormFault(page.number, message, within=each.place)
