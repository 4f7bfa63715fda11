"""The invited persons of a respondent group: who they are and what they work with. No latent values, no answers."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from pipelines.studies.demo.draws import Places, stream
from pipelines.studies.demo.parameters import Parameters

AGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"TOP": (54, 6), "MID": (48, 8), "FRL": (43, 11), "CIT": (50, 16), "PAR": (46, 12)}
)
YOUNGEST, OLDEST = 20, 85
OLDEST_AT_WORK = 69
AGE_BANDS = (30, 40, 50, 60)
FIRST_WORKING_YEAR = 20
SPAN: Mapping[str, float] = MappingProxyType({"TOP": 5.5, "MID": 3.2})
ROLES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"TOP": (1, 2), "MID": (2, 3, 4), "FRL": (5, 5, 5, 6, 7), "PAR": (3, 6, 7, 8)}
)
SHARE_IN_COLLABORATION: Mapping[str, float] = MappingProxyType({"FRL": 1 / 3, "CIT": 1 / 3, "PAR": 1.0})
MOST_COLLABORATIONS = 4
COLLABORATIONS = ("garden group", "night café", "reading circle", "moving day")


def draw_people(group: str, places: pd.DataFrame, parameters: Parameters, seed: int) -> pd.DataFrame:
    """Draw the invited persons of one group.

    Age is drawn in years and reported in bands; nothing here is related to any latent value except through age and
    tenure, which drive attrition and opting out.

    Args:
        group: Code of the respondent group.
        places: The organisations.
        parameters: What is planted.
        seed: Not negative.

    Returns:
        One row a person: respondent_key, organisation (from 0), organisation_id, country, language, age, the
        background items, collaboration (empty for most), common_source and acquiescence (standard normal).
    """
    of = _organisation_of(group, places, parameters)
    rng, number = stream(seed, f"people {group}"), len(of)
    age = _ages(rng, group, number)
    tenure = np.minimum(np.rint(rng.gamma(3.0, 5.0, number)), np.maximum(age - FIRST_WORKING_YEAR, 0)).astype(int)
    keys = pd.Series(np.arange(1, number + 1)).astype("str").str.zfill(7)
    persons = pd.DataFrame({"respondent_key": group + keys, "organisation": of, "age": age})
    for name in ("organisation_id", "country", "language"):
        persons[name] = places[name].to_numpy()[of]
    return persons.assign(
        STR_age=np.digitize(age, AGE_BANDS) + 1,
        STR_gender=rng.choice([1, 2, 3, -9], number, p=[0.58, 0.39, 0.01, 0.02]),
        STR_edu=rng.choice([1, 2, 3, 4, -9], number, p=[0.04, 0.16, 0.48, 0.30, 0.02]),
        STR_tenure=tenure,
        STR_tenure_post=np.minimum(np.rint(rng.gamma(1.5, 4.0, number)), tenure).astype(int),
        STR_sector=rng.integers(1, 12, number),
        STR_role=rng.choice(ROLES.get(group, (8,)), number),
        STR_span=np.clip(np.rint(rng.lognormal(SPAN.get(group, 0.0), 0.7, number)), 1, 20_000).astype(int),
        collaboration=_collaborations(group, persons["organisation_id"], of, seed),
        common_source=rng.standard_normal(number),
        acquiescence=rng.standard_normal(number),
    )


def managers_of(staff: pd.DataFrame, managers: pd.DataFrame, seed: int) -> pd.Series:
    """Link every member of staff to one of the invited middle managers of the organisation, drawn at random.

    Returns:
        respondent_key of the manager, one a member of staff.
    """
    n_managers = np.bincount(managers["organisation"])
    first = np.cumsum(n_managers) - n_managers
    of = staff["organisation"].to_numpy()
    place = (stream(seed, "managers of staff").random(len(staff)) * n_managers[of]).astype(int)
    return managers["respondent_key"].take(first[of] + place).set_axis(staff.index)


def _organisation_of(group: str, places: pd.DataFrame, parameters: Parameters) -> Places:
    size = parameters.size
    usual = int(size.invited[group])
    large = int(size.invited_by_large.get(group, usual))
    return np.repeat(np.arange(len(places)), np.where(places["is_large"], large, usual))


def _ages(rng: np.random.Generator, group: str, number: int) -> np.ndarray:
    mean, deviation = AGES[group]
    oldest = OLDEST if group == "CIT" else OLDEST_AT_WORK
    return np.clip(np.rint(rng.normal(mean, deviation, number)), YOUNGEST, oldest).astype(int)


def _collaborations(group: str, ids: pd.Series, of: Places, seed: int) -> pd.Series:
    """Name the collaboration of some persons; an organisation has one to four, the same for every group."""
    n_of_each = stream(seed, "collaborations").integers(1, MOST_COLLABORATIONS + 1, of[-1] + 1 if len(of) else 0)
    rng = stream(seed, f"collaborations {group}")
    chosen = (rng.random(len(of)) * n_of_each[of]).astype(int)
    names = pd.Series(np.asarray(COLLABORATIONS, dtype=object)[chosen], dtype="str", index=ids.index)
    takes_part = rng.random(len(of)) < SHARE_IN_COLLABORATION.get(group, 0.0)
    return ("[SYNTHETIC] " + names + " of " + ids.astype("str")).where(takes_part, "")
