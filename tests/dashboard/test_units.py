"""The page of single organisations: numbers in cells, hidden ones all alike, few called clear, no crafted links."""

import json
from pathlib import Path

import build_release
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.heat_map import HATCH, heat_map
from dashboard.palette import ABOVE, BELOW
from dashboard.standing_out import bands

CELLS = pd.DataFrame(
    {
        "unit": ["a", "b", "c"],
        "scale": "Trust",
        "distance": [0.2, -0.1, None],
        "figure": ["3.80", "2.60", "–"],
        "said": ["a, Trust: 3.80", "b, Trust: 2.60", "c, Trust: not shown"],
        "is_hidden": [False, False, True],
    }
)


def rows_of(spec):
    return [row for rows in spec["datasets"].values() for row in rows]


def test_a_cell_has_its_number_and_a_hidden_one_is_hatched_and_has_none():
    spec = heat_map(CELLS, "en").to_dict(validate=True)
    written = {row["unit"]: row["text"] for row in rows_of(spec)}
    assert written == {"a": "3.80", "b": "2.60", "c": HATCH}


def test_long_names_stand_on_two_lines_and_none_is_changed():
    long, longer = "NHS Greater Glasgow and Clyde", "Reallylongnamewithoutanyblank"
    named = CELLS.assign(unit=[long, longer, "c"])
    spec = heat_map(named, "en").to_dict(validate=True)
    written = spec["layer"][0]["encoding"]["y"]["axis"]["labelExpr"]
    lines = json.loads(written.removesuffix("[datum.label]"))
    assert lines == {long: ["NHS Greater", "Glasgow and Clyde"], longer: [longer], "c": ["c"]}
    assert {row["unit"] for row in rows_of(spec)} == {long, longer, "c"}


def test_colour_of_a_cell_says_the_side_and_its_strength_how_far_off():
    drawn = {
        row["unit"]: (row["colour"], row["strength"]) for row in rows_of(heat_map(CELLS, "en").to_dict(validate=True))
    }
    assert drawn["a"] == (ABOVE, 1)
    assert drawn["b"] == (BELOW, 0.5)
    assert drawn["c"][1] is None


def cells_of(means, n=30, width=0.4):
    means = np.asarray(means, float)
    return pd.DataFrame({"scale": "trust", "n_obs": n, "mean": means, "conf_low": means - width / 2,
                         "conf_high": means + width / 2})  # fmt: skip


EVERYBODY = pd.Series({"trust": 3.0})


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        ([3.0, 3.1, 2.9], ["unclear"] * 3),
        ([4.0, 2.0, 3.05], ["above", "below", "unclear"]),
        ([3.21, *[3.0] * 40], ["unclear"] * 41),  # alone it would be clear; of 41 cells it is not
        ([np.nan, 4.0], [None, "above"]),
    ],
)
def test_a_unit_is_clear_when_it_stands_out_among_all_cells(means, expected):
    found = bands(cells_of(means), EVERYBODY)
    assert found.astype("object").where(found.notna(), None).tolist() == expected


@given(st.lists(st.floats(1, 5), min_size=1, max_size=30))
def test_clear_cells_lie_farther_off_than_the_others(means):
    cells = cells_of(means)
    found, distance = bands(cells, EVERYBODY), (cells["mean"] - 3).abs()
    clear, unclear = distance[found != "unclear"], distance[found == "unclear"]
    assert clear.empty or unclear.empty or clear.min() >= unclear.max()


def publish(folder: Path, tables):
    (folder / "current.json").write_text(json.dumps(build_release.write_release(folder, tables)), encoding="utf-8")


@pytest.mark.parametrize(("language", "hidden"), [("en", "not shown"), ("da", "vises ikke")])
def test_hidden_units_of_any_reason_read_alike_and_stand_last_by_name(open_page, tmp_path, language, hidden):
    publish(tmp_path, build_release.release_tables())
    seen = open_page("units", lang=language, instrument="collective_leadership", wave="autumn")
    drawn = rows_of(seen.charts_drawn[0])
    said = {row["unit"]: row["said"] for row in drawn if row["is_hidden"]}
    assert len(said) >= 2
    assert {text.rsplit(": ", 1)[1] for text in said.values()} == {hidden}
    order = list(dict.fromkeys(row["unit"] for row in drawn))
    assert order[-len(said) :] == sorted(said)


