"""The first slides: a release in short, in sentences that later slides and the report say too."""

from collections.abc import Iterator

from pipelines.board_report.changes import changes
from pipelines.board_report.released import Released
from pipelines.board_report.slides.rows import in_parts, notes_of
from pipelines.board_report.slides.value import Slide
from pipelines.board_report.together import clear_findings
from pipelines.board_report.who import who_answered

MOST_FINDINGS = 6


def short_slides(released: Released) -> Iterator[Slide]:
    """Yield who answered, what changed, and then which connections are clear."""
    say = released.wording.say
    who, changed = who_answered(released), changes(released)
    lines = (*who.findings, *(changed.findings or changed.lines[-1:]))
    yield Slide(say("short_title"), lines, notes=notes_of(released))
    parts = list(in_parts(clear_findings(released), MOST_FINDINGS))
    for place, part in enumerate(parts, start=1):
        title = say("short_together") if len(parts) == 1 else say("short_part", place=place, of=len(parts))
        yield Slide(title, part, notes=notes_of(released, say("together_reading")))
