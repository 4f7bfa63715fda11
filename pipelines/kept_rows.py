"""Where the rows of a recorded fit lie now: as they were kept, or what erasures left of them."""

import pandas as pd

from instruments.counted import counted
from pipelines.store import Store
from pipelines.tables.erasures import ERASURES


def rest_of_rows(store: Store, name: str) -> tuple[str, str]:
    """Return the hash under which the rows of a fit lie now, and in words what was erased of them."""
    name, erased = _erased(store, name)
    days = [f"{when:%Y-%m-%d}" for _, when in erased]
    n = sum(n for n, _ in erased)
    return name, f"{counted(n, 'response')} erased on {' and '.join(dict.fromkeys(days))}" if n else ""


def n_erased(store: Store, name: str) -> int:
    """Count the responses that were erased from the rows of a fit."""
    return sum(n for n, _ in _erased(store, name)[1])


def _erased(store: Store, name: str) -> tuple[str, list[tuple[int, pd.Timestamp]]]:
    """Return the hash under which rows lie now, and how many responses were erased of them, and when."""
    rewritten = store.read(ERASURES)
    rewritten = rewritten[rewritten["kind"] == "fit_rows"].drop_duplicates("old_sha256", keep="last")
    by_old = rewritten.set_index("old_sha256")
    erased: list[tuple[int, pd.Timestamp]] = []
    while name in by_old.index and f"{name}.parquet" not in store.kept_names("data"):
        step = by_old.loc[name]
        if n_gone := int(step["n_rows"]):
            erased.append((n_gone, pd.Timestamp(step["erased_at"])))
        name = str(step["new_sha256"])
    return name, erased
