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
    """Test every equality over groups, the largest gain first; those that could not be identified are left out."""
    layout = discrepancy.layout
    shared = [
        place
        for place, each in enumerate(layout.parameters)
        if each.group > 0 and each.label and each.fixed is None and _is_shared(layout, place)
    ]
    found = [_released(discrepancy, theta, place) for place in shared]
    return sorted((each for each in found if each is not None), key=lambda each: -each.index)


def _is_shared(layout: Layout, place: int) -> bool:
    return bool((layout.free == layout.free[place]).sum() > 1)


def _released(discrepancy: Likelihood | LeastSquares, theta: Vector, place: int) -> Release | None:
    layout = discrepancy.layout
    parameters = list(layout.parameters)
    parameters[place] = replace(parameters[place], label="")
    wider = replace(layout, parameters=tuple(parameters))
    point = np.empty(wider.n_free)
    point[wider.free[wider.free >= 0]] = theta[layout.free[layout.free >= 0]]
    widened = replace(discrepancy, layout=wider)
    gradient, information = widened.gradient(point), widened.curvature(point)
    if np.linalg.matrix_rank(information) < len(information):
        return None
    index = float(widened.n_chi_square * gradient @ np.linalg.solve(information, gradient))
    return Release(layout.parameters[place], index)
