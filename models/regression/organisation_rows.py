"""Responses → one row an organisation and wave, or an organisation: means of what was said, facts as they are."""

from collections.abc import Collection

import pandas as pd
from pandas.api import types

from instruments.counted import counted
from models.regression.identification import ModelDataError
from models.sections.panel import NUMBER_OF_ANSWERS, Level

KEYS: dict[Level, list[str]] = {
    "organisation_and_wave": ["organisation_id", "wave"],
    "organisation": ["organisation_id"],
}


def organisation_rows(responses: pd.DataFrame, level: Level, outcome: str, categories: Collection[str]) -> pd.DataFrame:
    """Average responses to organisations.

    A number is the mean of the answers there are; what all responses of an organisation and wave share, such as a fact
    about it, stays as it is. Over all waves, each wave counts the same.

    Args:
        responses: One row a response, with organisation_id and wave, and the columns of the model; missing as NA.
        level: What a row is to be.
        outcome: Column that is explained, by whose answers ``number_of_answers`` counts.
        categories: Columns with categories, which must be the same in all responses of a row.

    Returns:
        One row an organisation (and wave), sorted, with the same columns and ``number_of_answers``; responses without
        an organisation are in none.

    Raises:
        ModelDataError: If no response has an organisation, or a category is not the same throughout a row.
    """
    keys = KEYS["organisation_and_wave"]
    placed = responses[responses["organisation_id"].notna()]
    if placed.empty:
        raise ModelDataError(
            f"of {counted(len(responses), 'response')} of the population, none has an organisation; expected "
            "organisation_id; write level: response"
        )
    answers = placed[outcome].notna().astype("float64").groupby([placed[key] for key in keys]).sum()
    rows = _averaged(placed, keys, categories).assign(**{NUMBER_OF_ANSWERS: answers})
    if level == "organisation":
        totals = rows[NUMBER_OF_ANSWERS].groupby("organisation_id").sum()
        rows = _averaged(rows.reset_index(), KEYS[level], categories).assign(**{NUMBER_OF_ANSWERS: totals})
    return rows.reset_index()


def of_rows(responses: pd.DataFrame, rows: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Return the responses that some rows of organisations were made of."""
    keys = KEYS[level]
    is_behind = pd.MultiIndex.from_frame(responses[keys]).isin(pd.MultiIndex.from_frame(rows[keys]))
    return responses[is_behind].reset_index(drop=True)


def _averaged(rows: pd.DataFrame, keys: list[str], categories: Collection[str]) -> pd.DataFrame:
    names = [str(name) for name in rows if name not in (*KEYS["organisation_and_wave"], "response_id")]
    found: dict[str, pd.Series] = {}
    for name in names:
        column = rows[name].groupby([rows[key] for key in keys], sort=True)
        if name in categories or not types.is_numeric_dtype(rows[name]):
            found[name] = column.first()
            _refuse_several(name, int(column.nunique().ge(2).sum()), len(found[name]))
            continue
        low, high = column.min().astype("Float64"), column.max().astype("Float64")
        found[name] = column.mean().astype("Float64").where((low != high).fillna(value=True), low)
    return pd.DataFrame(found, index=rows.groupby(keys, sort=True).size().index)


def _refuse_several(name: str, n_several: int, n_rows: int) -> None:
    if n_several:
        raise ModelDataError(
            f"'{name}' has several categories within {n_several} of {n_rows} organisations, and categories have no "
            "mean; expected one category an organisation; use it as a number (of 0 and 1 the mean is a share), or take "
            "it out"
        )
