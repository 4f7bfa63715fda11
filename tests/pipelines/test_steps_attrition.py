"""Who is found again in later waves, and how those who left differed."""

import numpy as np
import pandas as pd
import pytest

from pipelines.steps.attrition import attrition, attrition_differences, expected_false_links
from pipelines.tables.linking import LINK_CANDIDATES, LINK_CODES

WAVES = ["w1", "w2"]


def people() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four people of the first wave, three of the second; two are the same, one pair by key and one by code."""
    rows = [
        ("a1", "w1", "MGR", "a1", "key"),
        ("b1", "w1", "MGR", "b1", "code"),
        ("c1", "w1", "MGR", "c1", "none"),
        ("d1", "w1", "FRL", "d1", "none"),
        ("a2", "w2", "MGR", "a1", "key"),
        ("b2", "w2", "FRL", "b1", "code"),
        ("e2", "w2", "MGR", "e2", "none"),
    ]
    table = pd.DataFrame(rows, columns=["response_id", "wave", "respondent_group", "person_id", "rule"])
    responses = table[["response_id", "wave", "respondent_group"]].assign(is_analysed=True)
    return responses, table[["response_id", "wave", "person_id", "rule"]].assign(is_used=True)


def test_people_are_counted_by_the_group_of_the_earlier_wave():
    responses, links = people()
    table = attrition(responses, links, LINK_CANDIDATES.empty(), LINK_CODES.empty(), WAVES)
    managers = table.set_index("respondent_group").loc["MGR"]
    assert managers[["n_from", "n_to", "n_linked", "n_lost", "n_new"]].tolist() == [3, 2, 2, 1, 1]
    assert managers[["n_linked_by_key", "n_linked_by_code", "n_linked_by_code_less_one"]].tolist() == [1, 1, 0]
    assert managers["retention_rate"] == pytest.approx(2 / 3)
    assert pd.isna(managers["expected_false_links"])
    staff = table.set_index("respondent_group").loc["FRL"]
    assert staff[["n_from", "n_to", "n_linked", "n_lost", "n_new"]].tolist() == [1, 1, 0, 1, 0]


def test_a_wave_that_has_not_begun_has_no_attrition():
    responses, links = people()
    first = responses["wave"] == "w1"
    nothing = LINK_CANDIDATES.empty(), LINK_CODES.empty()
    assert attrition(responses[first], links[first.to_numpy()], *nothing, WAVES).empty


def test_leavers_are_compared_with_stayers():
    rows = [(f"s{i}", "w1", f"s{i}") for i in range(4)] + [(f"t{i}", "w2", f"s{i}") for i in range(2)]
    table = pd.DataFrame(rows, columns=["response_id", "wave", "person_id"])
    responses = table[["response_id", "wave"]].assign(respondent_group="MGR", is_analysed=True)
    links = table.assign(rule="key", is_used=True)
    scores = table[["response_id", "wave"]].assign(voice=[4.0, 5.0, 1.0, 2.0, 3.0, 3.0])
    row = attrition_differences(responses, links, scores, ["voice"], WAVES).iloc[0]
    assert (row["n_stayed"], row["n_left"], row["mean_stayed"], row["mean_left"]) == (2, 2, 4.5, 1.5)
    assert row["std_difference"] == pytest.approx(3 / np.sqrt(0.5))


def test_chance_links_are_those_of_independent_elements():
    earlier = pd.DataFrame({"x": ["a", "b"], "y": ["a", "a"]})
    later = pd.DataFrame({"x": ["a", "a"], "y": ["a", "b"]})
    # Each element agrees for half of the four pairs: both 1/4, exactly one 1/2.
    assert expected_false_links(earlier, later) == pytest.approx(4 * (0.25 + 0.5))
    assert expected_false_links(earlier, later.iloc[:0]) is None
