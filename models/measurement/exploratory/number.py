r"""How many components correlations of items hold: Velicer's minimum average partial.

References:
    Velicer (1976), Psychometrika 41, 321-327; Velicer, Eaton and Fava (2000) in Goffin and Helmes, Problems and
    solutions in human assessment, 41-71. R: ``psych::vss(...)$map`` (squares, from one component on).
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import Matrix, Vector

NO_VARIANCE = 1e-10


@dataclass(frozen=True, eq=False)
class AveragePartials:
    """Average partial correlations after components are taken out; NaN where an item has no variance left.

    Attributes:
        squared: Mean square after 0, 1, 2, … components (Velicer 1976).
        fourth: Mean fourth power (revised, Velicer, Eaton and Fava 2000).
    """

    squared: Vector
    fourth: Vector

    @property
    def n_components(self) -> int:
        """Components at the least mean square; 0 when taking any out leaves more in common."""
        return int(np.nanargmin(self.squared))

    @property
    def n_components_revised(self) -> int:
        """Components at the least mean fourth power."""
        return int(np.nanargmin(self.fourth))


def average_partials(correlation: Matrix, most: int | None = None) -> AveragePartials:
    """Return average partial correlations by the number of principal components taken out.

    Args:
        correlation: p x p.
        most: Components to take out at most; p - 1, its bound, when None.
    """
    p = len(correlation)
    values, vectors = np.linalg.eigh(correlation)
    loadings = vectors[:, ::-1] * np.sqrt(np.maximum(values[::-1], 0.0))
    off = ~np.eye(p, dtype=bool)
    found = np.full(((p if most is None else min(most + 1, p)), 2), np.nan)
    for number in range(len(found)):
        rest = correlation - loadings[:, :number] @ loadings[:, :number].T
        variance = np.diagonal(rest)
        if (variance > NO_VARIANCE).all():
            partial = (rest / np.sqrt(np.outer(variance, variance)))[off]
            found[number] = (partial**2).mean(), (partial**4).mean()
    return AveragePartials(found[:, 0], found[:, 1])
