"""Items that seem to be worded the other way round."""

import numpy as np
import pandas as pd
import pytest

from models.measurement.keying import suggest_reversed


def answers(loadings: list[float], n: int = 400) -> pd.DataFrame:
    draw = np.random.default_rng(20261125)
    latent = draw.normal(size=(n, 1))
    noise = draw.normal(size=(n, len(loadings)))
    values = 3 + latent * np.array(loadings) + 0.6 * noise
    return pd.DataFrame(np.clip(np.rint(values), 1, 5), columns=[f"i{k}" for k in range(len(loadings))])


@pytest.mark.parametrize(
    ("loadings", "expected"),
    [
        ([1, 1, 1, 1], []),
        ([1, 1, -1, 1], ["i2"]),
        ([-1, 1, 1, -1, 1], ["i0", "i3"]),
        ([1, 1, -1, -1], []),
        ([1, 1, 0, 1], []),
        ([1, -1], []),
    ],
)
def test_the_minority_that_correlates_negatively_is_suggested(loadings: list[float], expected: list[str]):
    assert [each.item for each in suggest_reversed(answers(loadings))] == expected


def test_evidence_is_the_mean_correlation_with_the_items_that_go_together():
    table = answers([1, 1, -1, 1])
    (found,) = suggest_reversed(table)
    assert found.mean_correlation == pytest.approx(table.corr().loc["i2", ["i0", "i1", "i3"]].mean())
    assert found.n_obs == 400


def test_few_responses_and_constant_items_suggest_nothing():
    assert not list(suggest_reversed(answers([1, 1, -1, 1], n=20)))
    assert not list(suggest_reversed(answers([1, -1, 1]).assign(i0=3.0, i2=2.0)))
