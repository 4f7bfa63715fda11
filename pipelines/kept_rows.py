"""Where the rows of a recorded fit lie now: as they were kept, or what erasures left of them."""

from instruments.counted import counted
from pipelines.store import Store
from pipelines.tables.erasures import ERASURES


def rest_of_rows(store: Store, name: str) -> tuple[str, str]:
    """Return the hash under which the rows of a fit lie now, and in words what was erased of them."""
    rewritten = store.read(ERASURES)
    rewritten = rewritten[rewritten["kind"] == "fit_rows"].drop_duplicates("old_sha256", keep="last")
    by_old = rewritten.set_index("old_sha256")
    n, days = 0, list[str]()
    while name in by_old.index and f"{name}.parquet" not in store.kept_names("data"):
        step = by_old.loc[name]
        if n_gone := int(step["n_rows"]):
            n += n_gone
            days.append(f"{step['erased_at']:%Y-%m-%d}")
        name = str(step["new_sha256"])
    return name, f"{counted(n, 'response')} erased on {' and '.join(dict.fromkeys(days))}" if n else ""
