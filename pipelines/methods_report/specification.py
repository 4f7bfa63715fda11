"""A model as written → a table of what it says, in words."""

from collections.abc import Iterator
from typing import cast

from models.sections.corrected import Measured
from models.sections.figures import QUARTILES, Figures
from models.sections.imputation import Missing, imputation_of
from models.sections.inference import FIGURES
from models.sections.nonresponse import ResponseWeights, Selection
from models.sections.paths import Paths
from models.sections.random_effects import RandomEffects
from models.sections.regressors import Interaction, Regressor, Surface, Variable, as_variable, parts_of
from models.sections.sample_design import SampleDesign
from models.sections.variants import Variant
from models.spec import RegressionSpec
from pipelines.board_report.value import Table
from pipelines.methods_report.found import Found

SAID_ELSEWHERE = ("name", "title")
KEYS = {"fixed_effects": "effects", "expected_sign": "sign"}
"""Key of a model → part of the specification, where they are not of the same name."""


def specification(found: Found, model: RegressionSpec) -> Table:
    """Write the table."""
    rows = tuple((found.say(key), said or found.say("none")) for key, said in _parts(found, model))
    return Table(found.say("spec_caption"), found.heads("part", "value"), rows, n_labels=2)


def _parts(found: Found, model: RegressionSpec) -> Iterator[tuple[str, str]]:
    yield "spec_outcome", found.variable(model.outcome)
    yield "spec_focal", "" if model.estimator in FIGURES else _regressor(found, _focal(model))
    yield "spec_regressors", "\n".join(_regressor(found, each) for each in model.regressors_as_variables())
    yield "spec_level", found.say(f"level_{model.level}")
    yield "spec_population", _population(found, model)
    yield "spec_estimator", found.maybe(f"estimator_{model.estimator}", model.estimator.replace("_", " "))
    yield "spec_corrected", ", ".join(_correction(found, each) for each in model.corrected)
    yield "spec_covariance", model.covariance_used()
    yield "spec_cluster", _columns(found, model.clusters())
    yield "spec_design", "\n".join(_design(found, model.design))
    yield "spec_effects", _columns(found, model.effects())
    yield "spec_random_effects", "\n".join(_random(found, each) for each in model.random_effects)
    yield "spec_paths", _paths(found, model.paths)
    yield "spec_figures", "\n".join(_figures(found, model.figures or Figures()))
    yield "spec_panel", _columns(found, () if model.panel is None else (model.panel.column,))
    yield "spec_dyads", (model.dyads or "").replace("_", " ")
    yield "spec_weights", found.maybe(f"weight_{model.weights}", str(model.weights or "").replace("_", " "))
    yield "spec_missing", _missing(found, model.missing, has_rows_of_organisations=model.level != "response")
    yield "spec_confidence", found.number(model.confidence_level, "share")
    yield "spec_sign", found.say(f"sign_{model.expected_sign}")
    yield "spec_smallest", _smallest(found, model)
    yield "spec_family", model.family or model.code
    yield "spec_variants", "\n".join(_variant(found, model, each) for each in model.variants)


def _design(found: Found, design: SampleDesign | None) -> Iterator[str]:
    """Yield the columns of a design, and what its weights are calibrated to."""
    if design is None:
        return
    yield _columns(found, design.columns())
    if design.is_calibrated:
        margins = [" × ".join(found.variable(each) for each in margin) for margin in design.margins()]
        margins += [found.say("design_total", variable=found.variable(each)) for each in design.calibrated_totals]
        yield found.say("design_calibrated", margins=", ".join(margins))


def _focal(model: RegressionSpec) -> Regressor:
    return model.focal if isinstance(model.focal, Interaction) else as_variable(model.focal)


def _missing(found: Found, missing: Missing, *, has_rows_of_organisations: bool) -> str:
    """Return how missing answers are treated."""
    if isinstance(missing, ResponseWeights | Selection):
        key = "selection" if isinstance(missing, Selection) else "staying" if missing.of == "staying" else "answered"
        listed = found.listed([_variable(found, each) for each in missing.variables()])
        return found.say(f"missing_{key}", variables=listed or found.say("none"))
    request = imputation_of(missing)
    if request is None:
        return found.say("missing_listwise")
    key = "missing_imputed_before_averaging" if has_rows_of_organisations else "missing_multiple_imputation"
    return found.say(key, n=request.imputations)


def _correction(found: Found, correction: str | Measured) -> str:
    if isinstance(correction, str):
        return found.variable(correction)
    return found.say("corrected_for_measurement", variable=found.variable(correction.variable))


