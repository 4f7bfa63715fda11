"""Field monitoring and representativity: days by hand, where people broke off, indicators of waves and groups."""

import datetime as dt

import pandas as pd
import pytest

from pipelines.sections.aapor import standard
from pipelines.sections.weighting import DesignWeights
from pipelines.steps.progress import break_off_items, fieldwork_by_day
from pipelines.steps.representativity import representativity
from pipelines.tables.core import MISSING, RESPONSES, SAMPLED_UNITS

ITEMS = {"s": ["a", "b", "c"]}


def responses(*rows):
    frame = pd.DataFrame(rows, columns=["disposition", "started_at", "ended_at"])
    for name in ("started_at", "ended_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True, format="ISO8601")
    frame["disposition_code"] = frame["disposition"].map(lambda name: standard().code(name, "aapor_2016"))
    names = {"response_id": [f"s/{k}" for k in range(len(frame))], "source": "s", "respondent_group": "MGR"}
    paradata = ["organisation_id", "respondent_key", "language", "response_seconds", "is_finished"]
    frame = frame.assign(**names, wave="spring", **dict.fromkeys(paradata), share_answered=0.5, is_analysed=True)
    return RESPONSES.typed(frame.assign(file_sha256="f0", row_number=2))


def invited(n):
    units = pd.DataFrame({"unit_id": [f"u{k}" for k in range(n)], "wave": "spring", "respondent_group": "MGR"})
    return SAMPLED_UNITS.typed(units.assign(organisation_id=None, disposition="complete", disposition_code="1.1"))


def test_days_by_hand():
    answered = responses(
        ("complete", "2026-03-01T09:00:00", "2026-03-01T09:10:00"),
        ("partial", "2026-03-01T23:50:00", "2026-03-02T00:10:00"),
        ("break_off", "2026-03-04T09:00:00", None),
        ("complete", None, "2026-03-04T10:00:00"),
        ("complete", None, None),
    )
    days = fieldwork_by_day(answered, invited(10))
    assert days["day"].tolist() == [dt.date(2026, 3, day) for day in (1, 2, 3, 4)]
    counts = ["n_started", "n_complete", "n_partial", "n_break_off", "n_started_so_far", "n_complete_so_far"]
    assert days[counts].to_numpy().tolist() == [
        [2, 1, 0, 0, 2, 1],
        [0, 0, 1, 0, 2, 1],
        [0, 0, 0, 0, 2, 1],
        [2, 1, 0, 1, 4, 2],
    ]
    assert days["share_of_invited_so_far"].tolist() == pytest.approx([0.1, 0.2, 0.2, 0.3])


def test_without_a_frame_there_is_no_share_and_previews_do_not_count():
    answered = responses(("complete", "2026-03-01T09:00:00", None), ("complete", "2026-03-05T09:00:00", None))
    answered["disposition_code"] = answered["disposition_code"].where([True, False])
    days = fieldwork_by_day(answered, SAMPLED_UNITS.empty())
    assert days["n_started"].tolist() == [1]
    assert days["share_of_invited_so_far"].isna().all()
    assert not len(fieldwork_by_day(answered.iloc[:0], SAMPLED_UNITS.empty()))


@pytest.mark.parametrize(
    ("reasons", "last"),
    [
        ({"b": "not_reached", "c": "not_reached"}, "a"),
        ({"a": "seen_unanswered", "c": "not_reached"}, "b"),
        ({"b": "refused", "c": "unknown_blank"}, "b"),
        (dict.fromkeys("abc", "not_reached"), ""),
    ],
    ids=["after the first", "a skipped item before it", "an opt-out is an answer", "before the first"],
)
def test_a_break_off_is_at_the_last_item_answered(reasons, last):
    answered = responses(("break_off", None, None), ("complete", None, None))
    rows = [
        {"response_id": "s/0", "wave": "spring", "item": item, "reason": reason} for item, reason in reasons.items()
    ]
    found = break_off_items(answered, MISSING.typed(pd.DataFrame(rows)), ITEMS)
    assert found[["item", "n_break_off"]].to_numpy().tolist() == [[last, 1]]


def test_without_break_offs_the_table_is_empty():
    assert not len(break_off_items(responses(("complete", None, None)), MISSING.empty(), ITEMS))


def of_sectors(*sectors):
    """Sizes and numbers of responses by sector → the units of the frame."""
    rows = [
        (sector, "complete" if k < n else "unknown_eligibility") for sector, size, n in sectors for k in range(size)
    ]
    units = pd.DataFrame(rows, columns=["sector", "disposition"])
    names = {"unit_id": [f"u{k}" for k in range(len(units))], "wave": "spring", "respondent_group": "MGR"}
    return units.assign(**names, p="0.5", stratum="all", size=str(2 * len(units)))


def indicators(units, design=None):
    found = representativity(units, ["sector"], design)
    return found.set_index(["indicator", "category"])


def test_indicators_of_a_group_by_hand():
    units = of_sectors(("health", 50, 30), ("roads", 50, 10))
    ineligible = units.iloc[:5].assign(unit_id=[f"n{k}" for k in range(5)], disposition="not_eligible")
    found = indicators(pd.concat([units, ineligible], ignore_index=True))
    variance = 100 * 0.04 / 99
    assert found.loc[("r_indicator", ""), "estimate"] == pytest.approx(1 - 2 * (variance - 0.004) ** 0.5)
    assert found.loc[("mean_propensity", ""), "estimate"] == pytest.approx(0.4)
    assert found.loc[("partial_r", "roads"), "estimate"] < 0 < found.loc[("partial_r", "health"), "estimate"]
    assert found[["n_units", "n_responses"]].drop_duplicates().to_numpy().tolist() == [[100, 40]]
    assert found["reason"].isna().all()


def test_the_design_enters_by_its_weights():
    units = of_sectors(("health", 50, 30), ("roads", 50, 10))
    of_all, of_half = indicators(units), indicators(units, DesignWeights(selection_probability="p"))
    of_strata = indicators(units, DesignWeights(stratum="stratum", stratum_size="size"))
    at = (("r_indicator", ""), "estimate")
    assert of_half.loc[at] == pytest.approx(of_strata.loc[at])
    assert of_half.loc[at] != pytest.approx(of_all.loc[at])


def test_where_there_is_no_estimate_the_reason_stands():
    found = indicators(of_sectors(("health", 50, 30), ("roads", 5, 0)))
    assert found["estimate"].isna().all()
    assert found["reason"].iloc[0].startswith("nobody with sector 'roads' responded")


def test_a_variable_of_one_category_has_no_indicator_but_a_reason():
    found = indicators(of_sectors(("health", 50, 30)))
    assert found["estimate"].isna().tolist() == [True]
    assert found.loc[("r_indicator", ""), "reason"].startswith("all units have the same sector")
    units = of_sectors(("health", 50, 30), ("roads", 50, 10)).assign(country="dk")
    beside = representativity(units, ["sector", "country"], None)
    missing = beside[beside["estimate"].isna()]
    assert missing[["indicator", "variable"]].to_numpy().tolist() == [["partial_r", "country"]]
    assert missing["reason"].iloc[0].startswith("the variable does not vary")


def test_unequal_weights_give_the_unadjusted_indicator_only():
    units = of_sectors(("health", 50, 30), ("roads", 50, 10))
    found = indicators(units.assign(p=["0.5", "1"] * 50), DesignWeights(selection_probability="p"))
    assert found["estimate"].isna().to_dict()[("r_indicator_unadjusted", "")] is False
    assert found.loc[("r_indicator", ""), "reason"].startswith("design weights differ within a stratum")
