"""Units → the label each is given by chance within organisations; and the list of who saw which. Pure tables."""

import hashlib
from collections.abc import Mapping, Sequence

import pandas as pd

from pipelines.steps.sampled_units import rows_in_words
from pipelines.steps.team_cells import ListError, refuse_repeats, typed_list
from pipelines.tables.base import TEXT, ColumnOf
from pipelines.tables.experiments import LABEL_BALANCE, LABEL_SEEN

BLOCK = ["organisation_id", "respondent_group"]
_OTHER_THAN_DRAWN = (
    "came through the form of another label than the one drawn for the person; name the right form for the source, or "
    "correct the list of labels"
)
_DIFFERENT_OVER_WAVES = (
    "are of people who saw different labels over the waves; a person keeps one: name the right form for each source"
)


def draw_labels(units: pd.DataFrame, labels: Sequence[str], seed: int) -> pd.DataFrame:
    """Give every unit a label by chance, as evenly as possible within organisation and respondent group.

    The units of a block are put in an order drawn from the seed and take the labels in turn, beginning with a label
    drawn for the block: within a block two labels differ by one unit at most. The same units and seed give the same
    labels in any order of rows; a unit keeps its label over waves.

    Args:
        units: unit_id and the columns of ``BLOCK``; a unit of several waves is drawn once, in its first block.
        labels: Two or more.
        seed: Whole number.

    Returns:
        unit_id and label, sorted by unit_id.
    """
    ordered = units.sort_values(["unit_id", *BLOCK], kind="stable").drop_duplicates("unit_id")
    drawn: dict[str, str] = {}
    for block, own in ordered.groupby(BLOCK, dropna=False, sort=True):
        first = _number(seed, "block", *map(str, block)) % len(labels)
        in_turn = sorted(own["unit_id"], key=lambda unit: _number(seed, "unit", str(unit)))
        drawn |= {unit: labels[(first + place) % len(labels)] for place, unit in enumerate(in_turn)}
    return pd.DataFrame(sorted(drawn.items()), columns=["unit_id", "label"])


def read_labels_seen(texts: pd.DataFrame, labels: Sequence[str]) -> pd.DataFrame:
    """Read the list of who saw which label: ``core.labels_seen`` with unit ids as written.

    Raises:
        ListError: For a missing or unknown column, a unit that stands twice, or an unknown label.
    """
    columns = {
        "unit_id": ColumnOf(TEXT, "Unit"),
        "label": ColumnOf(TEXT, "Label", is_among=tuple(labels)),
    }
    rows = typed_list(texts, columns)
    refuse_repeats(rows, ["unit_id"])
    absent = [label for label in labels if label not in set(rows["label"])]
    if absent:
        raise ListError(f"nobody of {len(rows)} units sees the label '{absent[0]}'; draw the list anew")
    return rows.rename(columns={"label": LABEL_SEEN})


def with_labels_seen(analysis: pd.DataFrame, seen: pd.DataFrame, word_of: Mapping[str, str]) -> pd.DataFrame:
    """Put the label beside every response: drawn for the person, or else that of the form; missing without either.

    Args:
        analysis: One row a response, with respondent_key and source.
        seen: ``core.labels_seen``.
        word_of: Source → label in its form, where the forms of its group differ.
    """
    label_of = dict(zip(seen["unit_id"], seen[LABEL_SEEN], strict=True))
    drawn = analysis["respondent_key"].map(label_of).astype("object")
    label = drawn.where(drawn.notna(), analysis["source"].map(dict(word_of)).astype("object"))
    return analysis.assign(**{LABEL_SEEN: label.astype("str")})


def label_balance(responses: pd.DataFrame, seen: pd.DataFrame, word_of: Mapping[str, str]) -> pd.DataFrame:
    """Count who saw which label, after making sure that everybody saw the one that was drawn: ``out.label_balance``.

    Args:
        responses: ``core.responses``.
        seen: ``core.labels_seen``.
        word_of: As ``with_labels_seen`` takes it.

    Raises:
        ListError: When a person saw another label than the one drawn, or different labels over waves; with the rows of
            the exports, and nobody's name.
    """
    analysed = responses[responses["is_analysed"].astype(bool)]
    known = with_labels_seen(analysed, seen, word_of).assign(form=analysed["source"].map(dict(word_of)))
    is_drawn = known["respondent_key"].isin(seen["unit_id"])
    _refuse(known[is_drawn & known["form"].notna() & (known["form"] != known[LABEL_SEEN])], _OTHER_THAN_DRAWN)
    keyed = known[known["form"].notna() & known["respondent_key"].notna()]
    _refuse(keyed[keyed.groupby("respondent_key")["form"].transform("nunique") > 1], _DIFFERENT_OVER_WAVES)
    with_label = known[known[LABEL_SEEN].notna()].assign(n_drawn=is_drawn.astype("int64"), n_seen=1)
    keys = ["wave", "respondent_group"]
    counted = with_label.groupby([*keys, LABEL_SEEN], as_index=False)[["n_drawn", "n_seen"]].sum()
    share = counted["n_seen"] / counted.groupby(keys)["n_seen"].transform("sum")
    return LABEL_BALANCE.typed(counted.assign(share_seen=share))


def _refuse(rows: pd.DataFrame, what: str) -> None:
    if rows.empty:
        return
    first = str(rows["source"].iloc[0])
    where = rows_in_words(rows.loc[rows["source"] == first, "row_number"].sort_values())
    raise ListError(f"{len(rows)} of the responses {what}; first source {first}, {where}")


def _number(seed: int, *words: str) -> int:
    text = "\x1f".join([str(seed), *words])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
