"""The parts of a slide show, as PowerPoint lists them beside the slides, to be folded away or taken out at once."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import quoteattr

from pptx.oxml import parse_xml

from pipelines.board_report.slides.value import Deck

PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"
SECTIONS = "http://schemas.microsoft.com/office/powerpoint/2010/main"
EXTENSION = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"


def name_parts(made: Any, deck: Deck) -> None:  # noqa: ANN401
    """Put the slides of a presentation of python-pptx, the first by itself, into the parts of a deck.

    References:
        Element sectionLst, Office drawing extensions to Office Open XML (MS-PPTX), 2.3.1.
    """
    numbers = [str(each.get("id")) for each in made.element.sldIdLst]
    parts = [(deck.title, 1), *((part.name, len(part.slides)) for part in deck.parts if part.slides)]
    written, start = list[str](), 0
    for name, n_slides in parts:
        slides = "".join(f'<p14:sldId id="{each}"/>' for each in numbers[start : start + n_slides])
        mark = str(uuid5(NAMESPACE_URL, f"{start} {name}")).upper()
        written.append(
            f'<p14:section name={quoteattr(name)} id="{{{mark}}}"><p14:sldIdLst>{slides}</p14:sldIdLst></p14:section>'
        )
        start += n_slides
    for former in made.element.findall(f"{{{PRESENTATION}}}extLst"):
        made.element.remove(former)
    made.element.append(
        parse_xml(
            f'<p:extLst xmlns:p="{PRESENTATION}"><p:ext uri="{EXTENSION}"><p14:sectionLst xmlns:p14="{SECTIONS}">'
            f"{''.join(written)}</p14:sectionLst></p:ext></p:extLst>"
        )
    )
