"""What earlier releases showed of the same people → who cannot be told apart by it, and whether few have left since.

Somebody who has two releases can subtract: people who joined, left, moved or were corrected between them are a figure
of their own. Property P7 of the design, over all releases together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from pandas.api.types import is_numeric_dtype

from pipelines.steps.lattice.policy import Policy

NOT_SHOWN = -1
PERSON = ["response_id", "organisation_id", "region"]
Unit = tuple[str, str]
"""Level and name of a unit."""


@dataclass(frozen=True, eq=False)
class Earlier:
    """One earlier release of the scores of a respondent group in a wave.

    Attributes:
        rows: One row a person: ``response_id``, ``organisation_id``, ``region`` (missing for none), and the scale.
        shown: Units whose mean of the scale the release shows.
    """

    rows: pd.DataFrame
    shown: frozenset[Unit]


@dataclass(frozen=True, eq=False)
class Before:
    """What earlier releases tell apart.

    Attributes:
        classes: Code of each of the rows of now, aligned with them; from 0.
        few_left: Whether fewer people than the least cell size, but somebody, are in an earlier release and not in the
            rows of now, or with another score or organisation. People of whom all, or all but one, have one score count
            as few.
    """

    classes: pd.Series
    few_left: bool


def told_apart(now: pd.DataFrame, scale: str, earlier: Sequence[Earlier], policy: Policy) -> Before:
    """Say which people earlier releases tell apart.

    Args:
        now: One row a person: ``response_id``, ``organisation_id``, and the scale; each person once.
        scale: The scale.
        earlier: Earlier releases.
        policy: What is asked.
    """
    if not earlier:
        return Before(pd.Series(0, index=now.index), few_left=False)
    is_now = pd.Series(data=True, index=_persons(now, scale).index)
    columns: dict[int | str, pd.Series] = {
        number: _left_in(release, scale) for number, release in enumerate(earlier)
    } | {"is_now": is_now}
    every = pd.DataFrame(columns)
    every["is_now"] = every["is_now"].notna()
    every = every.fillna(NOT_SHOWN)
    codes = every.groupby(list(every.columns), sort=True).ngroup()
    gone = every[~every["is_now"] & (every.drop(columns="is_now") != NOT_SHOWN).any(axis=1)]
    scores_of_gone = pd.DataFrame({"class": codes[gone.index], "score": gone.index.get_level_values(-1)})
    together = sizes_and_differing(scores_of_gone, ["class"])
    is_few = (together["size"] < policy.least_cell_size) | (together["differing"] < policy.least_differing)
    of_now = codes.reindex(is_now.index)
    classes = pd.Series(pd.factorize(of_now)[0], index=_scored(now, scale).index)
    return Before(classes.reindex(now.index, fill_value=0), bool(is_few.any()))


def sizes_and_differing(scored: pd.DataFrame, of: list[str]) -> pd.DataFrame:
    """Count people, ``size``, and those whose score is not the one that most of them have, ``differing``.

    Args:
        scored: One row a person: ``score``, and what the people are told apart by.
        of: Columns that tell them apart.
    """
    n = scored.groupby([*of, "score"]).size().groupby(of).agg(["sum", "max"])
    return pd.DataFrame({"size": n["sum"], "differing": n["sum"] - n["max"]})


def people_apart(before: pd.DataFrame, now: pd.DataFrame) -> int:
    """Count the people who are among one of two sets of rows only, or among both with other values.

    Args:
        before: One row a person: ``response_id`` and anything else.
        now: The same; columns that only one has are not compared.
    """
    shared = [name for name in before.columns if name in now.columns and name != "response_id"]
    hashed = pd.DataFrame({"before": _hashed(before, shared), "now": _hashed(now, shared)})
    return int((hashed["before"].isna() | hashed["now"].isna() | (hashed["before"] != hashed["now"])).sum())


def _hashed(rows: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return a hash of the values of every person, the same for numbers however they are stored."""
    values = {
        name: rows[name].astype("Float64") if is_numeric_dtype(rows[name]) else rows[name].astype("string")
        for name in columns
    }
    hashed = pd.util.hash_pandas_object(pd.DataFrame(values, index=rows.index), index=False)
    return pd.Series(hashed.to_numpy(), index=rows["response_id"].to_numpy(), dtype="UInt64")


def _scored(rows: pd.DataFrame, scale: str) -> pd.DataFrame:
    return rows[rows.columns.intersection([*PERSON, scale])].dropna(subset=scale)


def _persons(rows: pd.DataFrame, scale: str) -> pd.DataFrame:
    """Return the rows with a score; whose score or organisation changes is somebody else."""
    scored = _scored(rows, scale)
    keys = [scored["response_id"], scored["organisation_id"].fillna(""), scored[scale].astype(float)]
    return scored.set_index(pd.MultiIndex.from_arrays(keys))


def _left_in(release: Earlier, scale: str) -> pd.Series:
    """Return of every person the shown unit that is left of them when the shown units within it are taken away."""
    persons = _persons(release.rows, scale)
    places: Mapping[Unit, int] = {unit: place for place, unit in enumerate(sorted(release.shown))}
    found = pd.Series(places.get(("all", ""), NOT_SHOWN), index=persons.index)
    for level, column in (("region", "region"), ("organisation", "organisation_id")):
        own = pd.Series([places.get((level, str(name)), NOT_SHOWN) for name in persons[column]], index=persons.index)
        found = found.mask(own != NOT_SHOWN, own)
    return found
