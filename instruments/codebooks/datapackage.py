"""A codebook → the descriptor of a Data Package (v2): tables with their fields, categories and missing values.

Texts are in the first language; the property ``translations`` beside them holds the others. What the standard has no
word for stands in the property ``survey``. The tables have their header and no rows: no answer is in the file.

References:
    Data Package standard, version 2.0: Data Package, Data Resource, Table Schema.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from instruments.codebook import Codebook, CodebookTable, Variable, VariableKind, first_text, scales_with
from instruments.codebooks.variables import scoring_rule
from instruments.spec import Instrument
from instruments.spec_file import Texts

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES: Mapping[VariableKind, str] = {
    "code": "integer",
    "whole": "integer",
    "number": "number",
    "truth": "boolean",
    "date": "date",
    "moment": "datetime",
    "text": "string",
}
_BLANK: Texts = {"en": "No answer; the table missing says why", "da": "Intet svar; tabellen missing siger hvorfor"}
_EMPTY: Texts = {"en": "No value", "da": "Ingen værdi"}
_LICENCE_ID = re.compile(r"[-a-zA-Z0-9._]+")

Object = dict[str, Any]


def data_package(codebook: Codebook) -> bytes:
    """Write a codebook as ``datapackage.json``: UTF-8, the same bytes for the same codebook."""
    languages = codebook.languages
    described = {
        "$schema": PROFILE,
        "name": codebook.name.lower(),
        **_worded(codebook, title=codebook.title, description=_description(codebook)),
        **({"version": codebook.version} if codebook.version else {}),
        "languages": list(languages),
        **_listed("licenses", _licences(codebook.instruments)),
        **_listed("sources", _sources(codebook.instruments)),
        "resources": [_resource(codebook, table) for table in codebook.tables],
        "survey": _survey(codebook),
    }
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _worded(codebook: Codebook, **texts: Texts) -> Object:
    """Return texts in the first language, and under ``translations`` in the others; nothing for a text without words.

    Args:
        codebook: Gives the languages.
        texts: Property → its text by language.
    """
    languages = codebook.languages
    found: Object = {key: first_text(text, languages) for key, text in texts.items() if first_text(text, languages)}
    translated = {
        language: {key: text[language] for key, text in texts.items() if text.get(language)}
        for language in languages[1:]
    }
    others = {language: words for language, words in translated.items() if words}
    return found | ({"translations": others} if others else {})


def _listed(key: str, entries: list[Object]) -> Object:
    """Return a property that the standard allows only when it has entries."""
    return {key: entries} if entries else {}


def _description(codebook: Codebook) -> Texts:
    """Say what the package is; that answers are invented comes first."""
    about = codebook.description or {codebook.languages[0]: ""}
    marks = {"en": "SYNTHETIC: every answer is invented.", "da": "SYNTETISK: alle svar er opdigtede."}
    if not codebook.is_synthetic:
        return about
    return {each: f"{marks.get(each, marks['en'])} {text}".strip() for each, text in about.items()}


def _licences(instruments: Iterable[Instrument]) -> list[Object]:
    """List the terms of the wordings: a licence's identifier, or a name of our own with the terms as its title."""
    terms = dict.fromkeys(each.licence for each in instruments if each.licence)
    return [
        {"name": each} if _LICENCE_ID.fullmatch(each) else {"name": f"LicenseRef-{number}", "title": each}
        for number, each in enumerate(terms, 1)
    ]


def _sources(instruments: Iterable[Instrument]) -> list[Object]:
    cited = [each for one in instruments for each in one.provenance]
    cited += [each for one in instruments for scale in one.scales.values() for each in scale.provenance]
    return [{"title": title} for title in dict.fromkeys(f"{each.author}: {each.title}" for each in cited if each.title)]


def _resource(codebook: Codebook, table: CodebookTable) -> Object:
    names = [each.name for each in table.variables]
    return {
        "name": table.name,
        "type": "table",
        **_worded(codebook, title=table.title, description=table.grain),
        "data": [names],
        "schema": {
            "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
            "fields": [_field(codebook, each) for each in table.variables],
            "primaryKey": list(table.key),
            **_listed("foreignKeys", _foreign_keys(codebook, table)),
        },
    }


def _foreign_keys(codebook: Codebook, table: CodebookTable) -> list[Object]:
    """Refer every other table to the one of the responses, or of the answers where there is none."""
    home = codebook.tables[0]
    if table is home:
        return []
    return [{"fields": list(home.key), "reference": {"resource": home.name, "fields": list(home.key)}}]


def _field(codebook: Codebook, variable: Variable) -> Object:
    label = variable.label if first_text(variable.label, codebook.languages) else {codebook.languages[0]: variable.name}
    return {
        "name": variable.name,
        "type": _TYPES[variable.kind],
        **_worded(codebook, title=label, description=_field_description(codebook, variable)),
        **_categories(codebook, variable),
        **({} if variable.is_required else {"missingValues": _missing_values(codebook, variable)}),
        **_constraints(variable),
        **_field_survey(codebook, variable),
    }


