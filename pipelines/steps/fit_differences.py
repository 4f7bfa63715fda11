"""Two fits → what differs in what they were made from, in words: settings key by key, rows counted. Names nobody."""

from typing import Any

import pandas as pd

from instruments.counted import counted
from pipelines.steps.plan_content import differences

KEY = "response_id"


def differences_of_settings(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """Return every key in which two documents differ, with both values; lists are values."""
    return [str(each) for each in differences(first, second, by_language=())]


def differences_of_rows(first: pd.DataFrame, second: pd.DataFrame) -> list[str]:
    """Say how the rows of two fits differ.

    Args:
        first: Rows of a fit: response_id and what it read of every response.
        second: Rows of the other.

    Returns:
        Responses lost and gained, columns that only one of them reads, and of the responses and columns in both how
        many have other values, by column.
    """
    left, right = first.set_index(KEY), second.set_index(KEY)
    both = left.index.intersection(right.index)
    told = [
        f"{counted(n, 'response')} {what}"
        for n, what in ((len(left) - len(both), "lost"), (len(right) - len(both), "gained"))
        if n
    ]
    for names, which in ((left.columns, "first"), (right.columns, "second")):
        own = [str(name) for name in names if name not in (right if which == "first" else left)]
        told += [f"read by the {which} only: {', '.join(own)}"] if own else []
    for name in left.columns.intersection(right.columns):
        n = _n_changed(left.loc[both, name], right.loc[both, name])
        told += [f"{name} of {counted(n, 'response')} has another value"] if n else []
    return told or ["the same responses and values in another order or kind"]


def _n_changed(left: pd.Series, right: pd.Series) -> int:
    is_known = left.notna() & right.notna()
    is_other = left[is_known].astype("object").ne(right[is_known].astype("object"))
    return int((left.isna() != right.isna()).sum()) + int(is_other.sum())
