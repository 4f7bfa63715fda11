"""Fits of a release: published anew where that tells nobody apart from what earlier releases showed, else as before.

Put here what is compared with what; which fits may be shown at all is in ``fit_disclosure``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from models.sections.inference import FIGURES
from pipelines.kept_rows import n_erased, rest_of_rows
from pipelines.release_past import Past
from pipelines.steps.fit_silence import method_of
from pipelines.steps.lattice.earlier import people_apart
from pipelines.steps.lattice.policy import Policy
from pipelines.steps.withheld_reasons import reason
from pipelines.store import Store
from pipelines.tables.base import Table
from pipelines.tables.out import FITS
from pipelines.tables.released import FITS_RELEASED


@dataclass(frozen=True, eq=False)
class Shown:
    """A fit that an earlier release shows.

    Attributes:
        past: The latest release that does, if possible one that was not withdrawn.
        fit_id: Its name there.
        model: Its model and variant.
        data_hash: Of the rows it used.
        figures_of: Outcome of figures of the population; empty for other fits.
    """

    past: Past
    fit_id: str
    model: tuple[str, str]
    data_hash: str
    figures_of: str


@dataclass(frozen=True, eq=False)
class FitsOfARelease:
    """What a release shows of fits.

    Attributes:
        carried: Fit of now → the earlier one that is published in its place.
        withheld: Fit of now → reason.
    """

    carried: Mapping[str, Shown] = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)

    def without(self, telling: Mapping[str, str]) -> "FitsOfARelease":
        """Return the same with more fits withheld, with their reasons; they do not stay as before either."""
        carried = {name: each for name, each in self.carried.items() if name not in telling}
        return FitsOfARelease(carried, {**self.withheld, **telling})

    def of(self, table: Table, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a released table of fits, with those of earlier releases in their place."""
        gone = rows["fit_id"].isin([*self.carried, *self.withheld])
        parts = [rows[~gone]]
        for each in self.carried.values():
            before = each.past.tables[table.name]
            parts.append(before[before["fit_id"] == each.fit_id])
        return table.typed(pd.concat(parts, ignore_index=True))


def beside_earlier_fits(store: Store, fits: pd.DataFrame, past: Sequence[Past], policy: Policy) -> FitsOfARelease:
    """Say which fits are published as they were before, and which cannot be shown beside what was published.

    A fit whose people differ by a few from those of its model and variant in an earlier release stays as it was
    published; one whose people differ by a few from those of any other published fit is withheld, and so is one that
    would stay though less was asked of it then. Figures of the population of an outcome of which an earlier release
    shows others, of some of the same people, are withheld: the errors of both would tell more than either.

    Args:
        store: The warehouse.
        fits: Released ``out.fits``, as they would be without earlier releases.
        past: Earlier releases, in their order.
        policy: What is asked; two published fits differ in as many people as the least cell size or in none.
    """
    shown, least = _shown(past), policy.least_cell_size
    apart = _PeopleApart(store)
    carried: dict[str, Shown] = {}
    withheld: dict[str, str] = {}
    for fit in fits.to_dict("records"):
        name, model = str(fit["fit_id"]), (str(fit["model"]), str(fit["variant"]))
        others = [each for each in shown if each.fit_id != name]
        near = [each for each in others if 0 < apart.between(each.data_hash, str(fit["data_hash"])) < least]
        own = [each for each in near if each.model == model and not each.past.is_withdrawn]
        if own and not policy.asks_more_than(own[-1].past.asked):
            carried[name] = own[-1]
        elif near:
            withheld[name] = reason("too_alike", "en", least)
        elif fit["estimator"] in FIGURES and any(
            each.figures_of == fit["outcome"] and apart.share(each.data_hash, str(fit["data_hash"])) for each in others
        ):
            withheld[name] = reason("second_figures", "en")
    return FitsOfARelease(carried, withheld)


def _shown(past: Sequence[Past]) -> list[Shown]:
    """Return every fit that earlier releases show, those shown last last, those of withdrawn ones first."""
    found: dict[str, Shown] = {}
    for each in sorted(past, key=lambda each: not each.is_withdrawn):
        for row in each.tables[FITS_RELEASED.name].to_dict("records"):
            name, model = str(row["fit_id"]), (str(row["model"]), str(row["variant"]))
            found.pop(name, None)
            figures_of = str(row["outcome"]) if row["estimator"] in FIGURES else ""
            found[name] = Shown(each, name, model, str(row["data_hash"]), figures_of)
    return list(found.values())


class _PeopleApart:
    """How many people are behind one of two fits only, or behind both with other answers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        recorded = store.read(FITS)
        weighted = recorded[method_of(recorded) == "response_weights"]
        self._outcomes = dict(zip(weighted["data_hash"].astype(str), weighted["outcome"].astype(str), strict=True))
        self._rows: dict[str, list[pd.DataFrame]] = {}
        self._found: dict[tuple[str, str], int] = {}

    def between(self, before: str, now: str) -> int:
        """Count them, those who were erased since from the earlier among them; both by the hashes of their rows.

        Of a fit with weights for silent people those who answered are looked at too; the fewest that are any.
        """
        if before == now:
            return 0
        if (before, now) not in self._found:
            apart = [people_apart(one, other) for one in self._of(before) for other in self._of(now)]
            fewest = min((each for each in apart if each), default=0)
            self._found[before, now] = n_erased(self.store, before) + fewest
        return self._found[before, now]

    def share(self, before: str, now: str) -> bool:
        """Tell whether anybody is behind both."""
        first, second = (self._of(name)[0]["response_id"] for name in (before, now))
        return bool(first.isin(second).any())

    def _of(self, name: str) -> list[pd.DataFrame]:
        if name not in self._rows:
            rows = self.store.kept_rows(rest_of_rows(self.store, name)[0])
            outcome = self._outcomes.get(name)
            answered = [] if outcome is None else [rows[rows[outcome].notna()]]
            self._rows[name] = [rows, *answered]
        return self._rows[name]
