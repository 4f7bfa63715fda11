"""An interval without ends, as Fieller's of a corrected mean may be, in whatever carries a result away.

It says that the data tell nothing of a slope: in words, as an infinity in tables, across the whole of a picture.
"""

import io
import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from pptx import Presentation

from dashboard.figures import decimal
from models.regression.compare import compare_results
from models.replication.agreement import compare_tables
from pipelines.board_report.content import report_of
from pipelines.board_report.excel import workbook_of
from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import pdf_of
from pipelines.board_report.slides.deck import deck_of
from pipelines.board_report.slides.powerpoint import powerpoint_of
from pipelines.board_report.words import WORDINGS, wording_of
from pipelines.store.released import ReleaseFile, read_current_release
from pipelines.tables.released import TABLES
from tests.dashboard.build_release import point_at, write_release
from tests.fits_of_every_kind import tables_without_ends

LANGUAGES = ("en", "da")
SAID = {"en": "Nothing can be said of a connection between", "da": "Der kan intet siges om en sammenhæng mellem"}
INFINITE = "\N{INFINITY}"


@cache
def release() -> ReleaseFile:
    with TemporaryDirectory() as folder:
        point_at(Path(folder), write_release(Path(folder), tables_without_ends()))
        return read_current_release(Path(folder), TABLES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_say_it_in_words_and_write_an_infinity(language: str):
    made, wording = report_of(release(), language), wording_of(language, release().tables["meta.texts"])
    section = next(each for each in made.sections if each.name == WORDINGS[language]["together_sheet"])
    (told,) = (each for each in section.findings if SAID[language] in each)
    assert INFINITE not in told
    assert not re.search(r"\d", told.partition(SAID[language])[2].partition(".")[0])
    assert INFINITE in html_of(made, wording)
    assert pdf_of(made, wording).startswith(b"%PDF")
    book = load_workbook(io.BytesIO(workbook_of(made, wording)))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {f"\N{MINUS SIGN}{INFINITE}", INFINITE} <= {each for each in cells if isinstance(each, str)}
    assert all(np.isfinite(each) for each in cells if isinstance(each, float | int))


@pytest.mark.parametrize("language", LANGUAGES)
def test_slides_say_it(language: str):
    wording = wording_of(language, release().tables["meta.texts"])
    made = powerpoint_of(deck_of(release(), report_of(release(), language)), wording)
    shown = Presentation(io.BytesIO(made))
    texts = [frame.text_frame.text for slide in shown.slides for frame in slide.shapes if frame.has_text_frame]
    assert any(SAID[language] in each for each in texts)


def test_results_that_are_infinite_alike_are_the_same():
    estimates = pd.DataFrame(
        {
            "term": ["intercept", "trust"],
            "estimate": [1.0, 0.3],
            "std_error": [0.1, 2.0],
            "df": [30.0, 30.0],
            "statistic": [10.0, 0.2],
            "p_value": [0.0, 0.8],
            "conf_low": [0.8, -np.inf],
            "conf_high": [1.2, np.inf],
        }
    )
    moved = estimates.assign(estimate=estimates["estimate"] + 1e-12)
    assert compare_results(estimates, estimates)[0] == "identical"
    assert compare_results(estimates, moved)[0] == "equal"
    assert compare_results(estimates, moved.assign(conf_high=1.2))[0] == "different"
    of_fit = estimates.assign(fit_id="f")[["fit_id", *estimates]]
    (agreed,) = compare_tables("estimates", of_fit, moved.assign(fit_id="f")[["fit_id", *estimates]])
    assert agreed.verdict == "within 1e-9"


@pytest.mark.parametrize(("value", "written"), [(np.inf, INFINITE), (-np.inf, f"\N{MINUS SIGN}{INFINITE}")])
def test_the_dashboard_writes_an_infinity(value: float, written: str):
    assert decimal(value, "en") == decimal(value, "da") == written
