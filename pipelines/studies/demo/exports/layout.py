"""What the exports have in common: when responses were given, and tables written as CSV. No platform's own columns."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from pipelines.studies.demo.answering import AnsweredForm
from pipelines.studies.demo.carelessness import ATTENTIVE

SYNTHETIC = "SYNTHETIC"
TIME_ZONE = "Europe/Copenhagen"
FIRST_DAY: Mapping[str, str] = MappingProxyType({"w1": "2026-02-02", "w2": "2026-08-03", "w3": "2027-02-01"})
UTC_OFFSET: Mapping[str, str] = MappingProxyType({"w1": "+01:00", "w2": "+02:00", "w3": "+01:00"})
DAYS_IN_FIELD = 26
SECONDS_A_QUESTION, SPREAD = 8.0, 0.35
CARELESS_HASTE = 0.4
FASTEST = 5
LETTERS = np.array(list("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))


@dataclass(frozen=True)
class Moments:
    """When responses were given, each of length n.

    Attributes:
        started: Clock of the time zone, to the second.
        ended: The same.
        seconds: Between them.
        is_finished: Whether the respondent reached the end.
    """

    started: np.ndarray
    ended: np.ndarray
    seconds: np.ndarray
    is_finished: np.ndarray


@dataclass(frozen=True)
class CsvStyle:
    """How a platform writes CSV.

    Attributes:
        delimiter: Between cells.
        quotes_all: Whether every cell that holds something stands in quotation marks.
        has_mark: Whether the file begins with a byte order mark.
    """

    delimiter: str = ","
    quotes_all: bool = False
    has_mark: bool = False


def draw_moments(form: AnsweredForm, rng: np.random.Generator) -> Moments:
    """Draw when the responses of a form were given; careless respondents are quick."""
    persons, number = form.persons, len(form.persons)
    seen = persons["share_seen"].to_numpy()
    seconds = rng.lognormal(np.log(SECONDS_A_QUESTION * form.answers.shape[1]), SPREAD, number) * seen
    is_careless = (persons["careless"] != ATTENTIVE).to_numpy(dtype=bool)
    seconds = np.maximum(np.rint(np.where(is_careless, CARELESS_HASTE * seconds, seconds)), FASTEST).astype(int)
    started = np.datetime64(FIRST_DAY[form.wave], "s") + rng.integers(0, DAYS_IN_FIELD, number) * np.timedelta64(1, "D")
    started = started + rng.integers(7 * 3600, 17 * 3600, number).astype("timedelta64[s]")
    return Moments(started, started + seconds.astype("timedelta64[s]"), seconds, seen >= 1)


def draw_ids(rng: np.random.Generator, number: int, length: int) -> pd.Series:
    """Draw texts of letters and digits that are no two the same, as far as chance goes."""
    letters = LETTERS[rng.integers(0, len(LETTERS), (number, length))]
    return pd.Series(np.ascontiguousarray(letters).view(f"<U{length}").ravel(), dtype="str")


def texts_of(moments: np.ndarray, offset: str = "") -> pd.Series:
    """Write times; with an offset as ISO times with it."""
    written = np.datetime_as_string(moments, unit="s")
    if offset:
        return pd.Series(written, dtype="str") + f".000{offset}"
    return pd.Series(written, dtype="str").str.replace("T", " ", regex=False)


def write_csv(path: Path, headers: Sequence[Sequence[str]], rows: pd.DataFrame, style: CsvStyle) -> None:
    """Write a table, lines ended by LF, missing cells empty.

    Args:
        path: The file.
        headers: Header rows.
        rows: The cells.
        style: How the platform writes.
    """
    quoting = csv.QUOTE_ALL if style.quotes_all else csv.QUOTE_MINIMAL
    text = io.StringIO()
    csv.writer(text, delimiter=style.delimiter, lineterminator="\n", quoting=quoting).writerows(headers)
    # Of texts in several chunks Arrow 26 writes whatever lies in memory.
    table = pa.Table.from_pandas(rows, preserve_index=False).combine_chunks()
    options = arrow_csv.WriteOptions(
        include_header=False,
        delimiter=style.delimiter,
        quoting_style="all_valid" if style.quotes_all else "needed",
    )
    with path.open("wb") as file:
        file.write(("\ufeff" if style.has_mark else "").encode() + text.getvalue().encode())
        arrow_csv.write_csv(table, file, options)
