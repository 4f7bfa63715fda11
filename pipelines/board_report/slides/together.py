"""Slides of what goes together: all models in a table, and what each found, one a slide."""

from collections.abc import Iterator

import pandas as pd

from pipelines.board_report.findings_of_fits import readings_of
from pipelines.board_report.released import Released
from pipelines.board_report.slides.rows import grid_of, notes_of, table_slides
from pipelines.board_report.slides.value import Slide
from pipelines.board_report.together import HEADS, main_fits, rows_told, told_of, what_goes_together
from pipelines.board_report.value import Table

MOST_LINES = 1
"""Sentences on how to read the tables that leave room for one below them."""
FROM = 3
"""Place in ``HEADS`` of what the model looks at."""


def together_slides(released: Released) -> Iterator[Slide]:
    """Yield the terms of interest of all models from the released ``out.fits`` and ``out.estimates``."""
    section = what_goes_together(released)
    tables = [each for each in section.tables if each.rows]
    lines = section.lines
    if not tables or len(lines) > MOST_LINES:
        yield Slide(section.title, lines, notes=notes_of(released, released.wording.say("together_reading")))
        lines = ()
    for table in tables:
        yield from table_slides(released, section, table, lines)


def model_slides(released: Released) -> Iterator[Slide]:
    """Yield what every model found, with whatever has to be known of it."""
    for fit in main_fits(released):
        asked, finding, *others = told_of(released, fit)
        rows = tuple(row[FROM:] for row in rows_told(released, fit))
        table = Table(asked, released.heads(*HEADS[FROM:]), rows, n_labels=3)
        readings = [released.wording.say(each) for each in ("together_reading", *readings_of(pd.DataFrame([fit])))]
        notes = notes_of(released, *readings)
        yield Slide(finding, (f"{asked}.", *others), grid_of(released, table) if rows else None, notes)
