"""The tiles of the first page: the release in words, and nothing called highest that cannot be told from the rest."""

import build_release
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.extremes import extremes


def means_of(means, half=0.1, hidden=()):
    rows = [
        {"scale": scale, "mean": mean, "conf_low": mean - half, "conf_high": mean + half, "lowest": 0 if scale == "sum"
         else 1, "highest": 40 if scale == "sum" else 5, "is_hidden": scale in hidden}
        for scale, mean in means.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("means", "hidden", "expected"),
    [
        ({"a": 4.0, "b": 3.0, "c": 2.0}, (), (["a"], ["c"])),
        ({"a": 4.0, "b": 3.9, "c": 2.0}, (), (["a", "b"], ["c"])),
        ({"a": 4.0, "sum": 20.0, "c": 2.0}, (), (["a"], ["c"])),  # 20 of 40 is the middle
        ({"a": 4.0, "b": 3.0, "c": 2.0}, ("a",), (["b"], ["c"])),
        ({"a": 4.0, "b": 3.0}, ("a",), ([], [])),
    ],
)
def test_highest_and_lowest_are_told_only_as_far_as_intervals_let(means, hidden, expected):
    assert extremes(means_of(means, hidden=hidden)) == expected


@given(st.lists(st.floats(1, 5), min_size=2, max_size=8), st.floats(0, 0.5))
def test_the_scale_at_the_end_comes_first(values, half):
    means = {f"s{k}": value for k, value in enumerate(values)}
    highest, lowest = extremes(means_of(means, half))
    assert (means[highest[0]], means[lowest[0]]) == (max(values), min(values))


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            [
                "Who answered, Spring 2026",
                "Top managers: 1,005 responses (42%)",
                "Citizens: 1,005 responses",
                "Frontline staff: Administrative burden (30.80 of at most 40)",
                "What changed since Autumn 2025",
                "Frontline staff: up on 2 of 4 scales, down on 1 of 4 scales",
            ],
        ),
        (
            "en",
            ["Top managers: up on 2 of 2 scales (2 of 4 scales compared)", "Citizens: waves not compared"],
        ),
        ("da", ["Hvem har svaret, Forår 2026", "Topledere: 1.005 svar", "Frontmedarbejdere: op på 2 af 4 skalaer"]),
    ],
)
def test_tiles_say_in_words_who_answered_what_stands_out_and_what_changed(open_page, tmp_path, language, lines):
    build_release.publish(tmp_path)
    text = open_page(lang=language).text
    assert [line for line in lines if line not in text] == []


def test_tiles_of_one_wave_compare_nothing_and_hide_what_is_hidden(open_page, tmp_path):
    tables = build_release.release_tables()
    for name in ("out.response_rates", "out.scale_means", "out.distributions"):
        tables[name] = tables[name][tables[name]["wave"] == "autumn"]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    text = open_page(lang="en").text
    assert "There is one wave only so far." in text
    assert "Top managers: not shown" in text
