"""Answers of one form and wave → a KoboToolbox export as CSV, and the XLSForm behind it as its two sheets.

Questions are called as items. A question with several answers has one column with all of them and one for each.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from instruments.spec import Instrument, option_column
from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import (
    SYNTHETIC,
    UTC_OFFSET,
    Asked,
    CsvStyle,
    draw_ids,
    draw_moments,
    texts_of,
    wording,
    write_csv,
)

SURVEY_HEADERS = ("type", "name", "label::English (en)", "label::Dansk (da)")
CHOICE_HEADERS = ("list_name", "name", "label::English (en)", "label::Dansk (da)")
HIDDEN = ("organisation_id", "respondent_key", "survey_language", "synthetic")
VERSION = "vSyntheticDemo1"


def write_kobo(path: Path, form: AnsweredForm, asked: Asked, rng: np.random.Generator) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers.
        asked: Instrument and item, in the order of the form.
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
    answers = pd.DataFrame({name: cells for each in asked for name, cells in _cells(form.answers, *each).items()})
    rows = pd.concat([begun, answers, added], axis=1).sort_values("_index")
    write_csv(path, [list(rows.columns)], rows, CsvStyle(delimiter=";", quotes_all=True))
    return ids


def write_form(survey: Path, choices: Path, asked: Asked) -> None:
    """Write the sheets survey and choices of the XLSForm."""
    rows = [("start", "start", "", ""), ("end", "end", "", "")]
    rows += [("hidden", name, "", "") for name in HIDDEN]
    listed: dict[str, list[tuple[str, str, str, str]]] = {}
    for instrument, item in asked:
        rows.append((_type_of(instrument, item), item, *(wording(instrument, item, each) for each in ("en", "da"))))
        scale, name = instrument.response_scale_of(item), _list_of(instrument, item)
        if scale is not None and name not in listed:
            options = {**scale.points, **scale.opt_outs}
            listed[name] = [
                (name, str(code), *(each.label[lang] for lang in ("en", "da"))) for code, each in options.items()
            ]
    write_csv(survey, [SURVEY_HEADERS], pd.DataFrame(rows, dtype="str"), CsvStyle())
    options = [row for each in listed.values() for row in each]
    write_csv(choices, [CHOICE_HEADERS], pd.DataFrame(options, dtype="str"), CsvStyle())


def _hours(offset: str) -> np.timedelta64:
    return np.timedelta64(int(offset[1:3]), "h")


def _cells(answers: pd.DataFrame, instrument: Instrument, item: str) -> dict[str, pd.Series]:
    """Return the columns of one question."""
    scale = instrument.response_scale_of(item)
    if instrument.items[item].kind != "multiple_choice" or scale is None:
        return {item: answers[item]}
    options = {code: answers[option_column(item, code)] for code in scale.points}
    whole = pd.Series("", index=answers.index, dtype="str")
    for code, ticks in options.items():
        whole = whole + np.where(ticks.to_numpy(dtype=int, na_value=0) == 1, f"{code} ", "")
    is_missing = next(iter(options.values())).isna()
    return {item: whole.str.strip().mask(is_missing)} | {f"{item}/{code}": each for code, each in options.items()}


def _type_of(instrument: Instrument, item: str) -> str:
    kind = instrument.items[item].kind
    if kind == "number":
        return "integer"
    if kind == "open_text":
        return "text"
    return f"{'select_multiple' if kind == 'multiple_choice' else 'select_one'} {_list_of(instrument, item)}"


def _list_of(instrument: Instrument, item: str) -> str:
    return f"{instrument.items[item].response_scale}_{instrument.name}"
