"""``sensemaking measurement``: what was found about the measurement specifications of a study."""

import pandas as pd

from instruments.faults import UsageError
from instruments.spec_file import closest
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables.measurement import DISCRIMINANT, FIT_INDICES, GATES, INVARIANCE, PROBLEMS, VALIDITY

SHOWN_INDICES = (
    *("n_obs", "chi_square", "chi_square_scaled", "df", "p_value"),
    *("cfi", "cfi_robust", "tli", "rmsea", "rmsea_robust", "srmr"),
)
PLACE = ["measurement", "respondent_group", "over", "level"]


def asked_names(study: Study, name: str) -> list[str]:
    """Return the specifications that are asked for: one, or all without a name.

    Raises:
        UsageError: When the study has none of that name, or none at all.
    """
    known = list(study.measurement)
    if not known:
        raise UsageError("the study names no measurement specification; write measurement: [NAME] in study.yaml")
    if name and name not in known:
        known_names = ", ".join(known)
        raise UsageError(f"there is no measurement specification {name}{closest(name, known)}; known: {known_names}")
    return [name] if name else known


def validation_of(study: Study, name: str) -> dict[str, str]:
    """Return the validation status of every scale of one specification, or of all without a name."""
    instrument_of = study.scales()
    scales = (scale for each in asked_names(study, name) for scale in study.measurement[each].scales)
    return {scale: instrument_of[scale].status for scale in scales}


def found_tables(study: Study, name: str) -> dict[str, pd.DataFrame]:
    """Return every table about one specification that is shown, or about all without a name.

    Raises:
        UsageError: When there is no such specification, or it was not run yet.
    """
    names, store = asked_names(study, name), Store(study.warehouse)
    tables = {
        "conditions": store.read(GATES),
        "fit": store.read(FIT_INDICES),
        "invariance": store.read(INVARIANCE),
        "validity": store.read(VALIDITY),
        "discriminant": store.read(DISCRIMINANT),
        "problems": store.read(PROBLEMS),
    }
    own = {title: rows[rows["measurement"].isin(names)].reset_index(drop=True) for title, rows in tables.items()}
    if not any(len(rows) for rows in own.values()):
        raise UsageError("nothing was measured yet; run the study first: sensemaking run STUDY")
    fit = own["fit"]
    own["fit"] = (
        fit[fit["fit_index"].isin(SHOWN_INDICES)]
        .pivot_table(index=PLACE, columns="fit_index", values="value", sort=False)
        .reset_index()
        .rename_axis(columns=None)
    )
    return own
