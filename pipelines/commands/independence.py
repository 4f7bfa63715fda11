"""``sensemaking check`` and ``fit``: which models take responses as independent though they do not say so.

Responses of one organisation go together, and so do those of one person in several waves; with neither a cluster nor a
covariance a model has HC3 (HC0), which takes each response by itself. Firth's logit has no other way.
"""

from models.spec import RegressionSpec
from pipelines.load import Study

FOUND = "responses are taken as independent, as neither cluster nor covariance is named"
REMEDY = "write cluster: organisation_id, or a covariance without clusters where no two go together"


def independent_by_default(study: Study) -> dict[str, list[str]]:
    """Return the models, and which of their variants (``main``: as written) take responses as independent unsaid."""
    found = {
        name: [variant for variant in ("main", *(each.name for each in model.variants)) if _is_unsaid(model, variant)]
        for name, model in study.models.items()
    }
    return {name: variants for name, variants in found.items() if variants}


def independence_in_words(spec: RegressionSpec) -> list[str]:
    """Return a line where a model as fitted takes responses as independent and does not say so; else none."""
    return [f"look: {FOUND}; {REMEDY}"] if _is_unsaid(spec, "main") else []


def _is_unsaid(model: RegressionSpec, variant: str) -> bool:
    said = model.with_variant(variant)
    has_a_choice = said.covariance_used() != "classical"
    return said.level == "response" and said.covariance is None and not said.clusters() and has_a_choice
