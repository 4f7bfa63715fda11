"""Averages of two waves that are set side by side → what their change tells of the few who stayed, left or joined.

Property P8 of the design. Averages of two waves are of different answers, so that neither tells of the other, unless
somebody takes those who stayed to have answered alike in both. Whoever does, and knows who they are, subtracts.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd

from models.estimates import Matrix, Vector
from pipelines.steps.audit.bounds import boxes, one_of
from pipelines.steps.audit.classes import possible
from pipelines.steps.audit.lattices import LEAST_SCORES, narrow
from pipelines.steps.audit.polygons import LESS, LESS_HIGH, MORE, MORE_HIGH, OPPOSITE, Scores
from pipelines.steps.audit.publications import SLACK, Cell, Publication, intervals
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.released import COMPARISONS_RELEASED

STAYED, LEFT, JOINED = "those who stayed", "those who left", "those who joined"
MOVED = (STAYED, LEFT, JOINED)
ScaleAndGroup = tuple[str, str]


def changes_that_tell(release: Publication, policy: Policy) -> Iterator[tuple[ScaleAndGroup, str]]:
    """Yield what the changes that a release lets anybody see tell of few people: scale and group, and what in words.

    Those who stayed, left or joined are nobody, as many as the least cell size, or their mean, their share of high
    scores and the score of any one of them are as uncertain as those of hidden units.

    Args:
        release: The release, with the persons behind its responses.
        policy: What is asked of it.
    """
    rows = release.tables.get(COMPARISONS_RELEASED.name, COMPARISONS_RELEASED.empty())
    told = rows[(rows["over"] == "wave") & (rows["verdict"] == "shown")]
    people = _people(release) if len(told) else {}
    for scale, group, compared in told[["scale", "respondent_group", "compared"]].itertuples(index=False, name=None):
        scores = release.scores[scale]
        asked = replace(policy, least_width=policy.least_width * scores.option)
        waves = [_wave(people, (wave, str(group), str(scale))) for wave in str(compared).split("; ")]
        for before, after in combinations(waves, 2):
            for reason in _told(release, (before, after), scores, asked):
                between = f"from {before.cell[0]} to {after.cell[0]}"
                yield (str(scale), str(group)), f"{scale}, {group}: {reason} {between}"


def _people(release: Publication) -> Mapping[tuple[str, str], pd.DataFrame]:
    """Return by wave and respondent group the people of a release, and who each is over waves."""
    rows = release.rows
    rows = rows.assign(person=rows["response_id"].map(release.persons).fillna(rows["response_id"]))
    return {(str(wave), str(group)): own for (wave, group), own in rows.groupby(["wave", "respondent_group"])}


@dataclass(frozen=True, eq=False)
class _Wave:
    """Everybody of a scale, group and wave.

    Attributes:
        cell: Wave, group and scale.
        persons: Who has a score.
        of_people: Their scores.
    """

    cell: Cell
    persons: frozenset[str]
    of_people: Vector

    def known(self, release: Publication) -> Matrix:
        """Return the reach of what is shown of everybody, 1 x 8; infinite where nothing is."""
        figures = release.figures(self.cell)
        figures = figures[figures["level"] == "all"]
        shown = intervals(figures, np.full(len(figures), float(len(self.of_people))))
        return boxes(1, np.zeros(len(figures), dtype=np.intp), *shown)


def _wave(people: Mapping[tuple[str, str], pd.DataFrame], cell: Cell) -> _Wave:
    rows = people.get(cell[:2])
    if rows is None or cell[2] not in rows:
        return _Wave(cell, frozenset(), np.array([]))
    scores = rows[cell[2]].to_numpy(dtype=float, na_value=np.nan)
    has_score = ~np.isnan(scores)
    return _Wave(cell, frozenset(rows["person"].to_numpy(dtype=object)[has_score]), scores[has_score])


def _told(release: Publication, waves: tuple[_Wave, _Wave], scores: Scores, policy: Policy) -> Iterator[str]:
    before, after = waves
    n_stayed = len(before.persons & after.persons)
    counts = np.array([n_stayed, len(before.persons) - n_stayed, len(after.persons) - n_stayed], dtype=float)
    is_few = (counts > 0) & (counts < policy.least_cell_size)
    if not is_few.any():
        return
    known = before.known(release), after.known(release)
    reach = sums_of_those_who_moved(scores, counts, *known)
    if any(np.isinf(each).all() for each in known) or _is_impossible(reach):
        return
    of_few, n = reach[is_few], counts[is_few]
    words = pd.Index([name for name, few in zip(MOVED, is_few, strict=True) if few], dtype=object)
    widths = {
        "mean": (of_few[:, MORE] + of_few[:, LESS]) / n,
        "share": (of_few[:, MORE_HIGH] + of_few[:, LESS_HIGH]) / n,
    }
    yield from narrow(pd.DataFrame(widths, index=words), policy, " by the change")
    values = np.concatenate([before.of_people, after.of_people])
    for name, n_possible in zip(words, possible(values, one_of(scores, of_few, n)), strict=True):
        if n_possible < LEAST_SCORES:
            yield f"the score of one of {name} could be worked out by the change"


def sums_of_those_who_moved(scores: Scores, counts: Vector, before: Matrix, after: Matrix) -> Matrix:
    """Bound what those who stayed, left and joined add up to, where the first add up alike in both waves.

    Args:
        scores: What the scale can have.
        counts: How many stayed, left and joined.
        before: Reach of what is known of everybody in the earlier wave, 1 x 8.
        after: The same in the later wave.

    Returns:
        Reach of the three, 3 x 8.
    """
    free = scores.of(counts)
    together = scores.of(counts[:1] + counts[1:])
    known = scores.meet(together, np.vstack([before, after]))
    rests = known + free[1:, OPPOSITE]
    stayed = scores.meet(scores.meet(free[:1], rests[:1]), rests[1:])
    moved = scores.meet(free[1:], known + stayed[:, OPPOSITE])
    return np.vstack([stayed, moved])


def _is_impossible(reach: Matrix) -> bool:
    """Tell whether those who stayed cannot have answered alike, so that nothing can be subtracted."""
    return bool((reach + reach[:, OPPOSITE] < -SLACK).any())
