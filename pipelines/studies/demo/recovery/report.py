"""The recovery report: replications drawn and estimated, held against the truth, and what is not planted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from pipelines.studies.demo.answering import Answering
from pipelines.studies.demo.draws import Places
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import GROUPS, WAVES, Parameters
from pipelines.studies.demo.population import draw_population
from pipelines.studies.demo.recovery import (
    coefficients,
    found_careless,
    functioning,
    loadings,
    mechanisms,
    quality,
    reliabilities,
)
from pipelines.studies.demo.recovery.everybody import (
    Plan,
    draw_everybody,
    pseudo_true_measurement,
    pseudo_true_scores,
    pseudo_true_structure,
)
from pipelines.studies.demo.recovery.figures import Figure, Parameter, summarise
from pipelines.studies.demo.recovery.judged import status
from pipelines.studies.demo.recovery.not_planted import not_planted_rows
from pipelines.studies.demo.recovery.scored import Wave
from pipelines.studies.demo.recovery.structure import structure_figures
from pipelines.studies.demo.recovery.units import Units, learn_units
from pipelines.studies.demo.responding import respondents


@dataclass(frozen=True)
class Truth:
    """What replications are held against.

    Attributes:
        parameters: Every true parameter.
        units: Of the scores.
    """

    parameters: tuple[Parameter, ...]
    units: Units


def recovery_report(plan: Plan, on_step: Callable[[str], None] = lambda _: None) -> pd.DataFrame:
    """Draw replications, estimate, and hold the estimates against the truth.

    Args:
        plan: How much is computed.
        on_step: Called with the name of each step before it begins: the true values, then each replication.

    Returns:
        As ``judged_report``.
    """
    on_step("true values")
    truth = true_parameters(plan)
    replications: list[list[Figure]] = []
    for number in range(plan.replications):
        on_step(f"replication {number + 1}")
        replications.append(estimate(plan.parameters, truth.units, plan.seed + number))
    return judged_report(truth, replications)


def true_parameters(plan: Plan) -> Truth:
    """Draw the large populations and learn from them what estimators tend to."""
    everybody = draw_everybody(plan)
    units = learn_units(everybody)
    return Truth(
        (
            *mechanisms.planted(plan.parameters),
            *pseudo_true_scores(plan, everybody[0]),
            *pseudo_true_structure(plan, everybody, units),
            *pseudo_true_measurement(plan, everybody[0]),
            *found_careless.expected(),
            *functioning.expected(plan.parameters.measurement),
        ),
        units,
    )


def judged_report(truth: Truth, replications: Sequence[Sequence[Figure]]) -> pd.DataFrame:
    """Put the figures of all replications together and judge each row.

    Args:
        truth: What they are held against.
        replications: The figures of each replication.

    Returns:
        One row a parameter; see ``figures.REPORT``. ``status`` is ``pass``, ``fail:`` with its reasons, ``described``
        (nothing to hold it against), or ``nothing planted``; see ``judged``.
    """
    estimated = summarise(truth.parameters, replications)
    estimated["status"] = [
        status({str(name): each for name, each in row.items()}) for row in estimated.to_dict("records")
    ]
    return pd.concat([estimated, not_planted_rows()], ignore_index=True)


def estimate(parameters: Parameters, units: Units, seed: int) -> list[Figure]:
    """Draw one study and estimate everything that is planted.

    Args:
        parameters: What is planted.
        units: Of the scores.
        seed: Of the study.
    """
    population = draw_population(parameters, seed)
    answered: dict[str, list[Places]] = {
        group: list(respondents(group, population.groups[group], parameters.response, seed)) for group in GROUPS
    }
    drawing = Answering(population, shown_forms(), parameters, seed)
    forms = {group: drawing.answer(group, 0, answered[group][0]) for group in GROUPS}
    wave = Wave(population, forms)
    later = (
        Wave(population, {"FRL": drawing.answer("FRL", place, answered["FRL"][place])})
        for place in range(1, len(WAVES))
    )
    return [
        *quality.quality(wave),
        *reliabilities.reliabilities(wave, seed),
        *loadings.loadings(wave),
        *functioning.sizes(wave, parameters.measurement),
        *functioning.findings(wave, parameters.measurement),
        *coefficients.coefficients(wave),
        *structure_figures((wave, *later), units, parameters, seed),
        *mechanisms.response_figures(population, answered),
        *mechanisms.fault_figures(forms),
        *found_careless.careless_figures(forms),
    ]
