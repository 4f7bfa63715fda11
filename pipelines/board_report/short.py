"""A release in short, in sentences that later sections say too: who answered, what changed, clear connections."""

from pipelines.board_report.changes import changes
from pipelines.board_report.released import Released
from pipelines.board_report.together import clear_findings
from pipelines.board_report.value import Section
from pipelines.board_report.who import who_answered


def in_short(released: Released) -> tuple[Section, ...]:
    """Write the first section, and one within it of the connections that are clear where there are any."""
    say = released.wording.say
    who, changed = who_answered(released), changes(released)
    first = (*who.findings, *(changed.findings or changed.lines[-1:]))
    parts = [Section(say("short_title"), say("short_title"), findings=first)]
    if found := tuple(clear_findings(released)):
        parts.append(Section(say("short_title"), say("clear_title"), (say("together_reading"),), found, depth=2))
    return tuple(parts)
