"""The page of the codebook: what every instrument asks, of whom, how answers are coded and scales are scored."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from instruments.codebook import Codebook, first_text, scales_with
from instruments.spec import Instrument
from instruments.validation import status_in_words
from pipelines.steps.study_codebook import study_codebook
from pipelines.workbench.opening import Bench
from pipelines.workbench.page import choose, show_rows, show_text


def show(bench: Bench) -> None:
    """Show the page."""
    st.title("Codebook", anchor=False)
    described = study_codebook(bench.study)
    if not described.instruments:
        show_text("The study uses no instrument yet.")
        return
    name = choose("instrument", "Instrument", [each.name for each in described.instruments])
    language = choose("language", "Language", list(described.languages))
    instrument, languages = described.instrument(name), (language, *described.languages)
    show_text(f"{first_text(instrument.title, languages)}, version {instrument.version}: {status_in_words(instrument)}")
    for told in (first_text(instrument.definition, languages), instrument.citation):
        if told:
            show_text(told)
    show_rows("Items of the instrument", items(described, instrument, languages))
    show_rows("Answer options", options(instrument, languages), {"reason": "Missing reason that an opt-out stands for"})
    show_rows("Scales of the instrument", scales(instrument, languages))
    show_text("As a file: sensemaking codebook STUDY --to datapackage|ddi|html --out FILE")


def items(described: Codebook, instrument: Instrument, languages: Sequence[str]) -> pd.DataFrame:
    """Return one row an item: wording, answers, scales, who is asked."""
    rows = [
        {
            "item": name,
            "text": first_text(item.text, languages),
            "kind": item.kind,
            "response_scale": item.response_scale or "",
            "least": item.least,
            "most": item.most,
            "scales": ", ".join(scales_with(instrument, name)),
            "reverse_scored_in": ", ".join(
                scale for scale, each in scales_with(instrument, name).items() if name in each.reverse_scored
            ),
            "asked_of": ", ".join(described.asked_of.get(name, ())),
            "is_required": item.is_required,
            "personal_data": item.personal_data,
        }
        for name, item in instrument.items.items()
    ]
    return pd.DataFrame(rows)


def options(instrument: Instrument, languages: Sequence[str]) -> pd.DataFrame:
    """Return one row an answer option or opt-out of every response scale."""
    rows = [
        {"response_scale": name, "code": code, "label": first_text(each.label, languages), "reason": ""}
        for name, scale in instrument.response_scales.items()
        for code, each in sorted(scale.points.items())
    ]
    rows += [
        {"response_scale": name, "code": code, "label": first_text(each.label, languages), "reason": each.reason}
        for name, scale in instrument.response_scales.items()
        for code, each in sorted(scale.opt_outs.items())
    ]
    return pd.DataFrame(rows)


def scales(instrument: Instrument, languages: Sequence[str]) -> pd.DataFrame:
    """Return one row a scale: construct, items, scoring."""
    rows = [
        {
            "scale": name,
            "title": first_text(scale.title, languages),
            "definition": first_text(scale.definition, languages),
            "items": ", ".join(scale.items),
            "reverse_scored": ", ".join(scale.reverse_scored),
            "score": scale.score,
            "least_answered": scale.least_answered,
            "measurement": scale.measurement,
            "high_score_means": first_text(scale.high_score_means, languages),
        }
        for name, scale in instrument.scales.items()
    ]
    return pd.DataFrame(rows)
