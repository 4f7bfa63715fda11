"""Which readings of a fit ``sensemaking fit`` prints: those of the focal terms, where they can be told."""

import pandas as pd
import pytest

from pipelines.commands.fits import focal_readings


@pytest.mark.parametrize(
    ("of_the_focal_term", "shown"),
    [("robustness_value", {"trust"}), ("e_value", {"trust"}), (None, {"trust", "tenure"})],
    ids=["linear", "logit", "probit"],
)
def test_only_the_focal_term_is_read_where_it_can_be_told(of_the_focal_term, shown):
    rows = [("tenure", "average_effect"), ("trust", "average_effect")]
    rows += [("trust", of_the_focal_term)] if of_the_focal_term else []
    readings = pd.DataFrame(rows, columns=["term", "reading"])
    readings = readings.assign(value=0.1, conf_low=0.0, conf_high=0.2, verdict="")
    assert set(focal_readings(readings)["term"]) == shown


def test_the_value_of_a_bootstrap_is_said_to_be_a_standard_error():
    names = ["average_effect on 4", "average_effect_bootstrap on 4", "e_value"]
    readings = pd.DataFrame({"term": "lead", "reading": names, "value": 1.0, "conf_low": 0.5, "conf_high": 2.0})
    told = focal_readings(readings.assign(verdict=""))["reading"].tolist()
    assert told == ["average_effect on 4", "average_effect_bootstrap (standard error) on 4", "e_value"]


def test_a_fit_without_readings_shows_none():
    columns = ["term", "reading", "value", "conf_low", "conf_high", "verdict"]
    assert focal_readings(pd.DataFrame(columns=columns, dtype="str")).empty
