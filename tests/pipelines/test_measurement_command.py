"""``sensemaking measurement``: what it prints beside the tables."""

import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.commands import measurement
from tests.pipelines.test_measured_study import specify
from tests.small_study import build_small_study

CONDITIONS = {"conditions": pd.DataFrame({"scale": ["trust"], "verdict": ["met"]}), "problems": pd.DataFrame()}


@pytest.fixture
def study(tmp_path, monkeypatch):
    build_small_study(tmp_path)
    specify(tmp_path, 0.7, "mark")
    monkeypatch.setattr(measurement, "found_tables", lambda _study, _name: CONDITIONS)
    return tmp_path


def test_measurement_says_how_far_its_scales_have_been_validated(study):
    told = CliRunner().invoke(app, ["measurement", str(study)])
    assert told.exit_code == 0
    assert "Validation status, draft, not validated: " in told.stdout
    document = json.loads(CliRunner().invoke(app, ["measurement", str(study), "together", "--json"]).stdout)
    assert set(document["validation_status"]) == {"teamwork", "trust"}
    assert set(document["validation_status"].values()) == {"draft"}
