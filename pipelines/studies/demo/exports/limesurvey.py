"""Answers of one form and wave → a LimeSurvey export: CSV with question codes as headings and answer codes as cells.

A question code has letters and digits only: the items of a dimension are the rows of one array, so that ``CL_sy_1`` is
``CLsy[1]``. Codes below 0 are no answer codes there; opt-outs are called ``A8`` and ``A9``.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from instruments.spec import Instrument
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import (
    SYNTHETIC,
    Asked,
    CsvStyle,
    draw_moments,
    texts_of,
    write_csv,
)

OWN = ("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp")
HIDDEN = ("organisationid", "managerkey", "synthetic")
OPT_OUTS = {-8: "A8", -9: "A9"}
_LARGEST_CODE = 100


def heading_of(instrument: Instrument, item: str) -> str:
    """Return the heading of a column of answers; of a multiple choice that of all its options."""
    parts = item.split("_")
    if any(item in each.items for each in instrument.constant_sums.values()):
        return f"{''.join(parts[:-1])}[{parts[-1]}]"
    is_scored = any(item in scale.items for scale in instrument.scales.values())
    if is_scored or instrument.items[item].expected_answer is not None:
        return f"{''.join(parts[:2])}[{''.join(parts[2:])}]"
    return "".join(parts)


def headings_of(instrument: Instrument, item: str) -> dict[str, str]:
    """Return column of answers → heading, for one item; for a multiple choice one an option."""
    heading = heading_of(instrument, item)
    options = instrument.option_columns(item)
    return {name: f"{heading}[{code}]" for name, code in options.items()} if options else {item: heading}


def write_limesurvey(path: Path, form: AnsweredForm, asked: Asked, rng: np.random.Generator) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers; they have a manager_key.
        asked: Instrument and item, in the order of the form.
        rng: Random numbers for paradata.

    Returns:
        Id of the response of each respondent.
    """
    headings = {name: text for each in asked for name, text in headings_of(*each).items()}
    number, moments = len(form.persons), draw_moments(form, rng)
    ended = texts_of(moments.ended)
    ids = np.argsort(np.argsort(moments.started, kind="stable"), kind="stable") + 1
    pages = len({instrument.name for instrument, _ in asked})
    known = pd.DataFrame(
        {
            "id": ids,
            "submitdate": ended.where(moments.is_finished),
            "lastpage": np.ceil(form.persons["share_seen"].to_numpy() * pages).astype(int),
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
    answers = {name: _cells(form.answers[name], name) for name in headings}
    rows = pd.concat([known, pd.DataFrame(answers, index=known.index)], axis=1).sort_values("id")
    write_csv(path, [[*OWN, *HIDDEN, *headings.values()]], rows, CsvStyle(quotes_all=True, has_mark=True))
    return known["id"].astype("str")


def _cells(answers: pd.Series, name: str) -> pd.Series:
    """Write codes: ticks as Y, opt-outs as codes of letters and digits; other columns stay as they are."""
    if answers.dtype == "str":
        return answers
    is_option = name.startswith("STR_actor_")
    codes = answers.to_numpy(dtype=np.int64, na_value=0)
    if not is_option and codes.min(initial=0) >= 0:
        return answers
    known = [OPT_OUTS.get(code, str(code)) for code in range(-_LARGEST_CODE, _LARGEST_CODE + 1)]
    ticks = ["" if code != 1 else "Y" for code in range(-_LARGEST_CODE, _LARGEST_CODE + 1)]
    chosen = pa.array(codes + _LARGEST_CODE, mask=answers.isna().to_numpy())
    cells = pa.array(ticks if is_option else known, pa.large_string()).take(chosen)
    return pd.Series(cells.to_pandas().to_numpy(), dtype="str", index=answers.index)
