"""Organisations' equations from corrected means, the weight of their state in what staff report, and citizens."""

from collections.abc import Iterator, Sequence

import numpy as np

from models.regression.identification import ModelDataError
from pipelines.studies.demo.effects import BETWEEN_FACTORS, REST, Effects, Equation
from pipelines.studies.demo.recovery.erring import CITIZENS, Organisations, jackknifed, means_of, organisations_of
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.products import product_slopes
from pipelines.studies.demo.recovery.scored import Wave
from pipelines.studies.demo.recovery.units import STATES, Units

EQUATIONS, REPORTS, OF_CITIZENS = "organisations", "reports of staff", "citizens"


def organisation_figures(wave: Wave, units: Units, effects: Effects) -> Iterator[Figure]:
    """Yield every weight of the equations of organisations, of staff's reports and of citizens.

    Args:
        wave: The first wave.
        units: Of the scores.
        effects: Which weights there are.
    """
    organisations = organisations_of(wave, units)
    for outcome, equation in effects.organisations.items():
        yield from _weights(organisations, EQUATIONS, outcome, equation)
    for report, equation in effects.reports.items():
        yield _weight_of_state(wave, units, report, next(iter(equation)))
    yield from _weights(organisations, OF_CITIZENS, CITIZENS, effects.citizens[CITIZENS])


def _weights(organisations: Organisations, part: str, outcome: str, equation: Equation) -> Iterator[Figure]:
    causes = [cause for cause in equation if cause != REST]
    try:
        has_products = any(BETWEEN_FACTORS in cause for cause in causes)
        found = (product_slopes if has_products else Organisations.slopes)(organisations, causes, outcome)
    except ModelDataError:
        yield from _unknown(part, outcome, causes)
        return
    for cause in causes:
        row = found.loc[cause]
        values = (float(row[column]) for column in ("estimate", "std_error", "conf_low", "conf_high"))
        yield Figure(part, f"{outcome} ~ {cause}", *values)


def _unknown(part: str, outcome: str, causes: Sequence[str]) -> Iterator[Figure]:
    for cause in causes:
        yield Figure(part, f"{outcome} ~ {cause}", np.nan)


def _weight_of_state(wave: Wave, units: Units, report: str, state: str) -> Figure:
    """Return the deviation of organisations in what persons report by that of their true state."""
    scale = STATES[state]
    scores = wave.scores("FRL", [scale]).dropna()
    said = units.of["FRL", scale, scale].in_units(scores[scale]).to_frame(state)
    organisations = means_of(said, scores["organisation"], len(wave.population.places))
    weights = np.sqrt(np.maximum(organisations.covariances(state, state), 0.0)) / units.deviations[state]
    name = f"{report} ~ {state}"
    return Figure.with_error(REPORTS, name, float(weights[0]), float(jackknifed(weights[:, None])[0]))
