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
    scale = np.sqrt(np.diagonal(covariance))
    correlation = covariance / np.outer(scale, scale)
    item = {name: place for place, name in enumerate(layout.items)}
    match each.kind:
        case "loading":
            factor = layout.factors.index(each.left)
            return float(
                standardised[item[each.right], factor]
                * scale[item[each.right]]
                / _unit(layout, each, standardised, scale)
            )
        case "factor_covariance" if each.left == each.right:
            return float(_unit(layout, each, standardised, scale) ** 2)
        case "factor_covariance":
            first, second = layout.factors.index(each.left), layout.factors.index(each.right)
            units = [
                _unit(layout, Parameter("loading", name, "", each.group), standardised, scale)
                for name in (each.left, each.right)
            ]
            return float(units[0] * units[1] * _between(standardised[:, first], standardised[:, second], correlation))
        case "residual_covariance" if each.left == each.right:
            place = item[each.left]
            explained = float((standardised[place] ** 2).max(initial=0.0))
            return float(scale[place] ** 2 * max(1 - explained, LEAST_RESIDUAL))
        case "intercept":
            return float(mean[item[each.left]])
        case "response_scale":
            return 1.0
        case "regression":
            return FACTOR_VARIANCE
        case _:
            return 0.0


def _unit(layout: Layout, each: Parameter, standardised: Matrix, scale: Vector) -> float:
    """Return the standard deviation that the marker gives its factor; 1 where the factor's variance is fixed."""
    factor = layout.factors.index(each.left)
    for marker in layout.parameters:
        if marker.group == each.group and marker.kind == "loading" and marker.left == each.left and marker.fixed == 1.0:
            place = layout.items.index(marker.right)
            return float(standardised[place, factor] * scale[place])
    return 1.0


def _between(first: Vector, second: Vector, correlation: Matrix) -> float:
    """Return a rough correlation of two factors, from their items' correlations; never 0, where models lose identification."""
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
