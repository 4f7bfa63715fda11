"""Tables of results that two ways of computing must give alike."""

import pandas as pd
import pytest


def assert_close(found, expected, keys):
    """Fail where two tables differ in rows, in text, or in a number by more than 1e-9, relative above 1.

    Args:
        found: One table.
        expected: The other.
        keys: Columns that name a row.
    """
    left, right = (each.set_index(keys).sort_index() for each in (found, expected))
    assert left.index.equals(right.index)
    for column in left:
        if pd.api.types.is_numeric_dtype(right[column]):
            assert left[column].to_numpy(float) == pytest.approx(
                right[column].to_numpy(float), rel=1e-9, abs=1e-9, nan_ok=True
            )
        else:
            assert left[column].tolist() == right[column].tolist()
