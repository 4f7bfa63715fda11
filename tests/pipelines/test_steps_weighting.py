"""Weights of waves and groups: every step by hand, who has a weight, what is reported, refusals with wave and group."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.weighting.faults import WeightingError
from pipelines.sections.weighting import Calibration, DesignWeights, Nonresponse, Trimming, Weights
from pipelines.steps.margins import build_margins, margins_of_study, read_margins
from pipelines.steps.weighting import weigh
from pipelines.steps.weighting_groups import groups_to_weigh

ROWS = ["response_id", "respondent_key", "wave", "respondent_group", "disposition", "is_analysed", "sector_item"]
UNITS = ["unit_id", "wave", "respondent_group", "disposition", "sector", "p", "stratum", "size"]
BECAUSE = "invented for a test"


def responses(*rows):
    frame = pd.DataFrame(rows, columns=["respondent_key", "respondent_group", "sector_item"])
    frame["response_id"] = [f"s/{k}" for k in range(len(frame))]
    return frame.assign(wave="spring", disposition="complete", disposition_code="1.1", is_analysed=True)


def units(*rows):
    frame = pd.DataFrame(rows, columns=["unit_id", "disposition", "sector"])
    return frame.assign(wave="spring", respondent_group="MGR", p="1", stratum="all", size=str(len(frame)))


def rates(share=0.5):
    return pd.DataFrame({"wave": ["spring"], "respondent_group": ["MGR"], "eligible_share": [share]})


def weighted(answered, sampled, spec, margins=None):
    of_study = pd.DataFrame(columns=["wave", "respondent_group", "variable", "category", "total"])
    groups = groups_to_weigh(answered, sampled, rates(), of_study if margins is None else margins)
    return [table.set_index(table.columns[0]) for table in weigh(groups, spec).tables()[:4]]


MANAGERS = [("k1", "MGR", 1), ("k2", "MGR", 1), ("k3", "MGR", 2)]
SAMPLED = [
    ("k1", "complete", "health"),
    ("k2", "complete", "health"),
    ("k3", "complete", "roads"),
    ("k4", "refusal", "health"),
    ("k5", "unknown_eligibility", "roads"),
    ("k6", "unknown_eligibility", "roads"),
    ("k7", "not_eligible", "roads"),
]
CELLS = Nonresponse(variables=("sector",), least_responses=1)


def test_every_weight_is_1_when_the_study_says_nothing():
    weights, summary, cells, margins = weighted(responses(*MANAGERS, (None, "STAFF", 1)), units(*SAMPLED), None)
    assert weights[["design_weight", "nonresponse_weight", "calibrated_weight", "analysis_weight"]].eq(1).all(axis=None)
    assert weights["respondent_group"].tolist() == ["MGR", "MGR", "MGR", "STAFF"]
    assert summary[["weighted_by", "deff_kish", "n_without_weight"]].to_numpy().tolist() == [["none", 1.0, 0]] * 2
    assert not len(cells)
    assert not len(margins)


def test_cells_by_hand():
    weights, summary, cells, _ = weighted(responses(*MANAGERS), units(*SAMPLED), Weights(nonresponse=CELLS))
    # health: 3 eligible, 2 responded; roads: 1 + 2 x e, e = .5, 1 responded
    assert weights["nonresponse_weight"].tolist() == pytest.approx([1.5, 1.5, 2.0])
    assert weights["analysis_weight"].tolist() == pytest.approx([0.9, 0.9, 1.2])
    assert cells[["cell", "n_joined", "n_units", "n_responses", "factor"]].to_numpy().tolist() == [
        ["health", 1, 3, 2, 1.5],
        ["roads", 1, 4, 1, 2.0],
    ]
    found = summary.iloc[0]
    assert found["weighted_by"] == "nonresponse"
    assert found[["sum", "least", "most"]].tolist() == pytest.approx([3, 0.9, 1.2])
    assert found["deff_kish"] == pytest.approx(3 * (0.9**2 * 2 + 1.2**2) / 9)
    assert found["n_effective"] == pytest.approx(3 / found["deff_kish"])


def test_the_population_is_the_sum_when_asked_for():
    weights, *_ = weighted(responses(*MANAGERS), units(*SAMPLED), Weights(nonresponse=CELLS, scale_to="population"))
    assert weights["analysis_weight"].sum() == pytest.approx(5)


def test_selection_probabilities_by_hand():
    sampled = units(*SAMPLED).assign(p=["0.5", "0.5", "0.25", "1", "1", "1", "1"])
    spec = Weights(design=DesignWeights(selection_probability="p"), scale_to="population")
    weights, summary, *_ = weighted(responses(*MANAGERS), sampled, spec)
    assert weights["design_weight"].tolist() == [2, 2, 4]
    assert summary["weighted_by"].tolist() == ["design"]


def test_stratum_sizes_by_hand():
    sampled = units(*SAMPLED).assign(
        stratum=["a", "a", "b", "a", "b", "b", "b"], size=["6", "6", "8", "6", "8", "8", "8"]
    )
    spec = Weights(design=DesignWeights(stratum="stratum", stratum_size="size"), scale_to="population")
    assert weighted(responses(*MANAGERS), sampled, spec)[0]["design_weight"].tolist() == [2, 2, 2]


def test_propensity_classes_give_the_factors_of_their_cells():
    keys = [
        (f"k{k}", "complete" if k % 4 < (1 if k < 40 else 3) else "refusal", "health" if k < 40 else "roads")
        for k in range(80)
    ]
    answered = responses(*[(key, "MGR", 1) for key, word, _ in keys if word == "complete"])
    spec = Weights(
        nonresponse=Nonresponse(method="propensity", variables=("sector",), least_responses=5), scale_to="population"
    )
    weights, _, cells, _ = weighted(answered, units(*keys), spec)
    assert sorted(weights["nonresponse_weight"].unique()) == pytest.approx([4 / 3, 4])
    assert weights["nonresponse_weight"].sum() == pytest.approx(80)
    assert len(cells) == 2


def test_who_is_in_no_frame_and_a_person_s_second_response_have_no_weight():
    answered = responses(*MANAGERS, ("stranger", "MGR", 1), ("k1", "MGR", 1))
    weights, summary, *_ = weighted(answered, units(*SAMPLED), Weights(nonresponse=CELLS))
    assert weights["analysis_weight"].isna().tolist() == [False, False, False, True, True]
    assert summary[["n_responses", "n_without_weight"]].to_numpy().tolist() == [[5, 2]]
    assert weights["analysis_weight"].sum() == pytest.approx(3)


def test_a_response_is_weighted_in_the_group_in_which_its_unit_was_invited():
    answered = responses(("k1", "STAFF", 1), *MANAGERS[1:])
    weights, *_ = weighted(answered, units(*SAMPLED), Weights(nonresponse=CELLS))
    assert weights["respondent_group"].tolist() == ["MGR", "MGR", "MGR"]


def of_study(**margins):
    calibration = Calibration(margins={"MGR": margins}, because=BECAUSE)
    return Weights(calibration=calibration, scale_to="population"), margins_of_study(calibration)


def test_post_stratification_to_an_item_by_hand():
    spec, margins = of_study(sector_item={"1": 60, "2": 40})
    weights, summary, _, of_margins = weighted(responses(*MANAGERS), units(*SAMPLED), spec, margins)
    assert weights["analysis_weight"].tolist() == pytest.approx([30, 30, 40])
    assert summary[["weighted_by", "n_iterations"]].to_numpy().tolist() == [["calibration", 1]]
    assert of_margins[["category", "n_responses", "share_before", "share_target", "share_after"]].round(
        3
    ).to_numpy().tolist() == [
        ["1", 2, 0.667, 0.6, 0.6],
        ["2", 1, 0.333, 0.4, 0.4],
    ]


def test_shares_keep_the_sum_of_the_weights():
    spec, margins = of_study(sector={"health": 0.5, "roads": 0.5})
    weights, *_ = weighted(responses(*MANAGERS), units(*SAMPLED), spec, margins)
    assert weights["analysis_weight"].tolist() == pytest.approx([0.75, 0.75, 1.5])


def test_crossed_variables_are_one_margin():
    spec, margins = of_study(**{"sector x sector_item": {"health x 1": 20, "roads x 2": 80}})
    weights, _, _, of_margins = weighted(responses(*MANAGERS), units(*SAMPLED), spec, margins)
    assert weights["analysis_weight"].tolist() == pytest.approx([10, 10, 80])
    assert of_margins["variable"].unique().tolist() == ["sector x sector_item"]


def test_responses_of_which_the_category_is_not_known_keep_their_share():
    spec, margins = of_study(sector_item={"1": 30, "2": 70})
    answered = responses(("k1", "MGR", "1"), ("k2", "MGR", "2"), ("k3", "MGR", None), ("k4", "MGR", "2"))
    weights, _, _, of_margins = weighted(answered, units(*SAMPLED), spec, margins)
    assert weights["analysis_weight"].tolist() == pytest.approx([22.5, 26.25, 25, 26.25])
    assert of_margins["category"].tolist() == ["1", "2", ""]


def test_a_margin_of_the_wave_replaces_that_of_every_wave():
    spec, margins = of_study(sector_item={"1": 60, "2": 40})
    spring = margins.assign(wave="spring", total=[10, 90])
    autumn = margins.assign(wave="autumn", total=[50, 50])
    weights, *_ = weighted(responses(*MANAGERS), units(*SAMPLED), spec, pd.concat([margins, autumn, spring]))
    assert weights["analysis_weight"].tolist() == pytest.approx([5, 5, 90])


def test_trimming_by_hand_is_reported():
    spec, margins = of_study(sector_item={"1": 20, "2": 80})
    trimmed = Weights(trimming=Trimming(rule="times_mean", times=1.5, because=BECAUSE), scale_to="population")
    answered = responses(*[(f"k{k}", "MGR", 1) for k in range(9)], ("k9", "MGR", 2))
    sampled = units(*[(f"k{k}", "complete", "health") for k in range(10)]).assign(p=["1"] * 9 + ["0.1"])
    spec = trimmed.model_copy(update={"design": DesignWeights(selection_probability="p")})
    weights, summary, *_ = weighted(answered, sampled, spec)
    # sum 19, mean 1.9: the weight 10 is cut to 2.85, and 7.15 / 9 is added to the others
    assert weights["analysis_weight"].tolist() == pytest.approx([1 + 7.15 / 9] * 9 + [2.85])
    assert weights["is_trimmed"].tolist() == [False] * 9 + [True]
    assert summary["share_trimmed"].tolist() == [0.1]
    assert margins["total"].tolist() == [20, 80]


@pytest.mark.parametrize(
    ("sampled", "spec", "told"),
    [
        (
            {"p": ["0"] * 7},
            Weights(design=DesignWeights(selection_probability="p")),
            "a p is not above 0 and at most 1",
        ),
        (
            {"p": ["x"] * 7},
            Weights(design=DesignWeights(selection_probability="p")),
            "7 units of the frame without a number",
        ),
        (
            {"size": ["7", "7", "8", "7", "7", "7", "7"]},
            Weights(design=DesignWeights(stratum="stratum", stratum_size="size")),
            "the stratum 'all' has more than one size",
        ),
        (
            {"size": ["6"] * 7},
            Weights(design=DesignWeights(stratum="stratum", stratum_size="size")),
            "the stratum 'all' has 7 units in the frame; its size is less",
        ),
        ({}, Weights(nonresponse=Nonresponse(variables=("sector",), largest_factor=1.1)), "allow a larger one"),
        ({}, of_study(sector={"health": 1})[0], "1 response has sector 'roads', which the margin lacks"),
        ({}, of_study(sector={"health": 1, "roads": 1, "schools": 1})[0], "'schools', of which there is no response"),
    ],
)
def test_weights_that_cannot_be_had_are_refused_with_wave_and_group(sampled, spec, told):
    margins = margins_of_study(spec.calibration) if spec.calibration else None
    with pytest.raises(WeightingError, match=f"wave spring, MGR: .*{told}"):
        weighted(responses(*MANAGERS), units(*SAMPLED).assign(**sampled), spec, margins)


def test_a_file_of_margins_is_read():
    texts = pd.DataFrame(
        {"respondent_group": ["MGR"], "variable": [" sector"], "category": ["health"], "total": ["12.5"]}
    )
    assert read_margins(texts).to_numpy().tolist() == [["", "MGR", "sector", "health", 12.5]]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"total": ["1", "-1"]}, "row 3: the total is no number above 0"),
        ({"total": ["many", "1"]}, "row 2: the total is no number above 0"),
        ({"category": ["a", "a"]}, "row 3: this category stands twice"),
    ],
)
def test_a_file_of_margins_that_cannot_be_used_is_refused_with_its_row(changes, told):
    texts = pd.DataFrame({"respondent_group": "MGR", "variable": "sector", "category": ["a", "b"], "total": ["1", "2"]})
    with pytest.raises(WeightingError, match=told):
        read_margins(texts.assign(**changes))
    with pytest.raises(WeightingError, match="the column total is missing; found respondent_group, variable, category"):
        read_margins(texts.drop(columns="total"))


@given(st.lists(st.sampled_from(["1", "2", None]), min_size=2, max_size=20).filter(lambda v: {"1", "2"} <= set(v)))
def test_margins_add_up_to_the_weights_when_they_are_shares(values):
    margins = margins_of_study(of_study(sector_item={"1": 0.25, "2": 0.75})[0].calibration)
    weights = pd.Series(range(1, len(values) + 1), dtype=float).to_numpy()
    (margin,) = build_margins(margins, {"sector_item": pd.Series(values, dtype="str")}, weights)
    assert margin.targets.sum() == pytest.approx(weights.sum())
    assert (margin.targets > 0).all()
