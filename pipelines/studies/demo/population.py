"""Parameters and a seed → organisations, invited persons and their latent values in each wave. No answers."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.studies.demo.parameters import FORM_OF_GROUP, WAVES, Effects, Parameters, Size

Values = NDArray[np.float64]
DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "vertical_integration": ("vertical_between_levels", "vertical_with_citizens"),
    "horizontal_integration": ("horizontal_across_departments", "horizontal_across_sectors"),
    "collective_leadership_intensity": (
        "systems_principle",
        "emergent_principle",
        "relational_principle",
        "inquiry_principle",
    ),
}
LONGEST_TENURE = 45


@dataclass(frozen=True)
class Organisations:
    """Latent values of the organisations, each of length n_organisations.

    Attributes:
        npm: New Public Management culture.
        vertical: Vertical integration.
        horizontal: Horizontal integration.
        leadership: The organisation's part of collective leadership, of unit variance.
    """

    npm: Values
    vertical: Values
    horizontal: Values
    leadership: Values


@dataclass(frozen=True)
class Form:
    """The invited persons of one form.

    Attributes:
        persons: One row a person: respondent_key, organisation (from 0), organisation_id, respondent_group, language,
            STR_tenure, STR_edu, STR_sector, common_source, acquiescence.
        latent: Latent value by name, n_persons rows and a column a wave.
    """

    persons: pd.DataFrame
    latent: dict[str, Values]


@dataclass(frozen=True)
class Population:
    """Organisations and the invited persons by form: ``managers`` and ``staff``."""

    organisations: Organisations
    forms: dict[str, Form]


def stream(seed: int, name: str) -> np.random.Generator:
    """Return the random numbers that belong to a seed and a name."""
    return np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))


def draw_population(parameters: Parameters, seed: int) -> Population:
    """Draw organisations, persons and latent values.

    Args:
        parameters: What is planted.
        seed: Not negative.

    Returns:
        The population; the same parameters and seed give the same numbers.
    """
    size, effects = parameters.size, parameters.effects
    persons = _persons(stream(seed, "persons"), size)
    managers, staff = (
        persons[persons["respondent_group"].map(FORM_OF_GROUP) == form].reset_index(drop=True)
        for form in ("managers", "staff")
    )
    npm = stream(seed, "npm").standard_normal(size.organisations)
    identity = _identity(stream(seed, "identity"), managers, npm, effects)
    organisations = _organisations(stream(seed, "organisations"), managers, identity["enabler_identity"], npm, effects)
    identity |= _managers_reports(stream(seed, "managers_reports"), managers, identity, organisations, effects)
    reports = _staff_reports(stream(seed, "staff_reports"), staff, organisations, effects)
    weight = parameters.measurement.dimension_loading
    return Population(
        organisations,
        {
            "managers": Form(managers, identity | _dimensions(stream(seed, "managers_dimensions"), identity, weight)),
            "staff": Form(staff, reports | _dimensions(stream(seed, "staff_dimensions"), reports, weight)),
        },
    )


def _persons(rng: np.random.Generator, size: Size) -> pd.DataFrame:
    groups = np.repeat(list(size.invited), [int(number) for number in size.invited.values()])
    organisation = np.repeat(np.arange(size.organisations), len(groups))
    n_persons = len(organisation)
    return pd.DataFrame(
        {
            "respondent_key": [f"P{number:05d}" for number in range(1, n_persons + 1)],
            "organisation": organisation,
            "organisation_id": [f"ORG{number + 1:03d}" for number in organisation],
            "respondent_group": np.tile(groups, size.organisations),
            "language": np.where(organisation < size.danish_organisations, "da", "en"),
            "STR_tenure": np.minimum(np.rint(rng.gamma(3.0, 5.0, n_persons)), LONGEST_TENURE).astype(int),
            "STR_edu": rng.choice([1, 2, 3, 4, -9], n_persons, p=[0.04, 0.16, 0.48, 0.30, 0.02]),
            "STR_sector": rng.integers(1, 12, n_persons),
            "common_source": rng.standard_normal(n_persons),
            "acquiescence": rng.standard_normal(n_persons),
        }
    )


def _repeated(rng: np.random.Generator, n_persons: int, person_share: float) -> Values:
    """Draw standard normal values, n_persons rows and a column a wave, that correlate by person_share."""
    person = rng.standard_normal((n_persons, 1))
    occasion = rng.standard_normal((n_persons, len(WAVES)))
    return np.sqrt(person_share) * person + np.sqrt(1 - person_share) * occasion


def _identity(rng: np.random.Generator, managers: pd.DataFrame, npm: Values, effects: Effects) -> dict[str, Values]:
    organisation, n_persons, share = managers["organisation"].to_numpy(), len(managers), effects.person_share
    culture = npm[organisation][:, np.newaxis]
    shared = rng.standard_normal(len(npm))[organisation][:, np.newaxis]
    between = effects.enabler_organisation_share
    rest = np.sqrt(between) * shared + np.sqrt(1 - between) * _repeated(rng, n_persons, share)
    enabler = effects.npm_on_enabler * culture + np.sqrt(1 - effects.npm_on_enabler**2) * rest
    tension = (
        effects.npm_on_tension * culture
        + effects.enabler_on_tension * enabler
        + np.sqrt(0.90) * _repeated(rng, n_persons, share)
    )
    return {
        "enabler_identity": enabler,
        "identity_tension": tension,
        "identity_work_activity": _repeated(rng, n_persons, share),
    }


def _organisations(
    rng: np.random.Generator, managers: pd.DataFrame, enabler: Values, npm: Values, effects: Effects
) -> Organisations:
    mean_enabler = pd.Series(enabler[:, 0]).groupby(managers["organisation"]).mean().to_numpy()
    first, second = rng.standard_normal((2, len(npm)))
    shared = effects.state_correlation
    rest = (0.85 * first, 0.92 * (shared * first + np.sqrt(1 - shared**2) * second))
    vertical, horizontal = (
        of_managers * mean_enabler + of_npm * npm + other
        for of_managers, of_npm, other in zip(effects.managers_on_state, effects.npm_on_state, rest, strict=True)
    )
    causes = (mean_enabler, vertical, horizontal, vertical * horizontal, npm, rng.standard_normal(len(npm)))
    leadership = sum(weight * cause for weight, cause in zip(effects.on_leadership, causes, strict=True))
    return Organisations(npm, vertical, horizontal, np.asarray(leadership) / effects.leadership_deviation)


def _managers_reports(
    rng: np.random.Generator,
    managers: pd.DataFrame,
    identity: Mapping[str, Values],
    organisations: Organisations,
    effects: Effects,
) -> dict[str, Values]:
    organisation, n_persons = managers["organisation"].to_numpy(), len(managers)
    vertical = (
        effects.state_on_report * organisations.vertical[organisation][:, np.newaxis]
        + effects.enabler_on_vertical_report * identity["enabler_identity"]
        + effects.tension_on_vertical_report * identity["identity_tension"]
        + 0.80 * _repeated(rng, n_persons, effects.person_share)
    )
    horizontal = effects.state_on_report * organisations.horizontal[organisation][:, np.newaxis]
    horizontal = horizontal + 0.90 * _repeated(rng, n_persons, effects.person_share)
    return {"vertical_integration": vertical, "horizontal_integration": horizontal}


def _staff_reports(
    rng: np.random.Generator, staff: pd.DataFrame, organisations: Organisations, effects: Effects
) -> dict[str, Values]:
    organisation, n_persons = staff["organisation"].to_numpy(), len(staff)
    vertical_within, horizontal_within = (_repeated(rng, n_persons, effects.person_share) for _ in range(2))
    of_organisation, of_person, of_occasion = np.sqrt(effects.leadership_shares)
    leadership = (
        of_organisation * organisations.leadership[organisation][:, np.newaxis]
        + effects.vertical_on_leadership_within * vertical_within
        + effects.horizontal_on_leadership_within * horizontal_within
        + of_person * rng.standard_normal((n_persons, 1))
        + of_occasion * _repeated(rng, n_persons, effects.leadership_carry_over)
        + effects.growth_of_leadership * np.arange(len(WAVES))
    )
    state = effects.state_on_report
    return {
        "vertical_integration": state * organisations.vertical[organisation][:, np.newaxis] + 0.90 * vertical_within,
        "horizontal_integration": state * organisations.horizontal[organisation][:, np.newaxis]
        + 0.90 * horizontal_within,
        "collective_leadership_intensity": leadership,
    }


def _dimensions(rng: np.random.Generator, composites: Mapping[str, Values], weight: float) -> dict[str, Values]:
    """Draw the dimensions of the composites: ``weight`` times the composite plus what is the dimension's own."""
    return {
        dimension: weight * composites[composite]
        + np.sqrt(1 - weight**2) * rng.standard_normal(composites[composite].shape)
        for composite, dimensions in DIMENSIONS.items()
        if composite in composites
        for dimension in dimensions
    }
