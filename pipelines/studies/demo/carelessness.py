"""What goes wrong when people answer: careless answers, opting out, skipping, leaving before the end."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.studies.demo.draws import Truths, Values, shifted
from pipelines.studies.demo.parameters import Faults

ATTENTIVE, KINDS = "", ("straightline", "random", "midpoint")
OPT_OUT_CODE = -8
LEAST_SEEN, MOST_SEEN = 0.05, 0.95
Codes = NDArray[np.integer]


@dataclass(frozen=True)
class Careless:
    """Who answers carelessly, and how; each of length n.

    Attributes:
        kind: Empty for attentive respondents, else one of ``KINDS``.
        starts_late: Whether it begins half-way.
    """

    kind: NDArray[np.str_]
    starts_late: Truths


def draw_careless(rng: np.random.Generator, number: int, share: float, faults: Faults) -> Careless:
    """Draw who answers carelessly."""
    is_careless = rng.random(number) < share
    kind = np.asarray(KINDS)[rng.choice(len(KINDS), number, p=faults.kinds)]
    starts_late = is_careless & (rng.random(number) < faults.late_onset)
    return Careless(np.where(is_careless, kind, ATTENTIVE), starts_late)


def answer_carelessly(
    rng: np.random.Generator, codes: dict[str, Codes], items: list[str], careless: Careless, faults: Faults
) -> None:
    """Put careless answers in the place of attentive ones.

    Args:
        rng: Random numbers.
        codes: Item → codes, length n; changed in place.
        items: Items with answers 1 to 5, in the order of the form.
        careless: Who, and how.
        faults: Chances of the answers around the midpoint.
    """
    rows = np.flatnonzero(careless.kind != ATTENTIVE)
    shape = (len(rows), len(items))
    straight = np.repeat(rng.integers(1, 6, (len(rows), 1)), len(items), axis=1)
    at_random = rng.integers(1, 6, shape)
    middle = rng.choice([2, 3, 4], shape, p=faults.midpoint)
    kinds = careless.kind[rows][:, np.newaxis]
    found = np.select([kinds == KINDS[0], kinds == KINDS[1]], [straight, at_random], middle).astype(np.int8)
    first = np.where(careless.starts_late[rows], len(items) // 2, 0)
    for place, item in enumerate(items):
        begun = first <= place
        codes[item][rows[begun]] = found[begun, place]


def opt_out(
    rng: np.random.Generator, codes: dict[str, Codes], items: Mapping[str, float], tenure: Values, faults: Faults
) -> None:
    """Put "don't know / not relevant" in the place of answers.

    Args:
        rng: Random numbers.
        codes: Item → codes, length n; changed in place.
        items: Item → share at mean tenure.
        tenure: Years, length n.
        faults: The slope on tenure.
    """
    deviation = float(tenure.std()) if len(tenure) else 0.0
    years = (tenure - tenure.mean()) / deviation if deviation else np.zeros(len(tenure))
    for item, share in items.items():
        codes[item][rng.random(len(years)) < shifted(share, faults.opt_out_slope * years)] = OPT_OUT_CODE


def draw_share_seen(rng: np.random.Generator, number: int, faults: Faults) -> Values:
    """Draw how much of the form each respondent saw, 0 to 1."""
    leaves = rng.random(number) < faults.broken_off
    return np.where(leaves, rng.uniform(LEAST_SEEN, MOST_SEEN, number), 1.0)


def with_gaps(
    rng: np.random.Generator,
    columns: Mapping[str, Codes | pd.Series],
    together: Mapping[str, str],
    share_seen: Values,
    skipped: float,
) -> pd.DataFrame:
    """Leave out what respondents skipped and what they did not reach.

    Args:
        rng: Random numbers.
        columns: Column → codes or texts, length n, in the order of the form.
        together: Column → name of the question whose columns are skipped together; other columns are skipped alone.
        share_seen: Length n.
        skipped: Share of single questions left blank.

    Returns:
        n rows, missing as NA; codes as nullable integers.
    """
    found: dict[str, object] = {}
    last, unseen_from, is_skipped = "", 0, np.zeros(len(share_seen), dtype=bool)
    first_unseen = np.ceil(share_seen * len(columns))
    for place, (name, values) in enumerate(columns.items()):
        question = together.get(name, name)
        if question != last:
            last, unseen_from = question, place
            is_skipped = rng.random(len(share_seen), dtype=np.float32) < skipped
        missing = is_skipped | (first_unseen <= unseen_from)
        if isinstance(values, pd.Series):
            found[name] = values.mask(missing)
        else:
            found[name] = pd.arrays.IntegerArray(np.ascontiguousarray(values), missing)
    return pd.DataFrame(found)
