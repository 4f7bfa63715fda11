"""Scores of one respondent group and wave → the means of units that are shown together, rounded. Pure tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from models.estimates import Vector
from pipelines.steps.lattice.intervals import CONFIDENCE, interval_of_several
from pipelines.steps.lattice.people import People
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.lattice.suppression import may_be_shown, shown_units
from pipelines.steps.lattice.units import EVERYBODY, Truths, UnitTree
from pipelines.steps.release_rounding import round_to_five
from pipelines.tables.released import UNIT_MEANS

LOWEST_PERCENT, HIGHEST_PERCENT = 5, 95
UNKNOWN = "\0"
"""Name of the organisation of those who gave none; they are people of everybody and never shown by themselves."""
MEANS = ("mean", "conf_low", "conf_high")


@dataclass(frozen=True)
class ScaleOf:
    """A scale.

    Attributes:
        name: Of its column.
        least_high: Least score that lies half an answer option or more above the middle.
        weight: Points of the score that one answer option is worth.
    """

    name: str
    least_high: float
    weight: float = 1.0


def people_of(rows: pd.DataFrame, scale: ScaleOf, tree: UnitTree) -> People:
    """Return those who have a score.

    Args:
        rows: One row a response: ``organisation_id``, missing for none, the scale, and ``before``: who cannot be told
            apart by what was published before, codes from 0.
        scale: The scale.
        tree: All organisations of the rows, among them the unknown one.
    """
    scored = rows[["organisation_id", scale.name, "before"]].dropna(subset=scale.name)
    place_of = {name: place for place, name in enumerate(tree.names) if tree.levels[place] == "organisation"}
    units = np.asarray(scored["organisation_id"].fillna(UNKNOWN).map(place_of), dtype=np.intp)
    scores: Vector = scored[scale.name].to_numpy(dtype=float)
    return People(tree, units, scores, scores >= scale.least_high, scored["before"].to_numpy(dtype=np.intp))


def shown_together(people: People, policy: Policy, hidden: Truths | None = None) -> Truths:
    """Choose the units whose means are shown; not those that are hidden whatever their people."""
    is_known = np.array([name != UNKNOWN for name in people.tree.names])
    may_be = may_be_shown(people, policy) & is_known
    return shown_units(people, policy, may_be if hidden is None else may_be & ~hidden)


def everybody_may_be_shown(people: People, policy: Policy) -> bool:
    """Say whether the mean of everybody may be shown where units have no figures at all.

    It may not where nearly everybody is of one organisation, whose mean would follow. Those of no known organisation
    are everybody by another name where nobody's is known.

    Args:
        people: n people of organisations.
        policy: What is asked.
    """
    is_everybody = np.array([name in (EVERYBODY, UNKNOWN) for name in people.tree.names])
    is_everybody &= (people.counts == people.counts[0]) & (people.n_differing >= policy.least_differing)
    return bool(shown_units(people, policy, is_everybody)[0])


def hidden_beside(scales: Sequence[tuple[People, Policy]]) -> list[Truths]:
    """Say which units of scales with items in common stay hidden, because they are hidden in another of them.

    A whole and all its parts but one give the last part away, where nearly the same people have a score of them.

    Args:
        scales: People of each scale, in one tree, and what is asked.

    Returns:
        For each scale U truths.
    """
    hidden = [np.zeros(len(people.tree), dtype=bool) for people, _ in scales]
    while True:
        shown = [shown_together(*each, own) for each, own in zip(scales, hidden, strict=True)]
        found = [own.copy() for own in hidden]
        for one, (people, policy) in enumerate(scales):
            for other, (others, _) in enumerate(scales):
                are_alike = np.abs(people.counts - others.counts) < policy.least_cell_size
                found[one] |= ~shown[other] & (others.counts > 0) & are_alike & (one != other)
        if all((now == before).all() for now, before in zip(found, hidden, strict=True)):
            return hidden
        hidden = found


def unit_means(
    rows: pd.DataFrame,
    scale: ScaleOf,
    tree: UnitTree,
    policy: Policy,
    key: Mapping[str, str],
    hidden: Truths | None = None,
) -> pd.DataFrame:
    """Estimate the mean of every unit and keep what may be shown.

    Args:
        rows: Those of one respondent group and wave, one row a response, as ``people_of`` takes them.
        scale: The scale.
        tree: All organisations, those without people too.
        policy: What is asked of a figure.
        key: ``respondent_group`` and ``wave``.
        hidden: Units that are hidden whatever their people, U; None for none.

    Returns:
        Rows of ``out.unit_means``, one a unit but the unknown organisation.
    """
    people = people_of(rows, scale, tree)
    is_shown = shown_together(people, policy, hidden)
    figures = _of_organisations(people)
    several = np.flatnonzero(is_shown & (np.array(tree.levels) != "organisation"))
    for place in several.tolist():
        figures.loc[place, ["conf_low", "conf_high"]] = _interval(people, is_shown, place, scale, policy)
    percent = np.round(100 * people.means_of(people.is_high))
    figures = figures.assign(n_obs=people.counts, percent_high=percent.clip(LOWEST_PERCENT, HIGHEST_PERCENT))
    figures = figures.where(pd.Series(is_shown))
    figures["n_obs"] = round_to_five(figures["n_obs"])
    figures[list(MEANS)] = figures[list(MEANS)].astype("Float64").round(2)
    made = figures.assign(level=tree.levels, unit=tree.names, is_hidden=~is_shown, scale=scale.name, **key)
    return UNIT_MEANS.typed(made[made["unit"] != UNKNOWN])


def _of_organisations(people: People) -> pd.DataFrame:
    """Return mean and interval of every unit as if its people were of one organisation: s / sqrt(n), t with n - 1."""
    n = people.counts
    deviations = people.scores - people.means[people.units]
    squares = np.bincount(people.units, deviations**2, len(people.tree))
    df = np.maximum(n - 1, 1)
    reach = np.sqrt(squares / df / np.maximum(n, 1)) * stdtrit(df, (1 + CONFIDENCE) / 2)
    return pd.DataFrame({"mean": people.means, "conf_low": people.means - reach, "conf_high": people.means + reach})


def interval_of_everybody(rows: pd.DataFrame, scale: ScaleOf, tree: UnitTree, policy: Policy) -> tuple[float, float]:
    """Return the ends of everybody's interval where no other unit is shown; arguments as of ``unit_means``."""
    people = people_of(rows, scale, tree)
    return _interval(people, np.arange(len(tree)) == 0, 0, scale, policy)


def _interval(people: People, is_shown: Truths, place: int, scale: ScaleOf, policy: Policy) -> tuple[float, float]:
    is_unknown = np.array([name == UNKNOWN for name in people.tree.names])
    return interval_of_several(people, is_shown, place, is_unknown[people.units], policy, scale.weight)
