"""Pseudo-true values: what estimators give when everybody of a large population responds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from pipelines.studies.demo.answering import Answering
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import DEFAULT_SEED, GROUPS, WAVES, Parameters, Response, Size
from pipelines.studies.demo.population import draw_population
from pipelines.studies.demo.recovery import coefficients, functioning, loadings, quality, reliabilities
from pipelines.studies.demo.recovery.figures import Figure, Parameter
from pipelines.studies.demo.recovery.scored import Wave
from pipelines.studies.demo.recovery.structure import planted_structure, structure_figures
from pipelines.studies.demo.recovery.units import Units

EVERYBODY = Response(rate=dict.fromkeys(GROUPS, 1.0), selection={}, attrition=(0.0, 0.0))
LARGE_POPULATION, POPULATIONS = 4000, 5
SEEDS_APART = 1_000_000
_PSEUDO = "true value: the same estimator, everybody responding, {} organisations"


@dataclass(frozen=True)
class Plan:
    """How much is computed.

    Attributes:
        replications: Studies drawn.
        parameters: What is planted in each.
        large_population: Organisations of the population that gives pseudo-true values.
        populations: Such populations drawn for what is planted between latent values; one for everything else.
        seed: Of the first replication; the next ones follow.
    """

    replications: int = 20
    parameters: Parameters = field(default_factory=Parameters)
    large_population: int = LARGE_POPULATION
    populations: int = POPULATIONS
    seed: int = DEFAULT_SEED


def pseudo_true_scores(plan: Plan, everybody: Wave) -> list[Parameter]:
    """Return the values that estimators of mean scores tend to.

    Reliability includes the careless; coefficients leave them out. What the specification states for its prototype
    stands beside them: where forms differ from the prototype's, as in integration, values differ too.
    """
    found = [*quality.quality(everybody), *coefficients.coefficients(everybody)]
    return _parameters(plan, found, {(each.part, each.name): stated(each) for each in found})


def pseudo_true_measurement(plan: Plan, everybody: Wave) -> list[Parameter]:
    """Return the values that estimators of measurement models tend to; the planted ones stand beside them."""
    measurement = plan.parameters.measurement
    beside = {(loadings.PART, name): value for name, value in loadings.planted_loadings(everybody, measurement).items()}
    beside |= {(functioning.SIZES, each.name): each.size for each in functioning.planted(measurement)}
    found = [
        *reliabilities.reliabilities(everybody, plan.seed),
        *loadings.loadings(everybody),
        *functioning.sizes(everybody, measurement),
    ]
    return _parameters(plan, found, beside)


def _parameters(plan: Plan, found: Iterable[Figure], beside: dict[tuple[str, str], float]) -> list[Parameter]:
    note = _PSEUDO.format(plan.large_population)
    return [
        Parameter(
            each.part,
            each.name,
            each.estimate,
            hypothesis=coefficients.HYPOTHESES.get(each.name.partition(" ~ ")[0], ""),
            stated=beside.get((each.part, each.name), np.nan),
            note=note,
            true_error=each.error(),
        )
        for each in found
    ]


def pseudo_true_structure(plan: Plan, everybody: Sequence[Wave], units: Units) -> list[Parameter]:
    """Return what estimators of relations between latent values tend to; the planted numbers stand beside them.

    Args:
        plan: How much is computed.
        everybody: The first large population.
        units: Of the scores.
    """
    found: list[list[Figure]] = []
    for number in range(plan.populations):
        waves = everybody if number == 0 else draw_everybody(plan, number)
        found.append(list(structure_figures(waves, units, plan.parameters, _seed(plan, number))))
    planted = planted_structure(plan.parameters)
    return [_mean_of(each, *planted[each[0].part, each[0].name], plan) for each in zip(*found, strict=True)]


def _mean_of(each: Sequence[Figure], stated_value: float, hypothesis: str, plan: Plan) -> Parameter:
    """Return the mean of the populations whose answers carry the model."""
    told = [one for one in each if np.isfinite(one.estimate)]
    return Parameter(
        each[0].part,
        each[0].name,
        float(np.mean([one.estimate for one in told])) if told else np.nan,
        hypothesis=hypothesis,
        stated=stated_value,
        note=f"{_PSEUDO.format(plan.large_population)}, mean of {len(told)} such populations",
        true_error=float(np.sqrt(np.sum([one.error() ** 2 for one in told]))) / max(len(told), 1),
    )


def draw_everybody(plan: Plan, number: int = 0) -> tuple[Wave, ...]:
    """Draw three waves of a large population: everybody responds, in the sizes of the specification.

    Args:
        plan: How large it is.
        number: Of the population, from 0.
    """
    regions, shape = {"everywhere": plan.large_population}, plan.parameters.size
    scottish = round(plan.large_population * shape.scottish_organisations / shape.organisations)
    size = replace(Size(), danish_regions={**regions, "everywhere": plan.large_population - scottish})
    parameters = replace(plan.parameters, size=replace(size, scottish_organisations=scottish), response=EVERYBODY)
    seed = _seed(plan, number)
    population = draw_population(parameters, seed)
    drawing = Answering(population, shown_forms(), parameters, seed)
    invited = {group: np.arange(len(each.persons)) for group, each in population.groups.items()}
    groups = ("TOP", "MID", "FRL", "CIT")
    first = Wave(population, {group: drawing.answer(group, 0, invited[group]) for group in groups})
    later = (Wave(population, {"FRL": drawing.answer("FRL", place, invited["FRL"])}) for place in range(1, len(WAVES)))
    return (first, *later)


def _seed(plan: Plan, number: int) -> int:
    return plan.seed + SEEDS_APART * number


def stated(figure: Figure) -> float:
    """Return what the specification states for a figure of its prototype; NaN where it states nothing."""
    if figure.part == coefficients.PART:
        model, _, regressor = figure.name.partition(" ~ ")
        return coefficients.STATED[model][regressor]
    group, _, scale = figure.name.partition(" ")
    parts = (quality.RELIABILITY, quality.AGREEMENT, quality.MEANS)
    return quality.STATED[group, scale][parts.index(figure.part)]
