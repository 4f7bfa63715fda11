"""Codebooks for tests: of the built-in forms, and of an instrument with everything that an instrument may have."""

from functools import cache
from typing import Any

from instruments.codebook import Codebook
from instruments.codebooks.of_forms import codebook_of_form
from instruments.forms.asked import as_asked
from instruments.forms.load import FORMS, labels_of, library_labels, load_form
from instruments.forms.spec import Form, Section
from instruments.load import LIBRARY, find_instruments, load_instrument
from instruments.spec import Instrument
from instruments.spec_file import json_like
from instruments.wording import with_labels

FORM_NAMES = ("citizens", "frontline_staff", "middle_managers", "partners", "top_managers")
EVERYTHING: dict[str, Any] = {
    "name": "everything",
    "code": "EV",
    "version": "2",
    "title": {"en": "Everything", "da": "Alt"},
    "definition": {"en": "All that may be asked.", "da": "Alt, der kan spørges om."},
    "licence": "CC-BY-4.0",
    "evidence": "None yet",
    "respondent_groups": ["TOP"],
    "stem": {"en": "Think of last year.", "da": "Tænk på sidste år."},
    "provenance": [{"author": "A & B", "title": "On <Everything>", "quote": "all of it"}],
    "related_scales": [{"scale": "Another one", "relation": "near", "licence": "ask first"}],
    "response_scales": {
        "agree": {
            "points": {3: {"label": {"en": "High", "da": "Høj"}}, 1: {"label": {"en": "Low", "da": "Lav"}}, 2: {}},
            "opt_outs": {-8: {"reason": "dont_know", "label": {"en": "Don't know", "da": "Ved ikke"}}},
            "midpoint": 2,
        },
        "tools": {
            "ordered": False,
            "points": {1: {"label": {"en": "Pen", "da": "Pen"}}, 7: {"label": {"en": "Ink", "da": "Blæk"}}},
        },
    },
    "items": {
        "E_1": {"text": {"en": "First.", "da": "Første."}, "response_scale": "agree"},
        "E_2": {"text": {"en": "Second.", "da": "Anden."}, "response_scale": "agree"},
        "E_tools": {"kind": "multiple_choice", "text": {"en": "Tools?", "da": "Redskaber?"}, "response_scale": "tools"},
        "E_one": {"text": {"en": "Which?", "da": "Hvilket?"}, "response_scale": "tools"},
        "E_years": {"kind": "number", "text": {"en": "Years?", "da": "År?"}, "least": 0, "most": 60.5},
        "E_a": {"kind": "number", "text": {"en": "Share a", "da": "Del a"}},
        "E_b": {"kind": "number", "text": {"en": "Share b", "da": "Del b"}},
        "E_day": {"kind": "date", "text": {"en": "When?", "da": "Hvornår?"}},
        "E_code": {"kind": "code", "text": {"en": "Code?", "da": "Kode?"}, "personal_data": True},
        "E_open": {"kind": "open_text", "text": {"en": "Why?", "da": "Hvorfor?"}},
    },
    "constant_sums": {"shares": {"text": {"en": "Share out", "da": "Fordel"}, "items": ["E_a", "E_b"], "total": 100}},
    "scales": {
        "whole": {
            "title": {"en": "The whole", "da": "Det hele"},
            "code": "EV.w",
            "items": ["E_1", "E_2"],
            "reverse_scored": ["E_2"],
            "score": "sum",
            "least_answered": 2,
            "high_score_means": {"en": "much", "da": "meget"},
            "provenance": [{"author": "C", "title": "On the whole"}],
        }
    },
}


def everything(**changes: object) -> Instrument:
    """Return an instrument with every kind of item."""
    return Instrument.model_validate(json_like({**EVERYTHING, **changes}))


def codebook_of(instrument: Instrument) -> Codebook:
    """Return the codebook of one instrument in full length."""
    form = Form(
        name=instrument.name,
        version=instrument.version,
        title=instrument.title,
        respondent_group="TOP",
        languages=("en", "da"),
        sections=(Section(instrument=instrument.name, items=tuple(instrument.items)),),
    )
    return codebook_of_form(form, {instrument.name: instrument}, {})


@cache
def library() -> dict[str, Instrument]:
    """Return the built-in instruments, slots unfilled."""
    return {name: load_instrument(path) for name, path in find_instruments([LIBRARY]).items()}


@cache
def codebook_of_built_in(form_name: str) -> Codebook:
    """Return the codebook of a built-in form."""
    form = load_form(FORMS / f"{form_name}.yaml", library())
    labels = labels_of(form, library_labels())
    asked = as_asked({form.name: form}, library())
    return codebook_of_form(form, {name: with_labels(each, labels) for name, each in asked.items()}, labels)
