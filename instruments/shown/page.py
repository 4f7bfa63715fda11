"""A questionnaire → one HTML page that needs nothing else: no script, no font, no picture from elsewhere."""

from collections.abc import Iterable, Iterator
from html import escape

from instruments.shown.page_style import STYLE
from instruments.shown.questionnaire import Grid, Question, Questionnaire, Related, Section, ShownScale, Source
from instruments.shown.words import say

ENGLISH = "en"


def html_page(shown: Questionnaire) -> str:
    """Write a questionnaire as a page: readable on a phone and on paper, with headings and tables that are announced.

    Wordings are in the language of the page; what is recorded in English only says so in its ``lang``.
    """
    words = shown.language
    kind, version = say(words, shown.kind), say(words, "version", version=shown.version)
    is_alone = len(shown.sections) == 1
    parts = [
        f"<header><p class='kind'>{escape(kind)} <code>{escape(shown.name)}</code>, {escape(version)}</p>",
        f"<h1>{escape(shown.title)}</h1>",
        f"<p class='status' role='note'><strong>{say(words, 'status')}: {escape(shown.status)}.</strong> ",
        f"{say(words, 'status_note')}</p>",
        f"<p class='lead'>{escape(shown.introduction)}</p></header>",
        *_facts(shown),
        "<main>",
        *(_section(each, number, words, is_alone=is_alone) for number, each in enumerate(shown.sections, 1)),
        *_scales(shown),
        *_origin(shown),
        "</main>",
    ]
    return "\n".join(
        [
            "<!doctype html>",
            f"<html lang='{escape(words)}'>",
            "<head><meta charset='utf-8'><meta name='viewport' content='width=device-width, initial-scale=1'>",
            f"<title>{escape(shown.title)}</title>",
            f"<style>{STYLE}</style></head>",
            "<body>",
            *parts,
            "</body></html>\n",
        ]
    )


def _facts(shown: Questionnaire) -> Iterator[str]:
    yield "<dl class='facts'>"
    for fact in shown.facts:
        yield f"<dt>{escape(fact.label)}</dt><dd{_lang(fact.language, shown)}>{escape(fact.text)}</dd>"
    yield "</dl>"


def _lang(language: str, shown: Questionnaire) -> str:
    return "" if language == shown.language else f" lang='{escape(language)}'"


def _section(section: Section, number: int, words: str, *, is_alone: bool) -> str:
    heading = escape(section.heading) if is_alone else f"<span class='number'>{number}</span> {escape(section.heading)}"
    prompting = f"<p class='prompting'>{escape(section.prompting)}</p>" if section.prompting else ""
    stem = f"<p class='stem'>{escape(section.stem)}</p>" if section.stem else ""
    definition = f"<p class='definition'>{escape(section.definition)}</p>" if section.definition else ""
    grids = "\n".join(_grid(grid, section, words) for grid in section.grids)
    return f"<section class='card'><h2>{heading}</h2>{prompting}{stem}{definition}\n{grids}</section>"


def _grid(grid: Grid, section: Section, words: str) -> str:
    asked = escape(grid.text or section.stem or section.heading)
    text = f"<p class='stem'>{escape(grid.text)}</p>" if grid.text else ""
    note = f"<p class='note'>{escape(grid.note)}</p>" if grid.note else ""
    if not grid.options:
        entries = "".join(f"<li>{_question(question, 'p')}</li>" for question in grid.questions)
        return f"{text}{note}<ul class='plain'>{entries}</ul>"
    legend = _legend(grid, words)
    if len(grid.questions) == 1 and not section.stem:
        return f"{text}{note}{_question(grid.questions[0], 'p')}{legend}"
    head = "".join(f"<th scope='col'>{_option(each.code, each.label)}</th>" for each in grid.options)
    cells = "".join(f"<td class='{'out' if each.is_opt_out else 'point'}'></td>" for each in grid.options)
    rows = "".join(f"<tr><th scope='row'>{_question(each, 'div')}</th>{cells}</tr>" for each in grid.questions)
    table = f"<table class='grid'><caption>{asked}</caption><thead><tr><td></td>{head}</tr></thead>"
    return f"{text}{note}<div class='narrow'>{legend}</div>{table}<tbody>{rows}</tbody></table>"


