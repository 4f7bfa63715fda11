"""Scores and the analysis table: one row an analysed response, organisation means within wave and group."""

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pilot_study import pilot_study

from instruments.scoring import score_scale
from instruments.spec import Instrument
from pipelines.steps.scores import join_for_analysis, score_of, score_responses
from pipelines.tables import core
from pipelines.tables.base import DUCKDB_TYPES

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


def scored(study, responses, answers):
    """Score every wave in DuckDB."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA core")
        for table, rows in ((core.RESPONSES, responses), (core.answers(study), answers)):
            create_table_of(connection, table, rows)
        found = [connection.sql(score_responses(study.scales(), wave)).df() for wave in ("spring", "autumn")]
    return core.scores(study).typed(pd.concat(found, ignore_index=True)).sort_values("response_id", ignore_index=True)


def create_table_of(connection, table, rows):
    columns = ", ".join(f'"{name}" {DUCKDB_TYPES[column.kind]}' for name, column in table.columns.items())
    connection.execute(f"CREATE TABLE {table.name} ({columns})")
    connection.register("rows", rows)
    connection.execute(f"INSERT INTO {table.name} BY NAME FROM rows")
    connection.unregister("rows")


def analysis_of(study, rows):
    responses, answers = tables(study, rows)
    scores = scored(study, responses, answers)
    return core.analysis(study).typed(join_for_analysis(responses, answers, scores, list(study.scales())))


def test_only_analysed_responses_are_scored_in_the_order_of_their_id(study):
    rows = [("spring", "MGR", "o1", True, [3, 1, 3]), ("spring", "MGR", "o1", False, [1, 1, 1])]
    rows.append(("spring", "MGR", "o1", True, [1, None, 1]))
    responses, answers = tables(study, rows)
    scores = scored(study, responses, answers)
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


@st.composite
def scales_with_answers(draw):
    """Draw an instrument with one scale of any kind, and answers with any pattern of gaps."""
    n_items = draw(st.integers(1, 9))
    lowest = draw(st.integers(-3, 3))
    points = {code: {} for code in range(lowest, lowest + draw(st.integers(2, 11)))}
    items = [f"i{number}" for number in range(n_items)]
    scale = {
        "items": items,
        "reverse_scored": draw(st.lists(st.sampled_from(items), unique=True)),
        "score": draw(st.sampled_from(["mean", "sum"])),
        "least_answered": draw(st.integers(1, n_items)),
    }
    raw = {
        "name": "any",
        "version": "1",
        "title": {"en": "t"},
        "response_scales": {"points": {"points": points}},
        "items": {item: {"response_scale": "points"} for item in items},
        "scales": {"scale": scale},
    }
    code = st.one_of(st.none(), st.sampled_from(list(points)))
    rows = draw(st.lists(st.lists(code, min_size=n_items, max_size=n_items), min_size=1, max_size=30))
    return Instrument.model_validate(raw, strict=False), pd.DataFrame(rows, columns=items, dtype="Int16")


@given(scales_with_answers())
def test_scores_are_bit_for_bit_those_of_the_definition(drawn):
    instrument, answers = drawn
    query = f"SELECT {score_of(instrument, 'scale')} AS scale FROM answers"
    found = duckdb.sql(query).df()["scale"].to_numpy(float)
    defined = score_scale(answers, instrument, "scale").to_numpy(float, na_value=np.nan)
    assert (np.isnan(found) == np.isnan(defined)).all()
    given_scores = ~np.isnan(defined)
    assert found[given_scores].tobytes() == defined[given_scores].tobytes()
