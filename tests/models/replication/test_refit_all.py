"""Fits made again from rows: what rows cannot carry is a refusal, and every table has the rows of the other fits."""

import pandas as pd
import pytest

from instruments.faults import DataError
from instruments.spec_file import canonical_json
from models.replication.refit import TABLES, labels_json, refit_all
from pipelines.store.passing import in_a_database
from tests.reported_fits import LABELS, responses, spec_of


def records(*names: str, **changes: object) -> pd.DataFrame:
    spec = spec_of(regressors=("integration", "safety"), **changes)
    said = {"spec_json": canonical_json(spec), "labels_json": labels_json(LABELS), "seed": 1}
    return pd.DataFrame([{"fit_id": name, **said} for name in names])


def test_a_model_that_rows_cannot_carry_is_a_refusal_beside_the_others():
    rows = {"good": responses(), "constant": responses().assign(coproduction=3.0)}
    made = refit_all(records("good", "constant"), rows.__getitem__, in_a_database)
    assert set(made.tables) == set(TABLES)
    assert made.tables["fits"]["fit_id"].tolist() == ["good"]
    assert made.tables["refusals"]["fit_id"].tolist() == ["constant"]
    assert "coproduction" in made.tables["refusals"]["reason"].iloc[0]
    assert set(made.used) == {"good"}
    assert len(made.used["good"]) == 400


def test_a_table_without_rows_has_no_columns_that_it_could_differ_in():
    made = refit_all(records("good"), lambda _: responses(), in_a_database)
    assert list(made.tables["predictions"]) == ["fit_id"]
    assert list(made.tables["refusals"]) == ["fit_id"]


def test_the_model_of_another_version_is_no_refusal():
    record = records("good")
    record["spec_json"] = record["spec_json"].str.replace('"outcome"', '"explained"')
    with pytest.raises(DataError, match="another version"):
        refit_all(record, lambda _: responses(), in_a_database)