def _legend(grid: Grid, words: str) -> str:
    options = "".join(
        f"<li{' class=out' if option.is_opt_out else ''}>{_option(option.code, option.label)}"
        f"{' (' + say(words, 'opt_out') + ')' if option.is_opt_out else ''}</li>"
        for option in grid.options
    )
    return f"<ul class='options'>{options}</ul>"


def _option(code: int, label: str) -> str:
    return f"<span class='code'>{code}</span> {escape(label)}"


def _question(question: Question, element: str) -> str:
    answer = f" <span class='answer'>({escape(question.answer)})</span>" if question.answer else ""
    marks = "".join(f"<span class='mark'>{escape(mark)}</span> " for mark in question.marks)
    parallels = "".join(
        f"<div class='parallel'><span class='mark'>{escape(each.wording)}</span> {escape(each.text)} "
        f"<code>{escape(each.item)}</code></div>"
        for each in question.parallels
    )
    name = f"<code>{escape(question.item)}</code>"
    told = f"<{element} class='text'>{escape(question.text)}{answer}</{element}>"
    return f"{told}<div class='marks'>{name} {marks}</div>{parallels}"


def _scales(shown: Questionnaire) -> Iterator[str]:
    if shown.scales:
        heading = say(shown.language, "scales" if shown.kind == "instrument" else "of_form")
        yield f"<section><h2>{escape(heading)}</h2>"
        yield from (_scale(scale, shown) for scale in shown.scales)
        yield "</section>"


def _scale(scale: ShownScale, shown: Questionnaire) -> str:
    words = shown.language
    items = ", ".join(
        f"<code>{escape(item)}</code>"
        + (f" ({escape(say(words, 'reverse_mark'))})" if item in scale.reverse_scored else "")
        for item in scale.items
    )
    told = [
        ("high", escape(scale.high_score_means)),
        ("scale_items", items),
        ("scored", escape(f"{scale.scoring}; {scale.measurement}")),
        ("status", escape(scale.status)),
        ("sources", _sources(scale.sources, shown)),
    ]
    facts = "".join(f"<dt>{escape(say(words, key))}</dt><dd>{text}</dd>" for key, text in told if text)
    belongs = f"<p class='note'>{escape(scale.belongs_to)}</p>" if scale.belongs_to else ""
    code = f"<span class='number'>{escape(scale.code)}</span> " if scale.code else ""
    title = f"<h3>{code}{escape(scale.title)} <code>{escape(scale.name)}</code></h3>"
    return f"<article class='card'>{title}<p>{escape(scale.definition)}</p>{belongs}<dl>{facts}</dl></article>"


def _sources(sources: Iterable[Source], shown: Questionnaire) -> str:
    return "<br>".join(f"<span{_lang(ENGLISH, shown)}>{_source(source)}</span>" for source in sources)


def _source(source: Source) -> str:
    title = f"<cite>{escape(source.title)}</cite>" if source.title else ""
    quote = f"<q>{escape(source.quote)}</q>" if source.quote else ""
    return ", ".join(part for part in (escape(source.author), title, quote, escape(source.note)) if part)


def _origin(shown: Questionnaire) -> Iterator[str]:
    words = shown.language
    if shown.sources:
        entries = "".join(f"<li{_lang(ENGLISH, shown)}>{_source(source)}</li>" for source in shown.sources)
        yield f"<section><h2>{escape(say(words, 'sources'))}</h2><ul>{entries}</ul></section>"
    if shown.related:
        entries = "".join(_related(related, shown) for related in shown.related)
        marks = f"<p class='note'>{escape(say(words, 'marks'))}</p>"
        yield f"<section><h2>{escape(say(words, 'related'))}</h2><ul>{entries}</ul>{marks}</section>"


def _related(related: Related, shown: Questionnaire) -> str:
    words, lang = shown.language, _lang(ENGLISH, shown)
    told = [(say(words, "relation"), related.relation), (say(words, "licence"), related.licence)]
    more = "".join(
        f"<br><strong>{escape(label)}:</strong> <span{lang}>{escape(text)}</span>" for label, text in told if text
    )
    return f"<li><span{lang}>{escape(related.scale)}</span>{more}</li>"
