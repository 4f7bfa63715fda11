"""Latent values of invited persons: those that equations plant, and for every other dimension a standard normal draw.

A value without a course over time is the same in all waves.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.studies.demo.draws import Places, Values, stream
from pipelines.studies.demo.effects import REST, Dynamics, Effects, solve
from pipelines.studies.demo.parameters import WAVES

PRINCIPLES = ("systems_principle", "emergent_principle", "relational_principle", "inquiry_principle")
PHASES = (
    "coproduction_commissioning",
    "coproduction_design",
    "coproduction_delivery",
    "coproduction_assessment",
)
LEADERSHIP, COPRODUCTION = "collective_leadership_intensity", "coproduction_intensity"
FORWARDING, IDENTITY = "forwarding", "enabler_identity"


@dataclass(frozen=True)
class Latent:
    """Latent values of the invited persons of one group.

    Attributes:
        seed: Of the study.
        group: Code of the respondent group.
        number: Invited persons.
        planted: Name → length ``number``, or a column a wave.
    """

    seed: int
    group: str
    number: int
    planted: Mapping[str, Values]

    def of(self, name: str, place: int) -> Values:
        """Return the values of a scale in a wave; without an equation independent standard normal ones.

        Args:
            name: A scale, or another value of an equation.
            place: Number of the wave, from 0.
        """
        found = self.planted.get(name)
        if found is None:
            return stream(self.seed, f"latent {self.group} {name}").standard_normal(self.number)
        return found if found.ndim == 1 else found[:, place]

    def coproduction(self, place: int) -> Values:
        """Return co-production enacted; where only its phases exist their sum, scaled to unit variance."""
        if COPRODUCTION in self.planted:
            return self.of(COPRODUCTION, place)
        return np.sum([self.of(phase, place) for phase in PHASES], axis=0) / np.sqrt(len(PHASES))


def draw_top_managers(persons: pd.DataFrame, npm: Values, effects: Effects, seed: int) -> Latent:
    """Draw the values of ``Effects.top_managers``."""
    of, number = persons["organisation"].to_numpy(), len(persons)
    values: dict[str, Values] = {"npm": npm[of]}
    for name, equation in effects.top_managers.items():
        rest = stream(seed, f"latent TOP {name}").standard_normal(number)
        if name == IDENTITY:
            shared = stream(seed, "identity of organisations").standard_normal(len(npm))[of]
            share = effects.enabler_organisation_share
            rest = np.sqrt(share) * shared + np.sqrt(1 - share) * rest
        values[name] = solve(equation, {**values, REST: rest})
    return Latent(seed, "TOP", number, {name: each for name, each in values.items() if name != "npm"})


def draw_frontline_staff(
    persons: pd.DataFrame, organisations: Mapping[str, Values], effects: Effects, seed: int
) -> Latent:
    """Draw collective leadership and co-production over the waves, and reports of the organisation's state."""
    of = persons["organisation"].to_numpy()
    values = _leadership_and_coproduction(of, organisations, effects.dynamics, seed)
    values |= _solved("FRL", of, organisations, effects.reports, seed)
    return Latent(seed, "FRL", len(persons), values)


def draw_citizens(persons: pd.DataFrame, organisations: Mapping[str, Values], effects: Effects, seed: int) -> Latent:
    """Draw the influence that citizens feel."""
    of = persons["organisation"].to_numpy()
    return Latent(seed, "CIT", len(persons), _solved("CIT", of, organisations, effects.citizens, seed))


def _solved(
    group: str, of: Places, organisations: Mapping[str, Values], equations: Mapping[str, Mapping[str, float]], seed: int
) -> dict[str, Values]:
    found: dict[str, Values] = {}
    for name, equation in equations.items():
        causes = {cause: organisations[cause][of] for cause in equation if cause != REST}
        rest = stream(seed, f"latent {group} {name}").standard_normal(len(of))
        found[name] = solve(equation, {**causes, REST: rest})
    return found


def _leadership_and_coproduction(
    of: Places, organisations: Mapping[str, Values], dynamics: Dynamics, seed: int
) -> dict[str, Values]:
    leadership_person, coproduction_person, safety = _persons(len(of), dynamics, seed)
    wickedness = stream(seed, "wickedness").standard_normal(len(of))
    occasions = _occasions(len(of), dynamics, seed)
    of_leadership, of_coproduction = np.sqrt(dynamics.leadership_shares), np.sqrt(dynamics.coproduction_shares)
    growth = dynamics.programme_growth * np.arange(len(WAVES)) * organisations["programme"][of][:, np.newaxis]
    within = of_leadership[1] * leadership_person[:, np.newaxis] + of_leadership[2] * occasions[0]
    leadership = of_leadership[0] * organisations["leadership"][of][:, np.newaxis] + within + growth
    coproduction = (
        of_coproduction[0] * organisations["coproduction_scaled"][of][:, np.newaxis]
        + of_coproduction[1] * coproduction_person[:, np.newaxis]
        + of_coproduction[2] * occasions[1]
        + dynamics.leadership_by_wickedness * within * wickedness[:, np.newaxis]
    )
    return {
        LEADERSHIP: leadership,
        COPRODUCTION: coproduction,
        "psychological_safety": safety,
        "wicked_issue": wickedness,
        **_parts(PRINCIPLES, leadership, dynamics.part_loading, seed),
        **_parts(PHASES, coproduction, dynamics.part_loading, seed),
    }


def _persons(number: int, dynamics: Dynamics, seed: int) -> Values:
    """Draw the persons' parts of leadership and co-production, and safety: three rows."""
    with_coproduction, with_safety, coproduction_with_safety = dynamics.person_correlations
    correlations = np.array(
        [
            [1, with_coproduction, with_safety],
            [with_coproduction, 1, coproduction_with_safety],
            [with_safety, coproduction_with_safety, 1],
        ]
    )
    return np.linalg.cholesky(correlations) @ stream(seed, "persons of staff").standard_normal((3, number))


def _occasions(number: int, dynamics: Dynamics, seed: int) -> Values:
    """Draw the occasions' parts of leadership and co-production: 2 x n_persons x n_waves, each of unit variance."""
    first = dynamics.first_correlation
    own, other = dynamics.leadership_carry_over, dynamics.coproduction_carry_over
    lag, back, new = (
        dynamics.leadership_on_coproduction,
        dynamics.coproduction_on_leadership,
        dynamics.innovation_correlation,
    )
    found = np.empty((2, number, len(WAVES)))
    correlation = first
    for place in range(len(WAVES)):
        draw = stream(seed, f"occasions {place}").standard_normal((2, number))
        rho = first if place == 0 else new
        new_in_both = (draw[0], rho * draw[0] + np.sqrt(1 - rho**2) * draw[1])
        if place == 0:
            found[0, :, 0], found[1, :, 0] = new_in_both
            continue
        last_leadership, last_coproduction = found[0, :, place - 1], found[1, :, place - 1]
        rest_of_leadership = np.sqrt(1 - own**2 - back**2 - 2 * own * back * correlation)
        rest_of_coproduction = np.sqrt(1 - other**2 - lag**2 - 2 * other * lag * correlation)
        found[0, :, place] = own * last_leadership + back * last_coproduction + rest_of_leadership * new_in_both[0]
        found[1, :, place] = other * last_coproduction + lag * last_leadership + rest_of_coproduction * new_in_both[1]
    return found


def _parts(names: tuple[str, ...], whole: Values, loading: float, seed: int) -> dict[str, Values]:
    rest = np.sqrt(1 - loading**2)
    return {name: loading * whole + rest * stream(seed, f"part {name}").standard_normal(whole.shape) for name in names}
