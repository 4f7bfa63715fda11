"""The page of constructs: plain words, scores that may be shown, and arcs that say what was found and no more."""

import build_release
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.construct_map import LINE, START, STEPS, WAYS, arc_points, construct_map
from dashboard.relations import relations
from dashboard.wording import WORDINGS

HEIGHTS = pd.Series({"a": 10.0, "b": 50.0, "c": 90.0})


@given(st.lists(st.tuples(*[st.sampled_from(list(HEIGHTS.index))] * 2).filter(lambda pair: pair[0] != pair[1]),
                min_size=1, max_size=6))  # fmt: skip
def test_an_arc_ends_at_its_constructs_and_stays_within_the_drawing(pairs):
    drawn = arc_points(pd.DataFrame(pairs, columns=["first", "second"]), HEIGHTS)
    assert len(drawn) == STEPS * len(pairs)
    assert drawn["x"].between(START - 1e-9, 1 + 1e-9).all()
    for number, (first, second) in enumerate(pairs):
        points = drawn[drawn["arc"] == number]
        assert points["y"].iloc[[0, -1]].tolist() == pytest.approx([HEIGHTS[first], HEIGHTS[second]])


def test_relations_are_those_of_models_as_written_between_two_scales():
    tables = build_release.release_tables()
    found = relations(tables["out.fits"], tables["out.estimates"], list(build_release.SCALES))
    assert found.to_numpy().tolist() == [["h1-main-0f3a", "identity_work", "collective_leadership", "up"]]


def test_dots_lead_from_every_title_to_its_figure_where_the_screen_is_wide():
    nodes = pd.DataFrame({"key": ["a"], "title": ["A"], "figure": ["3.20"], "has_score": [True], "said": ["A: 3.20"]})
    arcs = pd.DataFrame(columns=["first", "second", "way", "said"])
    spec = construct_map(nodes, arcs, "en").to_dict(validate=True)
    (leader,) = [layer["encoding"] for layer in spec["layer"] if layer["mark"]["type"] == "rule"]
    end = leader["x2"]["value"]["expr"]
    assert leader["x"]["value"]["expr"] == f"min(192, {end})"
    assert end.startswith(f"width * {START}")


def test_ways_differ_by_more_than_colour():
    colours, dashes = zip(*WAYS.values(), strict=True)
    assert len(set(colours)) == len({tuple(dash) for dash in dashes}) == len(WAYS)


def test_a_map_without_relations_still_has_every_construct():
    rows = _rows_of_a_map({"A": "1", "B": "2"}, without=())
    assert {row["label"] for row in rows} == {"A", "B"}


@pytest.mark.parametrize("language", WORDINGS)
def test_rows_of_a_map_have_room_for_their_title_and_for_why_there_is_no_score(language):
    long, why = "A construct with a title that takes several lines of a narrow screen", WORDINGS[language]["not_asked"]
    first, second, third = _rows_of_a_map({long: why, "B": why, "C": "2.00"}, without=(long, "B"))
    assert [row["note"].replace("\n", " ") for row in (first, second, third)] == [why, why, ""]
    assert [row["figure"] for row in (first, second, third)] == ["", "", "2.00"]
    for upper, lower in ((first, second), (second, third)):
        n_lines = [upper[text].count("\n") + 1 for text in ("label", "note")]
        assert upper["y"] + LINE * n_lines[0] == upper["note_y"]
        assert upper["note_y"] + LINE * n_lines[1] < lower["y"]


def _rows_of_a_map(figures: dict[str, str], without: tuple[str, ...]) -> list[dict]:
    nodes = pd.DataFrame({"key": list(figures), "title": list(figures), "figure": list(figures.values())})
    nodes = nodes.assign(has_score=~nodes["key"].isin(without), said=nodes["title"] + ": " + nodes["figure"])
    arcs = pd.DataFrame(columns=["first", "second", "way", "said"])
    (rows,) = construct_map(nodes, arcs, "en").to_dict(validate=True)["datasets"].values()
    return rows


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["A high score means: Leadership is", "Average score 3.76", "Higher “Identity work”"]),
        (
            "da",
            ["En høj score betyder: Ledelse sker", "Gennemsnit 3,76", "Højere “Identitetsarbejde”"],
        ),
    ],
)
def test_every_construct_has_words_a_score_and_its_status(open_page, tmp_path, language, words):
    tables = build_release.release_tables()
    means = tables["out.scale_means"]
    is_one = (means["scale"] == "collective_leadership") & (means["respondent_group"] == "FRL")
    means.loc[is_one, "mean"] = 3.76
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    seen = open_page("integration", lang=language, group="FRL")
    assert [text for text in words if text not in seen.text] == []
    assert WORDINGS[language]["together_up"] in seen.charts + seen.tables
    assert "3.76" in seen.tables or "3,76" in seen.tables


def test_hidden_scores_read_not_shown_and_a_scale_not_asked_says_so(open_page, tmp_path):
    tables = build_release.release_tables()
    means = tables["out.scale_means"]
    means.loc[means["is_hidden"], ["mean", "conf_low", "conf_high"]] = 4.4477
    tables["out.scale_means"] = means[(means["scale"] != "burden") | (means["respondent_group"] != "TOP")]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    seen = open_page("integration", lang="en", group="TOP", wave="autumn")
    assert "Average score: not shown." in seen.text
    assert "Average score: no score in this group and wave." in seen.text
    assert "4.45" not in seen.everything


def test_what_is_not_in_the_release_cannot_be_asked_for(open_page, tmp_path):
    build_release.publish(tmp_path)
    crafted = open_page("integration", lang="en", group="' OR 1=1 --", wave="winter").everything
    assert crafted == open_page("integration", lang="en").everything
