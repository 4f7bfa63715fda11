"""Slides of who answered: one a respondent group, invited units and responses wave by wave."""

from collections.abc import Iterator

from pipelines.board_report.released import Released, rows_of
from pipelines.board_report.slides.rows import notes_of, told_rows
from pipelines.board_report.slides.value import Bars, Series, Slide
from pipelines.board_report.value import Kind
from pipelines.board_report.who import told_of

COUNTS: dict[str, Kind] = {"n_invited": "count", "n_responses": "count"}
TONES = (0.5, 1.0)


def who_answered_slides(released: Released) -> Iterator[Slide]:
    """Yield the slides from the released ``out.response_rates``."""
    say, rates = released.wording.say, released.arranged("out.response_rates")
    for group, _, last in released.latest(rates):
        rows = list(rows_of(rates[rates["respondent_group"] == group]))
        cells = [released.cells(row, COUNTS) for row in rows]
        waves = tuple(
            say("slide_hidden", label=released.wave(row["wave"])) if row["is_hidden"] else released.wave(row["wave"])
            for row in rows
        )
        series = tuple(
            Series(say(name), tuple(each[place] for each in cells), TONES[place]) for place, name in enumerate(COUNTS)
        )
        bars = Bars(told_rows(released, waves, series), waves, series)
        title = " ".join(told_of(released, row) for row in rows_of(last))
        yield Slide(title, figure=bars, notes=notes_of(released, say("who_reading"), bars.told))
