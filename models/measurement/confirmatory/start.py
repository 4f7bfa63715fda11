"""Where the search begins: loadings from the first principal component of each factor's items."""

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.confirmatory.parameters import Layout, Parameter

LEAST_LOADING, MOST_LOADING = 0.1, 0.95
LEAST_RESIDUAL = 0.1
FACTOR_VARIANCE = 0.5
LEAST_CORRELATION, MOST_CORRELATION = 0.05, 0.6


def start_values(layout: Layout, means: list[Vector], covariances: list[Matrix]) -> Vector:
    """Return a starting value for every free parameter; equal parameters begin at the mean of theirs.

    Args:
        layout: The model.
        means: Of the items, one vector a group.
        covariances: Of the items, one matrix a group; correlations where items are ordered.
    """
    total, times = np.zeros(layout.n_free), np.zeros(layout.n_free)
    for group in range(layout.n_groups):
        standardised = _component_loadings(layout, group, covariances[group])
        for place, each in enumerate(layout.parameters):
            number = layout.free[place]
            if each.group == group and number >= 0:
                total[number] += _start(layout, each, standardised, covariances[group], means[group])
                times[number] += 1
    return total / times


def _start(layout: Layout, each: Parameter, standardised: Matrix, covariance: Matrix, mean: Vector) -> float:
    if each.kind == "loading":
        scale, place = np.sqrt(np.diagonal(covariance)), layout.items.index(each.right)
        loading = standardised[place, layout.factors.index(each.left)] * scale[place]
        return float(loading / _unit(layout, (each.left, each.group), standardised, scale))
    if each.kind == "factor_covariance":
        return _factor_covariance(layout, each, standardised, covariance)
    if each.kind == "residual_covariance" and each.left == each.right:
        place = layout.items.index(each.left)
        explained = float((standardised[place] ** 2).max(initial=0.0))
        return float(covariance[place, place] * max(1 - explained, LEAST_RESIDUAL))
    if each.kind == "intercept":
        return float(mean[layout.items.index(each.left)])
    return {"response_scale": 1.0, "regression": FACTOR_VARIANCE}.get(each.kind, 0.0)


def _factor_covariance(layout: Layout, each: Parameter, standardised: Matrix, covariance: Matrix) -> float:
    scale = np.sqrt(np.diagonal(covariance))
    units = [_unit(layout, (name, each.group), standardised, scale) for name in (each.left, each.right)]
    if each.left == each.right:
        return units[0] ** 2
    first, second = (standardised[:, layout.factors.index(name)] for name in (each.left, each.right))
    return units[0] * units[1] * _between(first, second, covariance / np.outer(scale, scale))


def _unit(layout: Layout, of_group: tuple[str, int], standardised: Matrix, scale: Vector) -> float:
    """Return the standard deviation that the marker gives a factor in a group; 1 where its variance is fixed."""
    factor = layout.factors.index(of_group[0])
    for marker in layout.parameters:
        if (marker.left, marker.group) == of_group and marker.kind == "loading" and marker.fixed == 1.0:
            place = layout.items.index(marker.right)
            return float(standardised[place, factor] * scale[place])
    return 1.0


def _between(first: Vector, second: Vector, correlation: Matrix) -> float:
    """Return a rough correlation of two factors from their items'; never 0, where models lose identification."""
    both = np.outer(first, second)
    size = float((both**2).sum())
    rough = float((both * correlation).sum()) / size if size > 0 else 0.0
    return float(np.copysign(np.clip(abs(rough), LEAST_CORRELATION, MOST_CORRELATION), rough or 1.0))


def _component_loadings(layout: Layout, group: int, covariance: Matrix) -> Matrix:
    """Return standardised loadings, p x m, the marker's positive; 0 where an item does not load."""
    deviation = np.sqrt(np.diagonal(covariance))
    correlation = covariance / np.outer(deviation, deviation)
    loadings = np.zeros((len(layout.items), len(layout.factors)))
    cells = layout.cells("loading", group)
    for factor in range(len(layout.factors)):
        items = cells.rows[cells.columns == factor]
        if len(items) == 0:
            continue
        values, vectors = np.linalg.eigh(correlation[np.ix_(items, items)])
        first = vectors[:, -1] * np.sqrt(max(float(values[-1]), 0.0))
        first = first * (1.0 if first[0] >= 0 else -1.0)
        size = np.clip(np.abs(first) * np.sqrt(0.8), LEAST_LOADING, MOST_LOADING)
        loadings[items, factor] = np.where(first >= 0, size, -size)
    return loadings
