"""What the page of a codebook tells of one instrument: status, provenance, scales, answer options, items."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from instruments.codebook import Codebook, first_text, scales_with
from instruments.codebooks.markup import Row, as_code, facts, in_languages, table, text
from instruments.codebooks.reasons import REASON_LABELS
from instruments.codebooks.variables import scoring_rule
from instruments.sections.provenance import Provenance
from instruments.sections.response_scale import MissingReason, ResponseScale
from instruments.spec import Instrument, Item
from instruments.validation import status_in_words

LONGEST_LISTED = 60
MOST_NARROW = 3
_WORDINGS = {"self": "", "observer": "staff on their top management", "manager": "a manager on the own staff"}


@dataclass(frozen=True)
class MissingCounts:
    """How often answers are missing, as far as it may be told.

    Attributes:
        least_cell_size: Counts below it are not told.
        n_responses: Responses of all groups and waves, previews and tests left out, rounded to 5.
        by_item: Item → missing reason → responses, rounded to 5; a reason that may not be told is left out.
    """

    least_cell_size: int
    n_responses: int
    by_item: Mapping[str, Mapping[MissingReason, int]]


def instrument_section(codebook: Codebook, instrument: Instrument, counts: MissingCounts | None) -> str:
    """Write the section of one instrument."""
    languages = codebook.languages
    first = next((each for each in languages if instrument.title.get(each)), languages[0])
    title = text(first_text(instrument.title, languages) or instrument.name)
    code = f" ({text(instrument.code)})" if instrument.code else ""
    parts = [
        f"<section class='instrument' id='instrument-{text(instrument.name)}'>",
        f"<h2 lang='{text(first)}'>{title}{code}</h2>",
        in_languages({each: words for each, words in instrument.title.items() if each != first}, languages),
        f"<p class='status'><strong>Validation status: {text(status_in_words(instrument))}.</strong></p>",
        in_languages(instrument.evidence, languages),
        in_languages(instrument.definition, codebook.languages),
        facts(_facts(instrument)),
        "<h3>Items</h3>",
        in_languages(instrument.stem, codebook.languages),
        _items(codebook, instrument),
        *_sums(codebook, instrument),
        *_counts(instrument, counts),
        *_options(codebook, instrument),
        _scales(codebook, instrument),
        *_origin(instrument),
        "</section>",
    ]
    return "\n".join(part for part in parts if part)


def _facts(instrument: Instrument) -> Iterator[tuple[str, str]]:
    yield "Name", as_code(instrument.name)
    named = ("version", "level", "referent", "window", "structure", "citation", "licence")
    for key in named:
        yield key.capitalize(), text(getattr(instrument, key))
    yield "Respondent groups", text(", ".join(instrument.respondent_groups))


def _items(codebook: Codebook, instrument: Instrument) -> str:
    worded = [f"Wording ({language})" for language in codebook.languages]
    heads = ("Item", *worded, "Answers", "Scales", "Remarks")
    return table("Items in the order asked", heads, (_item(codebook, instrument, name) for name in instrument.items))


def _item(codebook: Codebook, instrument: Instrument, name: str) -> Row:
    item = instrument.items[name]
    wordings = [
        f"<span lang='{text(language)}'>{text(item.text[language])}</span>" if item.text.get(language) else ""
        for language in codebook.languages
    ]
    scales = scales_with(instrument, name)
    belonging = ", ".join(
        f"<a href='#scale-{text(each)}'>{text(scale.code or each)}</a>"
        + (" <strong>reverse</strong>" if name in scale.reverse_scored else "")
        for each, scale in scales.items()
    )
    answers = _answers(codebook, instrument, item)
    remarks = text("; ".join(_remarks(codebook, name, item)))
    return Row([as_code(name), *wordings, answers, belonging, remarks], f"item-{name}", "item")


def _answers(codebook: Codebook, instrument: Instrument, item: Item) -> str:
    if item.response_scale is None:
        limits = [f"from {item.least:.15g}"] if item.least is not None else []
        limits += [f"to {item.most:.15g}"] if item.most is not None else []
        return text(" ".join([item.kind.replace("_", " "), *limits]))
    scale = instrument.response_scales[item.response_scale]
    many = "any of: " if item.kind == "multiple_choice" else ""
    link = f"#options-{text(instrument.name)}-{text(item.response_scale)}"
    told = _in_short(scale, codebook.languages)
    return f"{many}<a href='{link}'>{text(item.response_scale)}</a> <span class='quiet'>{text(told)}</span>"


def _in_short(scale: ResponseScale, languages: Sequence[str]) -> str:
    """Tell the ends of ranked answer options; all others when they are few words, else how many there are."""
    told = {code: _coded(code, first_text(point.label, languages)) for code, point in scale.points.items()}
    if scale.ordered:
        return f"{told[scale.lowest]} … {told[scale.highest]}"
    listed = ", ".join(told.values())
    return listed if len(listed) <= LONGEST_LISTED else f"{len(told)} options"


def _coded(code: int, label: str) -> str:
    """Write a code before its label, unless the label begins with it."""
    return label if re.match(rf"{code}(?!\d)", label) else f"{code} {label}".strip()


def _remarks(codebook: Codebook, name: str, item: Item) -> Iterator[str]:
    if _WORDINGS[item.wording]:
        yield _WORDINGS[item.wording]
    if item.parallel_to is not None:
        yield f"parallel to {item.parallel_to}"
    if not item.is_core:
        yield "full form only"
    if name in codebook.unprompted:
        yield "before the word is shown"
    if item.expected_answer is not None:
        yield f"attention check: {item.expected_answer} is expected"
    if item.personal_data:
        yield "may identify a person"
    groups = codebook.asked_of.get(name, ())
    if groups and set(groups) != set(codebook.groups):
        yield f"asked of {', '.join(groups)}"


def _sums(codebook: Codebook, instrument: Instrument) -> Iterator[str]:
    for parts in instrument.constant_sums.values():
        listed = ", ".join(as_code(item) for item in parts.items)
        yield f"<div>{in_languages(parts.text, codebook.languages)}<p>{listed} add up to {parts.total}.</p></div>"


def _counts(instrument: Instrument, counts: MissingCounts | None) -> Iterator[str]:
    if counts is None:
        return
    known = [item for item in instrument.items if item in counts.by_item]
    told: set[MissingReason] = {reason for item in known for reason in counts.by_item[item]}
    reasons: list[MissingReason] = [each for each in REASON_LABELS if each in told]
    heads = ("Item", *(REASON_LABELS[each]["en"] for each in reasons))
    rows = [
        Row(
            [
                f"<a href='#item-{text(item)}'>{as_code(item)}</a>",
                *(str(counts.by_item[item].get(each, "few")) for each in reasons),
            ]
        )
        for item in known
    ]
    if rows:
        yield "<h3>Missing answers</h3>"
        about = f"Of {counts.n_responses} responses of all groups and waves; rounded to 5"
        least = counts.least_cell_size
        caption = f"{about}; few: under {least}, or under {least} answers"
        yield table(caption, heads, rows, is_narrow=len(heads) <= MOST_NARROW)


def _options(codebook: Codebook, instrument: Instrument) -> Iterator[str]:
    used = dict.fromkeys(each.response_scale for each in instrument.items.values() if each.response_scale)
    if used:
        yield "<h3>Answer options</h3>"
    for name in used:
        heads = ("Code", *(f"Label ({language})" for language in codebook.languages), "Counts as")
        scale = instrument.response_scales[name]
        rows = list(_option_rows(scale, codebook.languages))
        yield f"<div id='options-{text(instrument.name)}-{text(name)}'>"
        yield table(f"{name}: {'ranked' if scale.ordered else 'not ranked'}", heads, rows, is_narrow=True)
        yield "</div>"


def _option_rows(scale: ResponseScale, languages: Sequence[str]) -> Iterator[Row]:
    plain = "answer" if scale.opt_outs or scale.midpoint is not None else ""
    for code, point in scale.points.items():
        neutral = "answer, neutral" if code == scale.midpoint else plain
        yield Row([str(code), *(_label(point.label, each) for each in languages), neutral])
    for code, each in scale.opt_outs.items():
        counted = f"missing: {as_code(each.reason)}"
        yield Row([str(code), *(_label(each.label, language) for language in languages), counted])


def _label(label: Mapping[str, str], language: str) -> str:
    return f"<span lang='{text(language)}'>{text(label[language])}</span>" if label.get(language) else ""


def _scales(codebook: Codebook, instrument: Instrument) -> str:
    rows = [_scale(codebook, instrument, name) for name in instrument.scales]
    heads = ("Scale", "Measures", "Items", "Score", "A high score means", "Provenance")
    shown = table("Scales: what they measure, and how they are scored", heads, rows)
    return f"<h3>Scales</h3>{shown}" if shown else ""


def _scale(codebook: Codebook, instrument: Instrument, name: str) -> Row:
    scale, languages = instrument.scales[name], codebook.languages
    items = ", ".join(
        f"<a href='#item-{text(item)}'>{as_code(item)}</a>" + (" (reverse)" if item in scale.reverse_scored else "")
        for item in scale.items
    )
    measures = in_languages(scale.title, languages) + in_languages(scale.definition, languages)
    if scale.dimensions:
        measures += f"<p>Second order over {', '.join(as_code(each) for each in scale.dimensions)}.</p>"
    kind = "reflective" if scale.measurement == "reflective" else "formative: an index, no reliability coefficient"
    score = f"<p>{text(scoring_rule(instrument, name)['en'])}</p><p>{kind}</p>"
    score += f"<p><strong>{text(status_in_words(instrument))}</strong></p>"
    code = f"<p class='quiet'>{text(scale.code)}</p>" if scale.code else ""
    high = in_languages(scale.high_score_means, languages)
    origin = "".join(f"<p>{_citation(each)}</p>" for each in scale.provenance)
    return Row([f"{as_code(name)}{code}", measures, items, score, high, origin], f"scale-{name}")


def _origin(instrument: Instrument) -> Iterator[str]:
    if instrument.provenance:
        yield "<h3>Provenance</h3><ul>"
        yield from (f"<li>{_citation(each)}</li>" for each in instrument.provenance)
        yield "</ul>"
    if instrument.related_scales:
        yield "<h3>Related published scales</h3>"
        rows = [Row([text(each.scale), text(each.relation), text(each.licence)]) for each in instrument.related_scales]
        yield table("Near this instrument, and on which terms", ("Scale", "Relation", "Licence"), rows)


def _citation(source: Provenance) -> str:
    told = [text(source.author), f"<cite>{text(source.title)}</cite>" if source.title else ""]
    told += [f"<q>{text(source.quote)}</q>" if source.quote else "", text(source.note)]
    return ". ".join(each for each in told if each)
