r"""How many factors correlations of items hold: Velicer's minimum average partial and parallel analysis.

References:
    Velicer (1976), Psychometrika 41, 321-327; Velicer, Eaton and Fava (2000); Horn (1965), Psychometrika 30, 179-185.
    R: ``psych::vss(...)$map``, ``psych::fa.parallel``.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector
from models.measurement.exploratory.adequacy import squared_multiple_correlations

PERCENTILE = 95


def average_partials(correlation: Matrix, most: int, power: int = 2) -> Vector:
    """Return the mean squared partial correlation after 1, 2, … components are taken out; the least names the number.

    Args:
        correlation: p x p.
        most: Components to take out at most, below p.
        power: 2 (Velicer 1976) or 4 (revised, Velicer, Eaton and Fava 2000).
    """
    values, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, ::-1] * np.sqrt(np.maximum(values[::-1], 0.0))
    off = ~np.eye(len(correlation), dtype=bool)
    found = np.empty(most)
    for number in range(1, most + 1):
        rest = correlation - loadings[:, :number] @ loadings[:, :number].T
        scale = np.sqrt(np.diagonal(rest))
        found[number - 1] = float((np.abs(rest / np.outer(scale, scale))[off] ** power).mean())
    return found


@dataclass(frozen=True, eq=False)
class Parallel:
    """Eigenvalues of the items beside those of random answers.

    Attributes:
        components: Eigenvalues of the correlations, falling, p.
        random_components: Their 95th percentile for uncorrelated items.
        factors: Eigenvalues with squared multiple correlations on the diagonal.
        random_factors: Their 95th percentile for uncorrelated items.
        n_components: Components before the first that does not exceed its percentile.
        n_factors: Factors likewise.
    """

    components: Vector
    random_components: Vector
    factors: Vector
    random_factors: Vector
    n_components: int
    n_factors: int


def parallel_analysis(correlation: Matrix, n_obs: int, seed: int, replications: int = 100) -> Parallel:
    """Compare eigenvalues with those of normal items that are uncorrelated.

    Args:
        correlation: p x p, of the items.
        n_obs: Responses it comes from.
        seed: Of the random answers.
        replications: Drawn data sets.
    """
    generator = np.random.default_rng(seed)
    p = len(correlation)
    drawn = np.array([_eigenvalues(_random_correlation(generator, n_obs, p)) for _ in range(replications)])
    limits = np.percentile(drawn, PERCENTILE, axis=0)
    components, factors = _eigenvalues(correlation)
    return Parallel(
        components, limits[0], factors, limits[1], _leading(components, limits[0]), _leading(factors, limits[1])
    )


def _random_correlation(generator: np.random.Generator, n_obs: int, p: int) -> Matrix:
    return np.asarray(np.corrcoef(generator.standard_normal((n_obs, p)), rowvar=False), dtype=float)


def _eigenvalues(correlation: Matrix) -> tuple[Vector, Vector]:
    reduced = correlation.copy()
    np.fill_diagonal(reduced, squared_multiple_correlations(correlation))
    both = [np.asarray(np.linalg.eigvalsh(each)[::-1], dtype=float) for each in (correlation, reduced)]
    return both[0], both[1]


def _leading(found: Vector, limits: Vector) -> int:
    beyond = found > limits
    return int(len(found) if beyond.all() else np.argmin(beyond))
