"""Several exports of one source → one set of responses: a later export replaces the rows it repeats."""

import pandas as pd


def superseded_rows(responses: pd.DataFrame, files_in_order: list[str]) -> pd.Series:
    """Mark the rows of responses that a later file holds again.

    Args:
        responses: One row a row of a file, with ``response_id`` and ``file_sha256``.
        files_in_order: SHA-256 of the files, oldest first.

    Returns:
        True where a later file has the same response_id; rows repeated within one file are not marked.
    """
    rank = responses["file_sha256"].map({sha256: place for place, sha256 in enumerate(files_in_order)})
    latest = rank.groupby(responses["response_id"]).transform("max")
    return (rank < latest).astype(bool)
