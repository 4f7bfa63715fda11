"""The answers of ``answered`` as an analysis table, and models of them in words."""

import json

import pandas as pd

from models.spec import RegressionSpec
from tests.models.regression.categorical.answered import ANSWERS

ROLE = {"variable": "role", "use": "category"}
LABELS = {"choice": {0: "None", 1: "Some", 2: "All"}}


def answers_analysed() -> pd.DataFrame:
    """The answers of 72 people, one row each, in a random order."""
    table = ANSWERS.assign(
        response_id=[f"w/{place:03d}" for place in range(len(ANSWERS))],
        wave="w",
        source="s",
        respondent_group="staff",
        organisation_id=ANSWERS["team"].map(lambda team: f"team{team}"),
    )
    return table.sample(frac=1, random_state=3)


def asked(estimator: str, outcome: str, **changes: object) -> RegressionSpec:
    """A model of age, lead and role; the classical covariance and no bootstrap unless said otherwise."""
    said = {
        "name": outcome,
        "kind": "regression",
        "title": {"en": "Answers"},
        "estimand": "As R",
        "estimator": estimator,
        "outcome": outcome,
        "focal": "age",
        "regressors": ["age", "lead", ROLE],
        "covariance": "classical",
        "bootstrap_draws": 0,
    }
    return RegressionSpec.model_validate_json(json.dumps({**said, **changes}))
