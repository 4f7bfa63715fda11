"""Answers of one form and wave → a LimeSurvey export: CSV with question codes as headings and answer codes as cells.

The columns are those that LimeSurvey makes of the form as an ``.lss``: codes have no underscores, items of a grid are
its rows, and a negative code of an option has M for its sign.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from instruments.forms.limesurvey_questions import LimeGroup, code_of
from instruments.spec import option_column
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import (
    SYNTHETIC,
    CsvStyle,
    draw_moments,
    texts_of,
    write_csv,
)

OWN = ("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp")
HIDDEN = ("organisationid", "managerkey", "synthetic")
READ_ONLY, SEVERAL, ROWS = "X", "M", ("F", "K")
_LARGEST_CODE = 100


@dataclass(frozen=True)
class Heading:
    """A column of answers: its heading, the column of the answers that it holds, its page, whether cells are ticks."""

    text: str
    column: str
    page: int
    holds_ticks: bool


def headings_of(groups: Sequence[LimeGroup], items: Sequence[str]) -> Iterator[Heading]:
    """Yield the columns of answers that LimeSurvey makes of a survey.

    Args:
        groups: The survey.
        items: What it asks.
    """
    named = {code_of(item): item for item in items}
    for group in groups:
        for question in group.questions:
            if question.kind == SEVERAL:
                for row in question.rows:
                    column = option_column(named[question.code], int(row.code))
                    yield Heading(f"{question.code}[{row.code}]", column, group.number, holds_ticks=True)
            elif question.kind in ROWS:
                for row in question.rows:
                    yield Heading(f"{question.code}[{row.code}]", named[row.code], group.number, holds_ticks=False)
            elif question.kind != READ_ONLY:
                yield Heading(question.code, named[question.code], group.number, holds_ticks=False)


def write_limesurvey(
    path: Path, form: AnsweredForm, headings: Sequence[Heading], rng: np.random.Generator
) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers; they have a manager_key.
        headings: The columns of answers.
        rng: Random numbers for paradata.

    Returns:
        Id of the response of each respondent.
    """
    number, moments = len(form.persons), draw_moments(form, rng)
    ended = texts_of(moments.ended)
    ids = np.argsort(np.argsort(moments.started, kind="stable"), kind="stable") + 1
    known = pd.DataFrame(
        {
            "id": ids,
            "submitdate": ended.where(moments.is_finished),
            "lastpage": _last_pages(form, headings),
            "startlanguage": form.persons["language"],
            "seed": rng.integers(1, 2**31, number),
            "token": form.persons["respondent_key"],
            "startdate": texts_of(moments.started),
            "datestamp": ended,
            "organisationid": form.persons["organisation_id"],
            "managerkey": form.persons["manager_key"],
            "synthetic": SYNTHETIC,
        }
    )
    answers = {each.text: _cells(form.answers[each.column], holds_ticks=each.holds_ticks) for each in headings}
    rows = pd.concat([known, pd.DataFrame(answers, index=known.index)], axis=1).sort_values("id")
    write_csv(path, [[*OWN, *HIDDEN, *answers]], rows, CsvStyle(quotes_all=True, has_mark=True))
    return known["id"].astype("str")


def _last_pages(form: AnsweredForm, headings: Sequence[Heading]) -> np.ndarray:
    """Return the page of the last column that each respondent saw."""
    page_of = {each.column: each.page for each in headings}
    pages = np.maximum.accumulate([page_of[str(name)] for name in form.answers])
    n_seen = np.ceil(form.persons["share_seen"].to_numpy() * len(pages)).astype(int)
    return np.where(n_seen == len(pages), pages.max(), pages[np.maximum(n_seen, 1) - 1])


def _cells(answers: pd.Series, *, holds_ticks: bool) -> pd.Series:
    """Write codes: ticks as Y, negative codes with M for the sign; other columns stay as they are."""
    if answers.dtype == "str":
        return answers
    codes = answers.to_numpy(dtype=np.int64, na_value=0)
    if not holds_ticks and codes.min(initial=0) >= 0:
        return answers
    every = range(-_LARGEST_CODE, _LARGEST_CODE + 1)
    known = [("Y" if code == 1 else "") if holds_ticks else str(code).replace("-", "M") for code in every]
    chosen = pa.array(codes + _LARGEST_CODE, mask=answers.isna().to_numpy())
    cells = pa.array(known, pa.large_string()).take(chosen)
    return pd.Series(cells.to_pandas().to_numpy(), dtype="str", index=answers.index)
