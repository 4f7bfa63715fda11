"""Waves stand side by side only where a release says that was shown; everything else stands apart, with the reason."""

import build_release
import pandas as pd
import pytest

from dashboard.comparisons import REASONS, levels_reached, reasons_apart, why_apart
from dashboard.wording import WORDINGS
from pipelines.tables.released import COMPARISON_VERDICTS

WAVES = ("autumn", "spring")
CASES = {
    "shown": ("FRL", "identity_work", WAVES, ""),
    "one_wave_is_no_comparison": ("CIT", "identity_work", ("spring",), ""),
    "not_shown": ("CIT", "identity_work", WAVES, "not_shown"),
    "not_tested": ("CIT", "vertical_integration", WAVES, "not_tested"),
    "no_verdict": ("CIT", "burden", WAVES, "not_looked_at"),
    "unknown_scale": ("CIT", "morale", WAVES, "not_looked_at"),
    "shown_for_other_waves": ("TOP", "vertical_integration", WAVES, "other_waves"),
}


@pytest.mark.parametrize("case", CASES)
def test_waves_stand_apart_unless_exactly_these_were_shown_to_be_comparable(case):
    group, scale, waves, expected = CASES[case]
    assert why_apart(build_release.release_tables()["out.comparisons"], scale, group, waves) == expected


def test_without_any_verdict_nothing_is_compared():
    tables = build_release.release_tables()
    none = tables["out.comparisons"].head(0)
    assert set(reasons_apart(none, tables["out.scale_means"])) == {"not_looked_at"}


@pytest.mark.parametrize("other", ["language", "source", "respondent_group"])
def test_a_verdict_on_other_groups_says_nothing_of_waves(other):
    row = {"scale": "s", "respondent_group": "G", "over": other, "verdict": "shown", "compared": "autumn; spring"}
    assert why_apart(pd.DataFrame([row]), "s", "G", WAVES) == "not_looked_at"


@pytest.mark.parametrize("language", WORDINGS)
def test_every_verdict_that_keeps_waves_apart_has_its_sentence(language):
    assert set(COMPARISON_VERDICTS) - {"shown"} <= set(REASONS)
    assert all("{scales}" in WORDINGS[language][f"apart_{reason}"] for reason in REASONS)


def test_the_level_that_was_shown_is_told_with_what_differs_all_the_same():
    table = build_release.release_tables()["out.comparisons"]
    is_one = (table["respondent_group"] == "TOP") & (table["scale"] == "vertical_integration")
    table = table.assign(
        level_reached=table["level_reached"].mask(is_one, "strict"), n_differing=table["n_differing"].mask(is_one, 2)
    )
    found = levels_reached(table, "TOP", ["vertical_integration", "identity_work", "morale"])
    assert found == {"strict": {"vertical_integration": 2}, "scalar": {"identity_work": 0}}
    assert levels_reached(table, "CIT", ["identity_work", "vertical_integration"]) == {}


@pytest.mark.parametrize("language", sorted(WORDINGS))
def test_every_level_at_which_averages_may_be_compared_has_words(language):
    assert all(f"alike_{level}" in WORDINGS[language] for level in ("scalar", "strict"))
