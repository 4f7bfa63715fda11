"""Answers of one form and wave → a REDCap export and the project's data dictionary, both as CSV.

Field names have small letters only: ``CIT_iv_1`` is ``cit_iv_1``.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from instruments.spec import Instrument
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import (
    SYNTHETIC,
    Asked,
    CsvStyle,
    draw_moments,
    texts_of,
    wording,
    write_csv,
)

FORM = "citizens"
HEADERS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note", "Text Validation Type OR Show Slider Number",
    "Text Validation Min", "Text Validation Max", "Identifier?", "Branching Logic (Show field only if...)",
    "Required Field?", "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
KEYS = ("organisation_id", "respondent_key", "survey_language", "synthetic")
NOT_COMPLETED = "[not completed]"
COMPLETE, INCOMPLETE = 2, 0


def field_of(item: str) -> str:
    """Return the field name of an item."""
    return item.lower()


def write_redcap(path: Path, form: AnsweredForm, asked: Asked, rng: np.random.Generator) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers.
        asked: Instrument and item, in the order of the form; none is a multiple choice.
        rng: Random numbers for paradata.

    Returns:
        Id of the response of each respondent.
    """
    items = [item for _, item in asked]
    moments, persons = draw_moments(form, rng), form.persons
    ids = np.argsort(np.argsort(moments.ended, kind="stable"), kind="stable") + 1
    known = pd.DataFrame(
        {
            "record_id": ids,
            f"{FORM}_timestamp": texts_of(moments.ended).where(moments.is_finished, NOT_COMPLETED),
            "organisation_id": persons["organisation_id"],
            "respondent_key": persons["respondent_key"],
            "survey_language": persons["language"],
            "synthetic": SYNTHETIC,
        }
    )
    answers = form.answers[items].rename(columns=field_of)
    status = pd.Series(np.where(moments.is_finished, COMPLETE, INCOMPLETE), name=f"{FORM}_complete")
    rows = pd.concat([known, answers, status], axis=1).sort_values("record_id")
    write_csv(path, [list(rows.columns)], rows, CsvStyle())
    return known["record_id"].astype("str")


def write_dictionary(path: Path, asked: Asked) -> None:
    """Write the data dictionary."""
    fields = [_field("record_id", "text", "Record ID"), *(_field(name, "text", name) for name in KEYS)]
    fields += [_of_item(instrument, item) for instrument, item in asked]
    write_csv(path, [HEADERS], pd.DataFrame(fields, columns=list(HEADERS), dtype="str"), CsvStyle())


def _field(name: str, kind: str, label: str, **more: str) -> dict[str, str]:
    return {
        **dict.fromkeys(HEADERS, ""),
        "Variable / Field Name": name,
        "Form Name": FORM,
        "Field Type": kind,
        "Field Label": label,
        **more,
    }


def _of_item(instrument: Instrument, item: str) -> dict[str, str]:
    spec, scale, label = instrument.items[item], instrument.response_scale_of(item), wording(instrument, item)
    if scale is not None:
        options = {**scale.points, **scale.opt_outs}
        choices = " | ".join(f"{code}, {option.label['en']}" for code, option in options.items())
        return _field(field_of(item), "radio", label, **{"Choices, Calculations, OR Slider Labels": choices})
    if spec.kind == "number":
        limits = {
            "Text Validation Type OR Show Slider Number": "integer",
            "Text Validation Min": f"{spec.least:.0f}" if spec.least is not None else "",
            "Text Validation Max": f"{spec.most:.0f}" if spec.most is not None else "",
        }
        return _field(field_of(item), "text", label, **limits)
    return _field(field_of(item), "notes", label, **{"Identifier?": "y"})
