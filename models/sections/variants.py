"""What a model says beside itself: what is expected of further regressors, and deviations declared in advance."""

from collections.abc import Iterable, Sequence
from typing import Literal

from instruments.spec_file import Name, Spec, Texts
from models.sections.corrected import Correction
from models.sections.figures import Figures
from models.sections.imputation import Missing
from models.sections.inference import Covariance, Estimator, keys_not_of
from models.sections.marginal import WorkingCorrelation
from models.sections.nonresponse import ResponseWeights
from models.sections.panel import Level, Panel
from models.sections.paths import Paths
from models.sections.population import Population
from models.sections.random_effects import DegreesOfFreedom, Likelihood, QuadraturePoints, RandomEffects
from models.sections.regressors import Interaction, Sign, Surface, Variable
from models.sections.sample_design import SampleDesign

CHANGEABLE = (
    "without_items",
    "level",
    "estimator",
    "panel",
    "fixed_effects",
    "focal",
    "expected_sign",
    "regressors",
    "corrected",
    "covariance",
    "cluster",
    "design",
    "weights",
    "missing",
    "by_threshold",
    "random_effects",
    "degrees_of_freedom",
    "likelihood",
    "quadrature_points",
    "working_correlation",
    "paths",
    "figures",
    "population",
)
REMOVABLE = ("cluster", "design", "weights", "fixed_effects")
NONE = "none"


class Expected(Spec):
    """What is expected of a regressor beside the focal one.

    Attributes:
        regressor: One of the regressors of the model or of a variant, written the same way.
        sign: ``positive``, ``negative`` or ``none``.
    """

    regressor: Name | Variable | Interaction
    sign: Sign


class Variant(Spec):
    """A deviation from the model that was declared in advance; what is not given stays as in the model.

    Attributes:
        name: Name of the variant, other than ``main``.
        title: Title by language; the name in words where there is none.
        without_items: Other items that scales are scored without.
        level: Other rows.
        estimator: Another estimator.
        panel: Another unit.
        fixed_effects: Other effects that are taken out; ``none`` for no effects.
        focal: Another regressor of interest; needed where the variant leaves the model's own out.
        expected_sign: Of that regressor; ``none`` where a variant names a focal regressor and no sign.
        regressors: Other regressors.
        corrected: Other means that are corrected; [] for plain means.
        covariance: Another covariance.
        cluster: Another cluster; ``none`` for no clusters.
        design: Another design of the sample; ``none`` for no design.
        weights: Other weights; ``none`` for no weights.
        missing: Another treatment of missing values.
        by_threshold: Other regressors of an ordered outcome whose effect may differ by threshold; [] for none.
        random_effects: Other effects that differ between groups.
        degrees_of_freedom: Other degrees of freedom of a mixed model.
        likelihood: Another likelihood of a mixed model.
        quadrature_points: Another quadrature of a categorical mixed model.
        working_correlation: Another working correlation of estimating equations.
        paths: Other paths, all of them.
        figures: Other figures of the population, all that is said of them.
        population: Another population.
    """

    name: Name
    title: Texts = {}
    without_items: tuple[Name, ...] | None = None
    level: Level | None = None
    estimator: Estimator | None = None
    panel: Panel | None = None
    fixed_effects: Name | tuple[Name, Name] | None = None
    focal: Name | Variable | Interaction | None = None
    expected_sign: Sign | None = None
    regressors: tuple[Name | Variable | Interaction | Surface, ...] | None = None
    corrected: tuple[Correction, ...] | None = None
    covariance: Covariance | None = None
    cluster: Name | tuple[Name, Name] | None = None
    design: SampleDesign | Literal["none"] | None = None
    weights: Name | None = None
    missing: Missing | None = None
    by_threshold: tuple[Name | Variable | Interaction, ...] | None = None
    random_effects: tuple[RandomEffects, ...] | None = None
    degrees_of_freedom: DegreesOfFreedom | None = None
    likelihood: Likelihood | None = None
    quadrature_points: QuadraturePoints | None = None
    working_correlation: WorkingCorrelation | None = None
    paths: Paths | None = None
    figures: Figures | None = None
    population: Population | None = None


def changes_of(variant: Variant) -> dict[str, object]:
    """Return what a variant changes in a model: key → value, keys that its estimator does not have as if not given.

    So is the covariance of the model where a variant has weights of response, which have their own.
    """
    said: dict[str, object] = {key: value for key in CHANGEABLE if (value := getattr(variant, key)) is not None}
    changes = {key: None if value == NONE and key in REMOVABLE else value for key, value in said.items()}
    if "focal" in changes:
        changes = {"expected_sign": "none", **changes}
    if isinstance(variant.missing, ResponseWeights):
        changes = {"covariance": None, **changes}
    return changes if variant.estimator is None else {**keys_not_of(variant.estimator), **changes}


def without_rule(variant: Variant | None, rule: str, population: Population) -> Variant:
    """Return a variant without the responses that an exclusion rule leaves out; None is the model itself."""
    name = f"without_{rule}" if variant is None else f"{variant.name}_without_{rule}"
    narrowed = population.model_copy(update={"without": rule})
    return (variant or Variant(name="main")).model_copy(update={"name": name, "population": narrowed})


def variants_without(rules: Iterable[str], population: Population, variants: Sequence[Variant]) -> list[Variant]:
    """Return a further variant for each exclusion rule of a model and of each of its variants.

    The variant ``without_<rule>`` is the model without the responses that the rule leaves out, and
    ``<variant>_without_<rule>`` is the same of a variant. A variant that names a rule itself gets no further ones.

    Args:
        rules: Names of exclusion rules.
        population: Of the model.
        variants: Of the model.
    """
    return [
        without_rule(variant, rule, (variant and variant.population) or population)
        for rule in rules
        for variant in (None, *variants)
        if ((variant and variant.population) or population).without is None
    ]
