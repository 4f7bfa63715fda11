"""A questionnaire → lines of text for a terminal. Nothing is decided here but layout."""

import textwrap
from collections.abc import Iterator

from instruments.shown.questionnaire import Grid, Question, Questionnaire, Related, Section, ShownScale, Source
from instruments.shown.words import say

NARROWEST, WIDEST = 48, 100
STEP = "  "
UNBROKEN = "\u00a0"


def text_lines(shown: Questionnaire, width: int) -> Iterator[str]:
    """Write a questionnaire as lines.

    Args:
        shown: The questionnaire.
        width: Columns of the terminal; lines are wrapped at it, and at 100 on a wider one.
    """
    width = min(max(width, NARROWEST), WIDEST)
    words = shown.language
    kind, version = say(words, shown.kind), say(words, "version", version=shown.version)
    yield from _wrapped(shown.title, width)
    yield from _wrapped(f"{kind} {shown.name}, {version}", width)
    yield from _wrapped(f"{say(words, 'status')}: {shown.status}. {say(words, 'status_note')}", width)
    yield from ["", *_wrapped(shown.introduction, width)] if shown.introduction else []
    yield from _facts(shown, width)
    for number, section in enumerate(shown.sections, 1):
        heading = section.heading if len(shown.sections) == 1 else f"{number}. {section.heading}"
        yield from _headed(heading, width)
        yield from _wrapped(f"[{section.prompting}]" if section.prompting else "", width)
        yield from _section(section, words, width)
    if shown.scales:
        yield from _headed(say(words, "scales" if shown.kind == "instrument" else "of_form"), width)
        for position, scale in enumerate(shown.scales):
            yield from [""] if position else []
            yield from _scale(scale, words, width)
    yield from _origin(shown, width)


def _origin(shown: Questionnaire, width: int) -> Iterator[str]:
    if shown.sources:
        yield from _headed(say(shown.language, "sources"), width)
        for source in shown.sources:
            yield from _wrapped(f"- {source_in_words(source)}", width, hanging=STEP)
    if shown.related:
        yield from _headed(say(shown.language, "related"), width)
        for related in shown.related:
            yield from _related(related, shown.language, width)
        yield ""
        yield from _wrapped(say(shown.language, "marks"), width)


def source_in_words(source: Source) -> str:
    """Write a source in one line: author, title, the quoted words, what it is the source of."""
    parts = [source.author, source.title, f"\u201c{source.quote}\u201d" if source.quote else "", source.note]
    return ", ".join(part for part in parts if part)


def _wrapped(text: str, width: int, *, first: str = "", hanging: str = "") -> list[str]:
    if not text:
        return []
    return textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def _headed(text: str, width: int) -> Iterator[str]:
    lines = _wrapped(text.upper(), width)
    yield ""
    yield from lines
    yield "─" * min(width, max(len(line) for line in lines))


def _facts(shown: Questionnaire, width: int) -> Iterator[str]:
    if not shown.facts:
        return
    yield ""
    longest = max(len(fact.label) for fact in shown.facts) + len(STEP)
    for fact in shown.facts:
        yield from _wrapped(fact.text, width, first=fact.label.ljust(longest), hanging=" " * longest)


def _section(section: Section, words: str, width: int) -> Iterator[str]:
    yield from _wrapped(section.definition, width)
    yield from _wrapped(section.stem, width)
    for grid in section.grids:
        yield ""
        yield from _grid(grid, words, width)


def _grid(grid: Grid, words: str, width: int) -> Iterator[str]:
    yield from _wrapped(" ".join(part for part in (grid.text, f"[{grid.note}]" if grid.note else "") if part), width)
    options = [
        f"{option.code} {option.label}".rstrip() + (f" ({say(words, 'opt_out')})" if option.is_opt_out else "")
        for option in grid.options
    ]
    together = " | ".join(option.replace(" ", UNBROKEN) for option in options)
    for line in _wrapped(together, width, first=STEP, hanging=STEP):
        yield line.replace(UNBROKEN, " ")
    longest = max(len(question.item) for question in grid.questions) + len(STEP)
    for question in grid.questions:
        yield from _question(question, longest, width)


def _question(question: Question, longest: int, width: int) -> Iterator[str]:
    answer = f" ({question.answer})" if question.answer else ""
    marks = f" [{', '.join(question.marks)}]" if question.marks else ""
    start, hanging = STEP + question.item.ljust(longest), STEP + " " * longest
    yield from _wrapped(question.text + answer + marks, width, first=start, hanging=hanging)
    for parallel in question.parallels:
        told = f"{parallel.item}: {parallel.text} [{parallel.wording}]"
        yield from _wrapped(told, width, first=f"{hanging}= ", hanging=f"{hanging}{STEP}")


def _scale(scale: ShownScale, words: str, width: int) -> Iterator[str]:
    code = f"{scale.code}  " if scale.code else ""
    yield from _wrapped(f"{code}{scale.title} ({scale.name})", width)
    items = [f"{item} ({say(words, 'reverse_mark')})" if item in scale.reverse_scored else item for item in scale.items]
    high = f"{say(words, 'high')}: {scale.high_score_means}" if scale.high_score_means else ""
    told = [
        scale.definition,
        scale.belongs_to,
        f"{say(words, 'scale_items')}: {', '.join(items)}",
        f"{say(words, 'scored')}: {scale.scoring}; {scale.measurement}",
        high,
        f"{say(words, 'status')}: {scale.status}",
        *(f"{say(words, 'sources')}: {source_in_words(source)}" for source in scale.sources),
    ]
    for line in told:
        yield from _wrapped(line, width, first=STEP, hanging=STEP * 2)


def _related(related: Related, words: str, width: int) -> Iterator[str]:
    yield from _wrapped(f"- {related.scale}", width, hanging=STEP)
    if related.relation:
        yield from _wrapped(f"{say(words, 'relation')}: {related.relation}", width, first=STEP, hanging=STEP * 2)
    if related.licence:
        yield from _wrapped(f"{say(words, 'licence')}: {related.licence}", width, first=STEP, hanging=STEP * 2)
