"""Drawings of regressions: well-formed, read aloud, the same for the same figures, no word over another, true."""

import re
import zlib
from dataclasses import replace
from functools import cache
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.nonparametric.smoothers_lowess import lowess

from models.regression.columns import surface_terms
from models.regression.reading.residuals import residuals_of
from pipelines.commands.pictures import drawings_of_residuals
from pipelines.pictures.axes import Axis, labelled, round_step
from pipelines.pictures.coefficients import LEFT, RIGHT, WIDE, coefficient_plot
from pipelines.pictures.diagnostics import diagnostics_panels
from pipelines.pictures.drawn_fit import term_in_words
from pipelines.pictures.effects import curve_plot, effect_plot, slope_plot
from pipelines.pictures.files import write_drawing
from pipelines.pictures.hull import convex_hull
from pipelines.pictures.lettering import width_of
from pipelines.pictures.smoother import smooth_line
from pipelines.pictures.surface import shade_of, surface_plot
from tests.drawn_regressions import bent, fitted, moderated, surface, words_in

SVG = "{http://www.w3.org/2000/svg}"
SEEN = "forwarding_seen_organisation_mean"
KINDS = ("coefficients", "effect", "slopes", "curve", "curve_by", "surface", "diagnostics")
LEAST = 10


@cache
def fits():
    return fitted(moderated(), "confirmatory"), fitted(surface()), fitted(bent())


@cache
def drawings(language):
    words, (one, two, three) = words_in(language), fits()
    reports = two.data[list(surface_terms(two.spec.surface().surface)[:2])].drop_duplicates().to_numpy()
    residuals = residuals_of(one.spec, one.design)
    return {
        "coefficients": coefficient_plot([one, two], words),
        "effect": effect_plot(one, "trust", SEEN, LEAST, words),
        "slopes": slope_plot(one, "trust", "gender", words),
        "curve": curve_plot(three, "trust", "", LEAST, words),
        "curve_by": curve_plot(one, "trust", SEEN, LEAST, words),
        "surface": surface_plot(two, reports, words),
        "diagnostics": diagnostics_panels(one, residuals, words),
    }


def test_residuals_of_corrected_means_are_not_drawn():
    plain = fits()[0]
    corrected = replace(plain, spec=plain.spec.model_copy(update={"corrected": ("forwarding_seen",)}))
    words = words_in("en")
    assert [name for name, _ in drawings_of_residuals(plain, words)] == ["diagnostics"]
    assert list(drawings_of_residuals(corrected, words)) == []


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_well_formed_named_and_described(kind, language):
    drawn = drawings(language)[kind]
    root = ET.fromstring(drawn)
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert (root.get("aria-labelledby") or "").split() == [title.get("id"), told.get("id")]
    assert (root.get("role"), root.get("lang")) == ("img", language)
    assert len(told.text or "") > 40
    assert not re.search(r"\{\w+\}|nan", drawn)
    drawings.cache_clear()
    assert drawn == drawings(language)[kind]


def boxes(drawn):
    """Return left, top, right, bottom of every line of words, as wide as Helvetica at most."""
    for each in ET.fromstring(drawn).iter(f"{SVG}text"):
        text, size, x, y = each.text or "", *(float(each.get(name) or 0) for name in ("font-size", "x", "y"))
        wide = width_of(text, size, is_bold=each.get("font-weight") == "bold")
        before = {"start": 0.0, "middle": wide / 2, "end": wide}[each.get("text-anchor") or "start"]
        if each.get("transform"):
            yield text, (x - 0.75 * size, y - wide + before, x + 0.2 * size, y + before)
        else:
            yield text, (x - before, y - 0.75 * size, x - before + wide, y + 0.2 * size)


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("kind", KINDS)
def test_no_word_lies_over_another_or_outside_the_sheet(kind, language):
    drawn = drawings(language)[kind]
    width, height = (float(ET.fromstring(drawn).get(name) or 0) for name in ("width", "height"))
    found = list(boxes(drawn))
    for place, (text, (left, top, right, bottom)) in enumerate(found):
        assert left >= 0, text
        assert right <= width, text
        assert top >= 0, text
        assert bottom <= height, text
        for other, (x1, y1, x2, y2) in found[:place]:
            assert not (left < x2 and x1 < right and top < y2 and y1 < bottom), (text, other)


def shown(drawn):
    return [each.text or "" for each in ET.fromstring(drawn).iter(f"{SVG}text")]


def test_coefficients_say_what_was_expected_and_which_fit_was_planned():
    drawn = drawings("en")["coefficients"]
    assert shown(drawn).count("+") == 2
    assert any("(confirmatory; n = 400, clusters = 40; CR2)" in each for each in shown(drawn))
    assert drawn.count('fill="#e2e4e8"') == 1
    told = ET.fromstring(drawn).findtext(f"{SVG}desc") or ""
    reading = fits()[0].readings.set_index(["term", "reading"]).loc[("trust", "standardised"), "value"]
    assert f": {words_in('en').number(reading)} (" in told
    assert "expected positive" in told


