"""A form → an XLSForm workbook for KoboToolbox and ODK, with a column of labels for every language.

Questions keep the names of their items and options their codes. The file was never deployed to a live server, see
``docs/how-to``.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from instruments.forms.pages import Block, Page, pages_of, said, shown_texts, sum_name
from instruments.forms.refusal import FormFault, refuse
from instruments.forms.spec import Form
from instruments.forms.workbook import workbook
from instruments.shown.words import say
from instruments.spec import Instrument
from instruments.spec_file import Texts

LONGEST_CELL = 32_767
_TYPES = {"number": "decimal", "date": "date", "code": "text", "open_text": "text"}
_LANGUAGES = {
    "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French",
    "is": "Icelandic", "it": "Italian", "nb": "Norwegian Bokmål", "nl": "Dutch", "nn": "Norwegian Nynorsk",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "sv": "Swedish",
}  # fmt: skip
_ADDED = frozenset({"start", "end", "meta", "instanceid", "instancename", "formhub", "introduction"})
_PLATFORM = "XLSForm"
Row = dict[str, str]


def write_xlsform(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write a form as an XLSForm.

    Args:
        form: The form, free of faults.
        instruments: Instruments as asked, by name.
        labels: Slot → label by language.

    Returns:
        The workbook, the same bytes for the same form.

    Raises:
        UsageError: When a text is missing in a language, or the form does not fit: a name that the sheet needs itself,
            a text longer than a cell or with ``${`` in it, which would stand for an answer.
    """
    pages = pages_of(form, instruments, labels)
    sheet = _Sheet(form)
    survey = [{"type": "start", "name": "start"}, {"type": "end", "name": "end"}, *sheet.rows(pages)]
    choices = list(sheet.choices(pages))
    faults = [*_faults_of_names(pages), *_faults_of_texts(form, pages)]
    refuse(form, faults, _PLATFORM)
    settings = {
        "form_title": said(form.title, form.languages[0]),
        "form_id": form.name,
        "version": form.version,
        "default_language": _language(form.languages[0]),
    }
    return workbook(
        {
            "survey": _table(
                survey,
                [
                    "type", "name", *sheet.columns("label"), "appearance", "constraint",
                    *sheet.columns("constraint_message"),
                ],
            ),
            "choices": _table(choices, ["list_name", "name", *sheet.columns("label")]),
            "settings": _table([settings], list(settings)),
        }
    )  # fmt: skip


def _language(language: str) -> str:
    """Return the name of a language with its code, as ODK and KoboToolbox show it."""
    return f"{_LANGUAGES.get(language, language)} ({language})"


def _table(rows: Sequence[Row], columns: Sequence[str]) -> list[list[str]]:
    return [list(columns), *([row.get(column, "") for column in columns] for row in rows)]


class _Sheet:
    """The rows of one form, each text in a column for every language."""

    def __init__(self, form: Form) -> None:
        self._form = form

    def columns(self, name: str) -> list[str]:
        """Return the columns of a kind of text."""
        return [f"{name}::{_language(language)}" for language in self._form.languages]

    def _texts(self, name: str, texts: Texts) -> Row:
        return {
            column: said(texts, language)
            for column, language in zip(self.columns(name), self._form.languages, strict=True)
        }

    def rows(self, pages: Sequence[Page]) -> Iterator[Row]:
        """Yield the rows of the survey below those of the times."""
        if self._form.introduction:
            yield {"type": "note", "name": "introduction", **self._texts("label", self._form.introduction)}
        n_blocks = 0
        for page in pages:
            shown = self._texts("label", page.title) if page.title else {}
            yield {"type": "begin_group", "name": f"page_{page.number}", "appearance": "field-list", **shown}
            if page.text:
                yield {"type": "note", "name": f"text_{page.number}", **self._texts("label", page.text)}
            for block in page.blocks:
                n_blocks += 1
                yield from self._block(block, f"grid_{n_blocks}")
            yield {"type": "end_group"}

    def _block(self, block: Block, grid: str) -> Iterator[Row]:
        if block.kind == "grid":
            yield self._row(f"select_one {block.scale}", grid, block.text, "label")
            for name, item in block.items.items():
                yield self._row(f"select_one {block.scale}", name, item.text, "list-nolabel")
        elif block.kind == "sum":
            yield {"type": "note", "name": f"{sum_name(block)}_sum", **self._texts("label", block.text)}
            yield from self._parts(block)
        elif block.kind in ("choice", "multiple_choice"):
            several = "select_multiple" if block.kind == "multiple_choice" else "select_one"
            yield self._row(f"{several} {block.scale}", block.name, block.item.text)
        else:
            appearance = "multiline" if block.kind == "open_text" else ""
            limits = {"constraint": _limits(block.item.least, block.item.most)}
            yield self._row(_TYPES[block.kind], block.name, block.item.text, appearance) | limits

    def _parts(self, block: Block) -> Iterator[Row]:
        """Yield the numbers of a sum; the last one is only taken when they add up."""
        *others, last = block.items
        for name, item in block.items.items():
            limits = _limits(item.least, item.most)
            row = self._row("decimal", name, item.text) | {"constraint": limits}
            if name == last:
                total = " + ".join(f"coalesce(${{{other}}}, 0)" for other in others)
                adds_up = f". + {total} = {block.total}"
                row["constraint"] = f"{limits} and {adds_up}" if limits else adds_up
                told = {language: say(language, "share_out", total=block.total) for language in self._form.languages}
                row |= self._texts("constraint_message", told)
            yield row

    def _row(self, kind: str, name: str, texts: Texts, appearance: str = "") -> Row:
        return {"type": kind, "name": name, "appearance": appearance, **self._texts("label", texts)}

    def choices(self, pages: Sequence[Page]) -> Iterator[Row]:
        """Yield the options of every response scale once."""
        lists = {block.scale: block.options for page in pages for block in page.blocks if block.options}
        for name, options in lists.items():
            for each in options:
                yield {"list_name": name, "name": str(each.code), **self._texts("label", each.label)}


def _limits(least: float | None, most: float | None) -> str:
    parts = [f". {sign} {limit:.15g}" for sign, limit in ((">=", least), ("<=", most)) if limit is not None]
    return " and ".join(parts)


def _faults_of_names(pages: Sequence[Page]) -> Iterator[FormFault]:
    sums = {f"{sum_name(block)}_sum" for page in pages for block in page.blocks if block.kind == "sum"}
    for page in pages:
        for name in (name for block in page.blocks for name in block.items):
            if name.lower() in _ADDED or name in sums or re.fullmatch(r"(page|text|grid)_\d+", name):
                message = f"{name} is a name that the sheet needs itself; rename the item"
                yield FormFault(page.number, message, within=("items", name))


def _faults_of_texts(form: Form, pages: Sequence[Page]) -> Iterator[FormFault]:
    for shown in shown_texts(form, pages):
        for text in (said(shown.texts, language) for language in form.languages):
            if "${" in text:
                yield shown.fault("the wording holds ${, which would stand for an answer; word it without")
            if len(text) > LONGEST_CELL:
                yield shown.fault(f"{len(text)} characters, and a cell holds {LONGEST_CELL}; shorten the wording")
