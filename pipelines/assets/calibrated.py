"""What weights were calibrated to, beside the rows of a model: weights before it, and margins that the frame holds."""

import pandas as pd

from models.regression.sampled import columns_of_calibration
from models.sections.sample_design import BEFORE_CALIBRATION, IS_TRIMMED
from models.spec import RegressionSpec
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.fieldwork import UNIT_VARIABLES, WEIGHTS

UNIT = ["unit_id", "wave"]


def with_calibration(store: Store, analysis: pd.DataFrame, model: RegressionSpec) -> pd.DataFrame:
    """Add weights before calibration, who was trimmed, and margins that are no answers, where a model names margins.

    Args:
        store: The warehouse.
        analysis: One row an analysed response.
        model: The model, variant applied.
    """
    named = columns_of_calibration(model.design)
    if not named:
        return analysis
    before = store.read(WEIGHTS)[["response_id", BEFORE_CALIBRATION, IS_TRIMMED]]
    found = analysis.merge(before, on="response_id", how="left", validate="one_to_one")
    long = store.read(UNIT_VARIABLES)
    of_frame = [name for name in dict.fromkeys(named) if name not in analysis and name in set(long["variable"])]
    if not of_frame:
        return found
    wide = long[long["variable"].isin(of_frame)].pivot(index=UNIT, columns="variable", values="value")
    units = store.read(core.RESPONSES)[["response_id", "respondent_key", "wave"]]
    numbers = [name for name in of_frame if model.design is not None and name in model.design.calibrated_totals]
    wide = wide.assign(**{name: pd.to_numeric(wide[name], errors="coerce").astype("Float64") for name in numbers})
    known = units.merge(wide.reset_index(), left_on=["respondent_key", "wave"], right_on=UNIT, how="left")
    return found.merge(known[["response_id", *of_frame]], on="response_id", how="left", validate="one_to_one")
