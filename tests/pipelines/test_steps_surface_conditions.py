"""Preconditions of a response surface: each is met, missed or unknown by what is known of the reports."""

import numpy as np
import pandas as pd
import pytest

from instruments.load import LIBRARY, find_instruments, load_instrument
from models.sections.regressors import Surface, Variable, Views
from models.spec import RegressionSpec
from pipelines.steps.surface_conditions import Evidence, surface_conditions

FORWARDING = load_instrument(find_instruments([LIBRARY])["forwarding_inhibiting"])
SCALES = dict.fromkeys(FORWARDING.scales, FORWARDING)
SELF = Variable(variable="forwarding", use="organisation_mean", of="TOP")
SEEN = Variable(variable="forwarding_observed", use="organisation_mean")
OTHER = Variable(variable="inhibiting_observed", use="organisation_mean")
NOBODY_MEASURED = pd.DataFrame(columns=["scale", "over", "value"])


LEAST = {
    "surface_organisations": 60,
    "surface_same_items": 1,
    "surface_form_invariance": 3,
    "surface_icc_2": 0.7,
}


def model_of(first=SELF, second=SEEN):
    views = Views(self_report=first, other_report=second, scale=(1, 5))
    given = {"name": "m", "kind": "regression", "title": {"en": "t"}, "estimand": "e", "outcome": "z"}
    return RegressionSpec(**given, regressors=(Surface(surface=views),), focal=second)


def used(n_organisations=80):
    return pd.DataFrame(
        {
            "organisation_id": [f"o{place}" for place in range(n_organisations)] * 2,
            "wave": ["w1", "w2"] * n_organisations,
            "respondent_group": "FRL",
        }
    )


def agreement(top=(0.8, 0.75), staff=(0.9, 0.85)):
    rows = [("forwarding", "TOP", wave, value) for wave, value in zip(("w1", "w2"), top, strict=True)]
    rows += [("forwarding_observed", "FRL", wave, value) for wave, value in zip(("w1", "w2"), staff, strict=True)]
    rows += [("forwarding", "MID", "w1", 0.01), ("forwarding", "TOP", "w3", 0.02)]
    table = pd.DataFrame(rows, columns=["scale", "respondent_group", "wave", "icc_2"])
    return table.assign(level="organisation", exclusions="")


def gates(*values):
    return pd.DataFrame({"scale": "forwarding", "over": "form", "value": values})


@pytest.mark.parametrize(
    ("model", "n", "known", "agreed", "expected"),
    [
        (model_of(), 80, gates(3.0), agreement(), (80, 1, 3, 0.75)),
        (model_of(), 59, gates(2.0), agreement(), (59, 1, 2, 0.75)),
        (model_of(), 60, NOBODY_MEASURED, agreement(), (60, 1, np.nan, 0.75)),
        (model_of(), 60, gates(np.nan, 4.0), agreement(staff=(0.4, 0.9)), (60, 1, 4, 0.4)),
        (model_of(second=OTHER), 60, gates(3.0), agreement(), (60, 0, 3, np.nan)),
        (model_of(SEEN, SELF), 60, gates(3.0), agreement(), (60, 1, 3, 0.75)),
    ],
    ids=["met", "too_few", "not_measured", "unreliable", "other_items", "turned_round"],
)
def test_every_precondition_is_told_with_what_was_found(model, n, known, agreed, expected):
    found = surface_conditions(model, used(n), Evidence(SCALES, known, agreed)).set_index("diagnostic")
    assert list(found.index) == list(LEAST)
    for (name, least), value in zip(LEAST.items(), expected, strict=True):
        assert found.loc[name, "value"] == pytest.approx(value, nan_ok=True)
        assert found.loc[name, "threshold"] == least
        assert found.loc[name, "verdict"] == ("ok" if value >= least else "look")


def test_reports_of_persons_need_no_reliable_organisation_mean_and_other_models_nothing():
    persons = model_of("forwarding", "forwarding_observed")
    found = surface_conditions(persons, used(), Evidence(SCALES, gates(3.0), agreement()))
    assert "surface_icc_2" not in set(found["diagnostic"])
    plain = persons.model_copy(update={"regressors": ("x",), "focal": "x"})
    assert surface_conditions(plain, used(), Evidence(SCALES, gates(3.0), agreement())).empty
