"""Parameters and a seed → organisations, invited persons and their latent values. No answers."""

from dataclasses import dataclass

import pandas as pd

from pipelines.studies.demo.draws import Values
from pipelines.studies.demo.organisations import draw_explained, draw_given, draw_places
from pipelines.studies.demo.parameters import GROUPS, Parameters
from pipelines.studies.demo.people import draw_people, managers_of
from pipelines.studies.demo.values import Latent, draw_citizens, draw_frontline_staff, draw_top_managers


@dataclass(frozen=True)
class Invited:
    """The invited persons of one respondent group.

    Attributes:
        persons: One row a person; see ``people.draw_people``. Frontline staff have a manager_key too.
        latent: Their latent values.
    """

    persons: pd.DataFrame
    latent: Latent


@dataclass(frozen=True)
class Population:
    """Organisations and invited persons.

    Attributes:
        places: One row an organisation; see ``organisations.draw_places``.
        organisations: Latent values of the organisations by name, each of length n_organisations.
        groups: Invited persons by respondent group.
    """

    places: pd.DataFrame
    organisations: dict[str, Values]
    groups: dict[str, Invited]


def draw_population(parameters: Parameters, seed: int) -> Population:
    """Draw organisations, persons and latent values.

    Args:
        parameters: What is planted.
        seed: Not negative.

    Returns:
        The population; the same parameters and seed give the same numbers.
    """
    effects = parameters.effects
    places, given = draw_places(parameters.size, seed), draw_given(parameters, seed)
    people = {group: draw_people(group, places, parameters, seed) for group in GROUPS}
    people["FRL"] = people["FRL"].assign(manager_key=managers_of(people["FRL"], people["MID"], seed))
    managers = draw_top_managers(people["TOP"], given["npm"], effects, seed)
    of = people["TOP"]["organisation"].to_numpy()
    organisations = draw_explained(given, managers.of("true_forwarding", 0), of, effects, seed)
    latent = {
        "TOP": managers,
        "FRL": draw_frontline_staff(people["FRL"], organisations, effects, seed),
        "CIT": draw_citizens(people["CIT"], organisations, effects, seed),
        **{group: Latent(seed, group, len(people[group]), {}) for group in ("MID", "PAR")},
    }
    return Population(places, organisations, {group: Invited(people[group], latent[group]) for group in GROUPS})
