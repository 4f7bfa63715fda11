"""Which regressions have outcome and regressors from the same respondents."""

import json

import pytest

from models.measurement.common_source.split_source import sources_of_regressors
from models.spec import RegressionSpec

ANSWERED = {"trust", "climate", "workload"}


def spec_of(**changes):
    return RegressionSpec.model_validate_json(
        json.dumps({
            "name": "h1", "kind": "regression", "title": {"en": "Trust"}, "estimand": "A difference",
            "outcome": "trust", "focal": "climate", "regressors": ["climate", "size"],
            "population": {"respondent_groups": ["staff"]}, **changes,
        })
    )  # fmt: skip


def mean(of=None):
    named = {} if of is None else {"of": of}
    return {"variable": "climate", "use": "organisation_mean", **named}


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({}, "same_respondent"),
        ({"focal": mean(), "regressors": [mean()]}, "own_organisation"),
        ({"focal": mean("staff"), "regressors": [mean("staff")]}, "own_organisation"),
        ({"focal": mean("managers"), "regressors": [mean("managers")]}, "other_respondents"),
        ({"focal": mean("managers"), "regressors": [mean("managers")], "population": {}}, "own_organisation"),
        ({"focal": "size", "regressors": ["size"]}, "no_answer"),
        ({"outcome": "turnover"}, "no_answer"),
        (
            {
                "focal": {"variable": "climate", "use": "within_organisation"},
                "regressors": [{"variable": "climate", "use": "within_organisation"}],
            },
            "same_respondent",
        ),
    ],
    ids=[
        "own answer", "own mean", "own mean by name", "others' mean", "everybody's mean", "fact", "outcome is a fact",
        "deviation",
    ],
)  # fmt: skip
def test_the_source_of_the_focal_regressor_is_told(changes, source):
    found = [each for each in sources_of_regressors([spec_of(**changes)], ANSWERED) if each.is_focal]
    assert [each.source for each in found] == [source]
    assert found[0].is_common == (source in ("same_respondent", "own_organisation"))


def test_every_variant_and_every_part_of_a_product_is_told_once():
    changes = {
        "regressors": ["climate", "workload", {"interaction": ["climate", "workload"]}],
        "variants": [{"name": "alone", "regressors": ["climate"]}],
    }
    found = sources_of_regressors([spec_of(**changes)], ANSWERED)
    assert [(each.variant, each.regressor) for each in found] == [
        ("main", "climate"), ("main", "workload"), ("alone", "climate"),
    ]  # fmt: skip
