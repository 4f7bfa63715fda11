"""Answers of one form and wave → a Qualtrics export: three header rows, seventeen metadata columns, codes.

The columns are those that Qualtrics makes of the form as a QSF. Row 1 holds the export tags, row 2 the question texts
with line breaks and quotation marks, row 3 the ImportIds as JSON.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.exports.layout import (
    FIRST_DAY,
    SYNTHETIC,
    TIME_ZONE,
    CsvStyle,
    draw_ids,
    draw_moments,
    texts_of,
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


def write_qualtrics(path: Path, form: AnsweredForm, qsf: bytes, rng: np.random.Generator, previews: int) -> pd.Series:
    """Write one export.

    Args:
        path: The file.
        form: Respondents and their answers.
        qsf: The survey.
        rng: Random numbers for paradata and previews.
        previews: Preview responses above the respondents' own.

    Returns:
        Id of the response of each respondent; break-offs are recorded a week after they ended.
    """
    columns = list(_columns(qsf))
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


def _columns(qsf: bytes) -> Iterator[_Column]:
    """Yield the columns of answers that Qualtrics makes of a survey."""
    for element in json.loads(qsf)["SurveyElements"]:
        payload: dict[str, Any] = element["Payload"] if element["Element"] == "SQ" else {}
        kind, selector = payload.get("QuestionType"), payload.get("Selector")
        if kind is None or kind == "DB":
            continue
        identity, tag, text = payload["QuestionID"], payload["DataExportTag"], _plain(payload["QuestionText"])
        if kind == "TE":
            yield _Column(tag, f"{identity}_TEXT", "", text)
        elif kind == "MC" and selector != "MAVR":
            yield _Column(tag, identity, "", text)
        for choice in payload["ChoiceOrder"] if selector == "MAVR" or kind in ("Matrix", "CS") else ():
            label = _plain(payload["Choices"][choice]["Display"])
            if selector == "MAVR":
                name = f"{tag}_{payload['RecodeValues'][choice]}"
                yield _Column(name, identity, choice, f"{text} - Selected Choice - {label}")
            else:
                name = payload["ChoiceDataExportTags"][choice]
                yield _Column(name, f"{identity}_{choice}", "", f"{text} - {label}")


def _plain(html: str) -> str:
    return unescape(html.replace("<br>", "\n"))


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
