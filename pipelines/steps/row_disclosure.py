"""Rows that would leave → what they tell of single people and organisations, and why they must not leave.

Judged over all rows of all fits together, since whoever has them can join them by their codes. Put here rows; figures
over many people are in ``steps.disclosure``.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass

import pandas as pd

from models.regression.columns import EARLIER, OTHER_MEMBER
from models.sections.dyads import DYAD
from models.sections.panel import COLLABORATION
from pipelines.steps.deidentified_rows import CODED, Rows
from pipelines.steps.disclosure import LEAST_ORGANISATIONS

FEW_IN_A_GROUP = 4
BEHIND = ("answers_behind_", "squares_behind_", "errors_behind_")
MEAN, DEVIATION = "_organisation_mean", "_within_organisation"


@dataclass(frozen=True)
class RowDisclosure:
    """What rows tell; counts of the whole, no value of anybody.

    Attributes:
        least_cell_size: The study's.
        n_rows: Rows, each response once.
        quasi_identifiers: Columns that somebody may know of a person: single answers, facts, group, wave, organisation,
            collaboration.
        k: Fewest rows that share a combination of them (k-anonymity).
        n_unique: Rows whose combination no other row has.
        n_below: Rows whose combination fewer rows have than the least cell size.
        facts: Columns that are facts about organisations.
        fewest_organisations: Fewest organisations that share the facts of one; None without facts.
        n_unique_organisations: Organisations whose facts no other has.
        smallest_organisation: Rows of the organisation with fewest; None when nothing tells organisations apart.
        small_groups: Respondent groups with one to four rows in the typical organisation and wave.
        means_of_few: Columns that are means or deviations over so few people of an organisation that they tell single
            answers.
    """

    least_cell_size: int
    n_rows: int
    quasi_identifiers: tuple[str, ...]
    k: int
    n_unique: int
    n_below: int
    facts: tuple[str, ...]
    fewest_organisations: int | None
    n_unique_organisations: int
    smallest_organisation: int | None
    small_groups: tuple[str, ...]
    means_of_few: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return everything as JSON has it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def reasons(self) -> tuple[str, ...]:
        """Say why the rows must not leave; nothing when they may."""
        least, found = self.least_cell_size, list[str]()
        if self.k < least:
            found.append(
                f"{self.n_below} of {self.n_rows} rows have a combination of {_listed(self.quasi_identifiers)} that "
                f"fewer than {least} share ({self.n_unique} are alone with it; k = {self.k})"
            )
        if self.fewest_organisations is not None and self.fewest_organisations < LEAST_ORGANISATIONS:
            found.append(
                f"{_listed(self.facts)} tell organisations apart: {self.n_unique_organisations} are alone with theirs; "
                f"expected at least {LEAST_ORGANISATIONS} with the same"
            )
        if self.smallest_organisation is not None and self.smallest_organisation < least:
            found.append(f"the smallest organisation has {self.smallest_organisation} rows; expected at least {least}")
        if self.small_groups:
            found.append(
                f"{_listed(self.small_groups)} are one to four in the typical organisation, as top managers are; "
                "their rows are never given away without an agreement"
            )
        if self.means_of_few:
            found.append(
                f"{_listed(self.means_of_few)} come from so few people of an organisation that they tell single answers"
            )
        return tuple(found)


def row_disclosure(rows: Rows, known: pd.DataFrame, scores: Collection[str], least_cell_size: int) -> RowDisclosure:
    """Find out what rows tell.

    Args:
        rows: Rows of every fit by their hash, with the real identifiers.
        known: ``core.analysis``, whatever its other columns: response_id, organisation_id, wave and respondent_group.
        scores: Scales and weights: columns that nobody outside knows of a person.
        least_cell_size: Fewest rows behind what may be told.
    """
    table = joined_rows(rows)
    about = known.set_index("response_id").loc[table.index, ["organisation_id", "wave", "respondent_group"]]
    facts = _facts(table, about["organisation_id"], scores)
    quasi = tuple(name for name in table if _may_be_known(str(name), scores))
    sizes = _sizes(table, quasi)
    tells_organisations = bool(facts) or "organisation_id" in table or any(MEAN in str(name) for name in table)
    of_facts = _organisations_with_same(table, about["organisation_id"], facts)
    return RowDisclosure(
        least_cell_size=least_cell_size,
        n_rows=len(table),
        quasi_identifiers=quasi,
        k=int(sizes.min()),
        n_unique=int((sizes == 1).sum()),
        n_below=int((sizes < least_cell_size).sum()),
        facts=facts,
        fewest_organisations=int(of_facts.min()) if len(of_facts) else None,
        n_unique_organisations=int((of_facts == 1).sum()),
        smallest_organisation=int(about["organisation_id"].value_counts().min()) if tells_organisations else None,
        small_groups=_small_groups(about),
        means_of_few=_means_of_few(table, known, about, least_cell_size),
    )


def joined_rows(rows: Rows) -> pd.DataFrame:
    """Return each response once, indexed by response_id, with every column that any fit has of it.

    Columns of one name with other values in another fit, such as means without some responses, stand side by side.
    """
    joined = pd.DataFrame(index=pd.Index(sorted({each for table in rows.values() for each in table["response_id"]})))
    for name, table in rows.items():
        own = table.set_index("response_id")
        for column in map(str, own):
            values = own[column].astype("boolean") if own[column].dtype == "bool" else own[column]
            place = column if _agrees(joined, values, column) else f"{column}@{name}"
            values = values.reindex(joined.index)
            joined[place] = values.combine_first(joined[place]) if place in joined else values
    return joined


def _agrees(joined: pd.DataFrame, column: pd.Series, name: str) -> bool:
    if name not in joined:
        return True
    there = joined.loc[column.index, name]
    both = there.notna() & column.notna()
    return bool((there[both] == column[both]).all())


def _may_be_known(column: str, scores: Collection[str]) -> bool:
    if column in CODED:
        return column in ("organisation_id", COLLABORATION, DYAD)
    plain = column.partition("@")[0].removesuffix(EARLIER).removesuffix(OTHER_MEMBER)
    is_derived = (
        MEAN in plain or plain.endswith(DEVIATION) or plain.startswith(BEHIND) or plain.startswith("excluded_by_")
    )
    return not is_derived and plain not in scores


def _facts(table: pd.DataFrame, organisations: pd.Series, scores: Collection[str]) -> tuple[str, ...]:
    """Return the columns, other than means, that hold one value for an organisation and not one for all."""
    found: list[str] = []
    for name in table:
        if (
            str(name) in CODED
            or not _may_be_known(str(name), scores)
            or str(name) in ("wave", "respondent_group", "source")
        ):
            continue
        known = table[name].dropna()
        of = organisations.reindex(known.index).dropna()
        n_values = known.loc[of.index].groupby(of).nunique()
        if len(n_values) > 1 and (n_values <= 1).all() and len(of) > len(n_values) and len(known.unique()) > 1:
            found.append(str(name))
    return tuple(found)


def _sizes(table: pd.DataFrame, columns: Collection[str]) -> pd.Series:
    """Return for every row how many rows have its combination; missing is a value of its own."""
    if not columns:
        return pd.Series(len(table), index=table.index)
    texts = table[list(columns)].astype("object").where(table[list(columns)].notna(), "").astype("str")
    return texts.groupby(list(columns))[next(iter(columns))].transform("size")


def _organisations_with_same(table: pd.DataFrame, organisations: pd.Series, facts: Collection[str]) -> pd.Series:
    if not facts:
        return pd.Series(dtype="int64")
    once = table[list(facts)].groupby(organisations.reindex(table.index)).first()
    return _sizes(once, facts)


def _small_groups(about: pd.DataFrame) -> tuple[str, ...]:
    sizes = about.dropna().groupby(["respondent_group", "organisation_id", "wave"]).size()
    typical = sizes.groupby("respondent_group").median()
    return tuple(str(group) for group in typical.index[typical <= FEW_IN_A_GROUP])


def _means_of_few(
    table: pd.DataFrame, known: pd.DataFrame, about: pd.DataFrame, least_cell_size: int
) -> tuple[str, ...]:
    """Return means, deviations and answers of others behind which, somewhere, stand fewer people than the least."""
    sizes = known.groupby(["organisation_id", "wave", "respondent_group"]).size()
    least_of = sizes.groupby("respondent_group").min()
    found: list[str] = []
    for name in map(str, table):
        plain = name.partition("@")[0]
        is_of_one = plain.endswith(OTHER_MEMBER)
        if MEAN in plain:
            group = plain.rpartition(f"{MEAN}_of_")[2].removesuffix(EARLIER) if f"{MEAN}_of_" in plain else ""
        elif plain.endswith((DEVIATION, EARLIER, OTHER_MEMBER)) or plain.startswith(BEHIND):
            group = ""
        else:
            continue
        groups = [group] if group else list(about.loc[table[name].notna(), "respondent_group"].unique())
        if is_of_one or least_of.reindex(groups).min() < least_cell_size:
            found.append(name)
    return tuple(found)


def _listed(names: Collection[str]) -> str:
    listed, few = list(names), 6
    shown = ", ".join(listed[:few])
    return f"{shown} and {len(listed) - few} more" if len(listed) > few else shown
