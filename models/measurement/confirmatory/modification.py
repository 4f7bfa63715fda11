r"""What freeing a fixed parameter would gain: score tests and expected changes.

With g the gradient of the discrepancy by a candidate and I its information that the other parameters do not carry,
``MI = n g^2 / I`` and ``EPC = -g / I``.

References:
    Sorbom (1989), Psychometrika 54, 371-384. R: ``lavaan::modindices`` (expected information, not
    scaled); of ordered items lavaan's index and change are ``(n - 1) / n`` of these.
"""

from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.least_squares import LeastSquares
from models.measurement.confirmatory.likelihood import Likelihood
from models.measurement.confirmatory.parameters import Layout, Parameter


@dataclass(frozen=True)
class Modification:
    """One candidate.

    Attributes:
        parameter: What would be freed, fixed at 0 now.
        index: Expected fall of chi-square, one degree of freedom.
        change: Expected value of the parameter.
    """

    parameter: Parameter
    index: float
    change: float


def modifications(discrepancy: Likelihood | LeastSquares, theta: Vector) -> list[Modification]:
    """Test every cross-loading and residual covariance that the model holds at 0, in one group after another.

    Returns:
        Candidates by falling index; those that could not be identified are left out.
    """
    layout = discrepancy.layout
    candidates = _candidates(layout)
    wider = replace(layout, parameters=(*layout.parameters, *candidates))
    widened = replace(discrepancy, layout=wider)
    point = np.concatenate([theta, np.zeros(len(candidates))])
    gradient = widened.gradient(point)[layout.n_free :]
    information = widened.curvature(point)
    rest = _unexplained(information, layout.n_free)
    usable = rest > 1e-10 * np.abs(np.diagonal(information)[layout.n_free :]).max(initial=0.0)
    found = [
        Modification(each, float(widened.n_chi_square * slope**2 / left), float(-slope / left))
        for each, slope, left, is_usable in zip(candidates, gradient, rest, usable, strict=True)
        if is_usable
    ]
    return sorted(found, key=lambda each: -each.index)


def _unexplained(information: Matrix, n_free: int) -> Vector:
    """Return the diagonal of ``I_cc - I_cf I_ff^-1 I_fc``."""
    crossed = information[:n_free, n_free:]
    explained = (crossed * np.linalg.solve(information[:n_free, :n_free], crossed)).sum(axis=0)
    return np.diagonal(information)[n_free:] - explained


def _candidates(layout: Layout) -> tuple[Parameter, ...]:
    known = {(each.kind, *sorted((each.left, each.right)), each.group) for each in layout.parameters}
    has_items = {each.left for each in layout.parameters if each.kind == "loading"}
    candidates = [
        Parameter("loading", factor, item, group)
        for group in range(layout.n_groups)
        for factor in layout.factors
        if factor in has_items
        for item in layout.items
    ]
    candidates += [
        Parameter("residual_covariance", first, second, group)
        for group in range(layout.n_groups)
        for first, second in combinations(layout.items, 2)
    ]
    return tuple(each for each in candidates if (each.kind, *sorted((each.left, each.right)), each.group) not in known)
