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


def as_rejects(places: pd.DataFrame, cells: pd.DataFrame, column_of_item: dict[str, str]) -> pd.DataFrame:
    """Return the emptied cells as rows of ``core.rejects``.

    Args:
        places: Same rows as the answers: file_sha256, wave, row_number.
        cells: From ``invalid_cells``.
        column_of_item: Item → column of the file.
    """
    at = places.iloc[cells["position"].to_numpy()].reset_index(drop=True)
    return pd.DataFrame(
        {
            "file_sha256": at["file_sha256"],
            "wave": at["wave"],
            "row_number": at["row_number"],
            "column_name": cells["item"].map(column_of_item).fillna(cells["item"]).to_numpy(),
            "rule": "outside_response_scale",
            "reason": "the answer is not among the points the instrument allows",
        }
    )
