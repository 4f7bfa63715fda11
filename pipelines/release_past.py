"""Earlier releases: what they showed of every wave and respondent group, and the scores and answers behind them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from pipelines.kept_rows import rest_of_rows
from pipelines.load import Study
from pipelines.release_log import reasons_of_withdrawal
from pipelines.steps.lattice.earlier import Unit
from pipelines.steps.lattice.units import EVERYBODY
from pipelines.store import Store
from pipelines.store.released import read_release
from pipelines.tables import core
from pipelines.tables.released import (
    CONDITIONS_RELEASED,
    DISTRIBUTIONS_RELEASED,
    ESTIMATES_RELEASED,
    FITS_RELEASED,
    RESPONSE_RATES_RELEASED,
    SCALE_MEANS_RELEASED,
    UNIT_MEANS,
)
from pipelines.tables.releases import RELEASES

Slice = tuple[str, str]
"""Wave and respondent group."""
OF_SLICES = (RESPONSE_RATES_RELEASED, SCALE_MEANS_RELEASED, DISTRIBUTIONS_RELEASED, UNIT_MEANS)
OF_FITS = (FITS_RELEASED, CONDITIONS_RELEASED, ESTIMATES_RELEASED)
EVERYBODY_UNIT: Unit = ("all", EVERYBODY)
KEYS = ["response_id", "organisation_id", "region", "wave", "respondent_group"]
PEOPLE = ["wave", "respondent_group"]


@dataclass(frozen=True, eq=False)
class Past:
    """An earlier release.

    Attributes:
        number: Its number.
        rows: The scores behind it, but for people who were erased since.
        sizes: Slice → responses behind it then.
        tables: Its rows of ``OF_SLICES`` and ``OF_FITS``, by name of the table.
        is_withdrawn: Whether it was withdrawn; what it showed stays known.
        asked: What its policy asked of every figure, by name.
    """

    number: int
    rows: pd.DataFrame
    sizes: Mapping[Slice, int]
    tables: Mapping[str, pd.DataFrame]
    is_withdrawn: bool
    asked: Mapping[str, float]

    def of(self, where: Slice) -> pd.DataFrame:
        """Return the scores behind a slice."""
        return of_slice(self.rows, where)

    def narrowed(self, where: Slice) -> "PastSlice":
        """Return what it is of a slice, for which every scale and item asks again."""
        published = (SCALE_MEANS_RELEASED, UNIT_MEANS, DISTRIBUTIONS_RELEASED)
        means, units, answers = (
            rows[~rows["is_hidden"].astype(bool)]
            for rows in (of_slice(self.tables[table.name], where) for table in published)
        )
        shown: dict[str, set[Unit]] = {str(scale): {EVERYBODY_UNIT} for scale in means["scale"]}
        for scale, level, unit in zip(units["scale"], units["level"], units["unit"], strict=True):
            shown.setdefault(str(scale), set()).add((str(level), str(unit)))
        return PastSlice(
            rows=self.of(where),
            size=self.sizes.get(where, 0),
            shown={scale: frozenset(own) for scale, own in shown.items()},
            items=frozenset(answers["item"]),
        )


@dataclass(frozen=True, eq=False)
class PastSlice:
    """One wave and respondent group of a release.

    Attributes:
        rows: The scores behind it, but for people who were erased since.
        size: Responses behind it then.
        shown: Scale → units whose mean is shown.
        items: Those whose answers are shown.
    """

    rows: pd.DataFrame
    size: int
    shown: Mapping[str, frozenset[Unit]]
    items: frozenset[str]


def of_slice(rows: pd.DataFrame, where: Slice) -> pd.DataFrame:
    """Return the rows of a wave and respondent group."""
    return rows[(rows["wave"] == where[0]) & (rows["respondent_group"] == where[1])]


def scored_rows(study: Study, store: Store) -> pd.DataFrame:
    """Return scores and answers of every analysed response with its organisation and region.

    One column a scale, and one an item of a scale.
    """
    asked = scored_columns(study)
    units = study.spec.release.units
    region = units.regions if units is not None else None
    analysis = store.read(core.analysis_with(study, [*asked, *([region] if region else [])]))
    regions = analysis[region].astype("string") if region else pd.Series(pd.NA, index=analysis.index, dtype="string")
    return analysis.assign(region=regions)[[*KEYS, *asked]].reset_index(drop=True)


def scored_columns(study: Study) -> list[str]:
    """Return the columns of scores and of answers to their items."""
    items = [item for scale, each in study.scales().items() for item in each.scales[scale].items]
    return list(dict.fromkeys([*study.scales(), *items]))


def earlier_releases(study: Study, store: Store) -> Iterator[Past]:
    """Return the releases whose people are on record, in their order; withdrawn ones too: they stay known."""
    withdrawn = reasons_of_withdrawal(store)
    for row in store.read(RELEASES).sort_values("release").to_dict("records"):
        name, _ = rest_of_rows(store, str(row["rows_hash"]))
        number = int(row["release"])
        sizes = {tuple(key.split("/", 1)): int(n) for key, n in json.loads(str(row["sizes_json"])).items()}
        rows = store.kept_rows(name).reindex(columns=[*KEYS, *scored_columns(study)])
        tables = read_release(study.releases, number, [*OF_SLICES, *OF_FITS], withdrawn={}).tables
        asked = json.loads(str(row["policy_json"]))
        yield Past(number, rows, sizes, tables, is_withdrawn=number in withdrawn, asked=asked)


def sizes_json(sizes: Mapping[Slice, int]) -> str:
    """Write sizes of slices as they are recorded."""
    return json.dumps({"/".join(where): n for where, n in sorted(sizes.items())})
