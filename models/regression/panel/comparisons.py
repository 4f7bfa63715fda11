"""Whether effects within units are those between them: Hausman's test and Mundlak's regression."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.regression.identification import ModelDataError
from models.regression.panel.data import Panel
from models.regression.panel.estimators import fit_random_effects
from models.regression.panel.fits import PanelFit, VarianceComponents
from models.regression.wald import WaldTest, corrected_wald_test


@dataclass(frozen=True)
class HausmanTest:
    """A test that unit effects go with no regressor.

    Attributes:
        statistic: chi2.
        df: Coefficients compared.
        p_value: Small when random effects are not to be believed.
    """

    statistic: float
    df: int
    p_value: float


def hausman_test(within: PanelFit, random: PanelFit, panel: Panel) -> HausmanTest:
    """Compare within and random-effects coefficients: q'(V_w - V_r)^-1 q with classical covariances.

    Args:
        within: Of the regressors that vary within units, in their order in ``panel``.
        random: Of the whole panel.
        panel: Whose regressors the random effects were fitted to.

    Raises:
        ModelDataError: If V_w - V_r is not positive definite, so that the statistic means nothing.

    References:
        Hausman (1978), Econometrica 46(6), 1251-1271. R: ``plm::phtest``.
    """
    from scipy.special import chdtrc  # noqa: PLC0415 - scipy.stats takes a second to import

    places = 1 + np.flatnonzero(panel.varies_within)
    difference = within.coefficients - random.coefficients[places]
    spread = within.classical_covariance() - random.classical_covariance()[np.ix_(places, places)]
    if np.linalg.eigvalsh(spread)[0] <= 0:
        raise ModelDataError(
            "the covariances of within and random effects differ by no positive definite matrix; expected random "
            "effects to be the more precise; use the test of Mundlak's means"
        )
    statistic, df = float(difference @ np.linalg.solve(spread, difference)), len(difference)
    return HausmanTest(statistic, df, float(chdtrc(df, statistic)))


@dataclass(frozen=True, eq=False)
class Mundlak:
    """Random effects with the unit means of regressors: effects within units, and what context adds.

    Attributes:
        fit: Coefficients: intercept, the k regressors (within effects), then the means of the m regressors that vary
            within units (between less within effects).
        n_means: m.
        context: Test that all m are nought, clustered on units (CR2, AHT): Hausman's question, safe under
            heteroskedasticity and errors that go together.
    """

    fit: PanelFit
    n_means: int
    context: WaldTest


def fit_mundlak(panel: Panel, components: VarianceComponents | None = None) -> Mundlak:
    """Fit random effects with unit means added.

    Args:
        panel: The panel.
        components: Error variances, or None for Swamy and Arora's of the model with means.

    Raises:
        ModelDataError: If no regressor varies within units.

    References:
        Mundlak (1978), Econometrica 46(1), 69-85. Wooldridge (2010), section 10.7.3. R: ``plm(y ~ x + ave(x, unit),
        model = "random")``, or ``lme4::lmer`` with its variances.
    """
    n_means = int(panel.varies_within.sum())
    if n_means == 0:
        raise ModelDataError(
            "no regressor varies within units, so that there is no effect within them; expected one that changes "
            "between waves or between members; use the between regression"
        )
    fit = fit_random_effects(with_unit_means(panel, panel.varies_within), components)
    contrasts = np.eye(fit.n_shown)[-n_means:]
    test = corrected_wald_test(fit.solved.coefficients, fit.clustered_covariance("CR2"), contrasts)
    return Mundlak(fit, n_means, test)


def with_unit_means(panel: Panel, has_mean: NDArray[np.bool_]) -> Panel:
    """Return the panel with the unit means of some of its k regressors behind the regressors."""
    means = panel.means(panel.regressors[:, has_mean])[panel.units]
    return replace(panel, regressors=np.column_stack([panel.regressors, means]))
