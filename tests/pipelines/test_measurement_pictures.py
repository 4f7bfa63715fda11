"""Drawings of measurement: well-formed, read aloud, the same for the same figures, in both languages."""

import re
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from drawn_measurement import POINTS, TITLES, drawings, second_order, steps, words_in
from hypothesis import example, given
from hypothesis import strategies as st

from models.sections.measurement import InvarianceRule
from pipelines.pictures.answers import counted_answers, response_bars
from pipelines.pictures.ladder import Asked, invariance_ladder
from pipelines.pictures.lettering import width_of, wrapped
from pipelines.pictures.path import path_diagram
from pipelines.pictures.words import LANGUAGE_NAMES, SAID

KINDS = ("path", "loadings", "ladder", "answers", "correlations")
SVG = "{http://www.w3.org/2000/svg}"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


def test_drawings_say_the_same_in_both_languages():
    assert set(SAID["en"]) == set(SAID["da"])
    for key, english in SAID["en"].items():
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(SAID["da"][key])), key
    assert set(LANGUAGE_NAMES["en"]) == set(LANGUAGE_NAMES["da"])


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_is_well_formed_named_and_described(kind, language):
    drawn = drawings(language)[kind]
    root = ET.fromstring(drawn)
    named = (root.get("aria-labelledby") or "").split()
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert named == [title.get("id"), told.get("id")]
    assert (root.get("role"), root.get("lang")) == ("img", language)
    assert len(told.text or "") > 40
    assert drawn == drawings(language)[kind]
    other = drawings("da" if language == "en" else "en")[kind]
    assert named != (ET.fromstring(other).get("aria-labelledby") or "").split()


def shown(drawn):
    return [each.text or "" for each in ET.fromstring(drawn).iter(f"{SVG}text")]


def test_a_path_diagram_shows_every_figure_once_and_says_it():
    drawn = path_diagram(second_order(), "Title", "", words_in("en"))
    table = second_order()
    is_path = (table["kind"] != "residual_covariance") & (table["kind"] != "factor_covariance")
    is_path |= table["left_name"] != table["right_name"]
    figures = sorted(words_in("en").number(value) for value in table.loc[is_path, "standardised"])
    assert sorted(each for each in shown(drawn) if re.fullmatch(r"[\N{MINUS SIGN}\d.]+", each)) == figures
    described = ET.fromstring(drawn).findtext(f"{SVG}desc") or ""
    assert "Collective leadership of several organisations on Everything together: 0.56." in described
    assert "leading_1 with leading_3: correlation of residuals 0.81." in described


def test_reverse_scored_items_are_marked_where_their_answers_were_turned():
    assert any("(turned round)" in each for each in shown(drawings("en")["path"]))
    assert any("(vendt)" in each for each in shown(drawings("da")["correlations"]))
    assert not any("(turned round)" in each for each in shown(drawings("en")["answers"]))


@pytest.mark.parametrize(("language", "figures"), [("en", ["−0.021", "0.020"]), ("da", ["−0,021", "0,020"])])
def test_a_ladder_shows_verdicts_costs_and_what_was_allowed(language, figures):
    drawn = shown(invariance_ladder(steps(), Asked("scalar", InvarianceRule()), "Title", words_in(language)))
    words = words_in(language)
    assert set(figures) <= set(drawn)
    assert drawn.count(words.say("not_tried")) == 2
    assert [drawn.count(words.say(each)) for each in ("holds", "fails")] == [1, 1]
    assert words.say("at_least", value=words.number(-0.01, 3)) in drawn
    assert f"({words.say('asked')})" in drawn


def test_bars_show_shares_of_those_who_answered_the_item():
    items = pd.DataFrame({"b": [1, 1, 2, None], "a": [2, 2, None, None]}, dtype="Int16")
    counted = counted_answers(items, pd.Series(["x", "x", "x", "y"]))
    assert counted["item"].tolist() == ["b", "b", "a"]
    assert counted["share"].tolist() == pytest.approx([2 / 3, 1 / 3, 1.0])
    assert counted["n_obs"].tolist() == [3, 3, 2]
    drawn = shown(response_bars(counted, POINTS, "Title", words_in("en")))
    assert [each for each in drawn if each in ("67", "33", "100")] == ["67", "33", "100"]


def test_seven_answer_options_have_seven_colours():
    items = pd.DataFrame({"coproduction_1": np.arange(1, 8)}, dtype="Int16")
    drawn = response_bars(counted_answers(items, pd.Series(["x"] * 7)), POINTS, "Title", words_in("en"))
    fills = {each.get("fill") for each in ET.fromstring(drawn).iter(f"{SVG}rect") if each.get("height") == "14.0"}
    assert len(fills) == 7


@given(st.text("abcimWÆ .%-\N{NO-BREAK SPACE}", min_size=1, max_size=80), st.floats(20, 400), st.booleans())
@example(text="aai  WW", width=20.0, is_bold=False)
def test_lines_fit_and_lose_nothing(text, width, is_bold):
    lines = wrapped(text, width, 13, is_bold=is_bold)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line, 13, is_bold=is_bold) <= width or len(line) == 1 for line in lines)


def test_titles_of_a_study_are_shown_as_they_are():
    assert any("<fælles>" in each or "& borgere" in each for each in shown(drawings("en")["path"]))
    assert words_in("en").title("w1") == TITLES["w1"]
