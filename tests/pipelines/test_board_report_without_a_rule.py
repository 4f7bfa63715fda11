"""Mutation tests of files to carry away (P14 of the design): what is not in the release is found in each of them."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from unittest.mock import patch

import pandas as pd
import pytest
from openpyxl import load_workbook

from pipelines.board_report import unit
from pipelines.board_report.content import report_of
from pipelines.board_report.excel import workbook_of
from pipelines.board_report.html import html_of
from pipelines.board_report.pdf import document_of
from pipelines.board_report.slides.deck import deck_of
from pipelines.board_report.slides.powerpoint import powerpoint_of
from pipelines.board_report.unit import Unit, unit_report_of
from pipelines.board_report.words import wording_of
from pipelines.store.released import ReleaseFile
from tests.board_reports import DIGITS, invented_release, numbers_in, own_numbers, released_numbers

STRANGER = 3.33
"""A mean that the release does not hold."""
OWN, OTHER = Unit("organisation", "Org 02"), Unit("organisation", "Org 04")


def with_a_stranger(release: ReleaseFile) -> ReleaseFile:
    """Return a release of which a file is made that shows a mean in the place of every other."""
    tables = {
        name: rows.assign(mean=rows["mean"].mask(rows["mean"].notna(), STRANGER)) if "mean" in rows else rows
        for name, rows in release.tables.items()
    }
    return replace(release, tables=tables)


def numbers_of_books(content: bytes) -> Iterator[float]:
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.value is not None):
            yield from numbers_in(cell.value, "en") if cell.data_type == "s" else [round(abs(cell.value), DIGITS)]


class Told(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.feed(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL))

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(Told(value).said)
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_of(each)


def in_page(release: ReleaseFile) -> set[float]:
    said = Told(html_of(report_of(release, "en"), _wording(release))).said
    return {number for text in said for number in numbers_in(text, "en")}


def in_paper(release: ReleaseFile) -> set[float]:
    sections = document_of(report_of(release, "en"), _wording(release))["sections"]
    return {number for text in texts_of(sections) for number in numbers_in(text, "en")}


def in_workbook(release: ReleaseFile) -> set[float]:
    return set(numbers_of_books(workbook_of(report_of(release, "en"), _wording(release))))


def in_charts_of_slides(release: ReleaseFile) -> set[float]:
    made = powerpoint_of(deck_of(release, report_of(release, "en")), _wording(release))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        books = [archive.read(name) for name in archive.namelist() if re.fullmatch(r"ppt/embeddings/.*\.xlsx", name)]
    return {number for book in books for number in numbers_of_books(book)}


def _wording(release: ReleaseFile):
    return wording_of("en", release.tables["meta.texts"])


@pytest.mark.parametrize("numbers", [in_page, in_paper, in_workbook, in_charts_of_slides])
def test_a_figure_that_is_not_in_the_release_is_found_in_the_file(numbers):
    known = released_numbers(invented_release()) | own_numbers()
    assert numbers(invented_release()) <= known
    assert numbers(with_a_stranger(invented_release())) - known == {STRANGER}


def test_without_the_rule_a_report_of_a_unit_holds_figures_of_others():
    release = invented_release()
    means = release.tables["out.unit_means"]
    of_other = (means["level"] == OTHER.level) & (means["unit"] == OTHER.name) & ~means["is_hidden"].astype(bool)
    marked = replace(
        release, tables={**release.tables, "out.unit_means": means.assign(mean=means["mean"].mask(of_other, STRANGER))}
    )

    def numbers() -> set[float]:
        return {
            number
            for text in Told(html_of(unit_report_of(marked, OWN, "en"), _wording(marked))).said
            for number in numbers_in(text, "en")
        }

    def not_narrowed(file: ReleaseFile, _: Unit) -> ReleaseFile:
        return file

    assert pd.notna(means.loc[of_other, "mean"]).any()
    assert STRANGER not in numbers()
    with patch.object(unit, "narrowed", not_narrowed):
        assert STRANGER in numbers()
