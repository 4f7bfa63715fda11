"""Colours of slides: from orange for low over grey to blue for high, with ink that can be read on them."""

from pptx.dml.color import RGBColor

LOW, MIDDLE, HIGH = (0xB4, 0x53, 0x09), (0xD5, 0xD8, 0xDD), (0x0B, 0x53, 0x94)
INK, PAPER, MUTED, LINE, WARNING = (
    RGBColor.from_string(each) for each in ("1F2430", "FFFFFF", "565B66", "E3E6EA", "8A1C1C")
)
SHADES = {-2: "E0A878", -1: "F5DCC3", 0: "FFFFFF", 1: "CFE0F1", 2: "8FB8DF"}
HEAD, FIRST = "0B5394", "E9EDF2"
HALF = 0.5
LIGHT = 0.21
"""Relative luminance from which dark ink is easier to read than paper."""


def colour_of(tone: float) -> RGBColor:
    """Return the colour of a place between low (0), neutral (0.5) and high (1)."""
    start, end, share = (LOW, MIDDLE, tone / HALF) if tone < HALF else (MIDDLE, HIGH, (tone - HALF) / HALF)
    return RGBColor(*(round(a + (b - a) * share) for a, b in zip(start, end, strict=True)))


def ink_on(colour: RGBColor) -> RGBColor:
    """Return dark or light ink, whichever can be read on a colour.

    References:
        Relative luminance: Web Content Accessibility Guidelines 2.2, with a gamma of 2.2.
    """
    red, green, blue = ((part / 255) ** 2.2 for part in colour)
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > LIGHT else PAPER
