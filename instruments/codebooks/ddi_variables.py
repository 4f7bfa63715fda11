"""Variables of a codebook → the ``var`` elements of DDI-Codebook 2.5, in the order of the schema."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Literal

from instruments.codebook import Codebook, Variable, VariableKind, first_text, scales_with, worded
from instruments.codebooks.variables import OPEN_ANSWER, scoring_rule
from instruments.codebooks.xml_tree import add, add_texts
from instruments.spec import Instrument, ItemKind

Representation = Literal["text", "numeric", "code", "datetime"]
_REPRESENTATIONS: Mapping[VariableKind, Representation] = {
    "code": "code",
    "truth": "code",
    "whole": "numeric",
    "number": "numeric",
    "date": "datetime",
    "moment": "datetime",
    "text": "text",
}
_RESPONSES: Mapping[ItemKind, str] = {
    "choice": "category",
    "multiple_choice": "multiple",
    "number": "numeric",
    "date": "datetime",
    "code": "code",
    "open_text": "text",
}


def id_of(table: str, variable: str) -> str:
    """Return the identifier of a variable within the document."""
    return f"{table}.{variable}"


def described_variables(codebook: Codebook) -> Iterator[tuple[Variable, list[str]]]:
    """Yield every variable once with the tables that have it: keys that are the same everywhere are one variable."""
    seen: list[tuple[Variable, list[str]]] = []
    for table in codebook.tables:
        for variable in table.variables:
            known = next((tables for each, tables in seen if each == variable), None) if variable.is_key else None
            if known is None:
                seen.append((variable, [table.name]))
            else:
                known.append(table.name)
    yield from seen


def add_variable(data: ET.Element, variable: Variable, tables: list[str], codebook: Codebook) -> None:
    """Add the description of one variable."""
    instrument = codebook.instrument(variable.instrument) if variable.instrument else None
    element = add(
        data,
        "var",
        ID=id_of(tables[0], variable.name),
        name=variable.name,
        files=" ".join(tables),
        intrvl="contin" if variable.measure == "interval" else "discrete",
        nature=variable.measure,
        representationType="code" if variable.categories else _REPRESENTATIONS[variable.kind],
    )
    if first_text(variable.label, codebook.languages):
        add_texts(element, "labl", variable.label, codebook.languages)
    else:
        add(element, "labl", variable.name)
    if variable.may_identify:
        add(element, "security", "The answer may identify a person.", language="en")
    if instrument is not None and variable.item:
        _add_question(element, instrument, variable.item, codebook)
    if tables == ["open_answers"] and variable.name == OPEN_ANSWER:
        for one in codebook.instruments:
            for item in (name for name, each in one.items.items() if each.kind == "open_text"):
                _add_question(element, one, item, codebook)
    _add_ranges(element, variable)
    _add_universe(element, variable, codebook)
    _add_categories(element, variable, codebook)
    _add_meaning(element, variable, instrument, codebook)


def _add_question(element: ET.Element, instrument: Instrument, name: str, codebook: Codebook) -> None:
    """Add the question in every language it is worded in, with the text above it and the item as its number."""
    item = instrument.items[name]
    for language, text in worded(item.text, codebook.languages).items():
        question = add(element, "qstn", language=language, seqNo=name, responseDomainType=_RESPONSES[item.kind])
        if instrument.stem.get(language):
            add(question, "preQTxt", instrument.stem[language], language=language)
        add(question, "qstnLit", text, language=language)


def _add_ranges(element: ET.Element, variable: Variable) -> None:
    codes = [each.value for each in variable.categories if isinstance(each.value, int)]
    if codes and sorted(codes) == list(range(min(codes), max(codes) + 1)):
        add(add(element, "valrng"), "range", UNITS="INT", min=str(min(codes)), max=str(max(codes)))
    elif codes:
        valid = add(element, "valrng")
        for code in codes:
            add(valid, "item", UNITS="INT", VALUE=str(code))
    elif variable.least is not None or variable.most is not None:
        units = "INT" if variable.kind == "whole" else "REAL"
        add(add(element, "valrng"), "range", UNITS=units, min=_figure(variable.least), max=_figure(variable.most))
    if variable.opt_outs:
        invalid = add(element, "invalrng")
        for each in variable.opt_outs:
            add(invalid, "item", UNITS="INT", VALUE=str(each.code))


def _figure(limit: float | None) -> str:
    return "" if limit is None else f"{limit:.15g}"


def _add_universe(element: ET.Element, variable: Variable, codebook: Codebook) -> None:
    for group in codebook.asked_of.get(variable.item, ()):
        add(element, "universe", first_text(codebook.groups.get(group, {}), codebook.languages) or group, clusion="I")


def _add_categories(element: ET.Element, variable: Variable, codebook: Codebook) -> None:
    """Add the answer options, then those that count as missing."""
    for each in variable.categories:
        category = add(element, "catgry", missing="N")
        add(category, "catValu", str(each.value))
        add_texts(category, "labl", each.label, codebook.languages)
    for each in variable.opt_outs:
        category = add(element, "catgry", missing="Y", missType=each.reason)
        add(category, "catValu", str(each.code))
        add_texts(category, "labl", each.label, codebook.languages)


def _add_meaning(element: ET.Element, variable: Variable, instrument: Instrument | None, codebook: Codebook) -> None:
    """Add concepts, how a score is made, the format, and remarks."""
    scales = scales_with(instrument, variable.item) if instrument is not None and variable.item else {}
    for name, scale in scales.items():
        add(element, "concept", first_text(scale.title, codebook.languages) or name, vocab=scale.code or name)
    if instrument is not None and variable.scale:
        parts = " ".join(id_of("answers", item) for item in instrument.scales[variable.scale].items)
        derivation = add(element, "derivation", var=parts)
        add(derivation, "drvdesc", scoring_rule(instrument, variable.scale)["en"], language="en")
    is_text = variable.kind in ("text", "date", "moment")
    add(
        element,
        "varFormat",
        type="character" if is_text else "numeric",
        schema="ISO",
        category="date" if variable.kind in ("date", "moment") else "other",
    )
    for name, scale in scales.items():
        if variable.item in scale.reverse_scored:
            add(element, "notes", f"Reverse-scored in {name}.", language="en", type="scoring", subject=name)
    if variable.item in codebook.unprompted:
        add(element, "notes", "Asked before the word that the study is about is shown.", language="en", type="prompt")
