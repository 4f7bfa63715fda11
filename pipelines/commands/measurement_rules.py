"""``sensemaking check``: which models average scores to the organisation without a rule, and which were refused."""

from models.spec import RegressionSpec
from pipelines.assets.measurement import UNUSABLE
from pipelines.load import Study
from pipelines.store import Store
from pipelines.tables import out


def averaged_without_rule(study: Study) -> dict[str, list[str]]:
    """Return the models, and the scales they average to the organisation though no rule says when that may be done.

    Scales made up by their items, and single items, have no agreement to be judged and are left out.
    """
    ruled = {scale for spec in study.measurement.values() if spec.gates.agreement for scale in spec.scales}
    reflective = {name for name, each in study.scales().items() if each.scales[name].measurement == "reflective"}
    found = {name: sorted(_averaged(model) & reflective - ruled) for name, model in study.models.items()}
    return {name: scales for name, scales in found.items() if scales}


def unmeasured_models(study: Study) -> dict[str, list[str]]:
    """Return the models whose scores the last run refused to use, with the reasons; nothing before any run."""
    store = Store(study.warehouse)
    if not study.measurement or not store.database.exists():
        return {}
    refused = store.read(out.REFUSALS)
    own = refused[refused["model"].isin(list(study.models)) & refused["reason"].str.startswith(UNUSABLE)]
    return {str(model): list(dict.fromkeys(rows["reason"])) for model, rows in own.groupby("model", sort=True)}


def _averaged(model: RegressionSpec) -> set[str]:
    variants = [model.with_variant(name) for name in ("main", *(each.name for each in model.variants))]
    used = (variable for variant in variants for variable in variant.variables())
    return {variable.variable for variable in used if variable.use == "organisation_mean"}
