"""Answers that measure no latent value: facts of the person, who hosts and shares the work, instructions."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from instruments.spec import Instrument, option_column
from pipelines.studies.demo.draws import Values

Codes = NDArray[np.integer]
PUBLIC_AUTHORITY = 1
OTHER_HOSTS = (2, 3, 4, 5, 6)
SHARE_INSIDE_THE_SUBJECT = 0.97
PARTS_OF_A_SUM, STEP_OF_A_SUM = 20, 5
SHARE_OF_AN_ACTOR = 0.30
NOBODY_OUTSIDE = 9
CONTACT = (-1.2, -0.3, 0.6, 1.5)
SUMS = ("STR_cs_lead", "STR_cs_power", "STR_cs_account")
PARTS = ("managers", "staff", "citizens", "partners")


def background_codes(
    rng: np.random.Generator, persons: pd.DataFrame, host_public: Values, items: list[str]
) -> dict[str, Codes]:
    """Answer the background items of a form.

    Everybody of an organisation that hosts joint work itself names a public authority as its place.

    Args:
        rng: Random numbers.
        persons: The respondents (n).
        host_public: Whether their organisations host joint work themselves, 1 or 0, length n.
        items: Items of the form.

    Returns:
        Item, or option of a multiple choice → codes, length n.
    """
    number = len(persons)
    drawn: dict[str, Codes] = {
        "STR_screen": 1 + (rng.random(number) >= SHARE_INSIDE_THE_SUBJECT).astype(np.int8),
        "STR_locus": np.where(host_public > 0, PUBLIC_AUTHORITY, rng.choice(OTHER_HOSTS, number)).astype(np.int8),
        "STR_contact": 1 + np.digitize(rng.standard_normal(number), CONTACT).astype(np.int8),
    }
    drawn |= {name: codes for name in SUMS for name, codes in _sum(rng, name, number).items()}
    if "STR_actor" in items:
        drawn |= _actors(rng, number)
    drawn |= {str(name): persons[name].to_numpy() for name in persons if str(name).startswith("STR_")}
    wanted = {*items, *(name for name in drawn if name.rpartition("_")[0] in items)}
    return {name: codes for name, codes in drawn.items() if name in wanted}


def instructed_codes(rng: np.random.Generator, instrument: Instrument, item: str, number: int, heeds: float) -> Codes:
    """Answer an item that tells the respondent what to answer; those who overlook it answer anything."""
    expected, scale = instrument.items[item].expected_answer, instrument.response_scale_of(item)
    if expected is None or scale is None:
        raise ValueError(f"{item} of the demonstration measures nothing and is no background item; plant it")
    anything = rng.choice(list(scale.points), number)
    return np.where(rng.random(number) < heeds, expected, anything).astype(np.int8)


def sums_of(names: Mapping[str, object]) -> list[list[str]]:
    """Return the parts of every constant sum among some items."""
    found = [[f"{each}_{part}" for part in PARTS if f"{each}_{part}" in names] for each in SUMS]
    return [parts for parts in found if parts]


def _sum(rng: np.random.Generator, name: str, number: int) -> dict[str, Codes]:
    """Share out 100 points in steps of five among four parties."""
    parts = STEP_OF_A_SUM * rng.multinomial(PARTS_OF_A_SUM, rng.dirichlet([3, 3, 2, 2], number))
    return {f"{name}_{part}": parts[:, place].astype(np.int8) for place, part in enumerate(PARTS)}


def _actors(rng: np.random.Generator, number: int) -> dict[str, Codes]:
    ticks = (rng.random((number, NOBODY_OUTSIDE - 1)) < SHARE_OF_AN_ACTOR).astype(np.int8)
    nobody = (ticks.sum(axis=1) == 0).astype(np.int8)
    found = {option_column("STR_actor", code): ticks[:, code - 1] for code in range(1, NOBODY_OUTSIDE)}
    return {**found, option_column("STR_actor", NOBODY_OUTSIDE): nobody}
