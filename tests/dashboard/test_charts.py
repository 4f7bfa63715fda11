"""What the charts' specifications hold: every figure, both colour and shape, the numbers' language, no addresses."""

import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.axes import MOST_NARROW_TICKS, MOST_TICKS, Axis, ratio_ends, ratio_ticks, title_lines
from dashboard.charts import BAR, TRACK, answer_chart, answer_legend, interval_chart, series_legend, stacked
from dashboard.legend import legend
from dashboard.palette import LEAN_COLOURS
from dashboard.row_heights import LABEL_LINE, NOTE_LINE

POINTS = pd.DataFrame(
    {
        "key": ["a", "a", "b"],
        "row": ["First scale with a name that is so long that it has to be broken on a narrow screen"] * 2 + ["Second"],
        "note": ["", "", "No clear change"],
        "series": ["2026", "2025", "2026"],
        "value": [3.1, 2.9, None],
        "low": [3.0, 2.8, None],
        "high": [3.2, 3.0, None],
        "figure": ["3.10", "2.90", "–"],
        "said": ["First: 3.10", "First: 2.90", "2026: not shown"],
    }
)
NAMES = {lean: f"name of {lean}" for lean in LEAN_COLOURS}


def _bands(**changes: list) -> pd.DataFrame:
    rows = {
        "key": ["q"] * 3 + ["hidden"],
        "row": ["Question"] * 3 + ["Hidden question"],
        "note": "",
        "lean": ["low", "neutral", "high", None],
        "distance": [1.0, 0.0, 1.0, 1.0],
        "percent": [20.0, 30.0, 50.0, None],
        "figure": ["20%", "30%", "50%", "not shown"],
        "end": ["50% high"] * 3 + [""],
        "said": ["Disagree: 20%", "Neither: 30%", "Agree: 50%", "not shown"],
        "is_hidden": [False] * 3 + [True],
    }
    return pd.DataFrame({**rows, **changes})


def _rows(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows]


def _encoded(spec: dict, channel: str) -> list[dict]:
    return [layer["encoding"][channel] for layer in spec["layer"] if channel in layer.get("encoding", {})]


def test_series_differ_by_colour_and_by_shape():
    spec = interval_chart(POINTS, ["2026", "2025"], Axis("Score", (1, 5)), "en").to_dict(validate=True)
    for channel in ("color", "shape"):
        scale = next(each["scale"] for each in _encoded(spec, channel) if "scale" in each)
        assert scale["domain"] == ["2026", "2025"]
        assert len(set(scale["range"][:2])) == 2


def test_legend_names_every_series_once_and_takes_names_as_text():
    written = legend(series_legend(["2026", "<b>2025</b>"]))
    assert written.count("<li>") == 2
    assert "&lt;b&gt;2025&lt;/b&gt;" in written
    assert series_legend(["2026"]) == []


def test_scores_are_drawn_on_their_own_range_and_absent_ones_say_so():
    spec = interval_chart(POINTS, ["2026", "2025"], Axis("Score", (1, 5)), "en").to_dict(validate=True)
    assert [1, 5] in [each["scale"].get("domain") for each in _encoded(spec, "x") if "scale" in each]
    assert "2026: not shown" in json.dumps(_rows(spec))
    drawn = [row for row in _rows(spec) if row.get("value") is not None]
    assert {row["figure"] for row in drawn} == {"3.10", "2.90"}


@pytest.mark.parametrize("has_zero_line", [True, False])
def test_zero_line_is_drawn_where_asked_for(has_zero_line: bool):
    spec = interval_chart(POINTS, ["2026", "2025"], Axis("Points", has_zero_line=has_zero_line), "en").to_dict(
        validate=True
    )
    assert ("zero" in {each.get("field") for each in _encoded(spec, "x")}) is has_zero_line


@pytest.mark.parametrize(("language", "decimal", "thousands"), [("en", ".", ","), ("da", ",", ".")])
def test_axis_numbers_follow_the_language_and_no_label_is_dropped(language: str, decimal: str, thousands: str):
    config = interval_chart(POINTS, ["2026", "2025"], Axis("Score", (1, 5)), language).to_dict(validate=True)["config"]
    assert (config["locale"]["number"]["decimal"], config["locale"]["number"]["thousands"]) == (decimal, thousands)
    assert config["axis"]["labelOverlap"] is False


def test_long_labels_are_broken_into_lines_and_lose_no_word():
    spec = interval_chart(POINTS, ["2026", "2025"], Axis("Score", (1, 5)), "en").to_dict(validate=True)
    label = next(row for row in _rows(spec) if row.get("narrow", "").startswith("First"))
    assert "\n" in label["narrow"]
    assert label["narrow"].replace("\n", " ") == POINTS["row"].iloc[0]


def test_low_answers_stand_left_of_zero_high_ones_right_and_neutral_ones_apart():
    placed = stacked(_bands()).set_index("lean")
    assert (placed.loc["low", "left"], placed.loc["low", "right"]) == (-20, 0)
    assert (placed.loc["high", "left"], placed.loc["high", "right"]) == (0, 50)
    assert placed.loc["neutral", "left"] > 50
    assert placed.loc["neutral", "right"] - placed.loc["neutral", "left"] == 30


