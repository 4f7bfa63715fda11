"""What is told beside the log-ratio of a part of a whole: shares, and how much noughts decide."""

from collections.abc import Iterator

import numpy as np

from models.estimates import Vector
from models.regression.comparing.shares_moved import fit_log_ratios, shares_moved
from models.regression.compositional import (
    OF_SMALLEST,
    centred_log_ratios,
    nought_counts_as,
    pivot_coordinate,
    shares_of_parts,
    without_noughts,
)
from models.regression.design import Design
from models.regression.least_squares import solve_least_squares
from models.regression.posed import codes_of
from models.regression.reading.of_coefficients import Row
from models.sections.comparisons import is_plain_linear
from models.sections.composition import Composition
from models.spec import RegressionSpec

OTHER_NOUGHTS = (0.5, 1.0, 1 / OF_SMALLEST)


def of_shares(spec: RegressionSpec, composition: Composition, design: Design) -> tuple[list[Row], dict[str, float]]:
    """Tell a linear fit of a log-ratio back in shares.

    Args:
        spec: The model, variant applied.
        composition: Of its outcome.
        design: What it is computed from.

    Returns:
        Readings and diagnostics as in ``models.regression.comparing.of_fit.comparisons_of``; readings of focal terms
        that stand in no product, curve or surface, and of plain linear models only.
    """
    shares = shares_of_parts(composition, design.rows)
    nought = nought_counts_as(composition, shares)
    found = {"noughts_count_as": 100 * nought, "share_with_noughts": float((shares == 0).any(axis=1).mean())}
    if not is_plain_linear(spec):
        return [], found
    terms = [term for term in design.focal if _is_alone(term, list(map(str, design.matrix)))]
    rows = [*_moved(spec, composition, design, terms, without_noughts(shares, nought))]
    if found["share_with_noughts"]:
        place = composition.parts.index(spec.outcome)
        others = [pivot_coordinate(without_noughts(shares, nought * times), place) for times in OTHER_NOUGHTS]
        rows += _with_other_noughts(design, terms, others)
    return rows, found


def _moved(
    spec: RegressionSpec, composition: Composition, design: Design, terms: list[str], shares: np.ndarray
) -> Iterator[Row]:
    names = list(design.clusters)
    clusters = codes_of(design.clusters[names[0]]) if names else None
    fit = fit_log_ratios(design.matrix.to_numpy(), centred_log_ratios(shares), _weights(design), clusters)
    for term in terms:
        before, after = _rows_apart(design, term)
        moved = shares_moved(fit, before, after, spec.confidence_level)
        for place, part in enumerate(composition.parts):
            ends = float(moved.conf_low[place]), float(moved.conf_high[place])
            yield term, f"share_moved on {part}", float(moved.moved[place]), *ends, ""


def _rows_apart(design: Design, term: str) -> tuple[Vector, Vector]:
    """Return regressors at their means, and the same with a term one higher; a category from its reference."""
    means = np.average(design.matrix.to_numpy(), axis=0, weights=_weights(design))
    columns = list(map(str, design.matrix))
    variable, bracket, _ = term.partition("[")
    for place, column in enumerate(columns):
        if bracket and column.startswith(f"{variable}["):
            means[place] = 0.0
    risen = means.copy()
    risen[columns.index(term)] += 1
    return means, risen


def _with_other_noughts(design: Design, terms: list[str], outcomes: list[Vector]) -> Iterator[Row]:
    matrix, columns = design.matrix.to_numpy(), list(map(str, design.matrix))
    found = np.array([solve_least_squares(matrix, each, _weights(design)).coefficients for each in outcomes])
    for term in terms:
        values = found[:, columns.index(term)]
        turns = values.min() * values.max() < 0
        said = values[OTHER_NOUGHTS.index(1.0)]
        yield term, "other_noughts", float(said), float(values.min()), float(values.max()), "look" if turns else "ok"


def _weights(design: Design) -> Vector:
    return np.ones(len(design.rows)) if design.weights is None else design.weights.to_numpy()


def _is_alone(term: str, terms: list[str]) -> bool:
    tied = (f"{term}^", f"{term}[spline", f"{term} x ")
    return not any(each.startswith(tied) or f" x {term}" in each for each in terms) and "[spline" not in term
