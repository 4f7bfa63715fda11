"""A form → Qualtrics' advanced text format (TXT), in the first of its languages.

The format knows neither tags of single rows nor totals, so every item is a question of its own that is called like the
item; stems and the questions of sums stand above them as texts. Whoever wants grids, sums that are checked and
translations imports the QSF.
"""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from instruments.forms.pages import Block, Page, pages_of, said, shown_texts
from instruments.forms.refusal import FormFault, refuse
from instruments.forms.spec import Form
from instruments.spec import Instrument, Item
from instruments.spec_file import Texts

_TYPES = {
    "choice": "MC:SingleAnswer:Vertical",
    "multiple_choice": "MC:MultipleAnswer:Vertical",
    "open_text": "TE:Essay",
}
_TYPE_OF_A_ROW = "MC:SingleAnswer:Horizontal"
_TYPED_IN_ONE_LINE = "TE:SingleLine"
_PLATFORM = "Qualtrics' text format"


def write_text(form: Form, instruments: Mapping[str, Instrument], labels: Mapping[str, Texts]) -> bytes:
    """Write a form in the advanced text format, in its first language.

    Args:
        form: The form, free of faults.
        instruments: Instruments as asked, by name.
        labels: Slot → label by language.

    Returns:
        Text in UTF-8.

    Raises:
        UsageError: When a text is missing, or holds ``[[``, which begins a tag of the format.
    """
    pages = pages_of(form, instruments, labels)
    lines = ["[[AdvancedFormat]]", ""]
    writer = _Lines(form)
    refuse(form, list(_faults(form, pages)), _PLATFORM)
    if form.introduction:
        lines += ["[[Block:introduction]]", "", *writer.read("introduction", form.introduction)]
    for page in pages:
        lines += [f"[[Block:section {page.number}]]", "", *writer.page(page)]
    return "\n".join(lines).encode()


class _Lines:
    """Writes the lines of one form."""

    def __init__(self, form: Form) -> None:
        self._language = form.languages[0]

    def page(self, page: Page) -> Iterator[str]:
        """Yield the lines of a page."""
        for name, texts in ((f"heading_{page.number}", page.title), (f"text_{page.number}", page.text)):
            if texts:
                yield from self.read(name, texts)
        for place, block in enumerate(page.blocks, start=1):
            if block.text:
                yield from self.read(f"above_{page.number}_{place}", block.text)
            for name, item in block.items.items():
                yield from self._question(block, name, item)

    def read(self, name: str, texts: Texts) -> Iterator[str]:
        """Yield the lines of a text that is only read."""
        yield from ("[[Question:DB]]", f"[[ID:{name}]]", self._text(texts), "")

    def _question(self, block: Block, name: str, item: Item) -> Iterator[str]:
        is_row = block.kind == "grid"
        kind = _TYPE_OF_A_ROW if is_row else _TYPES.get(block.kind, _TYPED_IN_ONE_LINE)
        yield from (f"[[Question:{kind}]]", f"[[ID:{name}]]", self._text(item.text))
        if block.options:
            yield "[[AdvancedChoices]]"
        for each in block.options:
            yield from (f"[[Choice:{each.code}]]", self._text(each.label))
        yield ""

    def _text(self, texts: Texts) -> str:
        text = said(texts, self._language)
        return escape(text, quote=False).replace("${", "&#36;{").replace("\n", "<br>")


def _faults(form: Form, pages: Sequence[Page]) -> Iterator[FormFault]:
    for shown in shown_texts(form, pages):
        if "[[" in said(shown.texts, form.languages[0]):
            yield shown.fault("the wording holds [[, which begins a tag of the format; word it without")
