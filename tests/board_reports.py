"""Reports of an invented release, and what may stand in them: its figures, its texts and the report's own words."""

import json
import math
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from pipelines.board_report.content import report_of
from pipelines.board_report.value import Report
from pipelines.board_report.words import WORDINGS
from pipelines.store.released import ReleaseFile, read_current_release
from pipelines.tables.released import TABLES
from pipelines.tables.units_of_estimates import RATIOS, UNITS
from tests.dashboard.build_release import point_at, release_tables, write_release

DIGITS = 9
LANGUAGES = ("en", "da")
NUMBER = re.compile(r"[+\N{MINUS SIGN}-]?\d+(?:[.,]\d+)*")


@cache
def invented_release() -> ReleaseFile:
    """Read an invented release, whose names of organisations are hostile, from its file."""
    with TemporaryDirectory() as folder:
        publish_hostile(Path(folder))
        return read_current_release(Path(folder), TABLES)


def publish_hostile(folder: Path) -> None:
    """Publish an invented release whose texts hold markup of every notation."""
    tables = release_tables(1)
    tables["meta.texts"].loc[tables["meta.texts"]["kind"] == "study_title", "text"] = HOSTILE
    tables["out.unit_means"]["unit"] = tables["out.unit_means"]["unit"].replace({"Org 01": HOSTILE})
    tables["meta.units"]["unit"] = tables["meta.units"]["unit"].replace({"Org 01": HOSTILE})
    point_at(folder, write_release(folder, tables))


HOSTILE = "=HYPERLINK(\"x\") #panic() $x$ [<ten>] @ref *b* <script>alert('s')</script> \\ & {y} \u202eRIGHT"
HOSTILE_SHOWN = HOSTILE.replace("\u202e", "")


@cache
def report(language: str) -> Report:
    """Return the report of the invented release."""
    return report_of(invented_release(), language)


def released_numbers(file: ReleaseFile) -> set[float]:
    """Return every number of a release: its cells, those in its texts and names, and exponentials of logarithms."""
    return {round(each, DIGITS) for each in (*_numbers(file), *_ratios(file))}


def _ratios(file: ReleaseFile) -> Iterator[float]:
    """Yield the ratios that follow from coefficients which are logarithms, and percentage points from shares."""
    fits, estimates = file.tables["out.fits"], file.tables["out.estimates"]
    unit = estimates["fit_id"].map(fits.set_index("fit_id")["estimator"].map(UNITS))
    for name in ("estimate", "conf_low", "conf_high"):
        yield from (round(math.exp(each), 3) for each in estimates.loc[unit.isin(RATIOS), name].dropna())
    for name in ("average_effect", "average_low", "average_high"):
        yield from (abs(round(100 * each)) for each in estimates[name].dropna())


def _numbers(file: ReleaseFile) -> Iterator[float]:
    yield float(file.number)
    yield from (float(each) for each in file.published_on.split("-"))
    for rows in file.tables.values():
        for name in rows.columns:
            if pd.api.types.is_numeric_dtype(rows[name]) and not pd.api.types.is_bool_dtype(rows[name]):
                yield from (abs(float(each)) for each in rows[name].dropna())
            elif pd.api.types.is_string_dtype(rows[name]):
                yield from (float(each) for text in rows[name].dropna() for each in re.findall(r"\d+", str(text)))
    yield from (round(100 * float(each)) for each in file.tables["out.response_rates"]["response_rate_2"].dropna())


def own_numbers() -> set[float]:
    """Return the numbers in the report's own words, such as 95 and 5."""
    texts = " ".join(text for wording in WORDINGS.values() for text in wording.values())
    return {float(each) for each in re.findall(r"\d+", texts)}


def numbers_in(text: str, language: str) -> set[float]:
    """Return the numbers that a text prints, without their sign."""
    thousands, mark = (".", ",") if language == "da" else (",", ".")
    found = set[float]()
    for each in NUMBER.findall(text):
        digits = each.strip("+-\N{MINUS SIGN}.,").replace(thousands, "").replace(mark, ".")
        found.add(float(digits))
    return found


def sentences(made: Report) -> str:
    """Return every sentence of a report."""
    return json.dumps([[section.lines, section.findings] for section in made.sections], ensure_ascii=False)
