"""Words on slides: each in its language, small enough to find room."""

from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.util import Length, Pt

from pipelines.board_report.slides.colours import INK

LANGUAGES = {"en": MSO_LANGUAGE_ID.ENGLISH_UK, "da": MSO_LANGUAGE_ID.DANISH}


def write(
    paragraph: Any,  # noqa: ANN401 - untyped in python-pptx
    text: str,
    size: Length,
    language: str,
    colour: RGBColor = INK,
    *,
    bold: bool = False,
) -> None:
    """Write a text into an empty paragraph.

    Args:
        paragraph: Of python-pptx.
        text: The words; nothing in them is markup.
        size: Of the letters.
        language: ``en`` or ``da``, for spelling and for reading aloud.
        colour: Of the letters.
        bold: Whether they are bold.
    """
    run = paragraph.add_run()
    run.text = text
    run.font.size, run.font.bold, run.font.language_id, run.font.color.rgb = size, bold, LANGUAGES[language], colour


def size_for(text: str, sizes: tuple[tuple[int, int], ...]) -> Length:
    """Return the size of letters for a text of so many letters.

    Args:
        text: The words.
        sizes: Most letters and their size in points, falling; the last serves all that is longer.
    """
    return Pt(next((points for most, points in sizes if len(text) <= most), sizes[-1][1]))
