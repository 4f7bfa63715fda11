"""Texts and tables as HTML: every text escaped, every language marked, every cell announced. No codebook's content."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

from instruments.codebook import worded
from instruments.codebooks.xml_tree import readable
from instruments.spec_file import ANY_LANGUAGE, Texts


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        cells: HTML of the cells, the first of which heads the row.
        identifier: Where links lead to; empty for none.
        kind: Class of the row; empty for none.
    """

    cells: Sequence[str]
    identifier: str = ""
    kind: str = ""


def text(words: object) -> str:
    """Escape a text, so that a browser shows the same words and runs none of them."""
    return escape(readable(str(words))).replace("\r", "&#13;")


def as_code(words: object) -> str:
    """Write a name as the data have it; it may be broken after an underscore."""
    return f"<code>{text(words).replace('_', '_<wbr>')}</code>"


def in_languages(texts: Texts, languages: Sequence[str], tag: str = "p") -> str:
    """Write a text in every language it is worded in; where there are several, each is named, but not that of any."""
    if set(texts) == {ANY_LANGUAGE}:
        return f"<{tag}>{text(texts[ANY_LANGUAGE])}</{tag}>"
    named = "<span class='language' lang='en'>{}</span>" if len(languages) > 1 else ""
    return "".join(
        f"<{tag} lang='{text(language)}'>{named.format(text(language))}{text(words)}</{tag}>"
        for language, words in worded(texts, languages).items()
    )


def table(caption: str, heads: Sequence[str], rows: Iterable[Row], *, is_narrow: bool = False) -> str:
    """Write a table without the columns that are empty; nothing when it has no rows.

    On a narrow screen a row becomes a card, unless the table is narrow itself; explicit roles keep it a table for
    those who listen to it.
    """
    listed = list(rows)
    if not listed:
        return ""
    used = [number for number in range(len(heads)) if number == 0 or any(each.cells[number] for each in listed)]
    shown = [heads[number] for number in used]
    written = "\n".join(_row(shown, replace(each, cells=[each.cells[number] for number in used])) for each in listed)
    head = "".join(f"<th scope='col' role='columnheader'>{text(each)}</th>" for each in shown)
    kind = " class='narrow'" if is_narrow else ""
    return (
        f"<table role='table'{kind}><caption>{text(caption)}</caption>"
        f"<thead role='rowgroup'><tr role='row'>{head}</tr></thead>\n"
        f"<tbody role='rowgroup'>\n{written}\n</tbody></table>\n"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Write a list of facts, each a name and its HTML; what is empty is left out."""
    written = [f"<dt>{text(name)}</dt><dd>{value}</dd>" for name, value in pairs if value]
    return f"<dl>{''.join(written)}</dl>\n" if written else ""


def _row(heads: Sequence[str], row: Row) -> str:
    first, *others = row.cells
    cells = "".join(
        f"<td role='cell' data-head='{text(head)}'>{cell}</td>" for head, cell in zip(heads[1:], others, strict=True)
    )
    marks = f" id='{text(row.identifier)}'" if row.identifier else ""
    marks += f" class='{text(row.kind)}'" if row.kind else ""
    return f"<tr role='row'{marks}><th scope='row' role='rowheader'>{first}</th>{cells}</tr>"
