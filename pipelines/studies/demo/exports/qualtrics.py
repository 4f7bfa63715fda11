"""Answers of one form and wave → a Qualtrics export: three header rows, seventeen metadata columns, codes.

Row 1 holds the export tags, row 2 the question texts with line breaks and quotation marks, row 3 the ImportIds as JSON.
"""

import json
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
import pandas as pd

from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import (
    FIRST_DAY,
    SYNTHETIC,
    TIME_ZONE,
    Asked,
    CsvStyle,
    draw_ids,
    draw_moments,
    texts_of,
    wording,
    write_csv,
)

SHARE_WITH_ADDRESS = 0.3
METADATA: tuple[tuple[str, str, str], ...] = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
)
EMBEDDED = ("organisation_id", "respondent_key", "respondent_group", "synthetic")
SURVEY = 'SYNTHETIC demonstration study: "Working together"'
TICKED = 1
_WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True)
class _Column:
    """One column of answers: its name, ImportId, choiceId (empty for most) and text."""

    name: str
    question: str
    choice: str
    text: str

    def identity(self) -> str:
        found = {"ImportId": self.question} | ({"choiceId": self.choice} if self.choice else {})
        return _json(**found)


def write_qualtrics(path: Path, form: AnsweredForm, asked: Asked, rng: np.random.Generator, previews: int) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers.
        asked: Instrument and item, in the order of the form.
        rng: Random numbers for paradata and previews.
        previews: Preview responses above the respondents' own.

    Returns:
        Id of the response of each respondent; break-offs are recorded a week after they ended.
    """
    columns = _columns(asked)
    known = _paradata(form, rng)
    answers = form.answers.assign(
        **{each.name: form.answers[each.name].replace(0, pd.NA) for each in columns if each.choice}
    )
    own = pd.concat([known, answers[[each.name for each in columns]], _embedded(form)], axis=1)
    own = own.sort_values(["RecordedDate", "ResponseId"], kind="stable")
    rows = pd.concat([_preview_rows(form, own, rng, previews), own], ignore_index=True)
    write_csv(path, _header_rows(columns), rows, CsvStyle())
    return known["ResponseId"]


def _header_rows(columns: list[_Column]) -> list[list[str]]:
    tags = [*(tag for tag, _, _ in METADATA), *(each.name for each in columns), *EMBEDDED]
    texts = [*(text for _, text, _ in METADATA), *(f"{SURVEY}\n{each.text}" for each in columns), *EMBEDDED]
    ids = [_metadata_id(import_id) for _, _, import_id in METADATA]
    ids += [*(each.identity() for each in columns), *(_json(ImportId=name) for name in EMBEDDED)]
    return [tags, texts, ids]


def _columns(asked: Asked) -> list[_Column]:
    """Number the questions as Qualtrics does, one matrix for neighbouring items with the same response scale."""
    found: list[_Column] = []
    grouped = groupby(asked, key=lambda each: _block(*each))
    for number, (_, members) in enumerate(grouped, start=1):
        rows = list(members)
        for row, (instrument, item) in enumerate(rows, start=1):
            text, kind = wording(instrument, item), instrument.items[item].kind
            scale = instrument.response_scale_of(item)
            if kind == "multiple_choice" and scale is not None:
                for name, code in instrument.option_columns(item).items():
                    label = scale.points[code].label["en"]
                    found.append(_Column(name, f"QID{number}", str(code), f"{text} - Selected Choice - {label}"))
            elif kind != "choice":
                found.append(_Column(item, f"QID{number}_TEXT", "", text))
            else:
                found.append(_Column(item, f"QID{number}_{row}" if len(rows) > 1 else f"QID{number}", "", text))
    return found


def _block(instrument, item: str) -> tuple[str, str]:  # noqa: ANN001
    is_in_matrix = instrument.items[item].kind == "choice" and bool(instrument.scales)
    return instrument.name, str(instrument.items[item].response_scale) if is_in_matrix else item


def _metadata_id(import_id: str) -> str:
    if import_id in ("startDate", "endDate", "recordedDate"):
        return _json(ImportId=import_id, timeZone=TIME_ZONE)
    return _json(ImportId=import_id)


def _json(**content: str) -> str:
    return json.dumps(content, separators=(",", ":"))


def _paradata(form: AnsweredForm, rng: np.random.Generator) -> pd.DataFrame:
    moments, number = draw_moments(form, rng), len(form.persons)
    last = pd.Series(rng.integers(1, 255, number)).astype("str")
    has_address = rng.random(number) < SHARE_WITH_ADDRESS
    progress = np.minimum(np.rint(100 * form.persons["share_seen"].to_numpy()), 99)
    known = {
        "StartDate": texts_of(moments.started),
        "EndDate": texts_of(moments.ended),
        "Status": 0,
        "IPAddress": ("192.0.2." + last).where(has_address),
        "Progress": np.where(moments.is_finished, 100, progress).astype(int),
        "Duration (in seconds)": moments.seconds,
        "Finished": moments.is_finished.astype(int),
        "RecordedDate": texts_of(np.where(moments.is_finished, moments.ended, moments.ended + _WEEK)),
        "ResponseId": "R_" + draw_ids(rng, number, 15),
        "DistributionChannel": "email",
        "UserLanguage": form.persons["language"].str.upper(),
    }
    return pd.DataFrame(known, index=form.persons.index).reindex(columns=[tag for tag, _, _ in METADATA])


def _embedded(form: AnsweredForm) -> pd.DataFrame:
    return form.persons.assign(synthetic=SYNTHETIC, respondent_group=form.group)[list(EMBEDDED)]


def _preview_rows(form: AnsweredForm, own: pd.DataFrame, rng: np.random.Generator, previews: int) -> pd.DataFrame:
    """Make responses of the survey's makers: any answers, a group but no person, the day before the field period."""
    start = np.datetime64(FIRST_DAY[form.wave], "s") - np.timedelta64(12, "h")
    moments = start + np.arange(previews) * np.timedelta64(300, "s")
    ended = texts_of(moments + np.timedelta64(60, "s"))
    known: dict[str, object] = {
        "StartDate": texts_of(moments),
        "EndDate": ended,
        "Status": 1,
        "Progress": 100,
        "Duration (in seconds)": 60,
        "Finished": 1,
        "RecordedDate": ended,
        "ResponseId": "R_" + draw_ids(rng, previews, 15),
        "DistributionChannel": "preview",
        "UserLanguage": "EN",
        "respondent_group": form.group,
        "synthetic": SYNTHETIC,
    }
    rows = own.iloc[rng.integers(0, len(own), previews)].reset_index(drop=True) if len(own) else own
    is_text = [str(name) for name, kind in form.answers.dtypes.items() if kind == "str"]
    return rows.assign(**dict.fromkeys([*is_text, "IPAddress", "organisation_id", "respondent_key"]), **known)[
        own.columns
    ]
