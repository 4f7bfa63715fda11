"""A drawing → a file: SVG as it is, PNG and PDF without a browser and without the fonts of the machine."""

from pathlib import Path
from typing import Literal
from xml.etree import ElementTree as ET

Format = Literal["svg", "png", "pdf"]
FORMATS: tuple[Format, ...] = ("svg", "png", "pdf")
PIXELS_PER_INCH = 192
SVG = "http://www.w3.org/2000/svg"
PAGE = b"""#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.drawing), format: "svg", alt: sys.inputs.told)
"""
"""One page as large as the drawing, which is read aloud in the PDF as it is in the SVG."""


def write_drawing(path: Path, drawing: str) -> None:
    """Write a drawing in the format that the file's ending names; the same bytes for the same drawing.

    Letters in PNG and PDF are Libertinus, which typst brings with it, so that every machine draws the same.

    Args:
        path: Ends in ``.svg``, ``.png`` or ``.pdf``.
        drawing: SVG with a title and a description.
    """
    if path.suffix == ".svg":
        path.write_text(drawing, encoding="utf-8")
        return
    import typst  # noqa: PLC0415 - takes a moment to import

    root = ET.fromstring(drawing)  # noqa: S314 - drawn here
    title, told = (root.findtext(f"{{{SVG}}}{name}") or "" for name in ("title", "desc"))
    inputs = {"drawing": drawing, "title": title, "told": told}
    if path.suffix == ".png":
        made = typst.compile(PAGE, format="png", ppi=PIXELS_PER_INCH, ignore_system_fonts=True, sys_inputs=inputs)
    else:
        made = typst.compile(PAGE, format="pdf", ignore_system_fonts=True, sys_inputs=inputs)
    if not isinstance(made, bytes):
        raise TypeError("a drawing is one page")
    path.write_bytes(made)
