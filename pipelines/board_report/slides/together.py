"""Slides of what goes together: what each model found, one a slide."""

from collections.abc import Iterator

import pandas as pd

from pipelines.board_report.findings_of_fits import readings_of
from pipelines.board_report.released import Released
from pipelines.board_report.slides.rows import grid_of, notes_of
from pipelines.board_report.slides.value import Slide
from pipelines.board_report.together import HEADS, main_fits, rows_told, told_of, what_goes_together
from pipelines.board_report.value import Table

FROM = 3
"""Place in ``HEADS`` of what the model looks at."""


def together_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides from the released ``out.fits`` and ``out.estimates``."""
    section = what_goes_together(released)
    fits = list(main_fits(released))
    if not fits:
        yield Slide(section.title, section.lines, notes=notes_of(released, released.wording.say("together_reading")))
    for fit in fits:
        asked, finding, *others = told_of(released, fit)
        rows = tuple(row[FROM:] for row in rows_told(released, fit))
        table = Table(asked, released.heads(*HEADS[FROM:]), rows, n_labels=3)
        readings = [released.wording.say(each) for each in ("together_reading", *readings_of(pd.DataFrame([fit])))]
        notes = notes_of(released, *readings)
        yield Slide(finding, (f"{asked}.", *others), grid_of(released, table) if rows else None, notes)
