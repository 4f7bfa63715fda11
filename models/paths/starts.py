"""Where the search for a structural model begins, from the moments of what is observed."""

import numpy as np

from models.estimates import Vector
from models.measurement.confirmatory.likelihood import Likelihood
from models.measurement.confirmatory.parameters import Layout, Parameter
from models.measurement.confirmatory.refusals import FactorModelError
from models.measurement.confirmatory.sample import Sample
from models.measurement.confirmatory.start import start_values

MOST_HALVINGS = 30


def structural_starts(layout: Layout, samples: tuple[Sample, ...]) -> tuple[Vector, Vector]:
    """Return two starting points: without regressions, and with slopes of a fifth of a standard deviation.

    Covariances of observed variables that nothing explains are the sample's; others are halved until the model implies
    a covariance matrix.

    Raises:
        FactorModelError: If it implies none even so.
    """
    start = start_values(layout, [each.mean for each in samples], [each.covariance for each in samples])
    deviation = _deviations(layout, samples[0])
    away = start.copy()
    for place, each in enumerate(layout.parameters):
        number = layout.free[place]
        if number < 0:
            continue
        if each.kind == "regression":
            start[number] = 0.0
            away[number] = 0.2 * deviation[each.left] / deviation[each.right]
        elif (found := _of_sample(layout, each, samples[each.group])) is not None:
            start[number] = away[number] = found
    likelihood = Likelihood(layout, samples)
    return _implying(likelihood, start), _implying(likelihood, away)


def _deviations(layout: Layout, sample: Sample) -> dict[str, float]:
    """Return rough standard deviations of factors: of the first item with a loading."""
    found = dict.fromkeys(layout.factors, 1.0)
    for each in layout.parameters:
        if each.kind == "loading" and each.group == 0 and each.fixed == 1.0:
            place = layout.items.index(each.right)
            found[each.left] = float(np.sqrt(sample.covariance[place, place]))
    return found


def _of_sample(layout: Layout, each: Parameter, sample: Sample) -> float | None:
    """Return the sample's mean or covariance of observed variables; None of others."""
    if each.kind == "factor_mean" and each.left in layout.items:
        return float(sample.mean[layout.items.index(each.left)])
    if each.kind == "factor_covariance" and each.left in layout.items and each.right in layout.items:
        first, second = layout.items.index(each.left), layout.items.index(each.right)
        return float(sample.covariance[first, second])
    return None


def _implying(likelihood: Likelihood, start: Vector) -> Vector:
    layout = likelihood.layout
    off = [
        layout.free[place]
        for place, each in enumerate(layout.parameters)
        if each.kind == "factor_covariance" and each.left != each.right and layout.free[place] >= 0
    ]
    point = start.copy()
    for _ in range(MOST_HALVINGS):
        if np.isfinite(likelihood.evaluate(point)[0]):
            return point
        point[off] /= 2
    raise FactorModelError(
        "the model implies no covariance matrix at its starting values: two variables may be the same but for a "
        "constant; see that no item stands for another, and state fewer factors"
    )
