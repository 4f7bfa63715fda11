"""The recovery report: replications drawn and estimated, held against the truth, and what waits."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from pipelines.studies.demo.answering import Answering
from pipelines.studies.demo.draws import Places
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import DEFAULT_SEED, GROUPS, Parameters, Response, Size
from pipelines.studies.demo.population import draw_population
from pipelines.studies.demo.recovery import coefficients, found_careless, mechanisms, quality
from pipelines.studies.demo.recovery.figures import Figure, Parameter, summarise
from pipelines.studies.demo.recovery.scored import FirstWave
from pipelines.studies.demo.recovery.waiting import waiting_rows
from pipelines.studies.demo.responding import respondents

ESTIMATED, OFF, DESCRIBED = "covered", "not covered", "described"
ERRORS_ALLOWED = 3.0
EVERYBODY = Response(rate=dict.fromkeys(GROUPS, 1.0), selection={}, attrition=(0.0, 0.0))
LARGE_POPULATION = 4000
_NO_TRUTH = "no value is planted: it follows from the answers and the limits of the checks"
_PSEUDO = "true value: the same estimator, everybody responding, {} organisations"


@dataclass(frozen=True)
class Plan:
    """How much is computed.

    Attributes:
        replications: Studies drawn.
        parameters: What is planted in each.
        large_population: Organisations of the population that gives pseudo-true values.
        seed: Of the first replication; the next ones follow.
    """

    replications: int = 20
    parameters: Parameters = field(default_factory=Parameters)
    large_population: int = LARGE_POPULATION
    seed: int = DEFAULT_SEED


def recovery_report(plan: Plan, on_replication: Callable[[int], None] = lambda _: None) -> pd.DataFrame:
    """Draw replications, estimate, and hold the estimates against the truth.

    Args:
        plan: How much is computed.
        on_replication: Called with the number of each replication before it begins, from 0.

    Returns:
        One row a parameter; see ``figures.REPORT``. ``status`` is covered (the bias is within three errors, those
        of the replications and of the true value together), not covered, described (nothing to hold it against), waits,
        or nothing planted.
    """
    parameters = [*mechanisms.planted(plan.parameters), *pseudo_true(plan)]
    replications: list[list[Figure]] = []
    for number in range(plan.replications):
        on_replication(number)
        replications.append(estimate(plan.parameters, plan.seed + number))
    estimated = summarise(parameters, replications)
    estimated["status"] = [_status(row) for row in estimated.to_dict("records")]
    return pd.concat([estimated, waiting_rows(plan.parameters)], ignore_index=True)


def estimate(parameters: Parameters, seed: int) -> list[Figure]:
    """Draw one study and estimate everything that can be estimated today."""
    population = draw_population(parameters, seed)
    answered: dict[str, list[Places]] = {
        group: list(respondents(group, population.groups[group], parameters.response, seed)) for group in GROUPS
    }
    drawing = Answering(population, shown_forms(), parameters, seed)
    forms = {group: drawing.answer(group, 0, answered[group][0]) for group in GROUPS}
    wave = FirstWave(population, forms)
    return [
        *quality.quality(wave),
        *coefficients.coefficients(wave),
        *mechanisms.response_figures(population, answered),
        *mechanisms.fault_figures(forms),
        *found_careless.careless_figures(forms),
    ]


def pseudo_true(plan: Plan) -> list[Parameter]:
    """Return the values that estimators of mean scores tend to: everybody of a large population responds.

    Reliability includes the careless; coefficients leave them out. What the specification states for its prototype
    stands beside them: where forms differ from the prototype's, as in integration, values differ too.
    """
    note = _PSEUDO.format(plan.large_population)
    wave = draw_everybody(plan)
    found: list[Parameter] = []
    for figure in (*quality.quality(wave), *coefficients.coefficients(wave)):
        hypothesis = coefficients.HYPOTHESES.get(figure.name.partition(" ~ ")[0], "")
        named = (figure.part, figure.name, figure.estimate, hypothesis, stated(figure), note)
        found.append(Parameter(*named, true_error=figure.error()))
    names = (f"{each} {group}" for group in found_careless.GROUPS for each in ("sensitivity", "specificity"))
    return [*found, *(Parameter(found_careless.PART, name, np.nan, note=_NO_TRUTH) for name in names)]


def draw_everybody(plan: Plan) -> FirstWave:
    """Draw the first wave of the large population: everybody responds, in the sizes of the specification."""
    regions, shape = {"everywhere": plan.large_population}, plan.parameters.size
    scottish = round(plan.large_population * shape.scottish_organisations / shape.organisations)
    size = replace(Size(), danish_regions={**regions, "everywhere": plan.large_population - scottish})
    parameters = replace(plan.parameters, size=replace(size, scottish_organisations=scottish), response=EVERYBODY)
    population = draw_population(parameters, plan.seed)
    drawing = Answering(population, shown_forms(), parameters, plan.seed)
    groups = ("TOP", "FRL", "CIT")
    everybody = {group: np.arange(len(population.groups[group].persons)) for group in groups}
    return FirstWave(population, {group: drawing.answer(group, 0, rows) for group, rows in everybody.items()})


def stated(figure: Figure) -> float:
    """Return what the specification states for a figure of its prototype; NaN where it states nothing."""
    if figure.part == coefficients.PART:
        model, _, regressor = figure.name.partition(" ~ ")
        return coefficients.STATED[model][regressor]
    group, _, scale = figure.name.partition(" ")
    parts = (quality.RELIABILITY, quality.AGREEMENT, quality.MEANS)
    return quality.STATED[group, scale][parts.index(figure.part)]


def _status(row: dict[str, object]) -> str:
    names = ("true_value", "true_error", "monte_carlo_error", "bias")
    true, true_error, error, bias = (float(str(row[name])) for name in names)
    if not np.isfinite(true) or not np.isfinite(error):
        return DESCRIBED
    return ESTIMATED if abs(bias) <= ERRORS_ALLOWED * np.hypot(error, true_error) else OFF
