"""Which conditions on their scores fits do not meet, and what of the analysis table fits look at."""

import pandas as pd

from models.regression.response_rows import columns_of_silence
from models.regression.sampled import columns_of_calibration
from models.replication.refit import recorded_model
from models.sections.composition import parts_of_whole
from models.sections.figures import members_of
from models.sections.imputation import imputation_of
from models.sections.nonresponse import nonresponse_of
from models.spec import RegressionSpec
from pipelines.assets.fits import names_in
from pipelines.assets.scores_anew import items_left
from pipelines.assets.scores_of_many import conditions_missed
from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.steps.measurement_uses import FittedModel, missed_conditions
from pipelines.store import Store
from pipelines.tables import core
from pipelines.tables.base import Table
from pipelines.tables.measurement import GATES
from pipelines.tables.relations import DYADS

IN_MEMORY = "rows"


def analysis_for(study: Study, *models: RegressionSpec) -> Table:
    """Describe ``core.analysis`` with what the fits of some models and the conditions on their scores look at."""
    if any(model.population.without for model in models):
        return core.analysis(study)
    named = {each for model in models for each in (model.outcome, *parts_of_whole(model.composition), *names_in(model))}
    named |= {name for model in models for name in _looked_at_beside(model)}
    named |= {item for model in models for item in items_left(study, model)}
    named |= {name for model in models for name in (*model.clusters(), *model.effects(), *model.random_groups())}
    named |= {name for model in models if model.design is not None for name in model.design.columns()}
    named |= {name for model in models for name in columns_of_calibration(model.design)}
    for spec in study.measurement.values():
        named |= {each.over for each in spec.comparisons} | set(spec.item_functioning.over)
    return core.analysis_with(study, named)


def _looked_at_beside(model: RegressionSpec) -> list[str]:
    """Return the columns that tell who belongs to figures, who answered and what silent people would have said."""
    request = imputation_of(model.missing)
    auxiliary = () if request is None else request.auxiliary
    return [*members_of(model.figures), *columns_of_silence(nonresponse_of(model.missing)), *auxiliary]


def missed_by(study: Study, made: pd.DataFrame) -> pd.DataFrame:
    """Return the conditions on their scores that fits do not meet, with the reasons in words.

    Args:
        study: The study.
        made: Rows of ``out.fits`` whose responses are kept.

    Returns:
        Rows of ``out.gates`` with ``fit_id`` before them.
    """
    store = Store(study.warehouse)
    few: list[FittedModel] = []
    many: list[pd.DataFrame] = []
    for fit in made.to_dict("records") if study.measurement else []:
        name, model, rows = str(fit["fit_id"]), recorded_model(fit), rest_of_rows(store, str(fit["data_hash"]))[0]
        if fit["engine"] == IN_MEMORY:
            few.append(FittedModel(name, model, frozenset(store.kept_rows(rows)["response_id"])))
            continue
        missed = conditions_missed(study, store, model, store.kept_rows_file(rows)).assign(fit_id=name)
        many.append(missed[["fit_id", *GATES.columns]])
    table = analysis_for(study, *(each.model for each in few))
    analysis = store.read(table) if few else table.empty()
    found = missed_conditions(store.read(GATES), study.measurement, few, analysis, store.read(DYADS))
    return pd.concat([found, *many], ignore_index=True)
