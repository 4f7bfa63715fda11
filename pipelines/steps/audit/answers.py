"""Answers to single items in all releases → of whom too few are told apart where a release shows another distribution.

Who has an answer need not have a score, and answers may change without one, so that scores do not tell.
"""

from collections.abc import Iterator, Sequence

import pandas as pd

from pipelines.steps.audit.publications import Publication
from pipelines.steps.lattice.policy import Policy
from pipelines.tables.released import DISTRIBUTIONS_RELEASED

Cell = tuple[str, str, str]
"""Wave, respondent group and item."""
CELL = ["wave", "respondent_group", "item"]
BANDS = ["code_from", "code_to", "n_obs", "percent"]


def answers_told_apart(release: Publication, earlier: Sequence[Publication], policy: Policy) -> Iterator[str]:
    """Yield the items of whose answers a release and earlier ones tell those of few people, or of several all at once.

    Args:
        release: The release.
        earlier: All before it; those that kept no answers are left out.
        policy: What is asked.
    """
    before = [(each, _shown(each)) for each in earlier]
    for cell, bands in _shown(release).items():
        others = [(each, shown[cell]) for each, shown in before if cell in shown and len(_answers(each, cell))]
        as_before = [each for each, own in others if bands == own]
        if not others or not all(policy.asks_more_than(each.asked) for each in as_before):
            continue
        classes = _classes([each for each, _ in others] + [release], cell)
        named = f"answers to {cell[2]}, {cell[1]}, {cell[0]}"
        if (classes["size"] < policy.least_cell_size).any():
            yield f"{named}: fewer than {policy.least_cell_size} people are told apart by this and earlier releases"
        elif len(classes) > 1 and (classes["min"] == classes["max"]).any():
            yield f"{named}: single answers could be worked out by this and earlier releases"


def _shown(release: Publication) -> dict[Cell, frozenset[tuple[object, ...]]]:
    rows = release.tables.get(DISTRIBUTIONS_RELEASED.name, DISTRIBUTIONS_RELEASED.empty())
    rows = rows[~rows["is_hidden"].astype(bool)]
    cells = rows.groupby(CELL)
    return {(str(w), str(g), str(i)): frozenset(own[BANDS].itertuples(index=False)) for (w, g, i), own in cells}


def _answers(release: Publication, cell: Cell) -> pd.Series:
    wave, group, item = cell
    rows = release.rows
    if item not in rows:
        return pd.Series(dtype="float64")
    own = rows.loc[(rows["wave"] == wave) & (rows["respondent_group"] == group), ["response_id", item]]
    return own.dropna(subset=item).set_index("response_id")[item].astype(float)


def _classes(releases: Sequence[Publication], cell: Cell) -> pd.DataFrame:
    """Return size, lowest and highest answer of the people who are behind the same releases with the same answer."""
    behind = [_answers(each, cell).reset_index().set_axis(["person", "answer"], axis=1) for each in releases]
    marked = [each.assign(release=place) for place, each in enumerate(behind)]
    every = pd.concat(marked).groupby(["person", "answer"])["release"].agg(tuple).reset_index()
    return every.groupby("release")["answer"].agg(["size", "min", "max"])
