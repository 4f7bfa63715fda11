"""Estimates on the scale of standard deviations, with delta-method standard errors."""

import math
from collections.abc import Callable

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.implied import Matrices, matrices, moments
from models.measurement.confirmatory.parameters import Layout, Parameter

RELATIVE_STEP = 1e-3


def standardised(layout: Layout, theta: Vector) -> Vector:
    """Return every parameter with items and factors of variance 1; thresholds and intercepts in standard deviations.

    R: ``lavaan::standardizedSolution``.
    """
    values = layout.values(theta)
    found = np.empty(len(values))
    for group in range(layout.n_groups):
        each = matrices(layout, theta, group)
        of_items = _item_deviations(layout, theta, group, each)
        of_factors = np.sqrt(np.diagonal(each.latent_covariance))
        item = dict(zip(layout.items, of_items, strict=True))
        factor = dict(zip(layout.factors, of_factors, strict=True))
        residual = _residual_deviations(layout, each)
        for place, parameter in enumerate(layout.parameters):
            if parameter.group == group:
                found[place] = values[place] * _unit(parameter, item, factor, residual)
    return found


def _item_deviations(layout: Layout, theta: Vector, group: int, each: Matrices) -> Vector:
    if layout.has_response_scale:
        return 1 / each.response_scale
    return np.sqrt(np.diagonal(moments(layout, theta, group, with_derivatives=False).covariance))


def _residual_deviations(layout: Layout, each: Matrices) -> dict[str, float]:
    """Return deviations by which covariances of residuals become correlations; of items, then of explained factors."""
    own = dict(zip(layout.items, np.sqrt(np.abs(np.diagonal(each.residual_covariance))), strict=True))
    if layout.has_response_scale:
        loaded = each.loading @ each.latent_covariance @ each.loading.T
        rest = 1 / each.response_scale**2 - np.diagonal(loaded)
        own = dict(zip(layout.items, np.sqrt(np.abs(rest)), strict=True))
    return own


def _unit(each: Parameter, item: dict[str, float], factor: dict[str, float], residual: dict[str, float]) -> float:
    """Return by what a parameter is multiplied to stand on the scale of standard deviations."""
    if each.kind == "residual_covariance" and each.left != each.right:
        return 1 / (residual[each.left] * residual[each.right])
    above, below = {
        "loading": ((factor, each.left), ((item, each.right),)),
        "regression": ((factor, each.right), ((factor, each.left),)),
        "factor_covariance": (None, ((factor, each.left), (factor, each.right))),
        "residual_covariance": (None, ((item, each.left), (item, each.right))),
        "factor_mean": (None, ((factor, each.left),)),
        "response_scale": ((item, each.left), ()),
        "intercept": (None, ((item, each.left),)),
        "threshold": (None, ((item, each.left),)),
    }[each.kind]
    return _deviation(above) / math.prod(_deviation(place) for place in below)


def _deviation(place: tuple[dict[str, float], str] | None) -> float:
    return 1.0 if place is None else place[0][place[1]]


def delta_errors(of: Callable[[Vector], Vector], theta: Vector, covariance: Matrix) -> Vector:
    """Return standard errors of functions of the estimates: the square roots of the diagonal of ``J V J'``.

    J is differentiated by central differences whose steps are at most a tenth of a standard error, so that no step
    makes a small variance negative.
    """
    errors = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    jacobian = derivatives(of, theta, np.where(errors > 0, errors / 10, np.inf))
    return np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", jacobian, covariance, jacobian), 0.0))


def derivatives(of: Callable[[Vector], Vector], theta: Vector, longest: Vector | None = None) -> Matrix:
    """Return the derivatives of functions of the free values, a row a function, by fourth-order differences.

    Args:
        of: The functions.
        theta: Where.
        longest: Longest step of each value; None for a thousandth of it, at least 1e-3.
    """
    columns: list[Vector] = []
    steps = RELATIVE_STEP * np.maximum(1.0, np.abs(theta))
    if longest is not None:
        steps = np.minimum(steps, longest)
    for place, length in enumerate(steps):
        step = np.zeros_like(theta)
        step[place] = length
        near, far = of(theta + step) - of(theta - step), of(theta + 2 * step) - of(theta - 2 * step)
        columns.append((8 * near - far) / (12 * length))
    return np.column_stack(columns)
