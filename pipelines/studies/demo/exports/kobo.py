"""Answers of one form and wave → a KoboToolbox export as CSV, group names left out.

Questions are called as items, as in the XLSForm. A question with several answers has one column with all of them and
one for each.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from instruments.forms.pages import Block, Page
from instruments.spec import option_column
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import (
    SYNTHETIC,
    UTC_OFFSET,
    CsvStyle,
    draw_ids,
    draw_moments,
    texts_of,
    write_csv,
)

VERSION = "vSyntheticDemo1"


def write_kobo(path: Path, form: AnsweredForm, pages: Sequence[Page], rng: np.random.Generator) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers.
        pages: The form.
        rng: Random numbers for paradata.

    Returns:
        Id of the response of each respondent.
    """
    moments, persons, number = draw_moments(form, rng), form.persons, len(form.persons)
    offset = UTC_OFFSET[form.wave]
    ids = draw_ids(rng, number, 22)
    begun = pd.DataFrame(
        {
            "start": texts_of(moments.started, offset),
            "end": texts_of(moments.ended, offset),
            "organisation_id": persons["organisation_id"],
            "respondent_key": persons["respondent_key"],
            "survey_language": persons["language"],
            "synthetic": SYNTHETIC,
        }
    )
    order = np.argsort(np.argsort(moments.ended, kind="stable"), kind="stable") + 1
    added = pd.DataFrame(
        {
            "_id": 500_000 + order,
            "_uuid": ids,
            "_submission_time": texts_of(moments.ended - _hours(offset)).str.replace(" ", "T"),
            "_validation_status": "",
            "_notes": "",
            "_status": "submitted_via_web",
            "_submitted_by": "",
            "__version__": VERSION,
            "_tags": "",
            "_index": order,
        }
    )
    blocks = [block for page in pages for block in page.blocks]
    answers = pd.DataFrame({name: cells for each in blocks for name, cells in _cells(form.answers, each).items()})
    rows = pd.concat([begun, answers, added], axis=1).sort_values("_index")
    write_csv(path, [list(rows.columns)], rows, CsvStyle(delimiter=";", quotes_all=True))
    return ids


def _hours(offset: str) -> np.timedelta64:
    return np.timedelta64(int(offset[1:3]), "h")


def _cells(answers: pd.DataFrame, block: Block) -> dict[str, pd.Series]:
    """Return the columns of one question, or of the rows of a grid or sum."""
    if block.kind != "multiple_choice":
        return {item: answers[item] for item in block.items}
    options = {each.code: answers[option_column(block.name, each.code)] for each in block.options}
    whole = pd.Series("", index=answers.index, dtype="str")
    for code, ticks in options.items():
        whole = whole + np.where(ticks.to_numpy(dtype=int, na_value=0) == 1, f"{code} ", "")
    is_missing = next(iter(options.values())).isna()
    return {block.name: whole.str.strip().mask(is_missing)} | {
        f"{block.name}/{code}": each for code, each in options.items()
    }
