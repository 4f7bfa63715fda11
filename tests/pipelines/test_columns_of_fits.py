"""What ``fit`` and ``missing`` read of the analysis table: few of many columns, and all that a model names."""

import json

import pytest

from models.spec import RegressionSpec
from pipelines.commands.conditions_of_fits import analysis_for
from pipelines.load import Study, load_study
from tests.small_study import build_small_study

MEAN = {"estimator": "population_mean", "design": {"clusters": "organisation_id"}}
ON_TEAMWORK = {"focal": "teamwork", "regressors": ["teamwork"]}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return load_study(build_small_study(tmp_path_factory.mktemp("columns") / "small"))


def columns_of(study: Study, **said: object) -> set[str]:
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "outcome": "trust"}
    return {*analysis_for(study, RegressionSpec.model_validate_json(json.dumps({**given, **said}))).columns}


@pytest.mark.parametrize(
    "said",
    [
        {**MEAN, "figures": {"only": {"TW_1": [5]}}},
        {**ON_TEAMWORK, "missing": {"method": "response_weights", "explained_by": ["TW_1"]}},
        {**ON_TEAMWORK, "missing": {"method": "selection", "explained_by": ["TW_1"], "correlations": [0.5]}},
        {**ON_TEAMWORK, "missing": {"method": "multiple_imputation", "auxiliary": ["TW_1"]}},
    ],
)
def test_a_model_reads_what_tells_of_people_beside_its_variables(study: Study, said: dict[str, object]):
    assert {"trust", "TW_1"} <= columns_of(study, **said)


def test_it_does_not_read_what_it_does_not_name(study: Study):
    assert "TW_1" not in columns_of(study, **ON_TEAMWORK)
