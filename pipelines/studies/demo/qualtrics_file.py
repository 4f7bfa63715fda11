"""Answers of one form and wave → a Qualtrics export: three header rows, seventeen metadata columns, codes.

Row 1 holds the export tags, row 2 the question texts with line breaks and quotation marks, row 3 the ImportIds as JSON.
"""

import csv
import io
import json
from collections.abc import Mapping
from itertools import groupby

import numpy as np
import pandas as pd

from instruments.spec import Instrument
from pipelines.studies.demo.answering import AnsweredForm

TIME_ZONE = "Europe/Copenhagen"
FIRST_DAY: Mapping[str, str] = {"w1": "2026-02-02", "w2": "2026-08-03"}
DAYS_IN_FIELD = 26
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
SYNTHETIC = "SYNTHETIC"
SURVEY = 'SYNTHETIC demonstration study: "Working together"'
_LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))
_WEEK = np.timedelta64(7, "D")


def qualtrics_csv(form: AnsweredForm, instruments: list[Instrument], rng: np.random.Generator, previews: int) -> str:
    """Write one export as text, lines ended by LF.

    Args:
        form: Respondents and their answers.
        instruments: Instruments shown, in order; together they have every item of ``form.answers``.
        rng: Random numbers for paradata and previews.
        previews: Preview responses above the respondents' own.

    Returns:
        Three header rows and a row a response; break-offs are recorded a week after they ended.
    """
    own = pd.concat([_paradata(form, rng), form.answers[_items(instruments)], _embedded(form.persons)], axis=1)
    own = own.sort_values(["RecordedDate", "ResponseId"], kind="stable")
    rows = pd.concat([_preview_rows(form, instruments, rng, previews), own])
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(_header_rows(instruments))
    rows.to_csv(text, header=False, index=False, lineterminator="\n", date_format="%Y-%m-%d %H:%M:%S")
    return text.getvalue()


def _header_rows(instruments: list[Instrument]) -> list[list[str]]:
    questions = _questions(instruments)
    wordings = [_wording(instrument, name) for instrument in instruments for name in instrument.items]
    tags = [*(tag for tag, _, _ in METADATA), *(item for _, item in questions), *EMBEDDED]
    texts = [*(text for _, text, _ in METADATA), *wordings, *EMBEDDED]
    ids = [_metadata_id(import_id) for _, _, import_id in METADATA]
    ids += [_json(ImportId=question) for question in (*(question for question, _ in questions), *EMBEDDED)]
    return [tags, texts, ids]


def _items(instruments: list[Instrument]) -> list[str]:
    return [name for instrument in instruments for name in instrument.items]


def _questions(instruments: list[Instrument]) -> list[tuple[str, str]]:
    """Number the questions as Qualtrics does, one matrix for neighbouring items with the same response scale.

    Returns:
        ImportId and item of every question, in the order shown.
    """
    items = [
        (instrument.name, item.response_scale if instrument.scales else name, item.kind, name)
        for instrument in instruments
        for name, item in instrument.items.items()
    ]
    numbered: list[tuple[str, str]] = []
    for number, ((_, _, kind), members) in enumerate(groupby(items, key=lambda item: item[:3]), start=1):
        names = [name for *_, name in members]
        if kind != "choice":
            numbered += [(f"QID{number}_TEXT", name) for name in names]
        elif len(names) == 1:
            numbered.append((f"QID{number}", names[0]))
        else:
            numbered += [(f"QID{number}_{row}", name) for row, name in enumerate(names, start=1)]
    return numbered


def _wording(instrument: Instrument, item: str) -> str:
    stem = instrument.stem.get("en", "")
    question = instrument.items[item].text["en"]
    return f"{SURVEY}\n{stem} - {question}" if stem else f"{SURVEY}\n{question}"


def _metadata_id(import_id: str) -> str:
    if import_id in ("startDate", "endDate", "recordedDate"):
        return _json(ImportId=import_id, timeZone=TIME_ZONE)
    return _json(ImportId=import_id)


def _json(**content: str) -> str:
    return json.dumps(content, separators=(",", ":"))


def _paradata(form: AnsweredForm, rng: np.random.Generator) -> pd.DataFrame:
    persons = form.persons
    n_rows = len(persons)
    seen = persons["share_seen"].to_numpy()
    finished = seen >= 1
    seconds = rng.lognormal(np.log(10.0 * form.answers.shape[1]), 0.35, n_rows) * seen
    seconds = np.maximum(np.rint(np.where(persons["is_careless"], 0.4 * seconds, seconds)), 5).astype(int)
    start = np.datetime64(FIRST_DAY[form.wave], "s") + rng.integers(0, DAYS_IN_FIELD, n_rows) * np.timedelta64(1, "D")
    start = start + rng.integers(7 * 3600, 17 * 3600, n_rows).astype("timedelta64[s]")
    end = start + seconds.astype("timedelta64[s]")
    address = np.where(
        rng.random(n_rows) < SHARE_WITH_ADDRESS, [f"192.0.2.{last}" for last in rng.integers(1, 255, n_rows)], ""
    )
    known = {
        "StartDate": start,
        "EndDate": end,
        "Status": 0,
        "IPAddress": address,
        "Progress": np.where(finished, 100, np.minimum(np.rint(100 * seen), 99)).astype(int),
        "Duration (in seconds)": seconds,
        "Finished": finished.astype(int),
        "RecordedDate": np.where(finished, end, end + _WEEK),
        "ResponseId": _response_ids(rng, n_rows),
        "DistributionChannel": "email",
        "UserLanguage": persons["language"].str.upper(),
    }
    return pd.DataFrame(known, index=persons.index).reindex(columns=[tag for tag, _, _ in METADATA])


def _response_ids(rng: np.random.Generator, n_rows: int) -> list[str]:
    return ["R_" + "".join(letters) for letters in _LETTERS[rng.integers(0, len(_LETTERS), (n_rows, 15))]]


def _embedded(persons: pd.DataFrame) -> pd.DataFrame:
    return persons.assign(synthetic=SYNTHETIC)[list(EMBEDDED)]


def _preview_rows(
    form: AnsweredForm, instruments: list[Instrument], rng: np.random.Generator, previews: int
) -> pd.DataFrame:
    """Make responses of the survey's makers: any answers, a group but no person, the day before the field period."""
    start = np.datetime64(FIRST_DAY[form.wave], "s") - np.timedelta64(12, "h")
    moments = start + np.arange(previews) * np.timedelta64(300, "s")
    ended = moments + np.timedelta64(60, "s")
    known: dict[str, object] = {
        "StartDate": moments,
        "EndDate": ended,
        "Status": 1,
        "Progress": 100,
        "Duration (in seconds)": 60,
        "Finished": 1,
        "RecordedDate": ended,
        "ResponseId": _response_ids(rng, previews),
        "DistributionChannel": "preview",
        "UserLanguage": "EN",
        "respondent_group": form.persons["respondent_group"].mode()[0],
        "synthetic": SYNTHETIC,
    }
    for instrument in instruments:
        for name in instrument.items:
            scale = instrument.response_scale_of(name)
            known[name] = rng.integers(1, 1 + (scale.highest if scale else 1), previews) if scale else pd.NA
    columns = [*(tag for tag, _, _ in METADATA), *_items(instruments), *EMBEDDED]
    return pd.DataFrame(known, index=range(previews)).reindex(columns=columns)
