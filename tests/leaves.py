"""Trees of reference results taken apart, so that a test can tell that it left out no entry."""

from collections.abc import Iterator


def leaves(tree, path=""):
    """Return path → value of every leaf; lists are leaves, matrices are their values."""
    return dict(_walk(tree, path))


def _walk(tree, path) -> Iterator[tuple[str, object]]:
    if not isinstance(tree, dict):
        yield path, tree
    elif set(tree) == {"rows", "cols", "values"}:
        yield path, tree["values"]
    else:
        for key, branch in tree.items():
            yield from _walk(branch, f"{path}/{key}" if path else key)