def test_an_interval_without_ends_goes_across_the_whole_picture():
    one = fits()[2]
    estimates = one.estimates.copy()
    estimates.loc[estimates["term"] == "trust", ["conf_low", "conf_high"]] = [-np.inf, np.inf]
    without = replace(one, estimates=estimates, readings=one.readings.iloc[:0])
    drawn = coefficient_plot([without], words_in("en"))
    paths = [each.get("d", "") for each in ET.fromstring(drawn).iter(f"{SVG}path") if each.get("stroke-width") == "2.2"]
    ends = [[float(each) for each in re.findall(r"[ML]([\d.]+)", path)] for path in paths]
    assert [LEFT, WIDE - RIGHT] in ends
    assert "(\N{MINUS SIGN}\N{INFINITY} to \N{INFINITY})" in (ET.fromstring(drawn).findtext(f"{SVG}desc") or "")


def test_an_effect_shows_its_bounds_and_its_share_and_hides_small_bins():
    one = fits()[0]
    regions = one.slope_regions[one.slope_regions["moderator"] == SEEN]
    inside = [each for each in regions["high"].dropna() if one.data[SEEN].min() < each < one.data[SEEN].max()]
    drawn = drawings("da")["effect"]
    assert inside
    for bound in inside:
        assert words_in("da").number(bound) in shown(drawn)
    share = 100 * regions.loc[regions["is_significant"], "share_of_responses"].sum()
    assert any(f"({share:.0f}\N{NO-BREAK SPACE}%" in each for each in shown(drawn))
    bars = drawn.count('fill="#c9cdd3"')
    hidden = effect_plot(one, "trust", SEEN, 10_000, words_in("da"))
    assert bars > 0
    assert hidden.count('fill="#c9cdd3"') == 0


@pytest.mark.parametrize("kind", ["surface", "diagnostics"])
def test_pictures_of_single_responses_say_who_may_see_them(kind):
    assert any("never to be published" in each for each in [" ".join(shown(drawings("en")[kind]))])
    assert any("aldrig offentliggøres" in each for each in [" ".join(shown(drawings("da")[kind]))])


def test_terms_are_worded_in_the_language_of_the_picture():
    words = words_in("da")
    assert term_in_words("gender[Woman]", words) == "Hvad er dit køn? Kvinde"
    assert term_in_words("wave[w2]", words) == "Runde: w2"
    assert term_in_words("trust[spline 2]", words) == "trust (knæk 2)"
    two = term_in_words("forwarding_organisation_mean_of_TOP x trust^2", words)
    assert two == "forwarding (organisationens gennemsnit for Topledere) × trust i 2. potens"
    assert term_in_words("indirect within: gender[Woman] -> trust -> area", words) == (
        "Indirekte, inden for: Hvad er dit køn? Kvinde → trust → area"
    )
    assert term_in_words("trust <- wave[w2] one wave before", words) == "trust ← Runde: w2 i runden før"
    assert term_in_words("slope <- gender[Woman]", words) == "hældning ← Hvad er dit køn? Kvinde"


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_a_file_is_the_same_bytes_and_needs_no_font_of_the_machine(tmp_path, ending):
    drawn = drawings("da")["slopes"]
    paths = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
    for path in paths:
        write_drawing(path, drawn)
    one, two = (path.read_bytes() for path in paths)
    assert one == two
    assert one.startswith({"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF"}[ending])


def test_the_letters_of_danish_are_letters_in_a_pdf(tmp_path):
    path = tmp_path / "drawing.pdf"
    write_drawing(path, drawings("da")["diagnostics"])
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", path.read_bytes(), re.DOTALL)
    letters = b"".join(_unpacked(each) for each in streams)
    for letter in "æøå":
        assert f"<{ord(letter):04X}>".encode() in letters.upper()


def _unpacked(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


@given(st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=3, max_size=30, unique=True))
def test_a_hull_holds_every_point_and_turns_one_way(points):
    centred = np.array(points, dtype=float)
    if np.linalg.matrix_rank(centred - centred[0]) < 2:
        with pytest.raises(ValueError, match="no hull"):
            convex_hull(centred)
        return
    hull = convex_hull(centred)
    assert {tuple(each) for each in hull} <= {tuple(each) for each in centred}
    for (x1, y1), (x2, y2) in zip(hull, np.roll(hull, -1, axis=0), strict=True):
        side = (x2 - x1) * (centred[:, 1] - y1) - (y2 - y1) * (centred[:, 0] - x1)
        assert (side >= 0).all()
        assert side.max() > 0


@given(st.integers(0, 1000))
def test_a_smooth_line_is_lowess_without_its_robustness_weights(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=60)
    y = np.sin(x) + rng.normal(scale=0.3, size=60)
    places, heights = smooth_line(x, y)
    expected = lowess(y, x, frac=2 / 3, it=0, xvals=places)
    assert heights == pytest.approx(expected, abs=1e-8)


@given(st.floats(-1e6, 1e6), st.floats(1e-2, 1e6))
def test_ticks_are_round_inside_and_written_apart(lowest, width):
    axis = Axis(lowest, lowest + width, 0, 100)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 8
    assert all(lowest - width * 1e-6 <= tick <= lowest + width * (1 + 1e-6) for tick in ticks)
    step = round_step(axis.highest - axis.lowest, 5)
    assert [other - one for one, other in pairwise(ticks)] == pytest.approx([step] * (len(ticks) - 1), rel=1e-5)
    texts = [text for _, text in labelled(ticks, words_in("en"))]
    assert len(set(texts)) == len(texts)


def test_higher_bands_are_darker():
    def lightness(shade):
        return sum(int(shade[place : place + 2], 16) for place in (1, 3, 5))

    shades = [lightness(shade_of(place, 7)) for place in range(7)]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 7
