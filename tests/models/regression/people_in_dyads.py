"""Invented managers and the staff who name them; taking part follows both beliefs."""

import numpy as np
import pandas as pd

from pipelines.steps.dyads import with_other_members
from tests.models.regression.analysis_tables import model_of

OTHER = {"variable": "belief", "other_member": True}


def dyadic(*regressors, **changes):
    """Return a model of taking part on both beliefs."""
    given = {"dyads": "staff_manager", "outcome": "taking_part"}
    return model_of(*(regressors or ("belief", OTHER)), **{**given, **changes})


def people(rng, n_managers=40, n_staff=4):
    """Return answers of managers and of staff who name them, of one wave, and their dyads."""
    managers = [f"m{number:03d}" for number in range(n_managers)]
    of_staff = np.repeat(managers, n_staff)
    staff = [f"s{number:04d}" for number in range(len(of_staff))]
    rows = pd.DataFrame({"response_id": [*managers, *staff], "wave": "w1"})
    rows["respondent_group"] = np.where(rows["response_id"].str.startswith("m"), "MID", "FRL")
    rows["respondent_key"] = "k" + rows["response_id"]
    rows["belief"] = rng.normal(3, 1, len(rows))
    dyads = pd.DataFrame({"response_id": staff, "kind": "staff_manager", "other_response_id": of_staff})
    full = prepared(rows, dyads, dyadic(OTHER, outcome="belief"))
    shared = full["dyad_id"].map(dict(zip("k" + pd.Series(managers), 0.8 * rng.normal(size=n_managers), strict=True)))
    rows["taking_part"] = 0.5 * rows["belief"] + 0.3 * full["belief_other_member"].astype(float) + shared
    rows["taking_part"] += rng.normal(size=len(rows))
    return rows, dyads


def prepared(rows, dyads, model):
    """Return the rows with what a model reads beside the analysis table."""
    return with_other_members(rows, dyads, model, pd.Series(data=True, index=rows.index))
