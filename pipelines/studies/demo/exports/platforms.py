"""Which group answers on which platform: its form as the platform imports it, and its answers as it exports them."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from instruments.forms.limesurvey_questions import groups_of
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.kobo import write_kobo
from pipelines.studies.demo.exports.limesurvey import Heading, headings_of, write_limesurvey
from pipelines.studies.demo.exports.qualtrics import write_qualtrics
from pipelines.studies.demo.exports.redcap import fields_of, write_fields, write_redcap
from pipelines.studies.demo.forms_asked import shown_forms

STRUCTURES = {
    "TOP": ("top_managers.qsf", "qualtrics"),
    "MID": ("middle_managers.qsf", "qualtrics"),
    "FRL": ("frontline_staff.lss", "limesurvey"),
    "CIT": ("citizens_dictionary.csv", "redcap"),
    "PAR": ("partners_form.xlsx", "xlsform"),
}
"""Respondent group → file of its form, and the way out that writes it."""


def write_structures(folder: Path) -> None:
    """Write every form as its platform imports it; the dictionary with the fields that no form asks."""
    for group, (name, _) in STRUCTURES.items():
        if group == "CIT":
            write_fields(folder / name, fields_of(_written(group)))
        else:
            (folder / name).write_bytes(_written(group))


def write_answers(path: Path, form: AnsweredForm, rng: np.random.Generator, previews: int) -> pd.Series:
    """Write what a form brought in a wave as its platform exports it.

    Args:
        path: The file.
        form: Respondents and their answers.
        rng: Random numbers for paradata and previews.
        previews: Preview responses, on a platform that keeps them.

    Returns:
        Id of the response of each respondent.
    """
    if form.group == "FRL":
        return write_limesurvey(path, form, staff_headings(), rng)
    if form.group == "CIT":
        return write_redcap(path, form, fields_of(_written(form.group)), rng)
    if form.group == "PAR":
        return write_kobo(path, form, shown_forms().pages(form.group), rng)
    return write_qualtrics(path, form, _written(form.group), rng, previews)


def staff_headings() -> list[Heading]:
    """Return the columns of answers of frontline staff."""
    shown = shown_forms()
    groups = groups_of(shown.forms["FRL"], shown.instruments, shown.labels)
    return list(headings_of(groups, [item for _, item in shown.items["FRL"]]))


@cache
def _written(group: str) -> bytes:
    return shown_forms().written(group, STRUCTURES[group][1])
