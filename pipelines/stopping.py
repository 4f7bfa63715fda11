"""Ctrl-C while a query runs: DuckDB makes an error of its own of it, which is no fault of the software."""

_OF_A_QUERY = "Query interrupted"


def was_stopped(error: BaseException | None) -> bool:
    """Tell whether Ctrl-C lies under an error."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt) or (isinstance(error, RuntimeError) and str(error) == _OF_A_QUERY):
            return True
        error = error.__cause__ or error.__context__
    return False
