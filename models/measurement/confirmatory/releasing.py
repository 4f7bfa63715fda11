r"""What letting a group differ in one parameter would gain: score tests of equality constraints.

With g the gradient of the discrepancy and I its information once the parameter has a value of its own in one group,
``X^2 = n g' I^-1 g`` with one degree of freedom.

References:
    Bentler and Chou (1992), Sociological Methods and Research 21, 259-282. R: ``lavaan::lavTestScore``, univariate.
"""

from dataclasses import dataclass, replace

import numpy as np

from models.estimates import Vector
from models.measurement.confirmatory.least_squares import LeastSquares
from models.measurement.confirmatory.likelihood import Likelihood
from models.measurement.confirmatory.parameters import Layout, Parameter


@dataclass(frozen=True)
class Release:
    """One equality that could be given up.

    Attributes:
        parameter: The parameter in the group that would differ.
        index: Expected fall of chi-square, one degree of freedom.
    """

    parameter: Parameter
    index: float


def releases(discrepancy: Likelihood | LeastSquares, theta: Vector) -> list[Release]:
    """Test every equality over groups, the largest gain first; those that could not be identified are left out.

    Intercepts and residual variances of ordered items are equal where they stay at the values of the first group.
    """
    layout = discrepancy.layout
    held = [
        place
        for place, each in enumerate(layout.parameters)
        if each.group > 0 and (_is_shared(layout, place) or _is_as_in_first(layout, each))
    ]
    found = [_released(discrepancy, theta, place) for place in held]
    return sorted((each for each in found if each is not None), key=lambda each: -each.index)


def _is_shared(layout: Layout, place: int) -> bool:
    each = layout.parameters[place]
    return bool(each.label and each.fixed is None and (layout.free == layout.free[place]).sum() > 1)


def _is_as_in_first(layout: Layout, each: Parameter) -> bool:
    """Whether it is the fixed intercept or residual variance of an ordered item that could say something of its own."""
    if each.fixed is None or not layout.is_ordinal or each.left not in layout.items:
        return False
    if each.kind == "residual_covariance":
        return each.left == each.right and layout.n_thresholds[layout.items.index(each.left)] > 1
    return each.kind == "intercept"


def _released(discrepancy: Likelihood | LeastSquares, theta: Vector, place: int) -> Release | None:
    layout = discrepancy.layout
    parameters = list(layout.parameters)
    parameters[place] = replace(parameters[place], label="", fixed=None)
    wider = replace(layout, parameters=tuple(parameters))
    point = np.empty(wider.n_free)
    point[wider.free[wider.free >= 0]] = layout.values(theta)[wider.free >= 0]
    widened = replace(discrepancy, layout=wider)
    gradient, information = widened.gradient(point), widened.curvature(point)
    if np.linalg.matrix_rank(information) < len(information):
        return None
    index = float(widened.n_chi_square * gradient @ np.linalg.solve(information, gradient))
    return Release(layout.parameters[place], index)
