"""statsmodels' MixedLM as a second opinion: its own likelihood at our estimates, and its optimiser started there."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm

from models.multilevel.mixed_model import MixedModel
from tests.models.multilevel.oracle_models import OVER_A, drawn, fit_rows, fitted

pytestmark = pytest.mark.filterwarnings("ignore::statsmodels.tools.sm_exceptions.ConvergenceWarning")


def second_opinion(model: MixedModel) -> tuple[Any, Any]:
    """Return MixedLM of the rows and its parameters at our estimates."""
    rows, (factor,) = model.problem.rows, model.problem.factors
    other = sm.MixedLM(rows.outcome, rows.matrix, factor.codes, factor.columns * factor.scales)
    relative = model.group_covariances[factor.group] / model.sigma2
    return other, sm.regression.mixed_linear_model.MixedLMParams.from_components(model.coefficients, cov_re=relative)


def assert_no_better(model: MixedModel, reml: bool) -> None:
    other, at_ours = second_opinion(model)
    other.reml, other.cov_pen, other.fe_pen = reml, None, None
    assert other.loglike(at_ours) == pytest.approx(model.log_likelihood, abs=1e-6)
    found = other.fit(start_params=at_ours, reml=reml, do_cg=True, method="bfgs")
    assert found.llf <= model.log_likelihood + 1e-6


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_statsmodels_has_the_same_likelihood_and_finds_no_better(method: str) -> None:
    rows = drawn(np.random.default_rng(5))
    assert_no_better(fit_rows(rows, "y", ("x",), (OVER_A,), method=method), method == "REML")


@pytest.mark.slow
@pytest.mark.reference
def test_statsmodels_has_the_same_likelihood_of_a_panel_and_finds_no_better(reference: Path) -> None:
    assert_no_better(fitted(reference, "univ_growth_rs"), reml=True)
