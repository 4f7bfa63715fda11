"""How wide words are in Helvetica and Arial, and lines of words that fit a width, without a browser."""

from collections.abc import Mapping
from types import MappingProxyType

SPACING = 1.25
"""Height of a line, as a share of the letters' height."""
BOLD = 1.08
"""How much wider bold letters are, at most."""
_OTHER, _CAPITAL = 0.556, 0.72
_WIDTHS: Mapping[str, float] = MappingProxyType(
    dict.fromkeys("ijl'|", 0.222)
    | dict.fromkeys(" \N{NO-BREAK SPACE}ftI.,:;!/\\[]()", 0.278)
    | dict.fromkeys("r-", 0.333)
    | dict.fromkeys("cksvxyzJ", 0.5)
    | dict.fromkeys("w", 0.722)
    | dict.fromkeys("mMOQGæ", 0.86)
    | dict.fromkeys("WÆ%@\N{EM DASH}", 1.0)
)


def width_of(words: str, size: float, *, is_bold: bool = False) -> float:
    """Return how wide a line of words is, in the unit of its letters' height; rather too wide than too narrow."""
    letters = sum(_WIDTHS.get(each, _CAPITAL if each.isupper() else _OTHER) for each in words)
    return letters * size * (BOLD if is_bold else 1.0)


def wrapped(words: str, width: float, size: float, *, is_bold: bool = False) -> list[str]:
    """Break words into lines that fit a width; a word longer than a line is broken too, a no-break space is kept."""
    lines = [""]
    for word in filter(None, words.split(" ")):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if width_of(longer, size, is_bold=is_bold) <= width:
            lines[-1] = longer
            continue
        pieces = _broken(word, width, size, is_bold=is_bold)
        lines = [*lines, *pieces] if lines[-1] else pieces
    return lines


def height_of(lines: list[str], size: float) -> float:
    """Return how high lines of words are."""
    return len(lines) * size * SPACING


def _broken(word: str, width: float, size: float, *, is_bold: bool) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_of(pieces[-1] + letter, size, is_bold=is_bold) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
