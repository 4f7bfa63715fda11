"""Colours of pages and charts in the light and the dark theme.

Charts are drawn in the light colours. The style of the page exchanges each of them for its dark counterpart where the
page is dark, so that a chart follows the reader's theme at once and prints in light colours from either.
"""

from collections.abc import Mapping, Sequence

INK, MUTED, LINE, PAPER = "#1f2430", "#565b66", "#dfe2e6", "#ffffff"
SERIES_COLOURS = ("#0072b2", "#c65300", "#008f68", "#000000", "#4a148c", "#7f8fa6")
"""After Okabe and Ito, darkened until each stands out from white at 3:1."""
LEAN_COLOURS: Mapping[str, str] = {
    "strongly_low": "#cc8e3e",
    "low": "#f2e2bd",
    "neutral": "#b4b9c3",
    "high": "#c9ece6",
    "strongly_high": "#4fa89a",
    "mixed": "#f6f6f6",
}
BELOW, ABOVE, WITHHELD = "#e0934a", "#5a9fd8", "#f5f6f7"
"""Cells of a heat map at their strongest, and those that are not shown; numbers are legible on all of them."""
UNCLEAR = "#7a7f87"
LIGHT: Mapping[str, str] = {
    "primaryColor": "#0b5394",
    "textColor": INK,
    "backgroundColor": PAPER,
    "secondaryBackgroundColor": "#f2f4f7",
}
DARK: Mapping[str, str] = {
    "primaryColor": "#7ab8f0",
    "textColor": "#e9ebee",
    "backgroundColor": "#15181d",
    "secondaryBackgroundColor": "#22262d",
}
IN_THE_DARK: Mapping[str, str] = {
    INK: DARK["textColor"],
    MUTED: "#b4b9c3",
    LINE: "#3b3f47",
    PAPER: DARK["backgroundColor"],
    **dict(zip(SERIES_COLOURS, ("#56b4e9", "#f0883e", "#2fbf8f", "#ffffff", "#9d5cff", "#f2f26b"), strict=True)),
    LEAN_COLOURS["strongly_low"]: "#8f5c12",
    LEAN_COLOURS["low"]: "#553f18",
    LEAN_COLOURS["neutral"]: "#262930",
    LEAN_COLOURS["high"]: "#17524c",
    LEAN_COLOURS["strongly_high"]: "#0b7667",
    LEAN_COLOURS["mixed"]: "#1d2127",
    BELOW: "#8f5312",
    ABOVE: "#1f63a3",
    WITHHELD: "#1e2228",
    UNCLEAR: "#9aa0aa",
}
"""Light colour → what stands in its place in the dark theme."""


def theme_arguments() -> list[str]:
    """Return the arguments of ``streamlit`` that give both themes; without a base it follows the reader's browser."""
    themes = {"light": LIGHT, "dark": DARK}
    return [f"--theme.{theme}.{name}={colour}" for theme, colours in themes.items() for name, colour in colours.items()]


def style_of_charts(paints: Sequence[str] = ("fill", "stroke")) -> str:
    """Return the rules of style that exchange the light colours of charts for dark ones where the page is dark."""
    return "\n".join(
        f'svg.marks [{paint}="{light}"] {{{paint}: light-dark({light}, {dark})}}'
        for light, dark in IN_THE_DARK.items()
        for paint in paints
    )
