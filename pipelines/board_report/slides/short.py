"""The first slides: the release in short, in parts that a slide holds."""

from collections.abc import Iterator

from pipelines.board_report.released import Released
from pipelines.board_report.short import in_short
from pipelines.board_report.slides.rows import in_parts, notes_of
from pipelines.board_report.slides.value import Slide

MOST_FINDINGS = 6


def short_slides(released: Released) -> Iterator[Slide]:
    """Yield who answered and what changed, and then which connections are clear."""
    say = released.wording.say
    first, *clear = in_short(released)
    yield Slide(first.title, first.findings, notes=notes_of(released))
    for section in clear:
        parts = list(in_parts(section.findings, MOST_FINDINGS))
        for place, part in enumerate(parts, start=1):
            title = say("short_together") if len(parts) == 1 else say("short_part", place=place, of=len(parts))
            yield Slide(title, part, notes=notes_of(released, *section.lines))
