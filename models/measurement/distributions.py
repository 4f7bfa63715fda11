"""How answers spread over the categories of an item, by group; categories that nobody chose are shown."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from instruments.faults import DataError


def category_counts(answers: pd.Series, codes: Sequence[int]) -> pd.DataFrame:
    """Count the answers to one item.

    Args:
        answers: One a response, missing as NA.
        codes: All categories of the item, in order.

    Returns:
        One row a category: code, n_answers, n_obs (answers in all), share (0 to 1; NaN without answers).

    Raises:
        DataError: If somebody gave a code that is no category.
    """
    given = answers.dropna()
    unknown = sorted(set(given.unique()) - set(codes))
    if unknown:
        msg = (
            f"{answers.name} has {len(unknown)} codes that are no category of it; expected {', '.join(map(str, codes))}"
        )
        raise DataError(msg)
    counts = given.value_counts().reindex(list(codes), fill_value=0).to_numpy(dtype=np.int64)
    shares = counts / len(given) if len(given) else np.full(len(counts), np.nan)
    return pd.DataFrame({"code": list(codes), "n_answers": counts, "n_obs": len(given), "share": shares})


def answer_distributions(
    answers: pd.DataFrame, categories: dict[str, Sequence[int]], groups: pd.Series
) -> pd.DataFrame:
    """Count the answers to several items in every group.

    Args:
        answers: One row a response, a column for each item, missing as NA.
        categories: Item → all its categories, in order.
        groups: Group of each response, index as ``answers``; responses without one are left out.

    Returns:
        One row an item, group (ascending) and category: item, group, code, n_answers, n_obs, share. Groups without an
        answer to an item have rows too, with n_obs 0. Not protected: small counts may show single people.

    Raises:
        DataError: If somebody gave a code that is no category.
    """
    counted = [
        category_counts(rows[item], codes).assign(item=item, group=group)
        for item, codes in categories.items()
        for group, rows in answers.groupby(groups, sort=True)
    ]
    columns = ["item", "group", "code", "n_answers", "n_obs", "share"]
    return pd.concat(counted, ignore_index=True)[columns] if counted else pd.DataFrame(columns=columns)
