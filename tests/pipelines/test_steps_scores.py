"""Scores and the analysis table: one row an analysed response, organisation means within wave and group."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilot_study import pilot_study

from pipelines.steps.scores import join_for_analysis, score_responses
from pipelines.tables import core

RESPONSE = st.tuples(
    st.sampled_from(["spring", "autumn"]),
    st.sampled_from(["MGR", "STAFF"]),
    st.sampled_from([None, "o1", "o2"]),
    st.booleans(),
    st.lists(st.one_of(st.none(), st.integers(1, 3)), min_size=3, max_size=3),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return pilot_study(tmp_path_factory.mktemp("pilot"))


def tables(study, rows):
    """Responses and answers of people, in an order of their own."""
    ids = [f"s/{k:03d}" for k in range(len(rows), 0, -1)]
    keys = pd.DataFrame(
        [row[:4] for row in rows], columns=["wave", "respondent_group", "organisation_id", "is_analysed"]
    ).assign(response_id=ids)
    others = {name: None for name in core.RESPONSES.columns if name not in keys}
    responses = core.RESPONSES.typed(keys.assign(**{**others, "source": "s", "disposition": "complete"}))
    codes = pd.DataFrame([row[4] for row in rows], columns=["v1", "v2", "v3"])
    answers = codes.assign(response_id=ids, wave=keys["wave"], workplace=1, age=40.0, t1=5, t2=None)
    return responses, core.answers(study).typed(answers)


def analysis_of(study, rows):
    responses, answers = tables(study, rows)
    analysed = responses.loc[responses["is_analysed"], "response_id"]
    scores = core.scores(study).typed(score_responses(answers, analysed, study.scales()))
    return core.analysis(study).typed(join_for_analysis(responses, answers, scores, list(study.scales())))


def test_only_analysed_responses_are_scored_in_the_order_of_their_id(study):
    rows = [("spring", "MGR", "o1", True, [3, 1, 3]), ("spring", "MGR", "o1", False, [1, 1, 1])]
    rows.append(("spring", "MGR", "o1", True, [1, None, 1]))
    responses, answers = tables(study, rows)
    scores = score_responses(answers, responses.loc[responses["is_analysed"], "response_id"], study.scales())
    assert scores["response_id"].tolist() == ["s/001", "s/003"]
    assert scores["voice"].tolist() == [1.0, 3.0]
    assert scores["trust"].tolist() == [10.0, 10.0]


def test_organisation_means_stay_within_wave_and_group(study):
    everyone = [3, 1, 3]
    rows = [
        ("spring", "MGR", "o1", True, everyone),
        ("spring", "MGR", "o1", True, [1, 3, 1]),
        ("spring", "STAFF", "o1", True, everyone),
        ("autumn", "MGR", "o1", True, everyone),
        ("spring", "MGR", "o2", True, everyone),
        ("spring", "MGR", None, True, everyone),
    ]
    analysis = analysis_of(study, rows).set_index("response_id").sort_index(ascending=False)
    assert analysis["voice_organisation_mean"].fillna(-1).tolist() == [2.0, 2.0, 3.0, 3.0, 3.0, -1]
    assert analysis["voice_within_organisation"].fillna(-9).tolist() == [1.0, -1.0, 0.0, 0.0, 0.0, -9]


def test_no_responses_give_an_empty_analysis_table(study):
    assert analysis_of(study, []).empty


@given(st.lists(RESPONSE, max_size=12))
def test_mean_and_deviation_add_up_to_the_score_and_deviations_to_zero(study, rows):
    analysis = analysis_of(study, rows)
    assert analysis["response_id"].tolist() == sorted(analysis["response_id"])
    assert len(analysis) == sum(row[3] for row in rows)
    known = analysis.dropna(subset=["voice", "organisation_id"])
    total = known["voice_organisation_mean"] + known["voice_within_organisation"]
    np.testing.assert_allclose(total.to_numpy(float), known["voice"].to_numpy(float))
    keys = ["wave", "respondent_group", "organisation_id"]
    np.testing.assert_allclose(known.groupby(keys)["voice_within_organisation"].sum().to_numpy(float), 0, atol=1e-12)
    assert analysis.loc[analysis["organisation_id"].isna(), "voice_organisation_mean"].isna().all()
