"""A release → slides: in short, who answered, scores, change, what goes together, method; all that is looked up last.

Every sentence is one that the report on paper says too.
"""

from collections.abc import Iterator

from pipelines.board_report.method import method
from pipelines.board_report.released import Released
from pipelines.board_report.slides.answers import answer_slides
from pipelines.board_report.slides.organisations import organisation_slides, region_slides
from pipelines.board_report.slides.rows import notes_of
from pipelines.board_report.slides.scores import change_slides, score_slides
from pipelines.board_report.slides.short import short_slides
from pipelines.board_report.slides.together import model_slides, together_slides
from pipelines.board_report.slides.value import Deck, Part, Slide
from pipelines.board_report.slides.who import who_answered_slides
from pipelines.board_report.value import Report
from pipelines.board_report.words import wording_of
from pipelines.store.released import ReleaseFile


def deck_of(file: ReleaseFile, report: Report) -> Deck:
    """Write the slides of a release.

    Args:
        file: Every table of ``pipelines.tables.released``.
        report: What the release says on paper: title, warning and language are the same.

    Returns:
        The slides, the same for the same release.
    """
    released = Released(file, wording_of(report.language, file.tables["meta.texts"]))
    say = released.wording.say
    appendix = {
        "models_title": model_slides(released),
        "regions_title": region_slides(released),
        "units_title": organisation_slides(released),
        "answers_title": answer_slides(released),
    }
    looked_up = [(say("appendix", title=say(key)), tuple(slides)) for key, slides in appendix.items()]
    parts = (
        Part(say("short_title"), tuple(short_slides(released))),
        Part(say("who_title"), tuple(who_answered_slides(released))),
        Part(say("scores_title"), tuple(score_slides(released))),
        Part(say("change_title"), tuple(change_slides(released))),
        Part(say("together_title"), tuple(together_slides(released))),
        Part(say("method_title"), tuple(_method_slides(released))),
        *(Part(name, slides) for name, slides in looked_up if slides),
    )
    return Deck(
        title=report.title,
        subtitle=report.subtitle,
        language=report.language,
        warning=report.warning,
        notes=notes_of(released, say("method_source")),
        parts=parts,
    )


def _method_slides(released: Released) -> Iterator[Slide]:
    section = method(released)
    yield Slide(section.title, (*section.lines, *section.findings), notes=notes_of(released))
