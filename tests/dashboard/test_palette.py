"""Colours of both themes: what is written can be read, what is drawn can be seen and told apart, by everybody."""

from itertools import combinations

import numpy as np
import pytest

from dashboard import palette
from dashboard.palette import DARK, IN_THE_DARK, INK, LEAN_COLOURS, LIGHT, MUTED, SERIES_COLOURS, UNCLEAR

TEXT, GRAPHICS = 4.5, 3.0
LEAST_DISTANCE = 12.0
"""In CIELAB; 2.3 is about the least that people see."""
FILLS = (*LEAN_COLOURS.values(), palette.ABOVE, palette.BELOW, palette.WITHHELD)
# Machado, Oliveira & Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1.0; on linear RGB.
VISION = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
THEMES = {
    "light": (LIGHT, {colour: colour for colour in IN_THE_DARK}),
    "dark": (DARK, IN_THE_DARK),
}


def linear(colour: str) -> np.ndarray:
    shares = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted(float(linear(colour) @ TO_XYZ[1]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, vision: str) -> np.ndarray:
    xyz = TO_XYZ @ np.clip(VISION[vision] @ linear(colour), 0, 1) / np.array([0.95047, 1, 1.08883])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_the_page_and_on_every_fill(theme: str):
    said, drawn = THEMES[theme]
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert drawn[INK] == said["textColor"]
    for colour in (drawn[INK], drawn[MUTED], said["primaryColor"]):
        assert contrast(colour, said["backgroundColor"]) >= TEXT
        assert contrast(colour, said["secondaryBackgroundColor"]) >= TEXT
    for fill in FILLS:
        assert contrast(drawn[INK], drawn[fill]) >= TEXT, fill
    assert contrast(drawn[MUTED], drawn[palette.WITHHELD]) >= TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_lines_dots_and_edges_stand_out_from_the_page(theme: str):
    said, drawn = THEMES[theme]
    for colour in (*SERIES_COLOURS, UNCLEAR, MUTED):
        assert contrast(drawn[colour], said["backgroundColor"]) >= GRAPHICS, colour


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "colours",
    [SERIES_COLOURS, tuple(LEAN_COLOURS.values())[:-1], (palette.ABOVE, palette.BELOW), (*SERIES_COLOURS[:2], UNCLEAR)],
    ids=["series", "answers", "heat map", "arcs"],
)
def test_colours_of_a_chart_can_be_told_apart(colours: tuple[str, ...], theme: str, vision: str):
    drawn = THEMES[theme][1]
    near = {
        (one, other): round(float(np.linalg.norm(lab(drawn[one], vision) - lab(drawn[other], vision))), 1)
        for one, other in combinations(colours, 2)
    }
    assert {pair: distance for pair, distance in near.items() if distance < LEAST_DISTANCE} == {}


def test_every_colour_of_a_chart_has_its_rule_of_style():
    rules = palette.style_of_charts()
    for light, dark in IN_THE_DARK.items():
        assert f'[fill="{light}"] {{fill: light-dark({light}, {dark})}}' in rules
        assert f'[stroke="{light}"] {{stroke: light-dark({light}, {dark})}}' in rules


def test_both_themes_are_given_and_neither_is_forced():
    given = palette.theme_arguments()
    assert "--theme.light.backgroundColor=#ffffff" in given
    assert "--theme.dark.backgroundColor=#15181d" in given
    assert not any(argument.startswith("--theme.base") for argument in given)
