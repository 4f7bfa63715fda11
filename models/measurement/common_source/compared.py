"""A layout fitted by normal maximum likelihood to one group, with the figures by which it is compared."""

from dataclasses import dataclass

import numpy as np

from models.measurement.confirmatory.comparison import Difference, continuous_difference
from models.measurement.confirmatory.continuous import ContinuousFit, fit_normal, fit_robust, moment_derivatives
from models.measurement.confirmatory.fit_indices import indices
from models.measurement.confirmatory.model import baseline_layout
from models.measurement.confirmatory.parameters import Layout
from models.measurement.confirmatory.refusals import Problem, problems, refuse_unidentified
from models.measurement.confirmatory.residuals import srmr
from models.measurement.confirmatory.sample import Sample
from models.measurement.confirmatory.start import start_values


@dataclass(frozen=True, eq=False)
class Compared:
    """One model of a sequence.

    Attributes:
        name: Its name in the sequence.
        fit: Estimates and tests.
        cfi: Comparative fit index, uncorrected.
        rmsea: Root mean square error of approximation, uncorrected.
        srmr: Standardised root mean square residual.
        problems: Reasons to distrust the estimates.
    """

    name: str
    fit: ContinuousFit
    cfi: float
    rmsea: float
    srmr: float
    problems: tuple[Problem, ...]

    def against(self, wider: "Compared") -> Difference:
        """Test this model against a wider one; scaled when both fits are robust."""
        return continuous_difference(self.fit, wider.fit)


def fit_compared(name: str, layout: Layout, sample: Sample, *, is_robust: bool = False) -> Compared:
    """Fit one model of a sequence.

    Args:
        name: Its name in the sequence.
        layout: One group.
        sample: Answers of its items.
        is_robust: Whether tests are Yuan and Bentler's (lavaan's ``MLR``); otherwise normal (``ML``).

    Raises:
        FactorModelError: If the model is not identified.
    """
    start = start_values(layout, [sample.mean], [sample.covariance])
    refuse_unidentified(layout, moment_derivatives(layout, start, 0))
    estimate = fit_robust if is_robust else fit_normal
    fit = estimate(layout, (sample,))
    baseline = fit_normal(baseline_layout(layout.items, 1, has_means=layout.has_means), (sample,))
    found = indices(fit.standard, baseline.standard, float(sample.n_obs), 1)
    doubts = problems(layout, fit.theta, has_converged=fit.has_converged)
    return Compared(name, fit, found.cfi, found.rmsea, srmr(fit), doubts)


def value_of(fit: ContinuousFit, kind: str, left: str, right: str = "") -> float:
    """Return the estimate of one parameter; NaN where the model has none such."""
    values = fit.layout.values(fit.theta)
    for place, each in enumerate(fit.layout.parameters):
        if (each.kind, each.left, each.right) == (kind, left, right):
            return float(values[place])
    return np.nan
