"""The digest of results: equal exactly when terms and bits are."""

import numpy as np
import pandas as pd
import pytest

from models.estimates import RESULT_COLUMNS, estimates_digest


def estimates():
    numbers = {column: [0.1 + place, 0.2 + place] for place, column in enumerate(RESULT_COLUMNS)}
    return pd.DataFrame({"term": ["intercept", "trust"], **numbers})


def test_the_digest_ignores_the_order_of_terms_and_how_numbers_are_stored():
    table = estimates()
    assert estimates_digest(table.iloc[::-1]) == estimates_digest(table)
    assert estimates_digest(table.astype(dict.fromkeys(RESULT_COLUMNS, "Float64"))) == estimates_digest(table)


@pytest.mark.parametrize("column", RESULT_COLUMNS)
def test_the_smallest_change_of_any_number_changes_the_digest(column):
    changed = estimates()
    changed.loc[1, column] = np.nextafter(changed.loc[1, column], 10)
    assert estimates_digest(changed) != estimates_digest(estimates())


def test_another_name_of_a_term_changes_the_digest():
    assert estimates_digest(estimates().replace("trust", "voice")) != estimates_digest(estimates())


def test_missing_numbers_have_one_digest():
    table = estimates().assign(df=np.nan)
    assert estimates_digest(table.astype({"df": "Float64"})) == estimates_digest(table)
