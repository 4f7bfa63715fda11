"""Power of a model: for which models studies are drawn, and why none are for others."""

import numpy as np
import pytest
from analysis_tables import invented_analysis, model_of

from models.regression.power_of_model import Sought, power_of_model

SOUGHT = Sought(effects=(0.2,), n_draws=100, seed=1, step=lambda _: None)


def power(**said):
    table = invented_analysis(n=120)
    places = np.arange(len(table))
    crossed = table.assign(organisation_id=[f"org{place % 12}" for place in places], team=places % 7)
    return power_of_model(model_of(**said), crossed, {}, SOUGHT)


def test_studies_are_drawn_where_errors_go_together_in_one_kind_of_clusters():
    found = power(cluster="organisation_id")
    assert (found.note, found.n_clusters) == ("", 12)
    assert 0 < found.table["power_simulated"].item() < 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "without clusters errors do not go together"),
        ({"cluster": ("organisation_id", "team")}, "two kinds of clusters"),
        ({"cluster": "organisation_id", "fixed_effects": "team"}, "effects of team are taken out"),
        ({"cluster": "organisation_id", "estimator": "gee_linear"}, "the estimator is gee_linear"),
    ],
    ids=["no clusters", "two kinds", "fixed effects", "estimating equations"],
)
def test_where_no_studies_are_drawn_the_formula_stands_alone_and_says_why(said, reason):
    found = power(**said)
    assert found.table[["power_simulated", "std_error_drawn"]].isna().all(axis=None)
    assert found.table["power_by_formula"].between(0.05, 1).all()
    assert reason in found.note
    assert np.isnan(found.intraclass)
