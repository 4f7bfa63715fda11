"""Diagnostics that a fit has of more than its own rows: organisations, conditions on scores, how the sample was drawn."""  # noqa: E501

import pandas as pd

from models.estimates import Fit
from models.regression.calibrated_sample import calibrated_rows
from models.regression.columns import column_of
from models.sections.regressors import parts_of
from models.spec import RegressionSpec
from pipelines.load import Study
from pipelines.steps.measurement_uses import CONDITIONS_NOT_MET, MET
from pipelines.steps.sampling import KEYS, share_without_inference
from pipelines.steps.surface_conditions import Evidence, surface_conditions
from pipelines.store import Store
from pipelines.tables import out
from pipelines.tables.measurement import GATES

WITHOUT_INFERENCE = "share_without_inference"
FEWEST_ORGANISATIONS = 30
N_OF_INDICATOR = 2


def with_organisations(model: RegressionSpec, fit: Fit, analysis: pd.DataFrame) -> pd.DataFrame:
    """Add how many organisations are behind the responses and behind the least category, where they are known.

    An effect of organisations, from their means or of rows of organisations, asks for thirty of them; with fewer the
    fit deserves a look.
    """
    used = fit.data
    if model.design is not None and model.design.is_calibrated:
        sample = calibrated_rows(model, fit.data)
        used = sample.rows[sample.is_member]
    rows = used.drop(columns="organisation_id", errors="ignore")
    rows = rows.merge(analysis[["response_id", "organisation_id"]], on="response_id", validate="one_to_one")
    rows = rows[rows["organisation_id"].notna()]
    if rows.empty:
        return fit.diagnostics
    indicators = frozenset(str(name) for name in used if used[name].nunique() == N_OF_INDICATOR)
    behind = [rows.groupby(each)["organisation_id"].nunique().min() for each in categories_of(model, indicators)]
    return organisations_told(model, fit, int(rows["organisation_id"].nunique()), min(behind, default=None))


def organisations_told(model: RegressionSpec, fit: Fit, n_organisations: int, least: int | None) -> pd.DataFrame:
    """Add how many organisations are behind the responses, and behind the least category where there are any."""
    found = {"n_organisations": n_organisations}
    if least is not None:
        found["least_category_organisations"] = least
    added = pd.DataFrame({"diagnostic": list(found), "value": [float(value) for value in found.values()]})
    added = added.assign(threshold=float("nan"), verdict="none")
    if model.level != "response" or any(variable.use == "organisation_mean" for variable in model.variables()):
        few = added["value"] < FEWEST_ORGANISATIONS
        added.loc[0, ["threshold", "verdict"]] = [float(FEWEST_ORGANISATIONS), "look" if few[0] else "ok"]
    return pd.concat([fit.diagnostics, added], ignore_index=True)


def with_conditions(fit: Fit, asked: pd.DataFrame) -> pd.DataFrame:
    """Add how many of the conditions on the scores of the model are not met, where there are any; ``out.gates``."""
    if asked.empty:
        return fit.diagnostics
    n_missed = int((asked["verdict"] != MET).sum())
    verdict = "look" if n_missed else "ok"
    row = {"diagnostic": CONDITIONS_NOT_MET, "value": float(n_missed), "threshold": 0.0, "verdict": verdict}
    return pd.concat([fit.diagnostics, pd.DataFrame([row])], ignore_index=True)


def with_surface(study: Study, store: Store, model: RegressionSpec, fit: Fit, analysis: pd.DataFrame) -> pd.DataFrame:
    """Add the preconditions of a response surface, where the model has one."""
    if model.surface() is None:
        return fit.diagnostics
    used = analysis[analysis["response_id"].isin(fit.data["response_id"])]
    evidence = Evidence(study.scales(), store.read(GATES), store.read(out.AGREEMENT))
    return pd.concat([fit.diagnostics, surface_conditions(model, used, evidence)], ignore_index=True)


def with_inference(fit: Fit, analysis: pd.DataFrame, sampled: pd.DataFrame) -> pd.DataFrame:
    """Add which share of the responses allows no inference to a population, where a sample register tells."""
    if sampled.empty:
        return fit.diagnostics
    used = analysis.loc[analysis["response_id"].isin(fit.data["response_id"]), KEYS]
    share = share_without_inference(used, sampled)
    if share is None:
        return fit.diagnostics
    verdict = "look" if share > 0 else "ok"
    row = {"diagnostic": WITHOUT_INFERENCE, "value": share, "threshold": 0.0, "verdict": verdict}
    return pd.concat([fit.diagnostics, pd.DataFrame([row])], ignore_index=True)


def categories_of(model: RegressionSpec, indicators: frozenset[str]) -> list[list[str]]:
    """Return the columns whose values divide the responses: alone, and joined where a product joins them.

    A number with two values divides them as a category does. The responses outside a category need no count of their
    own: they hold another category whole.

    Args:
        model: The model, variant applied.
        indicators: Columns with two values.
    """
    found: list[list[str]] = []
    for each in model.regressors_as_variables():
        columns = [
            column
            for column, use in ((column_of(part), part.use) for part in parts_of(each))
            if use == "category" or column in indicators
        ]
        if columns:
            found.append(columns)
    return found