def test_length_of_every_bar_is_its_share():
    bands = _bands(lean=["strongly_high", "high", "mixed", None], distance=[2.0, 1.0, 0.0, 1.0])
    placed = stacked(bands)
    shown = placed[~placed["is_hidden"]]
    assert (shown["right"] - shown["left"]).tolist() == shown["percent"].tolist()
    assert placed["left"].iloc[0] == placed["right"].iloc[1], "strong answers lie outside of weak ones"


def test_hidden_question_is_marked_and_share_of_high_answers_ends_its_row():
    spec = answer_chart(_bands(), "da").to_dict(validate=True)
    text = json.dumps(spec)
    assert "not shown" in text
    assert "50% high" in text
    assert "hidden" not in {row.get("lean") for row in _rows(spec)}


def test_chart_of_hidden_questions_only_can_be_drawn():
    assert answer_chart(_bands().iloc[[3]], "en").to_dict(validate=True)["layer"]


def test_bands_across_the_middle_get_a_legend_entry_only_where_there_are_any():
    without, with_mixed = _bands(), _bands(lean=["low", "mixed", "high", None])
    assert NAMES["mixed"] not in {entry.name for entry in answer_legend(without, NAMES)}
    assert NAMES["mixed"] in {entry.name for entry in answer_legend(with_mixed, NAMES)}


def test_title_of_an_axis_has_lines_about_equally_long():
    assert title_lines("Points of Forwarding as staff see it for one unit more") == [
        "Points of Forwarding as staff",
        "see it for one unit more",
    ]
    assert title_lines("Score") == ["Score"]
    assert title_lines("") == []


@pytest.mark.parametrize(
    ("low", "high", "narrow", "wide"),
    [
        (0.8, 1.4, [0.8, 1.0, 1.2, 1.4], [0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4]),
        (0.98, 1.01, [0.98, 0.99, 1.0, 1.01], [0.98, 0.985, 0.99, 0.995, 1.0, 1.005, 1.01]),
        (0.25, 3.0, [0.5, 1.0, 2.0], [0.5, 1.0, 2.0]),
        (0.05, 2.0, [0.1, 0.3, 1.0], [0.05, 0.1, 0.2, 0.5, 1.0, 2.0]),
        (0.001, 400.0, [0.01, 1.0, 100.0], [0.001, 0.01, 0.1, 1.0, 10.0, 100.0]),
    ],
)
def test_axis_of_ratios_is_labelled_on_both_sides_of_one(low, high, narrow, wide):
    assert (ratio_ticks(low, high, MOST_NARROW_TICKS), ratio_ticks(low, high, MOST_TICKS)) == (narrow, wide)


@given(low=st.floats(1e-4, 1.0), high=st.floats(1.0, 1e4))
def test_every_axis_of_ratios_has_labels_within_its_ends_and_no_more_than_have_room(low, high):
    least, most = ratio_ends(low, high)
    for room in (MOST_NARROW_TICKS, MOST_TICKS):
        ticks = ratio_ticks(least, most, room)
        assert 1.0 in ticks
        assert len(ticks) <= room
        assert all(least - 1e-3 <= each <= most + 1e-3 for each in ticks)


def test_charts_fetch_nothing_and_say_every_mark_in_words():
    for chart in (
        interval_chart(POINTS, ["2026", "2025"], Axis("Score", (1, 5)), "en"),
        answer_chart(_bands(), "en"),
    ):
        spec = chart.to_dict(validate=True)
        assert '"url"' not in json.dumps({key: value for key, value in spec.items() if key != "$schema"})
        assert _encoded(spec, "description")
        assert spec["usermeta"]["embedOptions"]["renderer"] == "svg"


@pytest.mark.parametrize("is_narrow", [True, False])
@pytest.mark.parametrize("kind", ["intervals", "answers"])
def test_rows_stand_equally_far_apart_on_every_screen(kind: str, is_narrow: bool):
    long = "A question that is so long that it takes several lines on a narrow screen, but one on a wide one"
    if kind == "answers":
        labels = {"key": list("abc"), "row": ["Short", long, "Short again"], "note": ["", "", "turned"]}
        told = {"lean": ["high"] * 3, "distance": [1.0] * 3, "percent": [50.0] * 3, "figure": ["50%"] * 3}
        chart = answer_chart(_bands(**labels, **told, end="", said="said", is_hidden=False).iloc[:3], "en")
    else:
        labels = {"key": list("abc"), "row": ["Short", long, "Short again"], "note": ["", "", "No clear change"]}
        chart = interval_chart(POINTS.assign(**labels, series="2026"), ["2026"], Axis("Score", (1, 5)), "en")
    body = BAR if kind == "answers" else TRACK
    rows = [row for row in _rows(chart.to_dict(validate=True)) if "narrow" in row]
    width, place = ("narrow", 0) if is_narrow else ("wide", 1)
    tops, ends = [], []
    for row in sorted({row["narrow"]: row for row in rows}.values(), key=lambda row: row["y"]):
        start = row["y"] + place * row["shift"]
        notes = (row[f"note_{width}"].count("\n") + 1) * NOTE_LINE if row[f"note_{width}"] else 0
        tops.append(start - notes - (row[width].count("\n") + 1) * LABEL_LINE)
        ends.append(start + body)
    gaps = [top - end for top, end in zip(tops[1:], ends[:-1], strict=True)]
    assert len(gaps) == 2
    assert gaps == pytest.approx([gaps[0]] * 2)
    assert tops[0] >= 0
    assert ends[-1] <= chart.to_dict(validate=True)["height"]
