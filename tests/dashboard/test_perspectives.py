"""The page of perspectives: groups side by side where that was shown to mean something, differences only when clear."""

import build_release
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.comparisons import GROUP_REASONS, groups_side_by_side
from dashboard.perspectives import pairs
from dashboard.wording import WORDINGS
from pipelines.tables.released import COMPARISON_VERDICTS

GROUPS = ["TOP", "FRL", "CIT"]


def means_of(means, half=0.1, n=100, hidden=()):
    rows = [
        {"scale": "trust", "respondent_group": group, "n_obs": n, "mean": mean, "conf_low": mean - half,
         "conf_high": mean + half, "is_hidden": group in hidden}
        for group, mean in means.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("means", "half", "n", "clear"),
    [
        ({"TOP": 3.0, "FRL": 3.0}, 0.1, 100, set()),
        ({"TOP": 3.0, "FRL": 4.0}, 0.1, 100, {("FRL", "TOP")}),
        ({"TOP": 3.15, "FRL": 3.0}, 0.1, 1000, set()),  # 0.15 is less than sqrt(0.02) and what rounding hides
        ({"TOP": 3.17, "FRL": 3.0}, 0.1, 1000, {("TOP", "FRL")}),
        ({"TOP": 3.17, "FRL": 3.0, "CIT": 3.1}, 0.1, 1000, set()),  # one of three pairs has to be clearer
        ({"TOP": 3.17, "FRL": 3.0}, 0.1, 10, set()),  # and so has one of few people
    ],
)
def test_a_group_is_called_higher_only_when_rounding_and_chance_leave_no_doubt(means, half, n, clear):
    found = pairs(means_of(means, half, n))
    is_clear = found[found["is_clear"].astype(bool)]
    assert set(zip(is_clear["first"], is_clear["second"], strict=True)) == clear


@given(st.lists(st.floats(1, 5), min_size=3, max_size=3), st.floats(0, 1))
def test_differences_run_downwards_lie_within_their_intervals_and_do_not_depend_on_the_order(values, half):
    means = means_of(dict(zip(GROUPS, values, strict=True)), half)
    found, turned = pairs(means), pairs(means.iloc[::-1])
    assert len(found) == 3
    assert (found["difference"] >= 0).all()
    assert ((found["low"] < found["difference"]) & (found["difference"] < found["high"])).all()
    assert sorted(found["difference"]) == pytest.approx(sorted(turned["difference"]))


def test_a_hidden_group_is_compared_with_none():
    found = pairs(means_of({"TOP": 1.0, "FRL": 3.0, "CIT": 5.0}, hidden={"TOP"}))
    assert set(found["first"]) | set(found["second"]) == {"FRL", "CIT"}


@pytest.mark.parametrize(
    ("scale", "groups", "beside", "reason"),
    [
        ("identity_work", GROUPS, GROUPS, ""),
        ("identity_work", ["FRL"], [], "one_group"),
        ("vertical_integration", GROUPS, [], "not_shown"),
        ("collective_leadership", GROUPS, ["TOP", "FRL"], "other_groups"),
        ("collective_leadership", ["TOP", "CIT"], [], "other_groups"),
        ("burden", GROUPS, [], "not_looked_at"),
    ],
)
def test_groups_stand_side_by_side_only_where_exactly_these_were_shown_to_be_comparable(scale, groups, beside, reason):
    assert groups_side_by_side(build_release.release_tables()["out.comparisons"], scale, groups) == (beside, reason)


def test_a_scale_that_no_test_fits_says_so_of_groups_too():
    row = {"scale": "s", "respondent_group": "TOP", "over": "wave", "verdict": "no_test", "compared": ""}
    assert groups_side_by_side(pd.DataFrame([row]), "s", GROUPS) == ([], "no_test")


@pytest.mark.parametrize("language", WORDINGS)
def test_every_verdict_that_keeps_groups_apart_has_its_sentence(language):
    assert set(COMPARISON_VERDICTS) - {"shown"} <= set(GROUP_REASONS)
    assert all("{scales}" in WORDINGS[language][f"groups_apart_{reason}"] for reason in GROUP_REASONS)


@pytest.mark.parametrize(
    ("language", "higher", "apart", "hidden"),
    [
        (
            "en",
            "Frontline staff higher than Top managers, by 0.16 points (",
            "Not shown that the questions",
            "not shown",
        ),
        ("da", "Frontmedarbejdere ligger højere end Topledere, med 0,16 point (", "Det er ikke vist", "vises ikke"),
    ],
)
def test_words_come_first_and_hidden_groups_read_alike(open_page, tmp_path, language, higher, apart, hidden):
    build_release.publish(tmp_path)
    seen = open_page("perspectives", lang=language, wave="spring")
    assert higher in seen.text
    assert apart in seen.text
    drawn = open_page("perspectives", lang=language, wave="autumn")
    assert f": {hidden}" in drawn.charts
    assert hidden in drawn.tables
    assert "too few" not in drawn.charts + drawn.tables


def test_groups_that_were_not_shown_to_be_comparable_never_share_a_chart(open_page, tmp_path):
    build_release.publish(tmp_path)
    seen = open_page("perspectives", lang="en")
    drawn = [{(row["key"], row["series"]) for rows in chart["datasets"].values() for row in rows if "series" in row}
             for chart in seen.charts_drawn]  # fmt: skip
    beside, *apart = drawn
    assert beside == {
        *(("identity_work", group) for group in ("Top managers", "Frontline staff", "Citizens")),
        *(("collective_leadership", group) for group in ("Top managers", "Frontline staff")),
    }
    assert apart
    assert all(len({group for _, group in chart}) == 1 for chart in apart)


@pytest.mark.parametrize("query", [{"wave": "x' OR 1=1"}, {"group": "NONE"}], ids=lambda query: next(iter(query)))
def test_what_is_not_in_the_release_cannot_be_asked_for(open_page, tmp_path, query):
    build_release.publish(tmp_path)
    plain = open_page("perspectives", lang="en").everything
    assert open_page("perspectives", lang="en", **query).everything == plain


@pytest.mark.parametrize("emptied", ["out.scale_means", "out.comparisons"])
def test_a_release_without_scores_or_verdicts_says_so(open_page, tmp_path, emptied):
    tables = build_release.release_tables()
    tables[emptied] = tables[emptied].iloc[:0]
    build_release.point_at(tmp_path, build_release.write_release(tmp_path, tables))
    said = {"out.scale_means": "no scores", "out.comparisons": "**The groups cannot be compared**"}
    assert said[emptied] in open_page("perspectives", lang="en").text