def _paths(found: Found, paths: Paths | None) -> str:
    """Return what paths say besides what they leave as it is, one a line."""
    if paths is None:
        return ""
    given = [key for key, field in Paths.model_fields.items() if getattr(paths, key) != field.default]
    return "\n".join(f"{found.say(f'paths_{key}')}: {_of_paths(found, getattr(paths, key))}" for key in given)


def _figures(found: Found, figures: Figures) -> Iterator[str]:
    """Yield what figures of the population say besides what they leave as it is."""
    if figures.by is not None:
        yield f"{found.say('figures_by')}: {found.variable(figures.by)}"
    if figures.per is not None:
        yield f"{found.say('figures_per')}: {found.variable(figures.per)}"
    if figures.shares != QUARTILES:
        yield f"{found.say('figures_shares')}: {', '.join(f'{each:g}' for each in figures.shares)}"
    for name, values in figures.only.items():
        yield f"{found.say('figures_only')}: {found.variable(name)} ({', '.join(map(str, values))})"


def _of_paths(found: Found, value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(_of_paths(found, each) for each in cast("tuple[object, ...]", value)) or found.say("none")
    if isinstance(value, Variable):
        return _variable(found, value)
    if isinstance(value, bool):
        return found.say("yes" if value else "no")
    return found.variable(value) if isinstance(value, str) else str(value)


def _random(found: Found, random: RandomEffects) -> str:
    groups = _columns(found, random.columns)
    slopes = ", ".join(_variable(found, each) for each in random.variables())
    key = "random_intercept" if not slopes else "random_slopes" if random.correlated else "random_slopes_alone"
    return found.say(key, groups=groups, slopes=slopes)


def _smallest(found: Found, model: RegressionSpec) -> str:
    smallest = model.smallest_effect_of_interest
    return "" if smallest is None else found.number(smallest)


def _regressor(found: Found, regressor: Regressor) -> str:
    if isinstance(regressor, Variable):
        return _variable(found, regressor)
    parts = " × ".join(_variable(found, part) for part in parts_of(regressor))
    key = "use_interaction"
    if isinstance(regressor, Surface):
        key = "use_surface" if regressor.surface.curved else "use_plane"
    if not isinstance(regressor, (Surface, Interaction)):
        raise TypeError(f"{type(regressor).__name__} is no regressor")
    return found.say(key, parts=parts)


def _variable(found: Found, variable: Variable) -> str:
    said = found.variable(variable.variable)
    if variable.of is not None:
        said = found.say("use_organisation_mean_of", variable=said, of=found.text("group_title", variable.of))
    elif variable.use != "number":
        said = found.say(f"use_{variable.use}", variable=said)
    if variable.other_member:
        said = found.say("use_other_member", variable=said)
    if variable.earlier_wave:
        said = found.say("use_earlier_wave", variable=said)
    if variable.standardise:
        said = found.say("use_standardised", variable=said)
    elif variable.centre:
        said = found.say("use_centred", variable=said)
    if variable.polynomial > 1:
        said = found.say("use_polynomial", variable=said, power=variable.polynomial)
    return said if variable.spline is None else found.say("use_spline", variable=said, knots=variable.spline)


def _population(found: Found, model: RegressionSpec) -> str:
    used = model.population
    return found.say(
        "population",
        groups=", ".join(found.text("group_title", each) for each in used.respondent_groups) or found.say("all"),
        waves=", ".join(found.text("wave_title", each) for each in used.waves) or found.say("all"),
        sources=", ".join(each.replace("_", " ") for each in used.sources) or found.say("all"),
        without=found.text("rule_title", used.without) if used.without else found.say("none"),
    )


def _columns(found: Found, columns: tuple[str, ...]) -> str:
    return " × ".join(found.maybe(f"column_{each}", each.replace("_", " ")) for each in columns)


def _key(found: Found, key: str) -> str:
    """Return a key of a model as the part of the specification that it is, within a sentence."""
    said = found.maybe(f"spec_{KEYS.get(key, key)}", key.replace("_", " ")).partition(" (")[0]
    return said[:1].lower() + said[1:]


def _variant(found: Found, model: RegressionSpec, variant: Variant) -> str:
    """Return the title of a variant and which keys of the model it changes."""
    changed = [_key(found, key) for key in sorted(variant.model_fields_set) if key not in SAID_ELSEWHERE]
    title = found.text("variant_title", f"{model.name}/{variant.name}")
    return found.say("variant_changes", title=title, keys=found.listed(changed))
