"""A codebook → one HTML page that needs nothing else: no font, no picture, no script from elsewhere.

Headings and remarks are in English, wordings in every language. Put here the page as a whole; what is told of an
instrument is in ``page_instrument``.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping

from instruments.codebook import Codebook, CodebookTable, Variable, first_text
from instruments.codebooks.markup import Row, as_code, facts, in_languages, table, text
from instruments.codebooks.page_instrument import MissingCounts, instrument_section
from instruments.codebooks.page_style import SCRIPT, STYLE
from instruments.codebooks.reasons import REASON_LABELS, REASON_MEANINGS
from instruments.counted import counted
from instruments.validation import status_in_words

_TOLD = (REASON_LABELS, REASON_MEANINGS)
_DESCRIBED_ABOVE = ("answers", "scores", "analysis")
_KINDS: Mapping[str, str] = {
    "code": "code",
    "whole": "whole number",
    "number": "number",
    "truth": "true or false",
    "date": "day",
    "moment": "moment, UTC",
    "text": "text",
}


def html_page(codebook: Codebook, counts: MissingCounts | None = None) -> bytes:
    """Write a codebook as a page: UTF-8, the same bytes for the same codebook.

    Args:
        codebook: What is described.
        counts: How often answers are missing, small cells hidden; left out, nothing of the answers is told.
    """
    title = first_text(codebook.title, codebook.languages) or codebook.name
    policy = f"default-src 'none'; style-src '{_hash_of(STYLE)}'; script-src '{_hash_of(SCRIPT)}'"
    parts = [
        "<!doctype html>",
        "<html lang='en'><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width, initial-scale=1'>",
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        f"<title>Codebook: {text(title)}</title>",
        f"<style>{STYLE}</style></head><body>",
        *_header(codebook),
        _search(),
        "<main>",
        _reasons(codebook),
        *(instrument_section(codebook, each, counts) for each in codebook.instruments),
        *_tables(codebook),
        f"</main><script>{SCRIPT}</script></body></html>",
    ]
    return ("\n".join(parts) + "\n").encode()


def _hash_of(content: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _header(codebook: Codebook) -> Iterator[str]:
    languages = codebook.languages
    yield "<header><p class='quiet'>Codebook</p>"
    first = next((each for each in languages if codebook.title.get(each)), languages[0])
    yield f"<h1 lang='{text(first)}'>{text(first_text(codebook.title, languages) or codebook.name)}</h1>"
    others = {language: words for language, words in codebook.title.items() if language != first}
    yield in_languages(others, languages)
    if codebook.is_synthetic:
        yield "<p class='warning'>SYNTHETIC: every answer of this study is invented.</p>"
    yield in_languages(codebook.description, languages)
    yield facts(_facts(codebook))
    yield "</header><nav aria-labelledby='contents'><h2 id='contents'>Contents</h2><ol>"
    yield "<li><a href='#missing'>Why an answer may be missing</a></li>"
    for each in codebook.instruments:
        name = first_text(each.title, languages) or each.name
        yield f"<li><a href='#instrument-{text(each.name)}'>{text(name)}</a></li>"
    yield "<li><a href='#tables'>Tables</a></li></ol></nav>"


def _facts(codebook: Codebook) -> Iterator[tuple[str, str]]:
    languages = codebook.languages
    n_items = sum(len(each.items) for each in codebook.instruments)
    n_scales = sum(len(each.scales) for each in codebook.instruments)
    yield "Name", as_code(codebook.name)
    yield "Version", text(codebook.version)
    yield "Population", text(codebook.population)
    yield "Languages", text(", ".join(languages))
    n_instruments = len(codebook.instruments)
    parts = (counted(n_instruments, "instrument"), counted(n_items, "item"), counted(n_scales, "scale"))
    yield "Content", ", ".join(parts)
    yield "Validation status", text(_statuses(codebook))
    yield "Waves", "; ".join(_wave(each.name, first_text(each.title, languages), each.starts_on, each.ends_on)
                             for each in codebook.periods)  # fmt: skip
    yield "Respondent groups", "; ".join(_named(name, title, languages) for name, title in codebook.groups.items())


def _statuses(codebook: Codebook) -> str:
    found: dict[str, int] = {}
    for each in codebook.instruments:
        found[status_in_words(each)] = found.get(status_in_words(each), 0) + 1
    return "; ".join(f"{counted(n, 'instrument')}: {status}" for status, n in found.items())


def _wave(name: str, title: str, starts_on: object, ends_on: object) -> str:
    days = " to ".join(str(day) for day in (starts_on, ends_on) if day is not None)
    return f"{as_code(name)} {text(title)}" + (f" ({text(days)})" if days else "")


def _named(name: str, title: Mapping[str, str], languages: tuple[str, ...]) -> str:
    return f"{as_code(name)} {text(first_text(dict(title), languages))}".strip()


def _search() -> str:
    return (
        "<div class='search' role='search' hidden><label for='search'>Search items: wording, name, scale</label>"
        "<input id='search' type='search' autocomplete='off'> <span id='found' class='quiet' aria-live='polite'></span>"
        "</div>"
    )


def _reasons(codebook: Codebook) -> str:
    rows = [
        Row([as_code(reason), *(in_languages(told[reason], codebook.languages) for told in _TOLD)])
        for reason in REASON_LABELS
    ]
    return (
        "<section id='missing'><h2>Why an answer may be missing</h2>"
        "<p>A missing answer is an empty cell; the table <code>missing</code> holds its reason.</p>"
        + table("Missing reasons", ("Reason", "Label", "Meaning"), rows)
        + "</section>"
    )


def _tables(codebook: Codebook) -> Iterator[str]:
    yield "<section id='tables'><h2>Tables</h2>"
    for each in codebook.tables:
        yield f"<h3 id='table-{text(each.name)}'>{as_code(each.name)}</h3>"
        yield in_languages(each.title, codebook.languages)
        yield in_languages(each.grain, codebook.languages)
        key = ", ".join(as_code(name) for name in each.key)
        yield f"<p>{counted(len(each.variables), 'column')}; unique together: {key}.</p>"
        yield table(f"Columns of {each.name}", ("Column", "Holds", "Type", "Values"), _columns(codebook, each))
    yield "</section>"


def _columns(codebook: Codebook, described: CodebookTable) -> Iterable[Row]:
    """List the columns that no instrument's section describes: keys and facts of responses."""
    for each in described.variables:
        if each.is_key or described.name not in _DESCRIBED_ABOVE:
            label = in_languages(each.label, codebook.languages)
            yield Row([as_code(each.name), label, _KINDS[each.kind], _values(codebook, each)])


def _values(codebook: Codebook, variable: Variable) -> str:
    if variable.name == "item":
        return f"the {len(variable.categories)} items"
    listed = (_named(str(each.value), each.label, codebook.languages) for each in variable.categories)
    return "; ".join(listed)
