"""Responses chosen by a question to a database are those chosen in memory, and their hash is that of the frame."""

from itertools import pairwise

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from analysis_tables import model_of
from drawn_tables import AGE, ROLE, table_of

from models.origin import data_hash, hash_of_parts
from models.regression.design import select_rows
from models.regression.identification import ModelDataError
from models.regression.in_database.connection import Query, batches, frame
from models.regression.in_database.observed_values import ObservedInDatabase
from models.regression.in_database.responses import look_at_responses
from models.regression.in_database.selection import select_in_database
from models.regression.moderation.observed import ObservedRows
from models.sections.population import Population

RANDOM = np.random.default_rng(8)
TABLE = table_of(n=900, n_clusters=40).assign(
    wave=RANDOM.choice(["autumn", "spring"], 900),
    respondent_group=RANDOM.choice(["FRL", "MAN", "PAR"], 900),
    excluded_by_careless=RANDOM.random(900) < 0.1,
)
MODELS = {
    "everybody": {},
    "groups and a wave": {"population": Population(respondent_groups=("FRL", "PAR"), waves=("spring",))},
    "a rule": {"population": Population(without="careless")},
    "weights": {"weights": "weight"},
    "effects": {"fixed_effects": "organisation_id"},
}


@pytest.fixture
def connection():
    with duckdb.connect() as opened:
        opened.register("analysis", pa.Table.from_pandas(TABLE.sample(frac=1, random_state=2), preserve_index=False))
        yield opened


def model(**changes):
    return model_of(AGE, ROLE, **{"outcome": "score_of_trust", "cluster": "organisation_id", **changes})


@pytest.mark.parametrize("name", MODELS)
def test_a_question_chooses_the_rows_that_are_chosen_in_memory(name, connection):
    spec = model(**MODELS[name])
    selected, expected = select_in_database(spec, connection, ("analysis",)), select_rows(spec, TABLE)
    rows = frame(connection, selected.in_order)
    assert list(rows) == list(expected.data)
    assert data_hash(rows.astype(expected.data.dtypes)) == data_hash(expected.data)
    found = (selected.n_obs, selected.n_in_population, selected.n_alone)
    assert found == (len(expected.rows), expected.n_in_population, expected.n_alone)


def test_a_column_that_is_not_there_is_named(connection):
    with pytest.raises(ModelDataError, match="no column nowhere"):
        select_in_database(model(cluster="nowhere"), connection, ("analysis",))


@pytest.mark.parametrize("size", [8, 64, 1_000])
def test_the_hash_of_parts_is_that_of_the_whole(size):
    table = TABLE.assign(note=TABLE["wave"].where(RANDOM.random(len(TABLE)) < 0.7))
    cut = range(0, len(table), size)
    found = hash_of_parts(len(table), list(table), lambda name: [table[name].iloc[at : at + size] for at in cut])
    assert found == data_hash(table)


@pytest.mark.parametrize("sizes", [(300, 300, 300), (1, 7, 892), (900,), (450, 1, 449)])
def test_batches_have_the_same_length_wherever_an_answer_was_cut(sizes):
    class Cut:
        def sql(self, query, *, params=None):
            assert (query, params) == ("SELECT", None)
            return self

        def to_arrow_reader(self, batch_size):
            edges = np.cumsum([0, *sizes])
            whole = pa.RecordBatch.from_pandas(TABLE[["age"]], preserve_index=False)
            parts = [whole.slice(start, stop - start) for start, stop in pairwise(edges)]
            return pa.RecordBatchReader.from_batches(whole.schema, parts)

    found = list(batches(Cut(), Query("SELECT"), 256))
    assert [part.num_rows for part in found] == [256, 256, 256, 132]
    assert pd.concat([part.to_pandas() for part in found])["age"].tolist() == TABLE["age"].tolist()


def test_what_moderation_asks_of_responses_is_the_same_of_a_database(connection):
    spec = model()
    rows = select_rows(spec, TABLE).rows.assign(
        role=lambda known: known["role"].astype(int), age=lambda known: known["age"].astype(float)
    )
    connection.register("chosen", pa.Table.from_pandas(rows, preserve_index=False))
    there = ObservedInDatabase(look_at_responses(spec, connection, ("chosen",)), len(rows))
    here = ObservedRows(rows)
    for column in ("age", "role"):
        found, expected = there.distribution(column), here.distribution(column)
        assert found.listed == expected.listed
        figures = [(each.mean, each.deviation, each.least, each.largest) for each in (found, expected)]
        assert figures[0] == pytest.approx(figures[1], rel=1e-12)
        assert there.is_indicator(column) == here.is_indicator(column)
        for bounds in ((), (22.0,), (20.5, 23.0, 24.9)):
            assert there.shares(column, bounds) == pytest.approx(here.shares(column, bounds), abs=1e-12)
    apart = [each.shares_apart("age", "role", 0.5) for each in (there, here)]
    assert apart[0] == pytest.approx(apart[1], abs=1e-12)
    assert there.example("age") in set(rows["age"])
