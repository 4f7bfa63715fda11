"""What is planted between latent values: equations as numbers. Whatever stands in no equation is a true null.

Latent values are roughly of unit variance and called as the scale that measures them where there is one. An equation
maps causes to weights; a cause ``a x b`` is a product, and ``rest`` is a standard normal draw of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from types import MappingProxyType

import numpy as np

from pipelines.studies.demo.draws import Values

Equation = Mapping[str, float]
REST = "rest"
BETWEEN_FACTORS = " x "


def solve(equation: Equation, values: Mapping[str, Values]) -> Values:
    """Return the sum of weights times causes, products of causes where the equation names them."""
    parts = [
        weight * np.prod([values[name] for name in cause.split(BETWEEN_FACTORS)], axis=0)
        for cause, weight in equation.items()
    ]
    return np.sum(parts, axis=0)


def _frozen(**equations: Equation) -> Mapping[str, Equation]:
    return MappingProxyType({name: MappingProxyType(dict(each)) for name, each in equations.items()})


def _organisations() -> Mapping[str, Equation]:
    return _frozen(
        vertical={"top_forwarding": 0.35, "npm": -0.25, REST: 0.85},
        horizontal={"top_forwarding": 0.25, "npm": -0.15, REST: 0.92},
        observed_forwarding={"top_forwarding": 0.35, REST: 0.50},
        experience={
            "top_forwarding": 0.05,
            "observed_forwarding": 0.35,
            "top_forwarding x top_forwarding": -0.08,
            "top_forwarding x observed_forwarding": 0.16,
            "observed_forwarding x observed_forwarding": -0.08,
            REST: 0.25,
        },
        leadership={"npm": -0.20, "programme": 0.10, REST: 0.90},
        coproduction={
            "top_forwarding": 0.20,
            "vertical": 0.20,
            "horizontal": 0.15,
            "vertical x horizontal": 0.10,
            "npm": -0.10,
            "leadership": 0.15,
            REST: 0.30,
        },
    )


def _top_managers() -> Mapping[str, Equation]:
    return _frozen(
        enabler_identity={"npm": -0.20, REST: sqrt(0.96)},
        identity_tension={"npm": 0.25, "enabler_identity": -0.15, REST: sqrt(0.90)},
        sensemaking_intensity={"enabler_identity": 0.40, REST: sqrt(0.84)},
        sensegiving_and_strategizing={"sensemaking_intensity": 0.45, REST: sqrt(0.7975)},
        recipe_frame={REST: 1.0},
        true_forwarding={
            "enabler_identity": 0.35,
            "sensemaking_intensity": 0.15,
            "sensegiving_and_strategizing": 0.20,
            "npm": -0.15,
            REST: sqrt(0.68),
        },
        forwarding={"true_forwarding": 1 / sqrt(1.0625), "recipe_frame": 0.25 / sqrt(1.0625)},
        inhibiting={"enabler_identity": -0.20, "identity_tension": 0.30, "npm": 0.20, REST: sqrt(0.75)},
    )


def _reports() -> Mapping[str, Equation]:
    return _frozen(
        vertical_integration={"vertical": 0.40, REST: 0.90},
        horizontal_integration={"horizontal": 0.40, REST: 0.90},
        npm_culture={"npm": 0.50, REST: 0.87},
        forwarding_observed={"observed_forwarding": 1.0, REST: 0.90},
        staff_experience={"experience": 1.0, REST: 0.90},
    )


@dataclass(frozen=True)
class Dynamics:
    """Collective leadership and co-production of frontline staff over the waves.

    A value is the root of each share times a standard normal part of organisation, person and occasion.

    Attributes:
        leadership_shares: Shares of variance of organisation, person and occasion in collective leadership.
        coproduction_shares: The same of co-production enacted.
        person_correlations: Of the persons' parts: leadership with co-production, leadership with safety,
            co-production with safety.
        first_correlation: Correlation of the two occasions' parts in the first wave.
        leadership_carry_over: Last occasion of leadership on the next one.
        coproduction_carry_over: Last occasion of co-production on the next one.
        leadership_on_coproduction: Last occasion of leadership on the next one of co-production.
        coproduction_on_leadership: The other way round: nothing, a true null.
        innovation_correlation: Correlation of what is new in both.
        programme_growth: Collective leadership gained per wave in an organisation with a programme.
        leadership_by_wickedness: The product of a person's own leadership part and wickedness on co-production.
        part_loading: Loading of principles on leadership, and of phases on co-production.
    """

    leadership_shares: tuple[float, float, float] = (0.15, 0.35, 0.50)
    coproduction_shares: tuple[float, float, float] = (0.12, 0.33, 0.55)
    person_correlations: tuple[float, float, float] = (0.40, 0.40, 0.20)
    first_correlation: float = 0.25
    leadership_carry_over: float = 0.35
    coproduction_carry_over: float = 0.30
    leadership_on_coproduction: float = 0.15
    coproduction_on_leadership: float = 0.0
    innovation_correlation: float = 0.25
    programme_growth: float = 0.20
    leadership_by_wickedness: float = 0.10
    part_loading: float = 0.85


@dataclass(frozen=True)
class Effects:
    """Every planted effect.

    Attributes:
        host_public: Share of organisations that host joint work themselves.
        programme: Share that takes part in a programme for collective leadership.
        state_correlation: Correlation of the rests of vertical and horizontal integration.
        enabler_organisation_share: Share of the rest of enabler identity that managers of an organisation share.
        coproduction_deviation: Standard deviation to which the organisations' co-production is scaled.
        organisations: Equations of the organisations' values.
        top_managers: Equations of top managers' values.
        reports: Equations of what frontline staff report about their organisation.
        citizens: Equation of the influence that citizens feel; its co-production is of unit variance.
        dynamics: Collective leadership and co-production over the waves.
    """

    host_public: float = 0.60
    programme: float = 0.30
    state_correlation: float = 0.30
    enabler_organisation_share: float = 0.30
    coproduction_deviation: float = 0.547
    organisations: Mapping[str, Equation] = field(default_factory=_organisations)
    top_managers: Mapping[str, Equation] = field(default_factory=_top_managers)
    reports: Mapping[str, Equation] = field(default_factory=_reports)
    citizens: Mapping[str, Equation] = field(
        default_factory=lambda: _frozen(
            citizen_influence={"coproduction_scaled": 0.35, "host_public": -0.30, REST: 0.95}
        )
    )
    dynamics: Dynamics = field(default_factory=Dynamics)