def _field_description(codebook: Codebook, variable: Variable) -> Texts:
    if not variable.instrument:
        return {}
    instrument = codebook.instrument(variable.instrument)
    return scoring_rule(instrument, variable.scale) if variable.scale else instrument.stem


def _categories(codebook: Codebook, variable: Variable) -> Object:
    if not variable.categories:
        return {}
    labels = _apart([(each.value, each.label) for each in variable.categories], codebook)
    listed = [{"value": each.value, **words} for each, words in zip(variable.categories, labels, strict=True)]
    return {"categories": listed, "categoriesOrdered": variable.measure == "ordinal"}


def _missing_values(codebook: Codebook, variable: Variable) -> list[Object]:
    """List the empty cell, and the codes that the platform exports for options that count as no answer."""
    blank = _BLANK if variable.item else _EMPTY
    values: list[tuple[int | str, Texts]] = [("", blank), *((each.code, each.label) for each in variable.opt_outs)]
    labels = _apart(values, codebook)
    return [{"value": str(value), **words} for (value, _), words in zip(values, labels, strict=True)]


def _apart(values: list[tuple[int | str, Texts]], codebook: Codebook) -> list[Object]:
    """Word labels; the standard wants them to differ, so a value stands behind those that several share."""
    worded = [first_text(text, codebook.languages) for _, text in values]
    found: list[Object] = []
    for (value, text), words in zip(values, worded, strict=True):
        shared = words and worded.count(words) > 1
        found.append(_worded(codebook, label={each: f"{text[each]} ({value})" for each in text} if shared else text))
    return found


def _constraints(variable: Variable) -> Object:
    limits = {"required": True if variable.is_required else None, "minimum": variable.least, "maximum": variable.most}
    given = {key: limit for key, limit in limits.items() if limit is not None}
    return {"constraints": given} if given else {}


def _field_survey(codebook: Codebook, variable: Variable) -> Object:
    """Tell what the standard has no word for: instrument, item, scales, scoring, whom it was asked of."""
    if not variable.instrument:
        return {}
    instrument = codebook.instrument(variable.instrument)
    told: Object = {"instrument": variable.instrument}
    if variable.item:
        item, scales = instrument.items[variable.item], scales_with(instrument, variable.item)
        told |= {
            "item": variable.item,
            "kind": item.kind,
            "wording": item.wording,
            "scales": list(scales),
            "reverseScoredIn": [name for name, each in scales.items() if variable.item in each.reverse_scored],
            "isCore": item.is_core,
            "isUnprompted": variable.item in codebook.unprompted,
            "askedOf": list(codebook.asked_of.get(variable.item, ())),
            "mayIdentify": variable.may_identify,
            "optOuts": [{"value": str(each.code), "reason": each.reason} for each in variable.opt_outs],
        }
    if variable.scale:
        scale = instrument.scales[variable.scale]
        told |= {
            "scale": variable.scale,
            "code": scale.code,
            "items": list(scale.items),
            "reverseScored": list(scale.reverse_scored),
            "score": scale.score,
            "leastAnswered": scale.least_answered,
            "measurement": scale.measurement,
            "status": instrument.status,
        }
    return {"survey": told}


def _survey(codebook: Codebook) -> Object:
    return {
        "isSynthetic": codebook.is_synthetic,
        "population": codebook.population,
        "waves": [
            {"name": each.name, **_worded(codebook, title=each.title), **_days(each.starts_on, each.ends_on)}
            for each in codebook.periods
        ],
        "respondentGroups": [
            {"name": name, **_worded(codebook, title=title)} for name, title in codebook.groups.items()
        ],
        "instruments": [_instrument(codebook, each) for each in codebook.instruments],
    }


def _days(starts_on: object, ends_on: object) -> Object:
    days = {"startsOn": starts_on, "endsOn": ends_on}
    return {key: str(day) for key, day in days.items() if day is not None}


def _instrument(codebook: Codebook, instrument: Instrument) -> Object:
    facts = ("code", "version", "status", "citation", "licence", "level", "referent", "window", "structure")
    return {
        "name": instrument.name,
        **_worded(codebook, title=instrument.title, description=instrument.definition, evidence=instrument.evidence),
        **{key: getattr(instrument, key) for key in facts if getattr(instrument, key)},
        "provenance": [each.model_dump(exclude_defaults=True) for each in instrument.provenance],
        "relatedScales": [each.model_dump(exclude_defaults=True) for each in instrument.related_scales],
        "scales": [
            {
                "name": name,
                **_worded(
                    codebook, title=scale.title, description=scale.definition, highScoreMeans=scale.high_score_means
                ),
                "code": scale.code,
                "dimensions": list(scale.dimensions),
                "items": list(scale.items),
                "provenance": [each.model_dump(exclude_defaults=True) for each in scale.provenance],
            }
            for name, scale in instrument.scales.items()
        ],
    }
