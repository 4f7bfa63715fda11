"""Units → the label each is given by chance within organisations; and the list of who saw which. Pure tables."""

import hashlib
from collections.abc import Sequence

import pandas as pd

from pipelines.steps.team_cells import ListError, refuse_repeats, typed_list
from pipelines.tables.base import TEXT, ColumnOf
from pipelines.tables.experiments import LABEL_SEEN

BLOCK = ["organisation_id", "respondent_group"]


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


def with_labels_seen(analysis: pd.DataFrame, seen: pd.DataFrame) -> pd.DataFrame:
    """Put the label beside every response of a known person; missing for the others.

    Args:
        analysis: One row a response, with respondent_key.
        seen: ``core.labels_seen``.
    """
    label_of = dict(zip(seen["unit_id"], seen[LABEL_SEEN], strict=True))
    return analysis.assign(**{LABEL_SEEN: analysis["respondent_key"].map(label_of).astype("str")})


def _number(seed: int, *words: str) -> int:
    text = "\x1f".join([str(seed), *words])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
