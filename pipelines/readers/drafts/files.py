"""A draft → the YAML of a study and its instrument, with every guess in a remark beside it.

Put here how files are worded; what is proposed is in ``draft``.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from instruments.counted import counted
from pipelines.readers.drafts.draft import Draft, DraftItem, DraftScale
from pipelines.readers.drafts.scales import DraftPoint, DraftResponseScale
from pipelines.readers.headers import listed
from pipelines.readers.plan import ReadingPlan

_LANGUAGE = re.compile(r"[a-z]{2,3}")
_WORDS_OF_YAML = ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
_LONGEST_REMARK = 200


@dataclass(frozen=True)
class Origin:
    """What was drafted from what.

    Attributes:
        study: Name of the study.
        export: Name of the export in ``exports/``.
        structure: Names of the files of the survey's definition in ``exports/``.
        title: Title of the survey; empty when nobody knows.
        language: Language of the survey; empty when nobody knows.
        n_responses: Responses in the export.
        reversed_items: Item → evidence that it may be reverse-scored.
    """

    study: str
    export: str
    structure: tuple[str, ...]
    title: str
    language: str
    n_responses: int
    reversed_items: Mapping[str, str]

    @property
    def words(self) -> str:
        """The language in which texts are written down."""
        found = self.language.lower()[:2]
        return found if _LANGUAGE.fullmatch(found) else "en"


def study_yaml(draft: Draft, plan: ReadingPlan, origin: Origin, instrument: str) -> str:
    """Write ``study.yaml``."""
    title = origin.title or origin.study
    lines = [
        f"# Drafted from {_remark(origin.export)} ({counted(origin.n_responses, 'response')}). "
        "Lines marked 'guess' want a look.",
        f"name: {origin.study}",
        f"title: {{{origin.words}: {_text(title)}}}",
        "",
        "waves:",
        f"  w1: {{title: {{{origin.words}: First wave}}}}  # guess: the export is of one wave",
        "respondent_groups:",
        f"  ALL: {{{origin.words}: All respondents}}  # guess: one group; managers and staff want a group each",
        f"instruments: [{instrument}]",
        "sources:",
        "  first_export:",
        "    wave: w1",
        f"    files: {_text(origin.export)}",
        *([f"    structure: [{', '.join(map(_text, origin.structure))}]"] if origin.structure else []),
        f"    platform: {plan.platform}",
        *_source_lines(draft, plan),
        "    respondent_group: ALL",
        *_column_lines(draft, plan),
        *_personal_lines(draft),
    ]
    return "\n".join(lines) + "\n"


def instrument_yaml(draft: Draft, origin: Origin, name: str) -> str:
    """Write the instrument."""
    title = origin.title or origin.study
    lines = [
        f"# Drafted from {_remark(origin.export)}. Lines marked 'guess' want a look, suggestions a decision.",
        f"name: {name}",
        'version: "0.1-draft"',
        f"title: {{{origin.words}: {_text(title)}}}",
        "status: draft",
    ]
    if draft.response_scales:
        lines += ["", "response_scales:"]
        for scale_name, scale in draft.response_scales.items():
            lines += _response_scale_lines(scale_name, scale, origin.words)
    lines += ["", "items:"]
    for item in draft.items:
        lines += _item_lines(item, origin.words)
    if draft.scales:
        lines += ["", "scales:"]
        for scale in draft.scales:
            lines += _scale_lines(scale, origin)
    return "\n".join(lines) + "\n"


def _source_lines(draft: Draft, plan: ReadingPlan) -> Iterator[str]:
    if plan.platform == "generic":
        yield f"    header_rows: {plan.header_rows}"
    if draft.decimal == ",":
        yield '    decimal: ","  # guess: numbers in the export have a comma'
    if plan.open_date_order is not None:
        yield f"    date_order: {plan.open_date_order}  # guess: the export leaves day or month open; look!"
    if not plan.time_zone and {"started_at", "ended_at"} & set(plan.keys):
        yield "    time_zone: UTC  # guess: the export does not say; such as Europe/Copenhagen"
    yield "    # identifiers.organisation_id and identifiers.respondent_key: no column was taken for them"
    identifiers = [name for name, role in draft.left_out.items() if role == "identifier"]
    if identifiers:
        yield f"    # guess: these columns differ in every response: {_remark(listed(identifiers))}"


def _column_lines(draft: Draft, plan: ReadingPlan) -> Iterator[str]:
    numbered = {column.name.removesuffix("_2") for column in plan.columns if column.name.endswith("_2")}
    mapped = [item for item in draft.items if item.columns != item.name or item.name in numbered]
    if mapped:
        yield "    columns:"
    for item in mapped:
        if isinstance(item.columns, str):
            yield f"      {_name(item.name)}: {_text(item.columns)}"
        else:
            inner = ", ".join(f"{code}: {_text(column)}" for code, column in item.columns.items())
            yield f"      {_name(item.name)}: {{{inner}}}"


def _personal_lines(draft: Draft) -> Iterator[str]:
    if draft.personal:
        yield "# These columns may identify people. They are not read; take them out of the export if you can:"
        for name in draft.personal:
            yield f"#   {_remark(name)}"
    others = [name for name, role in draft.left_out.items() if role != "identifier"]
    if others:
        yield f"# These columns are no questions and are not read: {_remark(listed(others))}"


def _response_scale_lines(name: str, scale: DraftResponseScale, language: str) -> Iterator[str]:
    yield f"  {name}:{_guess(scale.guess)}"
    if not scale.ordered:
        yield "    ordered: false  # guess: the order of these options is not known"
    yield "    points:"
    for point in scale.points:
        yield f"      {point.code}: {{{_option(point, language)}}}"
    if scale.opt_outs:
        yield "    opt_outs:"
        for opt_out in scale.opt_outs:
            yield f"      {opt_out.code}: {{reason: {opt_out.reason}, {_option(opt_out, language)}}}"


def _option(point: DraftPoint, language: str) -> str:
    parts = [f"label: {{{language}: {_text(point.label)}}}"] if point.label else []
    also = [text for text in map(_clean, point.also) if text]
    if also:
        parts.append(f"also: [{', '.join(map(_text, also))}]")
    return ", ".join(parts)


def _item_lines(item: DraftItem, language: str) -> Iterator[str]:
    yield f"  {_name(item.name)}:{_guess(item.guess)}"
    yield f"    text: {{{language}: {_text(item.text)}}}"
    if item.kind != "choice":
        yield f"    kind: {item.kind}"
    if item.response_scale:
        yield f"    response_scale: {item.response_scale}"
    if item.kind == "open_text":
        yield "    personal_data: true"


def _scale_lines(scale: DraftScale, origin: Origin) -> Iterator[str]:
    yield f"  {_name(scale.name)}:{_guess(scale.guess + '; rename it after what it measures')}"
    yield f"    items: [{', '.join(map(_name, scale.items))}]"
    turned = [item for item in scale.items if item in origin.reversed_items]
    if turned:
        yield f"    # suggestion: reverse_scored: [{', '.join(map(_name, turned))}]"
    for item in turned:
        yield f"    #   {item}: {origin.reversed_items[item]}"
    yield f"    least_answered: {(len(scale.items) + 1) // 2}"


def _name(name: str) -> str:
    """Write a name; one that YAML takes for true, false or nothing in quotation marks."""
    return _text(name) if name.lower() in _WORDS_OF_YAML else name


def _guess(text: str) -> str:
    return f"  # guess: {_remark(text)}" if text else ""


def _remark(text: str) -> str:
    return _clean(text)[:_LONGEST_REMARK]


def _text(text: str) -> str:
    return json.dumps(_clean(text), ensure_ascii=False)


def _clean(text: str) -> str:
    """Return a text in one line without letters that cannot be printed."""
    plain = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in text)
    return " ".join(plain.split())
