"""The recovery report: replications drawn and estimated, held against the truth, and what waits."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipelines.studies.demo.answering import Answering
from pipelines.studies.demo.draws import Places
from pipelines.studies.demo.forms_asked import shown_forms
from pipelines.studies.demo.parameters import GROUPS, Parameters
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
)
from pipelines.studies.demo.recovery.figures import Figure, summarise
from pipelines.studies.demo.recovery.scored import FirstWave
from pipelines.studies.demo.recovery.waiting import waiting_rows
from pipelines.studies.demo.responding import respondents

ESTIMATED, OFF, DESCRIBED = "covered", "not covered", "described"
ERRORS_ALLOWED = 3.0


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
    everybody = draw_everybody(plan)
    parameters = [
        *mechanisms.planted(plan.parameters),
        *pseudo_true_scores(plan, everybody),
        *pseudo_true_measurement(plan, everybody),
        *found_careless.expected(),
        *functioning.expected(plan.parameters.measurement),
    ]
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
        *reliabilities.reliabilities(wave, seed),
        *loadings.loadings(wave),
        *functioning.sizes(wave, parameters.measurement),
        *functioning.findings(wave, parameters.measurement),
        *coefficients.coefficients(wave),
        *mechanisms.response_figures(population, answered),
        *mechanisms.fault_figures(forms),
        *found_careless.careless_figures(forms),
    ]


def _status(row: dict[str, object]) -> str:
    names = ("true_value", "true_error", "monte_carlo_error", "bias")
    true, true_error, error, bias = (float(str(row[name])) for name in names)
    if not np.isfinite(true) or not np.isfinite(error):
        return DESCRIBED
    return ESTIMATED if abs(bias) <= ERRORS_ALLOWED * np.hypot(error, true_error) else OFF
