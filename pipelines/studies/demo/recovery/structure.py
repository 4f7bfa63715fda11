"""Everything planted between latent values: who estimates it, and what was planted, by the names of the figures."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from pipelines.studies.demo.effects import REST, Dynamics
from pipelines.studies.demo.parameters import Parameters
from pipelines.studies.demo.recovery import codes, dynamics, of_organisations, top_managers, within
from pipelines.studies.demo.recovery.figures import Figure
from pipelines.studies.demo.recovery.scored import Wave
from pipelines.studies.demo.recovery.units import Units

_HYPOTHESIS_OF: Mapping[str, str] = MappingProxyType(
    {
        "forwarding": "H4",
        "true_forwarding": "H1",
        "inhibiting": "H2",
        "sensemaking_intensity": "H3",
        "sensegiving_and_strategizing": "H3",
        "observed_forwarding": "H6",
        "experience": "H14",
        "coproduction": "H5",
        "citizen_influence": "H11",
    }
)
Planted = dict[tuple[str, str], tuple[float, str]]


def structure_figures(waves: Sequence[Wave], units: Units, parameters: Parameters, seed: int) -> Iterator[Figure]:
    """Estimate everything that is planted between latent values.

    Args:
        waves: Three waves of a study.
        units: Of the scores.
        parameters: What is planted.
        seed: Of the study.
    """
    effects = parameters.effects
    yield from top_managers.top_manager_figures(waves[0], effects.top_managers)
    yield from of_organisations.organisation_figures(waves[0], units, effects)
    yield from dynamics.dynamic_figures(waves, units, effects.dynamics)
    yield within.product_figure(waves[0], units)
    yield from codes.code_figures(waves[0], units, parameters.open_answers, seed)


def planted_structure(parameters: Parameters) -> Planted:
    """Return part and name → planted number and hypothesis."""
    effects, found = parameters.effects, Planted()
    for part, equations in (
        (top_managers.PART, effects.top_managers),
        (of_organisations.EQUATIONS, effects.organisations),
        (of_organisations.REPORTS, effects.reports),
        (of_organisations.OF_CITIZENS, effects.citizens),
    ):
        for outcome, equation in equations.items():
            for cause, weight in equation.items():
                if cause != REST:
                    found[part, f"{outcome} ~ {cause}"] = weight, _HYPOTHESIS_OF.get(outcome, "")
    for code, both in parameters.open_answers.codes.items():
        for term, value in zip(codes.TERMS, both, strict=True):
            found[codes.PART, f"{code}: {term}"] = value, "H19"
    return found | _of_dynamics(effects.dynamics)


def _of_dynamics(planted: Dynamics) -> Planted:
    values = (
        planted.leadership_carry_over,
        planted.coproduction_carry_over,
        planted.leadership_on_coproduction,
        planted.coproduction_on_leadership,
        planted.innovation_correlation,
        *planted.leadership_shares,
        *planted.coproduction_shares,
        *planted.person_correlations,
    )
    found: Planted = {
        (dynamics.PART, name): (value, "H15" if name in dynamics.LAGS else "H7")
        for name, value in zip(dynamics.NAMES, values, strict=True)
    }
    found[dynamics.PART, dynamics.GROWTH] = planted.programme_growth, "H17"
    found[within.PART, within.PRODUCT] = planted.leadership_by_wickedness, "H8"
    return found
