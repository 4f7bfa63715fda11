"""Schools of drawn districts as responses with calibrated weights, and models of them."""

import numpy as np
import pandas as pd

from models.spec import RegressionSpec
from models.weighting.calibrated import Population, calibrate_to_population
from models.weighting.calibration import Auxiliaries
from models.weighting.raking import rake
from tests.lavaan_models import oracle
from tests.models.survey_design.api_schools import CUTS, margins, schools

MARGINS = ("kind", "school_wide")
SUM_OF_LAST_YEAR = 3914069.0
"""Of all schools (population: apipop of survey), as oracle 12 was calibrated to."""


def model_of(estimator="population_mean", calibrated=MARGINS, design=None, **changes):
    given = {"name": "scores", "kind": "regression", "title": {"en": "Scores"}, "estimand": "Mean score"}
    given |= {"estimator": estimator, "outcome": "api00", "weights": "calibrated_weight"}
    designed = {"clusters": "organisation_id", "population_sizes": "districts", "calibrated": calibrated}
    return RegressionSpec.model_validate({**given, "design": {**designed, **(design or {})}, **changes})


def analysed(reference, **options):
    """Schools of drawn districts (apiclus1) as responses, raked to kind and to meeting the school-wide target."""
    told = oracle(reference, 12)["calibration"]["targets"]
    rows = schools(reference)["clus1_fpc"].rows
    known = margins(rows, told)[: options.pop("n_margins", 2)]
    found = rake(rows["pw"].to_numpy(), known, **(options or {"tolerance": 1e-12}))
    raked = found.weights
    return pd.DataFrame(
        {
            "response_id": [f"w/{place:03d}" for place in range(len(rows))],
            "wave": "w",
            "source": "s",
            "respondent_group": "FRL",
            "organisation_id": rows["dnum"].astype(str),
            "districts": pd.Series(rows["fpc"], dtype="Int64"),
            "kind": pd.Series(rows["stype"], dtype="str"),
            "school_wide": pd.Series(rows["sch.wide"], dtype="str"),
            "api00": pd.Series(rows["api00"], dtype="Float64"),
            "enroll": pd.Series(rows["enroll"], dtype="Float64"),
            "meals": pd.Series(rows["meals"], dtype="Float64"),
            "mobility": pd.Series(rows["mobility"], dtype="Float64"),
            "aims_at_all": pd.Series((rows["sch.wide"] == "Yes").astype(int), dtype="Int64"),
            "band": pd.Series(np.digitize(rows["api00"], CUTS), dtype="Int64"),
            "nonresponse_weight": rows["pw"],
            "calibrated_weight": raked,
            "analysis_weight": raked / raked.mean(),
            "is_trimmed": found.is_trimmed,
        }
    )


def calibrated_to_last_year(reference, distance):
    """The same schools with weights that meet kind and the sum of last year's score."""
    rows = schools(reference)["clus1_fpc"].rows
    known = margins(rows, oracle(reference, 12)["calibration"]["targets"])[:1]
    last = Auxiliaries(("api99",), rows[["api99"]].to_numpy(float), np.array([SUM_OF_LAST_YEAR]))
    found = calibrate_to_population(rows["pw"].to_numpy(), Population(known, last), distance)
    table = analysed(reference).assign(api99=rows["api99"].astype("Float64"), is_trimmed=False)
    scaled = found.weights / found.weights.mean()
    return table.assign(calibrated_weight=found.weights, analysis_weight=scaled)
