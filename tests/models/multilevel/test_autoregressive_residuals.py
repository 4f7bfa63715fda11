"""Mixed models with autoregressive residuals against nlme (oracle 09), dense matrices, and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.regression.identification import ModelDataError
from tests.models.multilevel.oracle_models import autoregressive, fit_in_time, read_oracle


@pytest.mark.reference
def test_independent_residuals_are_rs_and_autoregressive_ones_are_likelier_than_the_stored(reference: Path) -> None:
    """Ours has a correlation of intercept and slope of -1 and a higher likelihood; why R's has not was not traced.

    Its phi (0.376) is therefore not ours; corAR1() counts the rows of a group, so that a missed wave is none.
    """
    oracle = read_oracle(reference)
    stored = oracle.stored["univ_lme"]
    found = autoregressive(reference)
    assert -found.at_nought / 2 == pytest.approx(stored["logLik"], abs=oracle.tolerance["logLik"])
    assert 0 < found.log_likelihood - stored["ar1"]["logLik"] < 0.06
    assert found.phi == pytest.approx(stored["ar1"]["phi"], abs=0.03)
    assert found.whitened.singular == ("the correlation of intercept and TIME over 'SUBNUM' is -1",)
    assert found.whitened.audit.doubts == ()


def drawn(seed: int = 4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    group, time = np.repeat(np.arange(12), 6), np.tile([0, 1, 2, 4, 5, 7], 12)
    apart = np.abs(time[:6, None] - time[:6])
    residuals = np.linalg.cholesky(0.6**apart) @ rng.normal(size=(6, 12))
    return pd.DataFrame({"g": group, "t": time, "y": rng.normal(size=12)[group] + residuals.T.ravel()})


def test_the_likelihood_is_that_of_the_normal_distribution() -> None:
    rows = drawn()
    found = fit_in_time(rows.sample(frac=1, random_state=1), "g", "t", "y")
    again = fit_in_time(rows, "g", "t", "y")
    assert again.phi == pytest.approx(found.phi, abs=1e-6)
    apart, same = np.abs(rows["t"].to_numpy()[:, None] - rows["t"].to_numpy()), rows["g"].to_numpy()[:, None]
    x = np.column_stack([np.ones(72), rows["t"]])
    shared = x @ again.whitened.group_covariances["g"] @ x.T
    covariance = (same == same.T) * (
        shared + again.whitened.sigma2 * np.sign(again.phi) ** apart * abs(again.phi) ** apart
    )
    inverse = np.linalg.inv(covariance)
    left = rows["y"].to_numpy() - x @ again.whitened.coefficients
    expected = np.linalg.slogdet(covariance)[1] + left @ inverse @ left + np.linalg.slogdet(x.T @ inverse @ x)[1]
    assert again.criterion == pytest.approx(expected + 70 * np.log(2 * np.pi), rel=1e-10)
    assert 0 <= again.p_value <= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda rows: rows.assign(t=rows["t"] + 0.5), "must be whole numbers"),
        (lambda rows: rows.assign(t=rows["t"].clip(0, 5)), "at a time that has one already"),
    ],
)
def test_times_that_are_none_are_refused(change, message: str) -> None:
    with pytest.raises(ModelDataError, match=message):
        fit_in_time(change(drawn()), "g", "t", "y")
