"""The organisations: where they are, their latent values, and what registers and archives say of them. No people."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pipelines.studies.demo.draws import Places, Values, stream
from pipelines.studies.demo.effects import REST, Effects, solve
from pipelines.studies.demo.parameters import WAVES, Parameters, Size

MUNICIPALITY = 1
DANISH_CODES = {"Hovedstaden": 1, "Sjælland": 2, "Syddanmark": 3, "Midtjylland": 4, "Nordjylland": 5}
SCOTTISH_CODES = {"Lothian": 15, "Greater Glasgow": 12, "Tayside": 18, "Grampian": 11, "Highland": 13}
SCOTTISH_REGIONS = tuple(SCOTTISH_CODES)
REGION_CODES = DANISH_CODES | SCOTTISH_CODES
"""Region or health board → its code in the instrument ``register``."""
PARTIES = ("Party A", "Party B", "Party C", "Party D")
LINKS = (1, 2, 3)
NO_LINK = 4


def draw_places(size: Size, seed: int) -> pd.DataFrame:
    """List the organisations.

    Returns:
        One row an organisation: organisation_id, country, language, region, is_large.
    """
    regions = [region for region, number in size.danish_regions.items() for _ in range(number)]
    scottish = [SCOTTISH_REGIONS[place % len(SCOTTISH_REGIONS)] for place in range(size.scottish_organisations)]
    is_scottish = np.arange(size.organisations) >= size.danish_organisations
    is_large = np.zeros(size.organisations, dtype=bool)
    is_large[stream(seed, "large").permutation(size.organisations)[: size.large_organisations]] = True
    return pd.DataFrame(
        {
            "organisation_id": [f"ORG{number:04d}" for number in range(1, size.organisations + 1)],
            "country": np.where(is_scottish, "Scotland", "Denmark"),
            "language": np.where(is_scottish, "en", "da"),
            "region": [*regions, *scottish],
            "is_large": is_large,
        }
    )


def draw_given(parameters: Parameters, seed: int) -> dict[str, Values]:
    """Draw what nothing else explains: npm, host_public and programme, each of length n_organisations."""
    rng, effects, number = stream(seed, "organisations"), parameters.effects, parameters.size.organisations
    return {
        "npm": rng.standard_normal(number),
        "host_public": (rng.random(number) < effects.host_public).astype(float),
        "programme": (rng.random(number) < effects.programme).astype(float),
    }


def draw_explained(given: Mapping[str, Values], forwarding: Values, of: Places, effects: Effects, seed: int) -> dict:
    """Draw the values that the equations of ``Effects.organisations`` explain, in their order.

    Args:
        given: What ``draw_given`` returned.
        forwarding: True forwarding of every invited top manager.
        of: Their organisations, from 0.
        effects: The equations.
        seed: Not negative.

    Returns:
        ``given``, ``top_forwarding`` (mean over the invited top managers), every value of the equations, and
        ``coproduction_scaled`` of about unit variance; each of length n_organisations.
    """
    number = len(given["npm"])
    means = np.bincount(of, weights=forwarding, minlength=number) / np.bincount(of, minlength=number)
    values = {**given, "top_forwarding": means}
    rests = {name: stream(seed, f"organisations {name}").standard_normal(number) for name in effects.organisations}
    shared = effects.state_correlation
    rests["horizontal"] = shared * rests["vertical"] + np.sqrt(1 - shared**2) * rests["horizontal"]
    for name, equation in effects.organisations.items():
        values[name] = solve(equation, {**values, REST: rests[name]})
    values["coproduction_scaled"] = values["coproduction"] / effects.coproduction_deviation
    return values


def draw_registers(places: pd.DataFrame, values: Mapping[str, Values], seed: int) -> pd.DataFrame:
    """Draw registers and archives: only the programme is related to anything, all others are true nulls.

    Args:
        places: What ``draw_places`` returned.
        values: Latent values of the organisations.
        seed: Not negative.

    Returns:
        One row an organisation and wave: organisation_id, wave, then the variables of the instrument ``register``.
        What a register says once a year stays the same in all waves; archival variables differ.
    """
    rng, number = stream(seed, "registers"), len(places)
    has_programme = values["programme"] > 0
    stable = pd.DataFrame(
        {
            "organisation_id": places["organisation_id"],
            "STR_orgtype": MUNICIPALITY,
            "STR_programme": has_programme.astype(int),
            "STR_programme_link": np.where(has_programme, rng.choice(LINKS, number), NO_LINK),
            "REG_pop": np.maximum(np.rint(rng.lognormal(10.7, 0.6, number)), 2000).astype(int),
            "REG_exp": np.rint(rng.normal(62_000, 5_000, number)).astype(int),
            "REG_budget_change": rng.normal(-1.0, 2.5, number).round(1),
            "REG_unemp": np.clip(rng.normal(4.5, 1.2, number), 0.5, 20).round(1),
            "REG_region": places["region"].map(REGION_CODES).astype("Int64"),
            "REG_mayor": rng.choice(PARTIES, number),
        }
    )
    return pd.concat([_in_wave(stable, wave, stream(seed, f"archives {wave}")) for wave in WAVES], ignore_index=True)


def _in_wave(stable: pd.DataFrame, wave: str, rng: np.random.Generator) -> pd.DataFrame:
    number = len(stable)
    found = stable.assign(
        wave=wave,
        REG_policy=f"SYNTHETIC period {WAVES.index(wave) + 1}",
        ARC_complaints=np.maximum(rng.normal(6, 2, number), 0).round(1),
        ARC_sick=np.maximum(rng.normal(12, 2.5, number), 0).round(1),
        ARC_acute=np.maximum(rng.normal(30, 8, number), 0).round(1),
        ARC_volunteer=rng.poisson(20, number),
        ARC_funding=np.rint(rng.lognormal(5, 0.8, number)).astype(int),
    )
    order = ["organisation_id", "wave", *(name for name in found if name not in ("organisation_id", "wave"))]
    return found[order]
