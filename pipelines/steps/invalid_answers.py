"""Answers outside their response scale → missing with the reason ``invalid``, and a row in the rejects each."""

import numpy as np
import pandas as pd

from instruments.spec import Instrument


def invalid_cells(answers: pd.DataFrame, instruments: list[Instrument]) -> pd.DataFrame:
    """Find answers that their item does not allow.

    Args:
        answers: One row a response; coded answers by item.
        instruments: The instruments that say what is allowed.

    Returns:
        One row a cell: ``position`` (row of ``answers``), ``item``.
    """
    found = [pd.DataFrame({"position": pd.Series(dtype="int64"), "item": pd.Series(dtype="str")})]
    for instrument in instruments:
        for name, item in instrument.items.items():
            scale = instrument.response_scale_of(name)
            column = answers[name] if item.kind in ("choice", "number") else None
            if column is None:
                continue
            wrong = pd.Series(False, index=answers.index)
            if scale is not None:
                wrong = column.notna() & ~column.isin(list(scale.points))
            if item.least is not None:
                wrong |= (column < item.least).fillna(False).astype(bool)
            if item.most is not None:
                wrong |= (column > item.most).fillna(False).astype(bool)
            positions = wrong.to_numpy(dtype=bool).nonzero()[0]
            found.append(pd.DataFrame({"position": positions, "item": name}))
    return pd.concat(found, ignore_index=True)


def without_invalid(answers: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the answers with the named cells emptied.

    Args:
        answers: One row a response.
        cells: From ``invalid_cells``.

    Returns:
        A table of the same shape.
    """
    cleaned = answers.copy()
    for item, positions in cells.groupby("item")["position"]:
        wrong = np.isin(np.arange(len(cleaned)), positions.to_numpy())
        cleaned[str(item)] = cleaned[str(item)].mask(wrong)
    return cleaned


def as_missing(answers: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the emptied cells as rows of ``core.missing``."""
    at = answers.iloc[cells["position"].to_numpy()].reset_index(drop=True)
    return pd.DataFrame(
        {"response_id": at["response_id"], "wave": at["wave"], "item": cells["item"].to_numpy(), "reason": "invalid"}
    )


def as_rejects(places: pd.DataFrame, cells: pd.DataFrame, columns: pd.DataFrame) -> pd.DataFrame:
    """Return the emptied cells as rows of ``core.rejects``, with the position of their column.

    Args:
        places: Same rows as the answers: file_sha256, wave, row_number.
        cells: From ``invalid_cells``.
        columns: ``raw.columns`` of the items: file_sha256, item, name, position.
    """
    at = places.iloc[cells["position"].to_numpy()].reset_index(drop=True)
    named = at[["file_sha256", "wave", "row_number"]].assign(item=cells["item"].to_numpy())
    found = named.merge(columns[["file_sha256", "item", "name", "position"]], how="left", on=["file_sha256", "item"])
    return pd.DataFrame(
        {
            "file_sha256": found["file_sha256"],
            "wave": found["wave"],
            "row_number": found["row_number"],
            "column_name": found["name"].fillna(found["item"]),
            "rule": "outside_response_scale",
            "reason": "the answer is not among those the instrument allows",
            "position": found["position"],
        }
    )


def recount(conservation: pd.DataFrame, rejects: pd.DataFrame) -> pd.DataFrame:
    """Move the emptied cells from answered to rejected.

    Args:
        conservation: ``raw.conservation`` as the files were read.
        rejects: From ``as_rejects``.

    Returns:
        A table of the same shape; the cells of a column still add up.
    """
    counts = rejects.groupby(["file_sha256", "position"]).size()
    keys = pd.MultiIndex.from_frame(conservation[["file_sha256", "position"]])
    n_emptied = pd.Series(counts.reindex(keys, fill_value=0).to_numpy(), index=conservation.index)
    return conservation.assign(
        n_answered=conservation["n_answered"] - n_emptied, n_rejected=conservation["n_rejected"] + n_emptied
    )
