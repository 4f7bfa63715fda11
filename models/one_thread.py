"""Linear algebra on one thread: the same numbers give the same bits on any number of processors."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module

from threadpoolctl import ThreadpoolController


def on_one_thread() -> AbstractContextManager[object]:
    """Return a context in which the libraries of linear algebra use one thread each."""
    return _libraries().limit(limits=1)


@cache
def _libraries() -> ThreadpoolController:
    """Find the libraries once: numpy's, and scipy's, which must be loaded to be found."""
    import_module("scipy.linalg")
    return ThreadpoolController()