def test_organisations_are_shown_where_the_score_of_everybody_is_not(open_page, tmp_path):
    tables = build_release.release_tables()
    means = tables["out.unit_means"]
    of_two_organisations = (means["level"] == "all") & (means["scale"] == "collective_leadership")
    means.loc[of_two_organisations, ["n_obs", "mean", "conf_low", "conf_high", "percent_high"]] = None
    means.loc[of_two_organisations, "is_hidden"] = True
    publish(tmp_path, tables)
    seen = open_page("units", lang="en", instrument="collective_leadership", unit="Ålborg")
    assert "the score of everybody is not shown." in seen.text
    assert {row["strength"] for row in rows_of(seen.charts_drawn[0]) if not row["is_hidden"]} == {0}
    assert {row["series"] for row in rows_of(seen.charts_drawn[-1]) if "series" in row} == {"Ålborg"}
    assert list(seen.frames[-1]["Everybody"]) == ["not shown"]


def test_names_of_organisations_are_text_without_markup_or_turned_writing(open_page, tmp_path):
    publish(tmp_path, build_release.release_tables())
    seen = open_page("units", lang="en")
    assert "\u202e" not in seen.everything
    assert "Aa & Ø <b>Kommune</b>" in {row["unit"] for row in rows_of(seen.charts_drawn[0])}


@pytest.mark.parametrize(
    "query",
    [{"unit": "' OR 1=1 --"}, {"region": "north'; DROP"}, {"group": "TOP"}, {"from": "-1"}, {"instrument": "../x"}],
    ids=lambda query: next(iter(query)),
)
def test_what_is_not_in_the_release_cannot_be_asked_for(open_page, tmp_path, query):
    publish(tmp_path, build_release.release_tables())
    plain, crafted = open_page("units", lang="en").everything, open_page("units", lang="en", **query).everything
    assert plain == crafted


def test_a_region_shows_its_organisations_only(open_page, tmp_path):
    publish(tmp_path, build_release.release_tables())
    units = build_release.release_tables()["meta.units"]
    inside = set(units.loc[units["region"] == "north", "unit"])
    drawn = rows_of(open_page("units", lang="en", region="north").charts_drawn[0])
    assert {row["unit"] for row in drawn} == {name.replace("\u202e", "") for name in inside}


@pytest.mark.parametrize(("region", "is_shown"), [("north", False), ("", True)], ids=["every one", "not every one"])
def test_a_region_that_holds_every_organisation_does_not_repeat_everybody(open_page, tmp_path, region, is_shown):
    tables = build_release.release_tables()
    units, means = tables["meta.units"], tables["out.unit_means"]
    one = units[(units["level"] == "organisation") | (units["unit"] == "north")]
    outside = one["unit"] == "Org 01"
    inside = one["region"].mask((one["level"] == "organisation") & ~outside, "north").mask(outside, region)
    tables["meta.units"] = one.assign(region=inside)
    tables["out.unit_means"] = means[(means["level"] != "region") | (means["unit"] == "north")]
    publish(tmp_path, tables)
    assert ("Groups of organisations" in open_page("units", lang="en").text) == is_shown


def test_many_organisations_are_shown_a_page_at_a_time(open_page, tmp_path):
    tables = build_release.release_tables()
    means, units = tables["out.unit_means"], tables["meta.units"]
    of_one = means[means["unit"] == "Org 01"]
    more = [of_one.assign(unit=f"More {number:03d}") for number in range(90)]
    tables["out.unit_means"] = pd.concat([means, *more], ignore_index=True)
    tables["meta.units"] = pd.concat(
        [units, pd.DataFrame({"level": "organisation", "unit": [f"More {k:03d}" for k in range(90)], "region": ""})]
    )
    publish(tmp_path, tables)
    first, last = (
        {row["unit"] for row in rows_of(open_page("units", lang="en", **{"from": start}).charts_drawn[0])}
        for start in ("1", "81")
    )
    assert len(first) == 40
    assert not first & last


def test_a_release_without_units_says_so(open_page, tmp_path):
    tables = build_release.release_tables()
    publish(tmp_path, {name: rows for name, rows in tables.items() if name not in ("meta.units", "out.unit_means")})
    assert "no figures of single organisations" in open_page("units", lang="en").text
