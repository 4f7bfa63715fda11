"""Answers of one form and wave → a REDCap export; the data dictionary with the fields that no form asks."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from instruments.forms.redcap import HEADERS, RECORD_ID, field_name
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import SYNTHETIC, CsvStyle, draw_moments, texts_of, write_csv

KEYS: Mapping[str, str] = {
    "organisation_id": "Organisation",
    "respondent_key": "Respondent",
    "survey_language": "Language",
    "synthetic": "SYNTHETIC",
}
NOT_COMPLETED = "[not completed]"
COMPLETE, INCOMPLETE = 2, 0
_FIELD, _FORM, _TYPE, _LABEL, _CALCULATION = HEADERS[0], HEADERS[1], HEADERS[3], HEADERS[4], HEADERS[5]
Fields = Sequence[Mapping[str, str]]


def fields_of(dictionary: bytes) -> list[dict[str, str]]:
    """Return the fields of a dictionary: those of the form, and behind the record's number those of ``KEYS``."""
    first, *rest = csv.DictReader(io.StringIO(dictionary.decode()))
    keys = [
        {**dict.fromkeys(HEADERS, ""), _FIELD: name, _FORM: first[_FORM], _TYPE: "text", _LABEL: label}
        for name, label in KEYS.items()
    ]
    return [first, *keys, *rest]


def write_fields(path: Path, fields: Fields) -> None:
    """Write a data dictionary."""
    write_csv(path, [HEADERS], pd.DataFrame(fields, columns=list(HEADERS), dtype="str"), CsvStyle())


def write_redcap(path: Path, form: AnsweredForm, fields: Fields, rng: np.random.Generator) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers; none to a question with several answers.
        fields: What ``fields_of`` returned.
        rng: Random numbers for paradata.

    Returns:
        Id of the response of each respondent.
    """
    moments, persons, name = draw_moments(form, rng), form.persons, fields[0][_FORM]
    ids = np.argsort(np.argsort(moments.ended, kind="stable"), kind="stable") + 1
    known = pd.DataFrame(
        {
            RECORD_ID: ids,
            f"{name}_timestamp": texts_of(moments.ended).where(moments.is_finished, NOT_COMPLETED),
            "organisation_id": persons["organisation_id"],
            "respondent_key": persons["respondent_key"],
            "survey_language": persons["language"],
            "synthetic": SYNTHETIC,
        }
    )
    answers = form.answers.rename(columns=lambda item: field_name(str(item)))
    asked = [field for field in fields[1 + len(KEYS) :] if field[_TYPE] != "descriptive"]
    columns = {
        each[_FIELD]: _total(answers, each) if each[_TYPE] == "calc" else answers[each[_FIELD]] for each in asked
    }
    status = pd.Series(np.where(moments.is_finished, COMPLETE, INCOMPLETE), name=f"{name}_complete")
    rows = pd.concat([known, pd.DataFrame(columns), status], axis=1).sort_values(RECORD_ID)
    write_csv(path, [list(rows.columns)], rows, CsvStyle())
    return known[RECORD_ID].astype("str")


def _total(answers: pd.DataFrame, field: Mapping[str, str]) -> pd.Series:
    """Add up what a calculated field adds up; empty where nothing was answered."""
    parts = [name for name in answers if f"[{name}]" in field[_CALCULATION]]
    return answers[parts].astype("Int64").sum(axis=1, min_count=1)
