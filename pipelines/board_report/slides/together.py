"""Slides of what goes together: what each model found, one a slide."""

from collections.abc import Iterator

from pipelines.board_report.released import Released
from pipelines.board_report.slides.rows import grid_of, notes_of
from pipelines.board_report.slides.value import Slide
from pipelines.board_report.together import HEADS, main_fits, row_of, told_of, what_goes_together
from pipelines.board_report.value import Table

FROM = 3
"""Place in ``HEADS`` of what the model looks at."""


def together_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides from the released ``out.fits`` and ``out.estimates``."""
    section = what_goes_together(released)
    notes = notes_of(released, released.wording.say("together_reading"))
    fits = list(main_fits(released))
    if not fits:
        yield Slide(section.title, section.lines, notes=notes)
    for fit in fits:
        asked, finding, *others = told_of(released, fit)
        row = row_of(released, fit)[FROM:]
        table = Table(asked, released.heads(*HEADS[FROM:]), (row,) if row else (), n_labels=2)
        yield Slide(finding, (f"{asked}.", *others), grid_of(released, table) if row else None, notes)
